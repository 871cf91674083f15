/* SPDX-License-Identifier: BSD-3-Clause
 * What a network computes before training.  If every block starts as the identity, a second block
 * in each level changes nothing.  If the linear layer starts at zero, the loss is that of equal
 * chances for all classes. */
#include <math.h>

#include "models/properties/property.h"

enum { PAIRS = 16 };

/* The options of the check, and one level. */
static ot_status one_level(ot__pairs options, const char *pairs[PAIRS][2])
{
    int n = 0;
    for (; options && (*options)[0]; options++) {
        if (n == PAIRS - 2)
            return ot__fail(OT_EINVAL, "identity: more than %d options", (int)PAIRS - 2);
        pairs[n][0] = (*options)[0];
        pairs[n++][1] = (*options)[1];
    }
    pairs[n][0] = "levels";
    pairs[n++][1] = NULL;
    pairs[n][0] = NULL;
    return OT_OK;
}

static ot_status compare(ot__checking *c, ot__small *one, ot__small *two)
{
    if (ot_net_describe(one->net).n_blocks == ot_net_describe(two->net).n_blocks)
        return ot__fail(OT_EINVAL, "identity: a level has one block; it must have two");
    OT_TRY(ot__small_run(one));
    OT_TRY(ot__small_run(two));
    ot__checking_report(c, "logits of two blocks against one", ot__small_distance(one, two), 0,
                        c->check->bound);
    return OT_OK;
}

static ot_status identity(ot__checking *c)
{
    const char *pairs[PAIRS][2];
    ot__small one, two;
    OT_TRY(one_level(c->check->options, pairs));
    const ot__pairs options = (ot__pairs)pairs;
    OT_TRY(ot__small_new(c, options, 1, &one));
    ot_status status = ot__small_new(c, options, 2, &two);
    if (status == OT_OK) status = compare(c, &one, &two);
    if (two.net) ot__small_free(&two);
    ot__small_free(&one);
    return status;
}

static ot_status loss(ot__checking *c)
{
    ot__small s;
    OT_TRY(ot__small_new(c, c->check->options, 2, &s));
    const double expected =
        c->check->expected != 0 ? c->check->expected : log(ot_net_options(s.net)->classes);
    const ot_status status = ot__small_run(&s);
    if (status == OT_OK)
        ot__checking_report(c, "loss before training", ot__small_loss(&s), expected,
                            c->check->bound);
    ot__small_free(&s);
    return status;
}

const ot__property ot__property_identity = { .name = "identity", .run = identity };
const ot__property ot__property_loss = { .name = "loss", .run = loss };
