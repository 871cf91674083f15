/* SPDX-License-Identifier: BSD-3-Clause
 * Makes the list of a network's tensors, and writes it to a safetensors file. */
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/number.h"
#include "store/run.h"
#include "store/safetensors.h"

static ot_status add(ot__st_item *t, ot_params *ps, int i, ot_dtype dtype, const char *prefix,
                     const void *values)
{
    *t = (ot__st_item){
        .name = ot__format("%s%s", prefix, ot_params_name(ps, i)),
        .dtype = dtype,
        .shape = ot_params_shape(ps, i),
        .values = values,
        .bytes = ot_params_elements(ps, i) * ot__dtype_size(dtype),
    };
    if (t->name && values) return OT_OK;
    return ot__fail(OT_ENOMEM, "out of memory for the values of %s", ot_params_name(ps, i));
}

static ot_status fill(ot_params *ps, const ot__states *states, ot_dtype dtype, int *n,
                      ot__st_item *item)
{
    char prefix[OT__ST_STATE_NAME + 12];
    for (int i = 0; i < ot_params_count(ps); i++) {
        OT_TRY(add(&item[(*n)++], ps, i, dtype, "", ot_params_value(ps, i, dtype)));
        for (int k = 0; states && k < states->n; k++) {
            const void *const state = states->of(states->user, i, k);
            ot__st_state_prefix(states->name[k], prefix);
            if (state) OT_TRY(add(&item[(*n)++], ps, i, dtype, prefix, state));
        }
    }
    return OT_OK;
}

ot_status ot__st_list(ot_params *ps, const ot__states *states, ot_dtype dtype, int *n,
                      ot__st_item **item)
{
    const size_t each = 1 + (size_t)(states ? states->n : 0);
    *n = 0;
    *item = ot__new(each * (size_t)ot_params_count(ps), sizeof **item);
    if (!*item) return OT_ENOMEM;
    const ot_status status = fill(ps, states, dtype, n, *item);
    if (status != OT_OK) ot__st_list_free(*n, *item);
    return status;
}

void ot__st_list_free(int n, ot__st_item *item)
{
    for (int i = 0; i < n; i++)
        ot__free(item[i].name);
    ot__free(item);
}

static ot_status save(ot_params *ps, int folder, const char *path, int n,
                      const char *const metadata[][2])
{
    int n_items = 0;
    ot__st_item *item = NULL;
    OT_TRY(ot__check_given("save", "the parameters", ps));
    OT_TRY(ot__check_given("save", "the path", path));
    OT_TRY(ot__check_list("save", "pairs of metadata", n, metadata));
    OT_TRY(ot__st_list(ps, NULL, OT_F32, &n_items, &item));
    const ot_normalisation normalisation = ot_params_normalisation(ps);
    const ot_status status = ot__st_write(folder, path, n_items, item, &normalisation, n, metadata);
    ot__st_list_free(n_items, item);
    return status;
}

ot_status ot_params_save(ot_params *ps, const char *path, int n, const char *const metadata[][2])
{
    return save(ps, -1, path, n, metadata);
}

ot_status ot_run_save(const ot_run *run, const char *name, ot_params *ps, int n,
                      const char *const metadata[][2])
{
    OT_TRY(ot__check_given("run", "the run", run));
    OT_TRY(ot__check_given("run", "the parameters", ps));
    OT_TRY(ot__check_name("run", "the name of the file", name));
    if (strchr(name, '/'))
        return ot__fail(OT_EINVAL, "run: the name of the file is %.80s; it must not have a slash",
                        name);
    OT_TRY(ot__check_list("run", "pairs of metadata", n, metadata));
    char *const path = ot__run_path(run, name);
    const ot_status status = path ? save(ps, ot__run_folder(run), path, n, metadata) : OT_ENOMEM;
    ot__free(path);
    return status;
}
