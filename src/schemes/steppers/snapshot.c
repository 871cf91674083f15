/* SPDX-License-Identifier: BSD-3-Clause
 * Saves and restores the running statistics of parameters, and averages them over several runs.
 * Frozen statistics never move, so they are left out. */
#include "schemes/steppers/snapshot.h"

#include <string.h>

#include "base/memory.h"
#include "base/number.h"

static bool chosen(const ot_params *ps, int i, const char *scope, const int except[2])
{
    return !ot_params_trained(ps, i) && !ot_params_frozen(ps, i) && i != except[0] &&
           i != except[1] && strncmp(ot_params_name(ps, i), scope, strlen(scope)) == 0;
}

ot_status ot__snapshot_new(ot_params *params, ot_dtype dtype, const char *scope,
                           const int except[2], ot__snapshot *s)
{
    *s = (ot__snapshot){ .params = params, .dtype = dtype };
    const int all = ot_params_count(params);
    size_t elements = 0;
    s->index = ot__new((size_t)all + 1, sizeof *s->index);
    if (!s->index) return OT_ENOMEM;
    for (int i = 0; i < all; i++) {
        if (!chosen(params, i, scope, except)) continue;
        s->index[s->n++] = i;
        elements += ot_params_elements(params, i);
    }
    s->bytes = elements * ot__dtype_size(s->dtype);
    s->before = ot__new(s->bytes + 1, 1);
    s->mean = ot__new(elements + 1, sizeof *s->mean);
    return s->before && s->mean ? OT_OK : OT_ENOMEM;
}

void ot__snapshot_free(ot__snapshot *s)
{
    ot__free(s->index);
    ot__free(s->before);
    ot__free(s->mean);
    *s = (ot__snapshot){ 0 };
}

void ot__snapshot_take(ot__snapshot *s)
{
    char *to = s->before;
    for (int k = 0; k < s->n; k++) {
        const size_t bytes = ot_params_elements(s->params, s->index[k]) * ot__dtype_size(s->dtype);
        memcpy(to, ot_params_value(s->params, s->index[k], s->dtype), bytes);
        to += bytes;
    }
    memset(s->mean, 0, s->bytes / ot__dtype_size(s->dtype) * sizeof *s->mean);
}

void ot__snapshot_restore(const ot__snapshot *s)
{
    const char *from = s->before;
    for (int k = 0; k < s->n; k++) {
        const size_t bytes = ot_params_elements(s->params, s->index[k]) * ot__dtype_size(s->dtype);
        memcpy(ot_params_edit(s->params, s->index[k], s->dtype), from, bytes);
        from += bytes;
    }
}

void ot__snapshot_add(ot__snapshot *s, double w)
{
    double *mean = s->mean;
    for (int k = 0; k < s->n; k++) {
        const void *now = ot_params_value(s->params, s->index[k], s->dtype);
        const size_t n = ot_params_elements(s->params, s->index[k]);
        for (size_t i = 0; i < n; i++)
            *mean++ += w * ot__number(now, s->dtype, i);
    }
}

void ot__snapshot_replace(const ot__snapshot *s)
{
    const double *mean = s->mean;
    for (int k = 0; k < s->n; k++) {
        void *to = ot_params_edit(s->params, s->index[k], s->dtype);
        const size_t n = ot_params_elements(s->params, s->index[k]);
        for (size_t i = 0; i < n; i++, mean++)
            ot__set_number(to, s->dtype, i, *mean);
    }
}
