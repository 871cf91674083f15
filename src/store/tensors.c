/* SPDX-License-Identifier: BSD-3-Clause
 * The public functions that read any safetensors file, made from the reader of safetensors.h. */
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "store/safetensors.h"

struct ot_safetensors {
    ot__st_file file;
    char *path;
};

ot_status ot_safetensors_open(const char *path, ot_safetensors **out)
{
    OT_TRY(ot__check_given("safetensors", "where to put the file", out));
    *out = NULL;
    OT_TRY(ot__check_given("safetensors", "the path", path));
    ot_safetensors *f = ot__new(1, sizeof *f);
    if (!f) return OT_ENOMEM;
    f->file.fd = -1;
    f->path = ot__strdup(path);
    const ot_status status = f->path ? ot__st_open(f->path, &f->file) : OT_ENOMEM;
    if (status == OT_OK)
        *out = f;
    else
        ot_safetensors_close(f);
    return status;
}

void ot_safetensors_close(ot_safetensors *f)
{
    if (!f) return;
    ot__st_close(&f->file);
    ot__free(f->path);
    ot__free(f);
}

bool ot_safetensors_has_checksums(const ot_safetensors *f)
{
    return f && f->file.checksums;
}

int ot_safetensors_count(const ot_safetensors *f)
{
    return f ? f->file.header.n : 0;
}

static const ot__st_tensor *tensor_at(const ot_safetensors *f, int i)
{
    return f && i >= 0 && i < f->file.header.n ? &f->file.header.tensor[i] : NULL;
}

ot_tensor_info ot_safetensors_tensor(const ot_safetensors *f, int i)
{
    const ot__st_tensor *t = tensor_at(f, i);
    if (!t) return (ot_tensor_info){ 0 };
    ot_tensor_info info = {
        .name = t->name,
        .dtype = t->dtype,
        .rank = t->rank,
        .elements = 1,
        .bytes = t->end - t->begin,
        .offset = f->file.data_at + t->begin,
    };
    _Static_assert(sizeof info.dim == sizeof t->dim, "all dimensions of a tensor");
    memcpy(info.dim, t->dim, sizeof info.dim);
    for (int k = 0; k < t->rank; k++)
        info.elements *= t->dim[k];
    return info;
}

int ot_safetensors_find(const ot_safetensors *f, const char *name)
{
    for (int i = 0; name && i < ot_safetensors_count(f); i++)
        if (strcmp(f->file.header.tensor[i].name, name) == 0) return i;
    return -1;
}

ot_status ot_safetensors_read(const ot_safetensors *f, int i, void *values)
{
    OT_TRY(ot__check_given("safetensors", "the file", f));
    OT_TRY(ot__check_given("safetensors", "where to put the values", values));
    const ot__st_tensor *t = tensor_at(f, i);
    if (!t)
        return ot__fail(OT_EINVAL, "%s: there is no tensor %d; it has %d", f->path, i,
                        f->file.header.n);
    return ot__st_read(&f->file, t, values);
}

/* The i-th pair of metadata that is not a checksum. */
static const char *pair(const ot_safetensors *f, int i, json_t **value)
{
    const char *key;
    json_t *metadata = json_object_get(f->file.header.json, "__metadata__");
    json_object_foreach(metadata, key, *value)
    {
        if (!ot__st_is_checksum(key) && i-- == 0) return key;
    }
    return NULL;
}

const char *ot_safetensors_key(const ot_safetensors *f, int i)
{
    json_t *value;
    return f && i >= 0 ? pair(f, i, &value) : NULL;
}

const char *ot_safetensors_value(const ot_safetensors *f, int i)
{
    json_t *value = NULL;
    return f && i >= 0 && pair(f, i, &value) ? json_string_value(value) : NULL;
}
