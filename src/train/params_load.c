/* SPDX-License-Identifier: BSD-3-Clause
 * Parameters and statistics from a safetensors file: all of them or none.  The file must have the
 * network's tensors, each of its shape, and no others; everything is read and checked before the
 * first value is changed. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "train/safetensors.h"

typedef struct text {
    char s[128];
} text;

static text shape_text(int rank, const size_t dim[])
{
    text t = { "[" };
    size_t used = 1;
    for (int k = 0; k < rank && used < sizeof t.s; k++)
        used += (size_t)snprintf(t.s + used, sizeof t.s - used, "%s%zu", k ? "," : "", dim[k]);
    if (used < sizeof t.s) snprintf(t.s + used, sizeof t.s - used, "]");
    return t;
}

static ot_status check_tensor(const ot_params *ps, const char *path, const ot__st_tensor *t)
{
    const int i = ot_params_find(ps, t->name);
    if (i < 0)
        return ot__fail(OT_EFORMAT, "%s: tensor %.100s is not one of the network's", path, t->name);
    const ot_shape want = ot_params_shape(ps, i);
    size_t dim[OT_MAX_RANK] = { 0 };
    for (int k = 0; k < want.rank; k++)
        dim[k] = (size_t)want.dim[k];
    if (t->rank == want.rank && memcmp(t->dim, dim, sizeof dim[0] * (size_t)want.rank) == 0)
        return OT_OK;
    return ot__fail(OT_EFORMAT, "%s: tensor %.100s has shape %s; the network's has %s", path,
                    t->name, shape_text(t->rank, t->dim).s, shape_text(want.rank, dim).s);
}

static bool has_tensor(const ot__st_header *h, const char *name)
{
    for (int i = 0; i < h->n; i++)
        if (strcmp(h->tensor[i].name, name) == 0) return true;
    return false;
}

/* The same names and shapes. */
static ot_status check_model(const ot_params *ps, const char *path, const ot__st_header *h)
{
    for (int i = 0; i < h->n; i++)
        OT_TRY(check_tensor(ps, path, &h->tensor[i]));
    for (int i = 0; i < ot_params_count(ps); i++)
        if (!has_tensor(h, ot_params_name(ps, i)))
            return ot__fail(OT_EFORMAT, "%s: the network's tensor %s is missing", path,
                            ot_params_name(ps, i));
    return OT_OK;
}

static ot_status read_values(const ot__st_file *f, char *data)
{
    for (int i = 0; i < f->header.n; i++) {
        const ot__st_tensor *t = &f->header.tensor[i];
        OT_TRY(ot__st_read(f, t, data + t->begin));
    }
    return OT_OK;
}

/* Where each tensor goes: everything that can fail comes before the first copy. */
static ot_status find_places(ot_params *ps, const ot__st_header *h, void **place)
{
    for (int i = 0; i < h->n; i++) {
        place[i] = ot_params_edit(ps, ot_params_find(ps, h->tensor[i].name), OT_F32);
        if (!place[i])
            return ot__fail(OT_ENOMEM, "out of memory for the values of %s", h->tensor[i].name);
    }
    return OT_OK;
}

static ot_status load(ot_params *ps, const ot__st_file *f, char *data, void **place)
{
    const ot__st_header *h = &f->header;
    OT_TRY(read_values(f, data));
    OT_TRY(find_places(ps, h, place));
    for (int i = 0; i < h->n; i++)
        memcpy(place[i], data + h->tensor[i].begin, h->tensor[i].end - h->tensor[i].begin);
    return OT_OK;
}

static ot_status load_open(ot_params *ps, const ot__st_file *f)
{
    const ot__st_header *h = &f->header;
    OT_TRY(check_model(ps, f->path, h));
    char *data = ot__tensor_memory(h->n ? h->tensor[h->n - 1].end : 0);
    void **place = ot__new((size_t)h->n, sizeof *place);
    const ot_status status = data && place ? load(ps, f, data, place) : OT_ENOMEM;
    ot__free(place);
    ot__free(data);
    return status;
}

ot_status ot_params_load(ot_params *ps, const char *path)
{
    ot__st_file f;
    OT_TRY(ot__st_open(path, &f));
    const ot_status status = load_open(ps, &f);
    ot__st_close(&f);
    return status;
}
