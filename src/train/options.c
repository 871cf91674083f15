/* SPDX-License-Identifier: BSD-3-Clause
 * What a training is asked for.  Momentum and weight decay are checked by ot_sgd_new, crop and
 * batch by ot_loader_new, and whether the data fits the network by the pass. */
#include <math.h>

#include "train/training.h"

static const int DEFAULT_BATCH = 128, DEFAULT_KEEP = 2;
static const double DEFAULT_LR = 0.1, DEFAULT_DECAY = 0.1;

static void fill_in(ot_train_opts *o)
{
    if (o->batch == 0) o->batch = DEFAULT_BATCH;
    if (o->lr == 0.0) o->lr = DEFAULT_LR;
    if (o->decay == 0.0) o->decay = DEFAULT_DECAY;
    if (o->keep == 0) o->keep = DEFAULT_KEEP;
}

static bool positive(double x)
{
    return x > 0.0 && isfinite(x);
}

static ot_status check_milestones(const ot_train_opts *o)
{
    if (o->n_milestones < 0 || (o->n_milestones > 0 && !o->milestones))
        return ot__fail(OT_EINVAL, "%d milestones cannot be read", o->n_milestones);
    for (int i = 0; i < o->n_milestones; i++)
        if (o->milestones[i] < 0)
            return ot__fail(OT_EINVAL, "milestone %d is an epoch below 0", o->milestones[i]);
    for (int i = 1; i < o->n_milestones; i++)
        if (o->milestones[i] < o->milestones[i - 1])
            return ot__fail(OT_EINVAL, "milestone %d comes after milestone %d; they must not fall",
                            o->milestones[i], o->milestones[i - 1]);
    return OT_OK;
}

static ot_status check(const ot_train_opts *o)
{
    if (!o->net || !o->params || !o->train || !o->test)
        return ot__fail(OT_EINVAL,
                        "training needs a network, parameters, a training and a test set");
    if (o->epochs < 1)
        return ot__fail(OT_EINVAL, "the number of epochs is %d; it must be at least 1", o->epochs);
    if (o->batch < 1) return ot__fail(OT_EINVAL, "batch is %d; it must be at least 1", o->batch);
    if (!positive(o->lr))
        return ot__fail(OT_EINVAL, "the learning rate is %g; it must be positive", o->lr);
    if (!positive(o->decay))
        return ot__fail(OT_EINVAL, "the decay of the learning rate is %g; it must be positive",
                        o->decay);
    if (!(o->max_seconds >= 0.0))
        return ot__fail(OT_EINVAL, "the limit is %g seconds; it must be positive, or 0 for none",
                        o->max_seconds);
    if (o->keep < 1 || o->save_every < 0)
        return ot__fail(OT_EINVAL,
                        "%d checkpoints are kept, one is saved every %d steps; it must be at least "
                        "1, and 0 or more",
                        o->keep, o->save_every);
    if (o->n_metadata < 0 || (o->n_metadata > 0 && !o->metadata))
        return ot__fail(OT_EINVAL, "%d pairs of metadata cannot be read", o->n_metadata);
    if (o->on_profile && ot__net_parts(o->net))
        return ot__fail(OT_EINVAL, "a network with controlled steps is many programs, which cannot "
                                   "be profiled as one; its steps must be fixed");
    if ((int)o->tier < OT_TIER_DEFAULT || o->tier > OT_TIER_BEST)
        return ot__fail(OT_EINVAL, "there is no kernel tier %d", (int)o->tier);
    return check_milestones(o);
}

ot_status ot__train_options(const ot_train_opts *given, ot_train_opts *used)
{
    if (!given) return ot__fail(OT_EINVAL, "training needs options");
    *used = *given;
    fill_in(used);
    OT_TRY(check(used));
    return ot__resolve_tier(used->tier, &used->tier);
}
