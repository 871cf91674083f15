/* SPDX-License-Identifier: BSD-3-Clause
 * Loads parameters, statistics and the states of an optimiser from a safetensors file: all of them
 * or none.  The file must have every tensor of the network, in its shape, and no others except
 * states and averages; the latter are skipped here.  The whole file is read and checked before the
 * first value is changed. */
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

/* What a tensor of a file is: the value of a tensor of the network, or a state of it. */
typedef struct role {
    int owner;     /* the network's tensor; -1: none */
    bool is_state; /* it is named as a state or as an average */
    int state;     /* which; -1 if it is none of the optimiser's, or all states are skipped */
} role;

static role role_of(const ot_params *ps, const ot__states *states, const ot__st_tensor *t)
{
    char state[OT__ST_STATE_NAME];
    const char *const averaged = ot__st_after_average(t->name);
    const char *const name = ot__st_after_state(t->name, state);
    if (averaged)
        return (role){ .owner = ot_params_find(ps, averaged), .is_state = true, .state = -1 };
    if (!name) return (role){ .owner = ot_params_find(ps, t->name) };
    const int i = ot_params_find(ps, name);
    role r = { .owner = i >= 0 && ot_params_trained(ps, i) ? i : -1,
               .is_state = true,
               .state = -1 };
    for (int k = 0; states && k < states->n; k++)
        if (strcmp(states->name[k], state) == 0) r.state = k;
    if (states && r.state < 0) r.owner = -1;
    return r;
}

static ot_status check_tensor(const ot__st_file *f, const ot__st_tensor *t, const ot_params *ps,
                              int i)
{
    if (i < 0)
        return ot__fail(OT_EFORMAT, "%s:8: tensor %.100s is not one of the network's", f->path,
                        t->name);
    if (strcmp(t->dtype, "F32") != 0 && strcmp(t->dtype, "F64") != 0)
        return ot__fail(
            OT_EFORMAT,
            "%s:8: tensor %.100s has dtype %s, which has no conversion here; F32 and F64 are "
            "loaded, and odetape import and --init also convert F16 and BF16",
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

/* Checks every tensor of the file, and marks which the file has: has[i] is the value of tensor i of
 * the network, has[(1 + k)*count + i] is its state k. */
static ot_status note_tensors(const ot_params *ps, const ot__states *states, const ot__st_file *f,
                              bool has[])
{
    const size_t count = (size_t)ot_params_count(ps);
    for (int j = 0; j < f->header.n; j++) {
        const ot__st_tensor *const t = &f->header.tensor[j];
        const role r = role_of(ps, states, t);
        OT_TRY(check_tensor(f, t, ps, r.owner));
        const size_t row = r.is_state ? (size_t)(1 + r.state) : 0;
        if (!r.is_state || r.state >= 0) has[row * count + (size_t)r.owner] = true;
    }
    return OT_OK;
}

static ot_status find_missing(const ot_params *ps, const ot__states *states, const ot__st_file *f,
                              const bool has[])
{
    const int count = ot_params_count(ps);
    for (int i = 0; i < count; i++) {
        const char *const name = ot_params_name(ps, i);
        if (!has[i])
            return ot__fail(OT_EFORMAT, "%s:8: the network's tensor %s is missing", f->path, name);
        for (int k = 0; states && k < states->n; k++)
            if (states->of(states->user, i, k) && !has[(1 + k) * count + i])
                return ot__fail(OT_EFORMAT,
                                "%s:8: the optimiser's %s of %s is missing: it is no checkpoint of "
                                "this training",
                                f->path, states->name[k], name);
    }
    return OT_OK;
}

/* Checks that the file has the names and shapes of the network. */
static ot_status check_model(const ot_params *ps, const ot__states *states, const ot__st_file *f)
{
    const size_t rows = 1 + (size_t)(states ? states->n : 0);
    bool *const has = ot__new(rows * (size_t)ot_params_count(ps), sizeof *has);
    if (!has) return OT_ENOMEM;
    ot_status status = note_tensors(ps, states, f, has);
    if (status == OT_OK) status = find_missing(ps, states, f, has);
    ot__free(has);
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
static ot_status find_places(ot_params *ps, const ot__states *states, const ot__st_file *f,
                             void **place)
{
    for (int i = 0; i < f->header.n; i++) {
        const ot__st_tensor *t = &f->header.tensor[i];
        const role r = role_of(ps, states, t);
        if (r.is_state) {
            place[i] = r.state >= 0 ? states->of(states->user, r.owner, r.state) : NULL;
            continue;
        }
        place[i] = ot_params_edit(ps, r.owner, dtype_of(f));
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

static ot_status load(const ot__st_file *f, ot_params *ps, const ot__states *states, char *data,
                      void **place)
{
    OT_TRY(read_values(f, data));
    OT_TRY(find_places(ps, states, f, place));
    const ot_dtype dtype = dtype_of(f);
    for (int i = 0; i < f->header.n; i++) {
        const ot__st_tensor *t = &f->header.tensor[i];
        const bool is_state = states && role_of(ps, states, t).is_state;
        const ot_dtype to = is_state ? states->dtype : dtype;
        if (place[i]) copy(place[i], to, data + t->begin, dtype, t->end - t->begin);
    }
    return OT_OK;
}

ot_status ot__st_load(const ot__st_file *f, ot_params *ps, const ot__states *states)
{
    const ot__st_header *h = &f->header;
    ot_normalisation normalisation;
    OT_TRY(check_model(ps, states, f));
    OT_TRY(ot__st_normalisation(f, &normalisation));
    char *data = ot__tensor_memory(h->n ? h->tensor[h->n - 1].end : 0);
    void **place = ot__new((size_t)h->n, sizeof *place);
    ot_status status = data && place ? load(f, ps, states, data, place) : OT_ENOMEM;
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
    const ot_status status = check_model(ps, NULL, &f);
    ot__st_close(&f);
    return status;
}
