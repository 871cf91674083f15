/* SPDX-License-Identifier: BSD-3-Clause
 * Divides a limit of memory among the programs of a network that is several.  Each segment has one
 * program that computes gradients, and only these can do with less.  Each gives up the same share
 * of what it could. */
#include "base/memory.h"
#include "train/segments_run.h"

/* Bytes of all programs, and by segment those of the one that computes gradients. */
typedef struct peaks {
    size_t all;
    size_t *of;
} peaks;

/* The program of part i that computes gradients. */
static const ot_program *with_gradients(const ot_execution *e, int i)
{
    const ot__runner *const part = &e->part[i];
    return part->stepper ? ot__stepper_program(part->stepper, true) : part->program;
}

/* Plans the network with one limit for each program. */
static ot_status find_peaks(const ot_execution *e, size_t limit, peaks *found)
{
    ot_execution *planned = NULL;
    ot_compile_opts opts = e->opts;
    opts.plan_only = true;
    opts.memory_limit = 0;
    found->of = ot__new((size_t)e->last + 1, sizeof *found->of);
    if (!found->of) return OT_ENOMEM;
    OT_TRY(ot__execution_planned(e->net, &opts, limit, &planned));
    found->all = ot_execution_describe(planned).peak_bytes;
    for (int i = 0; i <= e->last; i++)
        found->of[i] = ot_program_describe(with_gradients(planned, i)).peak_bytes;
    ot_execution_free(planned);
    return OT_OK;
}

static ot_status divide(ot_execution *e, const peaks *most, const peaks *least)
{
    const size_t limit = e->opts.memory_limit;
    e->least = least->all;
    if (limit == OT_LEAST_MEMORY || limit >= most->all) {
        for (int i = 0; i <= e->last; i++)
            e->limit[i] = limit == OT_LEAST_MEMORY ? OT_LEAST_MEMORY : 0;
        return OT_OK;
    }
    if (limit < least->all)
        return ot__fail(OT_ENOMEM,
                        "compile: memory_limit is %zu bytes; the least that the programs of this "
                        "network can run with is %zu bytes",
                        limit, least->all);
    const double share = (double)(limit - least->all) / (double)(most->all - least->all);
    for (int i = 0; i <= e->last; i++)
        e->limit[i] = least->of[i] + (size_t)(share * (double)(most->of[i] - least->of[i]));
    return OT_OK;
}

ot_status ot__divide_limit(ot_execution *e)
{
    peaks most = { 0 }, least = { 0 };
    e->limit = ot__new((size_t)e->last + 1, sizeof *e->limit);
    ot_status status = e->limit ? find_peaks(e, 0, &most) : OT_ENOMEM;
    if (status == OT_OK) status = find_peaks(e, OT_LEAST_MEMORY, &least);
    if (status == OT_OK) status = divide(e, &most, &least);
    ot__free(most.of);
    ot__free(least.of);
    return status;
}
