/* SPDX-License-Identifier: BSD-3-Clause
 * The rate of a step is that of the schedule times that of the warm-up.  So every schedule can be
 * warmed up, and milestones count from the first epoch.  In PyTorch this is LambdaLR times the
 * schedule. */
#include "train/schedule.h"

#include <math.h>

#include "base/decimal.h"
#include "train/parts.h"

static const ot_schedule_kind *kind_of(const ot__schedule *s)
{
    return (const ot_schedule_kind *)s->part.about;
}

static ot_schedule_at at(const ot__schedule *s, int epoch, int step)
{
    const ot_train_opts *const o = s->opts;
    return (ot_schedule_at){ .lr = o->lr,
                             .epoch = epoch,
                             .epochs = o->epochs,
                             .step = step,
                             .steps = s->steps,
                             .milestones = &o->milestones,
                             .decay = o->decay };
}

static ot_status check(const ot__schedule *s)
{
    const ot_train_opts *const o = s->opts;
    const ot_schedule_kind *const kind = kind_of(s);
    const ot_schedule_at first = at(s, 0, 0);
    const char *const wrong = kind->refuse ? kind->refuse(s->part.attributes, &first) : NULL;
    if (wrong)
        return ot__fail(OT_EINVAL, "schedule %s with lr %s: %s", s->part.text, OT__REAL(o->lr),
                        wrong);
    if (!(o->warmup >= 0.0 && o->warmup <= o->epochs))
        return ot__fail(OT_EINVAL,
                        "the warm-up is %s epochs; it must be 0 or more, and at most the %d epochs "
                        "of the training",
                        OT__REAL(o->warmup), o->epochs);
    if (o->warmup > 0.0 && o->warmup * s->steps <= 1.0)
        return ot__fail(OT_EINVAL,
                        "the warm-up is %s epochs, which is %s of a step and has no effect; an "
                        "epoch has %d steps, so it must be %s or more, or 0 for none",
                        OT__REAL(o->warmup), OT__ROUNDED(o->warmup * s->steps, 6), s->steps,
                        OT__ROUNDED(2.0 / s->steps, 6));
    return OT_OK;
}

ot_status ot__schedule_open(const ot_train_opts *o, int steps, ot__schedule *s)
{
    *s = (ot__schedule){ .opts = o, .steps = steps };
    OT_TRY(ot__part_read(ot__schedules(), o->schedule ? o->schedule : "step", &s->part));
    const ot_status status = check(s);
    if (status != OT_OK) ot__schedule_close(s);
    return status;
}

void ot__schedule_close(ot__schedule *s)
{
    ot__part_free(&s->part);
}

double ot__schedule_lr(const ot__schedule *s, int epoch, int step)
{
    const ot_schedule_at now = at(s, epoch, step);
    const double lr = kind_of(s)->rate(s->part.attributes, &now);
    const double done = (double)epoch * s->steps + step + 1, ramp = s->opts->warmup * s->steps;
    return done < ramp ? lr * (done / ramp) : lr;
}
