/* SPDX-License-Identifier: BSD-3-Clause
 * The running statistics are the parameters that are not trained.  Their values are copied to one
 * array, in the order of the parameters. */
#include "train/backup.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"

static size_t bytes_of(const ot_params *params, int i, ot_dtype dtype)
{
    return ot_params_trained(params, i) ? 0 : ot_params_elements(params, i) * ot__dtype_size(dtype);
}

size_t ot__backup_bytes(const ot_params *params, ot_dtype dtype)
{
    size_t bytes = 0;
    for (int i = 0; i < ot_params_count(params); i++)
        bytes += bytes_of(params, i, dtype);
    return bytes;
}

ot_status ot__backup_new(ot_params *params, ot_dtype dtype, ot__backup *s)
{
    *s = (ot__backup){ .params = params, .dtype = dtype };
    s->copy = ot__new(ot__backup_bytes(params, dtype), 1);
    return s->copy ? OT_OK : OT_ENOMEM;
}

void ot__backup_free(ot__backup *s)
{
    ot__free(s->copy);
    *s = (ot__backup){ 0 };
}

void ot__backup_take(ot__backup *s)
{
    char *to = s->copy;
    for (int i = 0; i < ot_params_count(s->params); i++) {
        const size_t n = bytes_of(s->params, i, s->dtype);
        if (n > 0) memcpy(to, ot_params_value(s->params, i, s->dtype), n);
        to += n;
    }
}

void ot__backup_restore(const ot__backup *s)
{
    const char *from = s->copy;
    for (int i = 0; i < ot_params_count(s->params); i++) {
        const size_t n = bytes_of(s->params, i, s->dtype);
        if (n > 0) memcpy(ot_params_edit(s->params, i, s->dtype), from, n);
        from += n;
    }
}

static bool all_finite(const void *values, ot_dtype dtype, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(ot__number(values, dtype, i))) return false;
    return true;
}

bool ot__statistics_finite(const ot__backup *s)
{
    for (int i = 0; i < ot_params_count(s->params); i++)
        if (!ot_params_trained(s->params, i) &&
            !all_finite(ot_params_value(s->params, i, s->dtype), s->dtype,
                        ot_params_elements(s->params, i)))
            return false;
    return true;
}
