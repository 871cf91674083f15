/* SPDX-License-Identifier: BSD-3-Clause
 * Writes tensors to a safetensors file, in the order of their names, so that equal values give
 * equal bytes.  The header is padded to a multiple of 8 bytes, so that the data is aligned for
 * programs that map the file.  The file replaces an old one in one step.  Its whole size is
 * reserved before the first byte is written, so that a full disk is noticed early. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/normalisation.h"
#include "store/safetensors.h"

_Static_assert(
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && sizeof(float) == 4,
    "safetensors files are little-endian, and tensors are written as they are in memory");

static int by_name(const void *a, const void *b)
{
    return strcmp(((const ot__st_item *)a)->name, ((const ot__st_item *)b)->name);
}

static ot_status no_memory(const char *path)
{
    return ot__fail(OT_ENOMEM, "%s: out of memory for the header", path);
}

static json_t *tensor_json(const ot__st_item *t, size_t begin, size_t end)
{
    json_t *dims = json_array();
    for (int k = 0; k < t->shape.rank; k++)
        ot__json_append(&dims, json_integer(t->shape.dim[k]));
    return json_pack("{s:s, s:o, s:[I, I]}", "dtype", t->dtype == OT_F64 ? "F64" : "F32", "shape",
                     dims, "data_offsets", (json_int_t)begin, (json_int_t)end);
}

/* Adds the caller's pairs.  A key may appear once and must not be one that odetape writes
 * itself. */
static ot_status add_pairs(json_t *to, const char *path, int n, const char *const pair[][2])
{
    for (int i = 0; i < n; i++) {
        const char *key = pair[i][0], *value = pair[i][1];
        if (!key || !value)
            return ot__fail(OT_EINVAL, "%s: metadata pair %d must be two strings", path, i);
        OT_TRY(ot__check_name(path, "a key of the metadata", key));
        if (json_object_get(to, key) || strncmp(key, OT__ST_CHECKSUM, strlen(OT__ST_CHECKSUM)) == 0)
            return ot__fail(OT_EINVAL, "%s: the metadata key %s is given twice or reserved", path,
                            key);
        json_t *text;
        if (ot__json_text(value, &text) == OT_EFORMAT)
            return ot__fail(OT_EINVAL, "%s: the metadata %s must be UTF-8", path, key);
        if (json_object_set_new(to, key, text) != 0) return no_memory(path);
    }
    return OT_OK;
}

/* These and the next function return false if there is no memory. */
static bool add_normalisation(json_t *to, const ot_normalisation *n)
{
    char text[OT__NORMALISATION_TEXT];
    if (n->channels == 0 || n->assumed) return true;
    ot__normalisation_write(n->channels, n->mean, text);
    if (json_object_set_new(to, OT__KEY_MEAN, json_string(text)) != 0) return false;
    ot__normalisation_write(n->channels, n->deviation, text);
    return json_object_set_new(to, OT__KEY_DEVIATION, json_string(text)) == 0;
}

static bool add_tensors(json_t *header, json_t *metadata, int n, const ot__st_item *item)
{
    size_t at = 0;
    bool ok = true;
    for (int i = 0; i < n && ok; i++) {
        const ot__st_item *t = &item[i];
        char *key = ot__format(OT__ST_CHECKSUM_OF "%s", t->name);
        ok = key &&
             json_object_set_new(metadata, key,
                                 json_string(ot__st_checksum(t->values, t->bytes).text)) == 0 &&
             json_object_set_new(header, t->name, tensor_json(t, at, at + t->bytes)) == 0;
        ot__free(key);
        at += t->bytes;
    }
    const ot__st_digest sum = ot__st_header_checksum(header);
    return ok && sum.text[0] != '\0' &&
           json_object_set_new(metadata, OT__ST_CHECKSUM, json_string(sum.text)) == 0;
}

/* Fills the header with metadata, checksums and tensors. */
static ot_status fill_header(json_t *header, const char *path, int n, const ot__st_item *item,
                             const ot_normalisation *normalisation, int n_pairs,
                             const char *const pair[][2])
{
    json_t *metadata = json_object();
    if (json_object_set_new(header, "__metadata__", metadata) != 0 ||
        json_object_set_new(metadata, "format", json_string("pt")) != 0 ||
        !add_normalisation(metadata, normalisation))
        return no_memory(path);
    OT_TRY(add_pairs(metadata, path, n_pairs, pair));
    return add_tensors(header, metadata, n, item) ? OT_OK : no_memory(path);
}

static ot_status write_header(const json_t *header, size_t data_size, ot__replacement *file)
{
    char *text = json_dumps(header, JSON_COMPACT | JSON_SORT_KEYS);
    if (!text) return no_memory(file->path);
    const size_t size = strlen(text), padded = (size + 7) / 8 * 8;
    unsigned char length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)(padded >> 8 * i);
    ot_status status = ot__replace_reserve(file, sizeof length + padded + data_size);
    if (status == OT_OK) status = ot__replace_write(file, length, sizeof length);
    if (status == OT_OK) status = ot__replace_write(file, text, size);
    if (status == OT_OK) status = ot__replace_write(file, "       ", padded - size);
    free(text);
    return status;
}

static ot_status write_file(const json_t *header, int folder, const char *path, int n,
                            const ot__st_item *item)
{
    size_t data_size = 0;
    for (int i = 0; i < n; i++)
        data_size += item[i].bytes;
    ot__replacement file;
    OT_TRY(folder < 0 ? ot__replace_begin(path, &file) : ot__replace_begin_in(folder, path, &file));
    ot_status status = write_header(header, data_size, &file);
    for (int i = 0; i < n && status == OT_OK; i++)
        status = ot__replace_write(&file, item[i].values, item[i].bytes);
    if (status == OT_OK) status = ot__replace_commit(&file);
    ot__replace_abandon(&file);
    return status;
}

ot_status ot__st_write(int folder, const char *path, int n, ot__st_item item[],
                       const ot_normalisation *normalisation, int n_pairs,
                       const char *const pair[][2])
{
    qsort(item, (size_t)n, sizeof *item, by_name);
    json_t *header = json_object();
    ot_status status =
        header ? fill_header(header, path, n, item, normalisation, n_pairs, pair) : no_memory(path);
    if (status == OT_OK) status = write_file(header, folder, path, n, item);
    json_decref(header);
    return status;
}
