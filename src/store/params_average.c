/* SPDX-License-Identifier: BSD-3-Clause
 * The moving average of a training in its checkpoints: a tensor "average.NAME" for each tensor of
 * the network, statistics included. */
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "store/safetensors.h"

#define PREFIX "average."

const char *ot__st_after_average(const char *name)
{
    const size_t n = strlen(PREFIX);
    return strncmp(name, PREFIX, n) == 0 ? name + n : NULL;
}

/* ---- saving ---- */

static ot_status add(ot__st_item *t, const ot_params *ps, int i, ot_dtype dtype, const void *values)
{
    *t = (ot__st_item){
        .name = ot__format(PREFIX "%s", ot_params_name(ps, i)),
        .dtype = dtype,
        .shape = ot_params_shape(ps, i),
        .values = values,
        .bytes = ot_params_elements(ps, i) * ot__dtype_size(dtype),
    };
    return t->name ? OT_OK : OT_ENOMEM;
}

ot_status ot__st_list_average(const ot_params *ps, void *const value[], ot_dtype dtype, int *n,
                              ot__st_item **item)
{
    size_t capacity = (size_t)*n;
    const int count = ot_params_count(ps);
    OT_TRY(ot__grow((void **)item, &capacity, (size_t)(*n + count), sizeof **item));
    for (int i = 0; i < count; i++)
        OT_TRY(add(&(*item)[(*n)++], ps, i, dtype, value[i]));
    return OT_OK;
}

/* ---- loading ---- */

/* The average of tensor i in a file; NULL if it has none. */
static const ot__st_tensor *find(const ot__st_file *f, const char *name)
{
    for (int k = 0; k < f->header.n; k++) {
        const char *const of = ot__st_after_average(f->header.tensor[k].name);
        if (of && strcmp(of, name) == 0) return &f->header.tensor[k];
    }
    return NULL;
}

static bool has_shape(const ot__st_tensor *t, ot_shape shape)
{
    if (t->rank != shape.rank) return false;
    for (int k = 0; k < t->rank; k++)
        if (t->dim[k] != (size_t)shape.dim[k]) return false;
    return true;
}

static ot_status read_values(const ot__st_file *f, const ot__st_tensor *t, ot_dtype dtype,
                             void *values)
{
    const ot_dtype stored = strcmp(t->dtype, "F64") == 0 ? OT_F64 : OT_F32;
    if (stored == dtype) return ot__st_read(f, t, values);
    void *const read = ot__new(t->end - t->begin, 1);
    if (!read) return OT_ENOMEM;
    const ot_status status = ot__st_read(f, t, read);
    const size_t n = (t->end - t->begin) / ot__dtype_size(stored);
    for (size_t j = 0; j < n && status == OT_OK; j++)
        ot__set_number(values, dtype, j, ot__number(read, stored, j));
    ot__free(read);
    return status;
}

ot_status ot__st_load_average(const ot__st_file *f, const ot_params *ps, void *const value[],
                              ot_dtype dtype)
{
    for (int i = 0; i < ot_params_count(ps); i++) {
        const char *const name = ot_params_name(ps, i);
        const ot__st_tensor *const t = find(f, name);
        if (!t) return ot__fail(OT_EFORMAT, "%s:8: the average of %s is missing", f->path, name);
        if ((strcmp(t->dtype, "F32") != 0 && strcmp(t->dtype, "F64") != 0) ||
            !has_shape(t, ot_params_shape(ps, i)))
            return ot__fail(OT_EFORMAT,
                            "%s:8: the average of %s has another dtype or shape than the tensor",
                            f->path, name);
        OT_TRY(read_values(f, t, dtype, value[i]));
    }
    return OT_OK;
}
