/* SPDX-License-Identifier: BSD-3-Clause */
#include "schemes/steppers/moving.h"

#include <string.h>

#include "base/memory.h"
#include "base/number.h"

static bool chosen(const ot_params *ps, int i, const char *scope, int except)
{
    return !ot_params_trained(ps, i) && i != except &&
           strncmp(ot_params_name(ps, i), scope, strlen(scope)) == 0;
}

ot_status ot__moving_new(ot_params *params, ot_dtype dtype, const char *scope, int except,
                         ot__moving *m)
{
    *m = (ot__moving){ .params = params, .dtype = dtype };
    const int all = ot_params_count(params);
    size_t elements = 0;
    m->index = ot__new((size_t)all + 1, sizeof *m->index);
    if (!m->index) return OT_ENOMEM;
    for (int i = 0; i < all; i++) {
        if (!chosen(params, i, scope, except)) continue;
        m->index[m->n++] = i;
        elements += ot_params_elements(params, i);
    }
    m->bytes = elements * ot__dtype_size(m->dtype);
    m->before = ot__new(m->bytes + 1, 1);
    m->mean = ot__new(elements + 1, sizeof *m->mean);
    return m->before && m->mean ? OT_OK : OT_ENOMEM;
}

void ot__moving_free(ot__moving *m)
{
    ot__free(m->index);
    ot__free(m->before);
    ot__free(m->mean);
    *m = (ot__moving){ 0 };
}

void ot__moving_begin(ot__moving *m)
{
    char *to = m->before;
    for (int k = 0; k < m->n; k++) {
        const size_t bytes = ot_params_elements(m->params, m->index[k]) * ot__dtype_size(m->dtype);
        memcpy(to, ot_params_value(m->params, m->index[k], m->dtype), bytes);
        to += bytes;
    }
    memset(m->mean, 0, m->bytes / ot__dtype_size(m->dtype) * sizeof *m->mean);
}

void ot__moving_put_back(const ot__moving *m)
{
    const char *from = m->before;
    for (int k = 0; k < m->n; k++) {
        const size_t bytes = ot_params_elements(m->params, m->index[k]) * ot__dtype_size(m->dtype);
        memcpy(ot_params_edit(m->params, m->index[k], m->dtype), from, bytes);
        from += bytes;
    }
}

void ot__moving_add(ot__moving *m, double w)
{
    double *mean = m->mean;
    for (int k = 0; k < m->n; k++) {
        const void *now = ot_params_value(m->params, m->index[k], m->dtype);
        const size_t n = ot_params_elements(m->params, m->index[k]);
        for (size_t i = 0; i < n; i++)
            *mean++ += w * ot__number(now, m->dtype, i);
    }
}

void ot__moving_end(const ot__moving *m)
{
    const double *mean = m->mean;
    for (int k = 0; k < m->n; k++) {
        void *to = ot_params_edit(m->params, m->index[k], m->dtype);
        const size_t n = ot_params_elements(m->params, m->index[k]);
        for (size_t i = 0; i < n; i++, mean++)
            ot__set_number(to, m->dtype, i, *mean);
    }
}
