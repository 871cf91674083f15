/* SPDX-License-Identifier: BSD-3-Clause
 * What an evaluation of f may not be: options that contradict each other, and what the table of the
 * sub-net says that it cannot do.  Each is a sentence on the tape. */
#include "schemes/block.h"
#include "schemes/scheme.h"

ot_var ot__block_check_eval(const ot_block *b, ot_var x, const ot_eval_opts *o)
{
    const char *const name = ot_scheme_name(b->scheme);
    if (!b->scheme || b->evaluating || b->in_part)
        return ot_tape_fail(b->tape, OT_EINVAL,
                            "eval: only the functions of a scheme can evaluate f");
    if (o->set < 0 || o->set >= OT__MOST_SETS)
        return ot_tape_fail(b->tape, OT_EINVAL,
                            "%s: there is no set of weights %d; it must be 0 "
                            "to %d",
                            name, o->set, OT__MOST_SETS - 1);
    if (!o->record != !(ot_scheme_table(b->scheme)->flags & OT_SCHEME_OWN_F))
        return ot_tape_fail(b->tape, OT_EINVAL,
                            "%s: a scheme with OT_SCHEME_OWN_F, and no other, says with `record` "
                            "what f is",
                            name);
    if (o->record && !b->net)
        return ot_tape_fail(b->tape, OT_EINVAL,
                            "%s has layers of its own, so it cannot step with another f; "
                            "a network can have it",
                            name);
    if (o->channels < 0)
        return ot_tape_fail(b->tape, OT_EINVAL, "%s: f(x) cannot have %d channels", name,
                            o->channels);
    if (o->bare && (!b->net || !((const ot_subnet_kind *)b->net->subnet.about)->bare))
        return ot_tape_fail(b->tape, OT_EINVAL,
                            "%s: the sub-net %s cannot leave out the norm that it begins with; "
                            "preact can",
                            name, b->net ? b->net->subnet.about->name : "of the caller");
    return x;
}

/* Whether evaluations of the block share weights, because of the scheme or of the network. */
static bool shares_weights(const ot_block *b, const ot_eval_opts *o)
{
    return o->set > 0 || b->weights.kind != OT_WEIGHTS_INDEPENDENT;
}

bool ot__block_suits(const ot_block *b, const ot_eval_opts *o)
{
    const ot_subnet_kind *const subnet = (const ot_subnet_kind *)b->net->subnet.about;
    const int c = b->channels;
    const int m = !o->record && subnet->multiple ? subnet->multiple(b->net->subnet.attributes) : 1;
    if (c % m != 0)
        ot_tape_fail(b->tape, OT_EINVAL,
                     "%s: the %d channel%s of f(x) cannot be divided by %d; %d or %d can",
                     b->net->subnet.text, c, c > 1 ? "s" : "", m, c < m ? m : c / m * m,
                     c < m ? 2 * m : c / m * m + m);
    else if (!o->record && subnet->alternates && shares_weights(b, o))
        ot_tape_fail(b->tape, OT_EINVAL,
                     "%s: what f is depends on the number of the evaluation, so evaluations cannot "
                     "share weights, as they do in block %d of %s; a sub-net with one f can, for "
                     "example preact",
                     subnet->about.name, b->index, ot_scheme_name(b->scheme));
    else
        return true;
    return false;
}
