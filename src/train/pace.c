/* SPDX-License-Identifier: BSD-3-Clause
 * The time that is left is that of this epoch, plus whole epochs until the last one or until the
 * time limit, in which case the running epoch is still completed. */
#include "train/pace.h"

#include <math.h>
#include <string.h>

#include "base/median.h"

void ot__times_add(ot__times *t, double seconds)
{
    t->last[t->count++ % OT__PACE_WINDOW] = seconds;
}

double ot__times_median(const ot__times *t)
{
    const int n = t->count < OT__PACE_WINDOW ? t->count : OT__PACE_WINDOW;
    if (n == 0) return 0.0;
    double sorted[OT__PACE_WINDOW];
    memcpy(sorted, t->last, (size_t)n * sizeof *sorted);
    return ot__median((size_t)n, sorted);
}

double ot__pace_eta(const ot__pace *p, const ot__remaining *r)
{
    const double train = ot__times_median(&p->train);
    /* Before the first evaluation its time is guessed: a forward pass takes a third of a step. */
    const double test = p->test.count > 0 ? ot__times_median(&p->test) : train / 3.0;
    const double here = r->train * train + r->test * test;
    const double epoch = r->epoch_train * train + r->epoch_test * test;
    double epochs = r->epochs;
    if (r->limit >= 0.0 && epoch > 0.0)
        epochs = fmin(epochs, fmax(0.0, ceil((r->limit - here) / epoch)));
    return here + epochs * epoch;
}
