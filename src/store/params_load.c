/* SPDX-License-Identifier: BSD-3-Clause
 * Loads parameters, statistics and velocities from a safetensors file: all of them or none.  The
 * file must have every tensor of the network, in its shape, and no others except velocities and
 * averages; the latter are skipped here.  The whole file is read and checked before the first value
 * is changed. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/number.h"
#include "store/safetensors.h"

/* A shape as text: "[16,3,3,3]". */
typedef struct text {
    char s[OT__ST_MAX_RANK * sizeof ",18446744073709551615" + sizeof "[]"];
} text;

static text shape_text(int rank, const size_t dim[])
{
    text t = { "[" };
    size_t used = 1;
    for (int k = 0; k < rank; k++)
        used += (size_t)snprintf(t.s + used, sizeof t.s - used, "%s%zu", k ? "," : "", dim[k]);
    snprintf(t.s + used, sizeof t.s - used, "]");
    return t;
}

static bool is_velocity(const ot__st_tensor *t)
{
    return strncmp(t->name, OT__ST_VELOCITY, strlen(OT__ST_VELOCITY)) == 0;
}

/* The index of the network's tensor that a tensor of the file belongs to; -1 if there is none. */
static int owner_of(const ot_params *ps, const ot__st_tensor *t)
{
    const char *const averaged = ot__st_after_average(t->name);
    if (averaged) return ot_params_find(ps, averaged);
    if (!is_velocity(t)) return ot_params_find(ps, t->name);
    const int i = ot_params_find(ps, t->name + strlen(OT__ST_VELOCITY));
    return i >= 0 && ot_params_trained(ps, i) ? i : -1;
}

static ot_status check_tensor(const ot_params *ps, const ot__st_file *f, const ot__st_tensor *t)
{
    const int i = owner_of(ps, t);
    if (i < 0)
        return ot__fail(OT_EFORMAT, "%s:8: tensor %.100s is not one of the network's", f->path,
                        t->name);
    if (strcmp(t->dtype, "F32") != 0 && strcmp(t->dtype, "F64") != 0)
        return ot__fail(OT_EFORMAT, "%s:8: tensor %.100s has dtype %s; only F32 and F64 are loaded",
                        f->path, t->name, t->dtype);
    if (strcmp(t->dtype, f->header.tensor[0].dtype) != 0)
        return ot__fail(OT_EFORMAT, "%s:8: tensor %.100s has dtype %s; the first one has %s",
                        f->path, t->name, t->dtype, f->header.tensor[0].dtype);
    const ot_shape want = ot_params_shape(ps, i);
    size_t dim[OT_MAX_RANK] = { 0 };
    for (int k = 0; k < want.rank; k++)
        dim[k] = (size_t)want.dim[k];
    if (t->rank == want.rank && memcmp(t->dim, dim, sizeof dim[0] * (size_t)want.rank) == 0)
        return OT_OK;
    return ot__fail(OT_EFORMAT, "%s:8: tensor %.100s has shape %s; the network's has %s", f->path,
                    t->name, shape_text(t->rank, t->dim).s, shape_text(want.rank, dim).s);
}

/* Checks every tensor of the file, and marks which values and velocities it has. */
static ot_status note_tensors(const ot_params *ps, const ot__st_file *f, bool value[],
                              bool velocity[])
{
    for (int k = 0; k < f->header.n; k++) {
        const ot__st_tensor *const t = &f->header.tensor[k];
        OT_TRY(check_tensor(ps, f, t));
        if (ot__st_after_average(t->name)) continue;
        (is_velocity(t) ? velocity : value)[owner_of(ps, t)] = true;
    }
    return OT_OK;
}

/* v: the velocities that the file must have; NULL for none. */
static ot_status find_missing(const ot_params *ps, const ot__st_file *f, const bool value[],
                              const ot__velocities *v, const bool velocity[])
{
    for (int i = 0; i < ot_params_count(ps); i++) {
        const char *const name = ot_params_name(ps, i);
        if (!value[i])
            return ot__fail(OT_EFORMAT, "%s:8: the network's tensor %s is missing", f->path, name);
        if (v && v->of(v->user, i) && !velocity[i])
            return ot__fail(OT_EFORMAT, "%s:8: the velocity of %s is missing: it is no checkpoint",
                            f->path, name);
    }
    return OT_OK;
}

