/* SPDX-License-Identifier: BSD-3-Clause
 * The file is read in pieces, so that memory is bounded by the longest line and not by the file.
 * Its size is asked for once: what another process appends meanwhile belongs to the next reading.
 */
#include "base/jsonl.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/kind.h"
#include "base/memory.h"

enum { PIECE = 1 << 16 };

/* The bytes from the beginning of the next line on that were read so far. */
typedef struct buffer {
    char *at;
    size_t n, room;
    bool zeros; /* zero bytes, which are not kept, come before them */
} buffer;

static ot_status malformed(const ot__jsonl *f, const char *why)
{
    return ot__fail(OT_EFORMAT, "%s:%d: %s; the file is damaged, or not of this kind", f->path,
                    f->lines + 1, why);
}

static ot_status too_long(const ot__jsonl *f)
{
    return ot__fail(OT_EFORMAT,
                    "%s:%d: the line is longer than %zu bytes; the file is damaged, or not of this "
                    "kind",
                    f->path, f->lines + 1, f->longest);
}

/* One line with its end. */
static ot_status take_line(ot__jsonl *f, const char *text, size_t size)
{
    json_t *value;
    if (size > f->longest) return too_long(f);
    if (memchr(text, 0, size)) return malformed(f, "it has a zero byte"); /* jansson skips them */
    ot_status status = ot__json_parse(text, size, &value, NULL);
    if (status == OT_ENOMEM)
        ot__fail(OT_ENOMEM, "there is no memory for a line of %s", f->path);
    else if (status != OT_OK)
        status = malformed(f, "it is not JSON");
    else
        status = f->take(f->user, value, f->lines + 1);
    json_decref(value);
    if (status != OT_OK) return status;
    f->lines++;
    f->whole += size;
    return OT_OK;
}

static bool all_zero(const char *data, size_t n)
{
    return n > 0 && data[0] == 0 && memcmp(data, data + 1, n - 1) == 0;
}

/* Take the whole lines out of the buffer; what is left is the beginning of a line. */
static ot_status take_lines(ot__jsonl *f, buffer *b)
{
    size_t used = 0;
    for (const char *end; (end = memchr(b->at + used, '\n', b->n - used)) != NULL;) {
        const size_t size = (size_t)(end + 1 - (b->at + used));
        if (b->zeros) return malformed(f, "it has a zero byte");
        OT_TRY(take_line(f, b->at + used, size));
        used += size;
    }
    b->n -= used;
    memmove(b->at, b->at + used, b->n);
    if (all_zero(b->at, b->n)) {
        b->zeros = true;
        b->n = 0;
    }
    return b->n > f->longest ? too_long(f) : OT_OK;
}

static ot_status read_lines(ot__jsonl *f, int fd, size_t size, buffer *b)
{
    if (size > OT__JSONL_LARGEST)
        return ot__fail(OT_EFORMAT, "%s: the file has %zu bytes; at most %d are expected", f->path,
                        size, OT__JSONL_LARGEST);
    for (size_t at = 0; at < size;) {
        const size_t n = size - at < PIECE ? size - at : PIECE;
        OT_TRY(ot__grow((void **)&b->at, &b->room, b->n + n, 1));
        OT_TRY(ot__read_all(fd, f->path, b->at + b->n, n, at));
        at += n;
        b->n += n;
        OT_TRY(take_lines(f, b));
    }
    f->rest = size - f->whole;
    return OT_OK;
}

ot_status ot__jsonl_read(ot__jsonl *f)
{
    int fd;
    size_t size;
    buffer b = { 0 };
    f->lines = 0;
    f->whole = f->rest = 0;
    if (f->longest == 0) f->longest = OT__JSONL_LONGEST;
    ot_status status = ot__open_regular(f->path, &fd, &size);
    if (status == OT_OK) status = read_lines(f, fd, size, &b);
    if (fd >= 0) close(fd);
    ot__free(b.at);
    return ot__name_kind(status, f->path, OT__EXPECT_LINES);
}

char *ot__jsonl_note(const ot__jsonl *f, const char *done)
{
    return ot__format("%s:%d: the last %zu bytes are not a whole line; %s", f->path, f->lines + 1,
                      f->rest, done);
}
