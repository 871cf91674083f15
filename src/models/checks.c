/* SPDX-License-Identifier: BSD-3-Clause
 * Checks of the options of a network: sizes, and options that contradict each other.  A message
 * names both sides of a contradiction and the nearest that works. */
#include <string.h>

#include "base/check.h"
#include "base/decimal.h"
#include "models/net.h"
#include "schemes/scheme.h"
#include "schemes/steppers/control.h"

typedef struct range {
    const char *what;
    int value, least, most;
} range;

static ot_status check_ranges(const ot_net_opts *o)
{
    const range ranges[] = {
        { "stem stride", o->stem_stride, 1, 2 },    { "image size", o->image, 1, 1024 },
        { "image channels", o->channels, 1, 1024 }, { "number of classes", o->classes, 2, 100000 },
        { "batch", o->batch, 1, 1 << 20 },
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        const range *r = &ranges[i];
        if (r->value < r->least || r->value > r->most)
            return ot__fail(OT_EINVAL, "net: the %s is %d; it must be %d to %d", r->what, r->value,
                            r->least, r->most);
    }
    if (!(o->label_smoothing >= 0 && o->label_smoothing < 1))
        return ot__fail(OT_EINVAL,
                        "net: the label smoothing is %s; it must be at least 0 and below 1",
                        OT__REAL(o->label_smoothing));
    return ot__check_number("net", "the step length h", o->h, 1e-6, 1e6);
}

static ot_status check_kinds(const ot_net_opts *o)
{
    OT_TRY(ot__check_choice("net", "the output", (int)o->output, OT_OUTPUT_LAST));
    if ((int)o->step < OT_STEP_FIXED || o->step > OT_STEP_CONTROLLED)
        return ot__fail(OT_EINVAL, "net: there is no kind of step %d", (int)o->step);
    if ((int)o->weights < OT_WEIGHTS_INDEPENDENT || o->weights > OT_WEIGHTS_THETA)
        return ot__fail(OT_EINVAL, "net: there is no kind of weights %d", (int)o->weights);
    if (o->step_clamp && (o->step == OT_STEP_FIXED || o->step == OT_STEP_CONTROLLED))
        return ot__fail(OT_EINVAL, "net: a %s step cannot be clamped; it must be a learned one",
                        o->step == OT_STEP_FIXED ? "fixed" : "controlled");
    return OT_OK;
}

/* ---- levels ---- */

ot_status ot__net_check_levels(const ot_net *net)
{
    if (net->blocks.parts > 1 && net->blocks.parts != net->n_levels)
        return ot__fail(OT_EINVAL,
                        "net: '%s' describes %d levels, but there are %d; write as many widths, "
                        "--levels 16,32:2,64:2",
                        net->blocks_text, net->blocks.parts, net->n_levels);
    return OT_OK;
}

/* What needs the same shape before and after every evaluation, or NULL. */
static const char *needs_one_shape(const ot_net *net, const ot_scheme *s)
{
    const ot_subnet_kind *const subnet = (const ot_subnet_kind *)net->recording.subnet.about;
    const ot_branch_kind *const branch = (const ot_branch_kind *)net->recording.branch.about;
    const ot_scheme_kind *const kind = ot_scheme_table(s);
    if (kind->channels || kind->flags & OT_SCHEME_ONE_SHAPE) return ot_scheme_name(s);
    if (kind->flags & OT_SCHEME_OWN_F) return NULL;
    if (ot__net_controlled(net)) return "controlled steps";
    if (net->opts.weights == OT_WEIGHTS_SHARED) return "weights that evaluations share";
    if (net->opts.weights == OT_WEIGHTS_THETA) return "weights that depend on time";
    if (branch && branch->one_shape) return branch->about.name;
    return subnet->one_shape ? subnet->about.name : NULL;
}

bool ot__net_ignores_down(const ot_net *net)
{
    bool changes = false;
    for (int l = 0; l < net->n_levels; l++) {
        if (!ot__net_changes(net, l)) continue;
        if (!(ot_scheme_table(ot__net_group(net, l, 0)->scheme)->flags & OT_SCHEME_OWN_DOWN))
            return false;
        changes = true;
    }
    return changes && !ot__net_down(net)->between;
}

static ot_status check_down(const ot_net *net)
{
    if (!net->opts.down || !ot__net_ignores_down(net)) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "net: %s changes the shape in its own way, so the way down %s has no effect; "
                    "leave it out, or use one between blocks, --down connector or --down maxpool",
                    ot_scheme_name(ot__net_group(net, net->n_levels - 1, 0)->scheme),
                    net->opts.down);
}

