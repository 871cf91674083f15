/* SPDX-License-Identifier: BSD-3-Clause
 * The journal of a run that goes on: the lines up to the checkpoint stay, what came after them will
 * come again.  The last line of a run that was killed may be torn, so a line that is none ends what
 * is kept. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/system.h"
#include "train/journal.h"

enum { LARGEST = 1 << 30 };

long long ot__whole(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) && json_integer_value(value) >= 0 ? json_integer_value(value)
                                                                    : -1;
}

/* Whether a line belongs to a run that has come to `epochs`; *epoch counts those seen. */
static bool belongs(const json_t *object, int epochs, int *epoch)
{
    const char *event = json_string_value(json_object_get(object, "event"));
    bool kept = event && (strcmp(event, "run") == 0 || strcmp(event, "resume") == 0);
    if (event && strcmp(event, "epoch") == 0 && *epoch < epochs &&
        ot__whole(object, "epoch") == *epoch + 1) {
        kept = true;
        ++*epoch;
    }
    return kept;
}

/* Bytes of the lines that stay. */
static ot_status find_kept(const char *data, size_t size, int epochs, int *epoch, size_t *kept)
{
    *kept = 0;
    *epoch = 0;
    for (const char *end; (end = memchr(data + *kept, '\n', size - *kept));) {
        const size_t length = (size_t)(end - data) - *kept;
        json_t *line;
        if (ot__json_parse(data + *kept, length, &line, NULL) == OT_ENOMEM)
            return ot__fail(OT_ENOMEM, "there is no memory for a line of the journal");
        const bool stays = belongs(line, epochs, epoch);
        json_decref(line);
        if (!stays) break;
        *kept += length + 1;
    }
    return OT_OK;
}

static ot_status set_aside(const char *path, const char *data, size_t size, size_t at, int epoch,
                           void (*note)(const char *, void *), void *user)
{
    char *copy = ot__format("%s.damaged", path);
    char *sentence =
        ot__format("%s:%zu: the line after epoch %d is not the next epoch; the journal "
                   "is cut there, and its old content is in %s.damaged",
                   path, at, epoch, path);
    const ot_status status = copy && sentence ? ot__file_write(copy, data, size) : OT_ENOMEM;
    if (status == OT_OK && note) note(sentence, user);
    ot__free(sentence);
    ot__free(copy);
    return status;
}

static ot_status cut_back(const char *path, int epochs, void (*note)(const char *, void *),
                          void *user, size_t *kept)
{
    char *data = NULL;
    size_t size = 0;
    *kept = 0;
    if (access(path, F_OK) != 0 && errno == ENOENT) return OT_OK;
    OT_TRY(ot__file_read(path, LARGEST, &data, &size));
    int epoch = 0;
    ot_status status = find_kept(data, size, epochs, &epoch, kept);
    if (status == OT_OK && epoch < epochs)
        status = set_aside(path, data, size, *kept, epoch, note, user);
    if (status == OT_OK && *kept < size) status = ot__file_write(path, data, *kept);
    ot__free(data);
    return status;
}

ot_status ot__journal_reopen(const char *path, int epochs, void (*note)(const char *, void *),
                             void *user, ot__journal *j)
{
    *j = (ot__journal){ .fd = -1, .path = path };
    if (!path) return OT_OK;
    size_t kept;
    OT_TRY(cut_back(path, epochs, note, user, &kept));
    j->empty = kept == 0;
    j->fd = ot__sys_open(path, O_WRONLY | O_CREAT | O_APPEND);
    if (j->fd < 0)
        return ot__fail(ot__status_of_errno(errno, OT_ECREATE), "%s: cannot open: %s", path,
                        strerror(errno));
    return j->empty ? ot__sync_folder_of(path) : OT_OK; /* it may be new */
}
