/* SPDX-License-Identifier: BSD-3-Clause
 * Measures how exactly values are rebuilt: copies them in the forward half, and compares them when
 * they have been solved for.  Only the first image of a batch is copied: of a
 * batch of n, the copies need an n-th of the memory that rebuilding saves. */
#include <math.h>
#include <string.h>

#include "autograd/program.h"
#include "base/check.h"
#include "base/memory.h"
#include "base/number.h"

struct ot__rebuilt {
    size_t *at; /* by node: where its copy begins */
    unsigned char *copies;
    double error;
};

static size_t image_bytes(const ot_program *p, int id)
{
    return ot__program_bytes(p, id, 1);
}

/* The larger number; not a number if one of them is not. */
static double larger(double a, double b)
{
    return a >= b || isnan(a) ? a : b;
}

/* The largest difference of n numbers from their copies, relative to the largest copy. */
static double error_of(const void *x, const void *copy, ot_dtype dtype, size_t n)
{
    double most = 0, largest = 0;
    for (size_t i = 0; i < n; i++) {
        const double kept = ot__number(copy, dtype, i);
        most = larger(most, fabs(ot__number(x, dtype, i) - kept));
        largest = fmax(largest, fabs(kept));
    }
    return largest > 0 ? most / largest : most;
}

/* Called before each step: takes note of the value that the step before it has written. */
static bool watch(ot_program *p, int s, void *user)
{
    struct ot__rebuilt *const b = user;
    if (s == 0) return true;
    const ot__step *const before = &p->step[s - 1];
    if (before->backward || !ot__solution_of(p, before->id)) return true;
    const size_t bytes = image_bytes(p, before->id);
    unsigned char *const copy = b->copies + b->at[before->id];
    if (before->replay)
        b->error = larger(
            b->error, error_of(before->call.y, copy, p->dtype, bytes / ot__dtype_size(p->dtype)));
    else
        memcpy(copy, before->call.y, bytes);
    return true;
}

void ot__rebuilt_free(struct ot__rebuilt *b)
{
    if (!b) return;
    ot__free(b->at);
    ot__free(b->copies);
    ot__free(b);
}

static ot_status new_copies(ot_program *p)
{
    struct ot__rebuilt *const b = p->rebuilt = ot__new(1, sizeof *b);
    if (!b) return OT_ENOMEM;
    size_t bytes = 0;
    b->at = ot__new((size_t)p->n_nodes, sizeof *b->at);
    for (int id = 1; b->at && id < p->n_nodes; id++) {
        b->at[id] = bytes;
        if (ot__solution_of(p, id)) bytes += image_bytes(p, id);
    }
    b->copies = b->at ? ot__new(bytes, 1) : NULL;
    return b->copies ? OT_OK : OT_ENOMEM;
}

ot_status ot_program_measure_rebuild(ot_program *p, bool on)
{
    OT_TRY(ot__check_given("rebuild", "the program", p));
    if (!p->solve.of)
        return ot__fail(OT_EINVAL,
                        "rebuild: the program keeps its values; compile it with rebuild");
    ot__rebuilt_free(p->rebuilt);
    p->rebuilt = NULL;
    p->watch = NULL;
    if (!on) return OT_OK;
    OT_TRY(new_copies(p));
    p->watch = watch;
    p->watch_user = p->rebuilt;
    return OT_OK;
}

double ot_program_rebuild_error(const ot_program *p)
{
    return p && p->rebuilt ? p->rebuilt->error : 0;
}