bool ot__net_ignores_subnet(const ot_net *net)
{
    for (int g = 0; g < net->blocks.n; g++)
        if (!(ot_scheme_table(net->blocks.group[g].scheme)->flags & OT_SCHEME_OWN_F)) return false;
    return true;
}

/* Rejects a sub-net, a branch or shared weights that were given and would have no effect. */
static ot_status check_own_f(const ot_net *net, const ot_net_opts *given)
{
    static const char *const weights[] = {
        [OT_WEIGHTS_SHARED] = "shared", [OT_WEIGHTS_THETA] = "theta"
    };
    const struct {
        const char *option, *value;
    } unused[] = {
        { "sub-net", given->subnet },
        { "branch", given->branch },
        { "kind of weights", weights[net->opts.weights] },
    };
    if (!ot__net_ignores_subnet(net)) return OT_OK;
    for (size_t i = 0; i < sizeof unused / sizeof unused[0]; i++)
        if (unused[i].value)
            return ot__fail(OT_EINVAL,
                            "net: %s has layers of its own, so the %s %s has no effect; leave it "
                            "out",
                            ot_scheme_name(net->blocks.group[0].scheme), unused[i].option,
                            unused[i].value);
    return OT_OK;
}

/* A sub-net may need one norm. */
static ot_status check_norm(const ot_net *net)
{
    const ot_subnet_kind *const subnet = (const ot_subnet_kind *)net->recording.subnet.about;
    const char *const norm = net->recording.norm.about->name;
    if (!subnet->norm || strcmp(subnet->norm, norm) == 0 || ot__net_ignores_subnet(net))
        return OT_OK;
    if (strcmp(subnet->norm, "none") == 0)
        return ot__fail(OT_EINVAL, "net: %s has no normalisation; --norm none is what it needs",
                        subnet->about.name);
    return ot__fail(OT_EINVAL, "net: %s needs --norm %s, and the norm is %s", subnet->about.name,
                    subnet->norm, norm);
}

/* A head must see something of the image. */
static ot_status check_head(const ot_net *net)
{
    const ot_head_kind *const head = (const ot_head_kind *)net->head.about;
    const ot__part *const norm = &net->recording.norm;
    const ot_norm_kind *const kind = (const ot_norm_kind *)norm->about;
    const int channels = net->level[net->n_levels - 1].leaves;
    if (!head->mean_of_norm || !kind->levels_images ||
        !kind->levels_images(norm->attributes, channels))
        return OT_OK;
    return ot__fail(OT_EINVAL,
                    "net: the mean over the pixels of an image, which is what the head %s returns, "
                    "is the same for all images after the norm %s of %d channel%s; use --head "
                    "bn-relu-pool, or fewer groups",
                    net->head.text, norm->text, channels, channels > 1 ? "s" : "");
}

/* A stem with a stride of its own divides the image into squares. */
static ot_status check_stem(const ot_net *net)
{
    const ot_stem_kind *const stem = (const ot_stem_kind *)net->stem.about;
    const int size = net->opts.image;
    const int stride = stem->stride ? stem->stride(net->stem.attributes) : 1;
    if (stem->stride && net->opts.stem_stride != 1)
        return ot__fail(OT_EINVAL,
                        "net: the stem %s has a stride of its own, %d; leave out --stem-stride %d",
                        net->stem.text, stride, net->opts.stem_stride);
    if (size % stride == 0) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "net: the stem %s cannot divide an image of %d x %d pixels into squares of %d "
                    "x %d; one of %d or %d pixels can be divided",
                    net->stem.text, size, size, stride, stride,
                    size < stride ? stride : size / stride * stride,
                    size < stride ? 2 * stride : size / stride * stride + stride);
}

/* Checks the change of shape where a level begins. */
static ot_status check_change(const ot_net *net, int level)
{
    const ot_scheme *const s = ot__net_group(net, level, 0)->scheme;
    if (!ot__net_changes(net, level) || ot__net_down(net)->between) return OT_OK;
    const char *const what = needs_one_shape(net, s);
    if (!what) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "net: %s cannot change the shape inside a block, where level %d begins with "
                    "the way down %s; use one between blocks, --down connector or --down maxpool",
                    what, level,
                    ot_scheme_table(s)->flags & OT_SCHEME_OWN_DOWN ? "of its scheme"
                                                                   : net->recording.down.text);
}

/* ---- schemes ---- */

