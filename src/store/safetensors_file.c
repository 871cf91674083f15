/* SPDX-License-Identifier: BSD-3-Clause
 * Reads a safetensors file, by pread and not by mapping it: if another process truncates the file,
 * pread returns an error, while a mapping raises a signal. */
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/file.h"
#include "base/kind.h"
#include "base/memory.h"
#include "store/safetensors.h"

enum { LENGTH_BYTES = 8 };

static ot_status header_length(const ot__st_file *f, size_t size, size_t *length)
{
    if (size < LENGTH_BYTES)
        return ot__fail(OT_EFORMAT, "%s:%zu: the file ends before the header's length (8 bytes)",
                        f->path, size);
    unsigned char byte[LENGTH_BYTES];
    OT_TRY(ot__read_all(f->fd, f->path, byte, sizeof byte, 0));
    uint64_t n = 0;
    for (int i = LENGTH_BYTES; i-- > 0;)
        n = n << 8 | byte[i];
    if (n > OT__ST_MAX_HEADER || n > size - LENGTH_BYTES)
        return ot__fail(
            OT_EFORMAT,
            "%s:0: a header of %ju bytes; the file has %zu after the length, and at most "
            "%d are possible",
            f->path, (uintmax_t)n, size - LENGTH_BYTES, OT__ST_MAX_HEADER);
    *length = (size_t)n;
    return OT_OK;
}

static ot_status read_header(ot__st_file *f, size_t size)
{
    size_t length = 0;
    OT_TRY(header_length(f, size, &length));
    f->data_at = LENGTH_BYTES + length;
    char *text = ot__new(length, 1);
    if (!text) return OT_ENOMEM;
    ot_status status = ot__read_all(f->fd, f->path, text, length, LENGTH_BYTES);
    if (status == OT_OK)
        status = ot__st_parse(f->path, text, length, size - f->data_at, &f->header);
    ot__free(text);
    return status;
}

bool ot__st_is_checksum(const char *key)
{
    return strcmp(key, OT__ST_CHECKSUM) == 0 ||
           strncmp(key, OT__ST_CHECKSUM_OF, strlen(OT__ST_CHECKSUM_OF)) == 0;
}

/* If a file has one checksum, it must have all, so that damage to a key cannot switch the checks
 * off. */
static ot_status check_header(ot__st_file *f)
{
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(f->header.json, "__metadata__"), key,
                        value) if (ot__st_is_checksum(key)) f->checksums = true;
    if (!f->checksums) return OT_OK;
    const char *expected = ot__st_metadata(&f->header, OT__ST_CHECKSUM);
    const ot__st_digest found = ot__st_header_checksum(f->header.json);
    if (found.text[0] == '\0')
        return ot__fail(OT_ENOMEM, "%s: out of memory for the header", f->path);
    if (!expected || strcmp(expected, found.text) != 0)
        return ot__fail(OT_EFORMAT, "%s:8: the header's checksum is wrong: the file is damaged",
                        f->path);
    return OT_OK;
}

ot_status ot__st_open(const char *path, ot__st_file *f)
{
    *f = (ot__st_file){ .path = path, .fd = -1 };
    size_t size = 0;
    ot_status status = ot__open_regular(path, &f->fd, &size);
    if (status == OT_OK) status = read_header(f, size);
    if (status == OT_OK) status = check_header(f);
    if (status != OT_OK) ot__st_close(f);
    return ot__name_kind(status, path, OT__EXPECT_WEIGHTS);
}

void ot__st_close(ot__st_file *f)
{
    if (f->fd >= 0) close(f->fd);
    ot__st_header_free(&f->header);
    *f = (ot__st_file){ .fd = -1 };
}

static ot_status check_values(const ot__st_file *f, const ot__st_tensor *t, const void *values)
{
    char *key = ot__format(OT__ST_CHECKSUM_OF "%s", t->name);
    if (!key) return OT_ENOMEM;
    const char *expected = ot__st_metadata(&f->header, key);
    const bool equal =
        expected && strcmp(expected, ot__st_checksum(values, t->end - t->begin).text) == 0;
    ot__free(key);
    if (equal) return OT_OK;
    return ot__fail(OT_EFORMAT,
                    "%s:%zu: the checksum of tensor %.100s is wrong: the file is damaged", f->path,
                    f->data_at + t->begin, t->name);
}

ot_status ot__st_read(const ot__st_file *f, const ot__st_tensor *t, void *values)
{
    OT_TRY(ot__read_all(f->fd, f->path, values, t->end - t->begin, f->data_at + t->begin));
    return f->checksums ? check_values(f, t, values) : OT_OK;
}

ot_status ot__st_check(const ot__st_file *f)
{
    for (int i = 0; i < f->header.n; i++) {
        const ot__st_tensor *t = &f->header.tensor[i];
        void *values = ot__tensor_memory(t->end - t->begin);
        if (!values) return OT_ENOMEM;
        const ot_status status = ot__st_read(f, t, values);
        ot__free(values);
        OT_TRY(status);
    }
    return OT_OK;
}

ot_status ot_safetensors_metadata(const char *path, const char *key, char **value)
{
    OT_TRY(ot__check_given("metadata", "where to put the value", value));
    OT_TRY(ot__check_given("metadata", "the path", path));
    OT_TRY(ot__check_given("metadata", "the key", key));
    ot__st_file f;
    OT_TRY(ot__st_open(path, &f));
    const char *found = ot__st_metadata(&f.header, key);
    const ot_status status =
        found ? OT_OK : ot__fail(OT_EFORMAT, "%s: there is no metadata named %s", path, key);
    char *copy = found ? ot__strdup(found) : NULL;
    ot__st_close(&f);
    if (status != OT_OK) return status;
    if (!copy) return OT_ENOMEM;
    *value = copy;
    return OT_OK;
}