/* Checks that the file has the names and shapes of the network. */
static ot_status check_model(const ot_params *ps, const ot__st_file *f, const ot__velocities *v)
{
    const size_t n = (size_t)ot_params_count(ps);
    bool *const value = ot__new(2 * n, sizeof *value), *const velocity = value + n;
    if (!value) return OT_ENOMEM;
    ot_status status = note_tensors(ps, f, value, velocity);
    if (status == OT_OK) status = find_missing(ps, f, value, v, velocity);
    ot__free(value);
    return status;
}

static ot_status read_values(const ot__st_file *f, char *data)
{
    for (int i = 0; i < f->header.n; i++) {
        const ot__st_tensor *t = &f->header.tensor[i];
        OT_TRY(ot__st_read(f, t, data + t->begin));
    }
    return OT_OK;
}

static ot_dtype dtype_of(const ot__st_file *f)
{
    return f->header.n > 0 && strcmp(f->header.tensor[0].dtype, "F64") == 0 ? OT_F64 : OT_F32;
}

/* Finds where to copy each tensor; NULL: nowhere.  This may fail, so it is done for all tensors
 * before the first copy. */
static ot_status find_places(ot_params *ps, const ot__velocities *v, const ot__st_file *f,
                             void **place)
{
    for (int i = 0; i < f->header.n; i++) {
        const ot__st_tensor *t = &f->header.tensor[i];
        const int owner = owner_of(ps, t);
        if (ot__st_after_average(t->name)) continue;
        if (is_velocity(t)) {
            place[i] = v ? v->of(v->user, owner) : NULL;
            continue;
        }
        place[i] = ot_params_edit(ps, owner, dtype_of(f));
        if (!place[i]) return ot__fail(OT_ENOMEM, "out of memory for the values of %s", t->name);
    }
    return OT_OK;
}

/* Copies values from one dtype to another. */
static void copy(void *to, ot_dtype to_dtype, const void *from, ot_dtype dtype, size_t bytes)
{
    if (to_dtype == dtype) {
        memcpy(to, from, bytes);
        return;
    }
    for (size_t i = 0; i < bytes / ot__dtype_size(dtype); i++)
        ot__set_number(to, to_dtype, i, ot__number(from, dtype, i));
}

static ot_status load(const ot__st_file *f, ot_params *ps, const ot__velocities *v, char *data,
                      void **place)
{
    OT_TRY(read_values(f, data));
    OT_TRY(find_places(ps, v, f, place));
    const ot_dtype dtype = dtype_of(f);
    for (int i = 0; i < f->header.n; i++) {
        const ot__st_tensor *t = &f->header.tensor[i];
        const ot_dtype to = is_velocity(t) && v ? v->dtype : dtype;
        if (place[i]) copy(place[i], to, data + t->begin, dtype, t->end - t->begin);
    }
    return OT_OK;
}

ot_status ot__st_load(const ot__st_file *f, ot_params *ps, const ot__velocities *v)
{
    const ot__st_header *h = &f->header;
    ot_normalisation normalisation;
    OT_TRY(check_model(ps, f, v));
    OT_TRY(ot__st_normalisation(f, &normalisation));
    char *data = ot__tensor_memory(h->n ? h->tensor[h->n - 1].end : 0);
    void **place = ot__new((size_t)h->n, sizeof *place);
    ot_status status = data && place ? load(f, ps, v, data, place) : OT_ENOMEM;
    if (status == OT_OK) status = ot_params_set_normalisation(ps, &normalisation);
    ot__free(place);
    ot__free(data);
    return status;
}

ot_status ot_params_load(ot_params *ps, const char *path)
{
    OT_TRY(ot__check_given("load", "the parameters", ps));
    OT_TRY(ot__check_given("load", "the path", path));
    ot__st_file f;
    OT_TRY(ot__st_open(path, &f));
    const ot_status status = ot__st_load(&f, ps, NULL);
    ot__st_close(&f);
    return status;
}

ot_status ot_params_check(const ot_params *ps, const char *path)
{
    ot__st_file f;
    OT_TRY(ot__check_given("params", "the parameters", ps));
    OT_TRY(ot__check_given("params", "the path", path));
    OT_TRY(ot__st_open(path, &f));
    const ot_status status = check_model(ps, &f, NULL);
    ot__st_close(&f);
    return status;
}