/* Which option, if any, needs a tableau. */
static const char *needs_tableau(const ot_net_opts *o)
{
    if (o->output == OT_OUTPUT_LAST) return "net: the output last";
    if (o->learn_tableau) return "net: a learned tableau";
    if (o->step == OT_STEP_LEARNED_OUTPUT) return "net: a learned step of the output only";
    return o->step == OT_STEP_CONTROLLED ? "net: a controlled step" : NULL;
}

static ot_status check_step(const ot_net_opts *o, const ot_scheme *s)
{
    const bool used = o->step != OT_STEP_FIXED || o->h != 1;
    const unsigned flags = ot_scheme_table(s)->flags;
    if (flags & OT_SCHEME_STEP && o->step == OT_STEP_CHANNEL && !(flags & OT_SCHEME_STEP_CHANNEL))
        return ot__fail(OT_EINVAL,
                        "net: %s has one step length h for all channels; use --step learned",
                        ot_scheme_name(s));
    if (!used || flags & OT_SCHEME_STEP) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "net: %s multiplies nothing by a step length h, so it cannot be %s; euler and "
                    "the other tableaux have one",
                    ot_scheme_name(s), o->step != OT_STEP_FIXED ? "learned" : "set");
}

static ot_status check_order(const ot_net_opts *o, const ot_scheme *s)
{
    if (ot_scheme_order(s) >= o->project_order) return OT_OK;
    return ot__fail(OT_EINVAL, "net: %s claims order %d; it cannot be projected onto order %d",
                    ot_scheme_name(s), ot_scheme_order(s), o->project_order);
}

static ot_status check_relu(const ot_net_opts *o, const ot_scheme *s)
{
    if (!o->block_relu || !ot_scheme_table(s)->leave) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "net: a ReLU after each block needs a block whose state is x; that of %s is "
                    "not; leave out --block-relu",
                    ot_scheme_name(s));
}

static ot_status check_width(int level, int channels, const ot_scheme *s)
{
    if (channels % 2 == 0 || !(ot_scheme_table(s)->flags & OT_SCHEME_EVEN)) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "net: %s: the %d channel%s of level %d cannot be halved; %d or %d can",
                    ot_scheme_name(s), channels, channels > 1 ? "s" : "", level,
                    channels > 1 ? channels - 1 : 2, channels > 1 ? channels + 1 : 4);
}

static ot_status check_scheme(const ot_net *net, int level, int channels, const ot_scheme *s)
{
    const char *const what = needs_tableau(&net->opts);
    if (what) OT_TRY(ot__scheme_need_tableau(what, s));
    OT_TRY(check_step(&net->opts, s));
    OT_TRY(check_order(&net->opts, s));
    OT_TRY(check_relu(&net->opts, s));
    return check_width(level, channels, s);
}

static ot_status check_projection(const ot_net_opts *o)
{
    if (o->project_order < 0 || o->project_order > 2)
        return ot__fail(OT_EINVAL, "net: coefficients can be projected onto order 1 or 2, not %d",
                        o->project_order);
    if (o->project_order == 0) return OT_OK;
    if (!o->learn_tableau)
        return ot__fail(OT_EINVAL, "net: only a learned tableau can be projected onto an order");
    if (o->output == OT_OUTPUT_LAST)
        return ot__fail(OT_EINVAL,
                        "net: a projection onto an order needs the weights b; the output "
                        "must not be last");
    return OT_OK;
}

/* ---- controlled steps ---- */

static ot_status check_embedded(const ot_net *net)
{
    for (int g = 0; g < net->blocks.n; g++) {
        const ot_scheme *s = net->blocks.group[g].scheme;
        OT_TRY(ot__scheme_need_tableau("net: a controlled step", s));
        if (s->tableau->n_embedded == 0)
            return ot__fail(OT_EINVAL,
                            "net: %s has no embedded method to control its error with; verner89 "
                            "and dormand_prince54 have one",
                            ot_scheme_name(s));
    }
    return OT_OK;
}

/* Options that only controlled steps have. */
static ot_status check_unused_control(const ot_net_opts *o)
{
    const ot_control *c = &o->control;
    if (c->tolerance != 0 || c->first != 0 || c->most_steps != 0)
        return ot__fail(OT_EINVAL, "net: a tolerance or a first step is for controlled steps only");
    if (c->steps != 0)
        return ot__fail(OT_EINVAL,
                        "net: %d equal steps of one f need --step controlled and --weights shared; "
                        "blocks with weights of their own are rk4 x%d",
                        c->steps, c->steps);
    if (o->gradient != OT_GRADIENT_DISCRETE)
        return ot__fail(OT_EINVAL,
                        "net: the continuous adjoint is for controlled steps only; all others have "
                        "the gradient discrete");
    return OT_OK;
}

/* The continuous adjoint integrates with one f.  A branch has numbers per evaluation. */
static ot_status check_gradient(const ot_net *net)
{
    const ot_net_opts *const o = &net->opts;
    OT_TRY(ot__check_choice("net", "the gradient", (int)o->gradient, OT_GRADIENT_BACKSOLVE));
    if (o->gradient == OT_GRADIENT_DISCRETE || !net->recording.branch.about) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "net: the continuous adjoint needs one f for all stages, but the branch %s has "
                    "numbers per evaluation; leave it out, or use --gradient discrete",
                    net->recording.branch.about->name);
}

/* Controlled steps need one f that all steps and stages of a block share and, unless they are
 * equal, an embedded method, which estimates their errors. */
static ot_status check_control(const ot_net *net)
{
    const ot_net_opts *o = &net->opts;
    const ot_control *c = &o->control;
    OT_TRY(check_gradient(net));
    if (o->step != OT_STEP_CONTROLLED) return check_unused_control(o);
    if (o->weights != OT_WEIGHTS_SHARED)
        return ot__fail(OT_EINVAL, "net: controlled steps integrate one f per block; the weights "
                                   "must be shared");
    if (o->h != 1)
        return ot__fail(OT_EINVAL, "net: controlled steps choose their length; leave out --h");
    if (o->learn_tableau)
        return ot__fail(OT_EINVAL, "net: errors cannot be controlled with a learned tableau; it "
                                   "must be the scheme's own");
    if (o->output == OT_OUTPUT_LAST || o->block_relu)
        return ot__fail(OT_EINVAL, "net: a block with controlled steps is an integral; %s",
                        o->block_relu ? "it cannot have a ReLU after it"
                                      : "the output must be that of the weights");
    OT_TRY(ot__control_check("net", c, 1));
    if (c->first > 1)
        return ot__fail(OT_EINVAL,
                        "net: the first step is %s; it must be at most 1, the length of a block",
                        OT__REAL(c->first));
    return c->steps > 0 ? OT_OK : check_embedded(net);
}

static ot_status check_start(const ot_net_opts *o, double start)
{
    if (!o->step_start) return OT_OK;
    if (o->step == OT_STEP_FIXED || o->step == OT_STEP_CONTROLLED)
        return ot__fail(OT_EINVAL,
                        "net: only a learned step has a start, and the step is %s; use --h, or "
                        "--step learned",
                        o->step == OT_STEP_FIXED ? "fixed" : "controlled");
    if (o->h != 1)
        return ot__fail(OT_EINVAL,
                        "net: learned steps start at %s, and --h is %s; leave out one of them",
                        o->step_start, OT__REAL(o->h));
    if (o->step_clamp && (start < OT__LEAST_H || start > OT__MOST_H))
        return ot__fail(OT_EINVAL,
                        "net: learned steps start at %s, and clamped ones are %s to %s; leave out "
                        "--step-clamp",
                        o->step_start, OT__REAL(OT__LEAST_H), OT__REAL(OT__MOST_H));
    return OT_OK;
}

/* Checks the schemes of a level, whose channels may grow from block to block. */
static ot_status check_schemes(const ot_net *net, int level)
{
    int channels = net->level[level].width;
    const ot__group *group;
    for (int i = 0; (group = ot__net_group(net, level, i)) != NULL; i++) {
        OT_TRY(check_scheme(net, level, channels, group->scheme));
        channels = ot__scheme_channels(group->scheme, channels);
    }
    return OT_OK;
}

ot_status ot__net_check(const ot_net *net, const ot_net_opts *given)
{
    OT_TRY(check_ranges(&net->opts));
    OT_TRY(check_kinds(&net->opts));
    OT_TRY(check_projection(&net->opts));
    OT_TRY(check_start(&net->opts, net->step_start));
    OT_TRY(check_own_f(net, given));
    OT_TRY(check_norm(net));
    OT_TRY(check_stem(net));
    OT_TRY(check_head(net));
    OT_TRY(check_down(net));
    OT_TRY(check_control(net));
    for (int l = 0; l < net->n_levels; l++) {
        OT_TRY(check_schemes(net, l));
        OT_TRY(check_change(net, l));
    }
    return OT_OK;
}
