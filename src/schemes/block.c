/* SPDX-License-Identifier: BSD-3-Clause
 * The context while a block is recorded: what schemes, sub-nets and branches can ask and do.  It
 * counts evaluations, names scopes, chooses the streams of initial values, and checks what the
 * tables of functions return, so that a mistake in a scheme is a sentence on the tape. */
#include "schemes/block.h"

#include <string.h>

#include "autograd/tape.h"
#include "schemes/scheme.h"

enum { EXTRAS = 1 << 28 }; /* the first stream of parameters that are not those of f */

void ot__block_begin(ot_block *b, ot__recording *net, ot_tape *t, const ot_scheme *scheme)
{
    b->tape = t;
    b->net = net;
    b->scheme = scheme;
    b->attributes = scheme ? scheme->part.attributes : NULL;
    b->index = b->position = b->evaluations = b->evaluation = 0;
    b->controlled = false;
    b->t = b->time = b->first = (ot_var){ 0 };
    b->step = (ot_step_opts){ .output = OT_OUTPUT_WEIGHTS };
    b->before = OT_SCALAR;
    b->y_channels = b->channels = 0;
    b->y_stride = b->stride = 1;
    b->prepared = (ot_var){ 0 };
    b->ordinal = 0;
    b->evaluating = b->in_part = b->norming = b->bare = b->in_stream = false;
    ot__weights_begin(&b->weights, OT_WEIGHTS_INDEPENDENT, 0);
}

/* ---- questions ---- */

ot_state ot_state_of(int n, const ot_var v[])
{
    ot_state s = { .n = n >= 1 && n <= OT_STATE_MOST && v ? n : 0 };
    for (int i = 0; i < s.n; i++)
        s.v[i] = v[i];
    return s;
}

ot_tape *ot_block_tape(const ot_block *b)
{
    return b ? b->tape : NULL;
}

const ot_scheme *ot_block_scheme(const ot_block *b)
{
    return b ? b->scheme : NULL;
}

const void *ot_block_attributes(const ot_block *b)
{
    return b ? b->attributes : NULL;
}

int ot_block_index(const ot_block *b)
{
    return b ? b->index : -1;
}

int ot_block_position(const ot_block *b)
{
    return b ? b->position : -1;
}

int ot_block_count(const ot_block *b)
{
    return b && b->net ? b->net->blocks : 0;
}

int ot_block_evaluations(const ot_block *b)
{
    return b ? b->evaluations : 0;
}

int ot_block_evaluation(const ot_block *b)
{
    return b && b->net && b->evaluating ? b->evaluation : -1;
}

ot_var ot_block_level(const ot_block *b, int i)
{
    return b && b->net && i >= 0 && i < b->net->n_levels ? b->net->levels[i] : (ot_var){ 0 };
}

const ot_step_opts *ot_block_step(const ot_block *b)
{
    static const ot_step_opts defaults = { .output = OT_OUTPUT_WEIGHTS };
    return b ? &b->step : &defaults;
}

int ot_block_channels(const ot_block *b)
{
    return b ? b->channels : 0;
}

int ot_block_stride(const ot_block *b)
{
    return b ? b->stride : 0;
}

bool ot_block_is_bare(const ot_block *b)
{
    return b && b->bare;
}

/* ---- parameters ---- */

/* Records a leaf that does not belong to f: it draws from a stream of its own, and the leaves of f
 * are numbered as if it were not there. */
static ot_var record_extra(ot_block *b, bool is_param, const char *name, ot_shape shape,
                           ot_init init)
{
    ot_tape *const t = b->tape;
    const int stream = t->stream, ordinal = t->ordinal;
    if (!b->net || b->in_stream) return (is_param ? ot_param : ot_stat)(t, name, shape, init);
    ot_init_stream(t, EXTRAS + b->net->extras++);
    const ot_var v = (is_param ? ot_param : ot_stat)(t, name, shape, init);
    t->stream = stream;
    t->ordinal = ordinal;
    return v;
}

ot_var ot_block_param(ot_block *b, const char *name, ot_shape shape, ot_init init)
{
    if (!b) return ot_tape_fail(NULL, OT_EINVAL, "param: the block is missing");
    if (b->evaluating && name) return ot__weight(&b->weights, b->tape, name, shape, init);
    return record_extra(b, true, name, shape, init);
}

ot_var ot_block_stat(ot_block *b, const char *name, ot_shape shape, ot_init init)
{
    if (!b) return ot_tape_fail(NULL, OT_EINVAL, "statistic: the block is missing");
    if (b->evaluating && name) return ot__statistic(&b->weights, b->tape, name, shape, init);
    return record_extra(b, false, name, shape, init);
}

ot_var ot__block_constant(ot_block *b, const char *name, double value)
{
    return record_extra(b, false, name, OT_SCALAR,
                        (ot_init){ .kind = OT_INIT_CONSTANT, .value = value });
}

/* A weight that is a function of time is a combination of two parameters. */
void ot_block_rule(ot_block *b, ot_var v, ot_rule rule)
{
    if (!b || v.id <= 0 || (size_t)v.id >= b->tape->n) return;
    const ot__record r = ot__node_of(b->tape, v)->record;
    if (!b->evaluating || !r.op) {
        ot_param_rule(b->tape, v, rule);
        return;
    }
    for (int k = 0; k < r.n_in; k++)
        ot_param_rule(b->tape, r.in[k], rule);
}

static bool is_bias(const char *name)
{
    const size_t n = strlen(name);
    return n >= 4 && strcmp(name + n - 4, "bias") == 0;
}

void ot__rules_since(ot_tape *t, int length, ot_rule weight, ot_rule bias)
{
    for (size_t id = (size_t)length + 1; id < t->n; id++) {
        if (t->node[id].leaf != OT__PARAM) continue;
        const ot_rule rule = is_bias(t->node[id].name) ? bias : weight;
        if (rule.lr != 0 || rule.no_decay) ot_param_rule(t, (ot_var){ (int32_t)id }, rule);
    }
}

/* ---- the change of shape ---- */

/* Whether `is` is the size divided by the stride, rounded up or, unless `up`, also down. */
static bool fits(int size, int stride, int is, bool up)
{
    return is == (size - 1) / stride + 1 || (!up && is == size / stride);
}

ot_var ot__check_down(ot_block *b, const ot_about *down, ot_var x, ot_var y, bool up)
{
    const ot_shape from = ot_var_shape(b->tape, x), to = ot_var_shape(b->tape, y);
    const int s = b->stride;
    const ot_shape right =
        OT_SHAPE(from.dim[0], (from.dim[1] - 1) / s + 1, (from.dim[2] - 1) / s + 1, b->channels);
    if (!y.id || to.rank < 0)
        return ot_tape_fail(b->tape, OT_EINVAL,
                            "the way down %s returned %s; it must return a var of shape %s",
                            down->name, y.id ? "what is no var of this tape" : "the null var",
                            ot__shape_text(right));
    if (to.rank == 4 && to.dim[0] == from.dim[0] && to.dim[3] == b->channels &&
        fits(from.dim[1], s, to.dim[1], up) && fits(from.dim[2], s, to.dim[2], up))
        return y;
    return ot_tape_fail(b->tape, OT_ESHAPE,
                        "the way down %s makes %s of x, which is %s; it must be %s", down->name,
                        ot__shape_text(to), ot__shape_text(from), ot__shape_text(right));
}

/* What evaluation e of the network reads instead of x, and the shortcut of a change of shape with
 * it.  Its parameters belong to that evaluation. */
static ot_var prepare(ot_block *b, ot_var x, int e)
{
    const ot_subnet_kind *const subnet = (const ot_subnet_kind *)b->net->subnet.about;
    const void *const attributes = b->attributes;
    b->attributes = b->net->subnet.attributes;
    b->evaluating = true;
    b->weights.evaluation = e;
    const ot_var y = subnet->prepare(b, x);
    b->evaluating = false;
    b->attributes = attributes;
    if (!y.id || ot__same_shape(ot_var_shape(b->tape, y), ot_var_shape(b->tape, x))) return y;
    return ot_tape_fail(b->tape, OT_ESHAPE, "%s: prepare(x) is %s; it must be %s, as x",
                        subnet->about.name, ot__shape_text(ot_var_shape(b->tape, y)),
                        ot__shape_text(ot_var_shape(b->tape, x)));
}

/* What a shortcut reads, which is recorded before the evaluation that reads it too. */
static ot_var prepare_shortcut(ot_block *b, ot_var x)
{
    const ot_subnet_kind *const subnet = (const ot_subnet_kind *)b->net->subnet.about;
    if (!subnet->prepare || b->evaluations > 0) return x;
    ot_scope_push(b->tape, "stages.0");
    b->evaluation = b->net->evaluations;
    ot_init_stream(b->tape, b->net->first_stream + b->evaluation);
    b->prepared = prepare(b, x, 0);
    b->ordinal = b->tape->ordinal;
    ot_scope_pop(b->tape);
    return b->prepared;
}

ot_var ot_block_shortcut(ot_block *b, ot_var x)
{
    if (!b) return ot_tape_fail(NULL, OT_EINVAL, "shortcut: the block is missing");
    if (b->before.rank == 0) return x;
    if (b->in_part || b->evaluating)
        return ot_tape_fail(b->tape, OT_EINVAL,
                            "shortcut: only the function step of a scheme can ask for it");
    const void *const attributes = b->attributes;
    const ot_down_kind *const down = (const ot_down_kind *)b->net->down.about;
    x = prepare_shortcut(b, x);
    b->attributes = b->net->down.attributes;
    b->channels = b->y_channels;
    b->in_part = true;
    ot_scope_push(b->tape, "down");
    const ot_var s = ot__check_down(b, &down->about, x, down->inside(b, x), true);
    ot_scope_pop(b->tape);
    b->in_part = false;
    b->attributes = attributes;
    return s;
}

/* ---- evaluations of f ---- */

/* Whether x has the shape before the change, so that this evaluation must change it. */
static bool is_before(const ot_block *b, ot_shape x)
{
    return b->before.rank == 4 && b->y_stride > 1 && x.rank == 4 && x.dim[1] == b->before.dim[1] &&
           x.dim[2] == b->before.dim[2];
}

/* x as the sub-net reads it. */
static ot_var take_prepared(ot_block *b, ot_var x)
{
    const ot_subnet_kind *const subnet = (const ot_subnet_kind *)b->net->subnet.about;
    if (!subnet->prepare) return x;
    if (!b->prepared.id) return prepare(b, x, b->weights.evaluation);
    const ot_var y = b->prepared;
    b->prepared = (ot_var){ 0 };
    b->tape->ordinal = b->ordinal;
    return y;
}

/* Records f(x) by the network's sub-net and its branch, or, with `own`, by the scheme itself. */
static ot_var record_f(ot_block *b, ot_var x, ot_var (*own)(ot_block *, ot_var))
{
    const ot__recording *const net = b->net;
    const ot_subnet_kind *const subnet = (const ot_subnet_kind *)net->subnet.about;
    const ot_branch_kind *const branch = own ? NULL : (const ot_branch_kind *)net->branch.about;
    if (!own) {
        b->attributes = net->subnet.attributes;
        x = take_prepared(b, x);
    }
    if (!x.id) return x;
    b->evaluating = true;
    const ot_var f = (own ? own : subnet->record)(b, x);
    b->evaluating = false;
    b->bare = false;
    b->attributes = net->branch.attributes;
    if (!branch || !f.id) return f;
    b->in_part = true;
    const ot_var scaled = branch->record(b, x, f);
    b->in_part = false;
    return scaled;
}

ot_var ot__block_check_shape(ot_block *b, ot_var y, ot_shape right)
{
    const ot_shape s = ot_var_shape(b->tape, y);
    if (!y.id || ot__same_shape(s, right)) return y;
    return ot_tape_fail(b->tape, OT_ESHAPE, "%s: block %d leaves %s%s; it must be %s",
                        ot_scheme_name(b->scheme), b->index, s.rank < 0 ? "" : "a state of shape ",
                        s.rank < 0 ? "what is no var of this tape" : ot__shape_text(s),
                        ot__shape_text(right));
}

static ot_var check_result(const ot_block *b, ot_var x, ot_var f)
{
    const ot_shape from = ot_var_shape(b->tape, x), to = ot_var_shape(b->tape, f);
    const int s = b->stride;
    const bool own = ot_scheme_table(b->scheme)->flags & OT_SCHEME_OWN_F;
    const char *const name = own ? ot_scheme_name(b->scheme) : b->net->subnet.about->name;
    const ot_shape right =
        OT_SHAPE(from.dim[0], (from.dim[1] - 1) / s + 1, (from.dim[2] - 1) / s + 1, b->channels);
    if (!f.id || ot__same_shape(to, right)) return f;
    return ot_tape_fail(b->tape, OT_ESHAPE, "%s: f(x) is %s; it must be %s", name,
                        ot__shape_text(to), ot__shape_text(right));
}

/* The convolutions that were recorded from node `from` on. */
static int count_convs(const ot_tape *t, size_t from)
{
    int n = 0;
    for (size_t id = from; id < t->n; id++) {
        const ot_op *const op = t->node[id].record.op;
        n += op && strncmp(op->name, "conv2d", strlen("conv2d")) == 0;
    }
    return n;
}

/* Records evaluation e of a network's f in its scope. */
static ot_var evaluate(ot_block *b, ot_var x, const ot_eval_opts *o, int e)
{
    const void *const attributes = b->attributes;
    b->stride = is_before(b, ot_var_shape(b->tape, x)) ? b->y_stride : 1;
    b->channels = o->channels ? o->channels : b->y_channels;
    if (!ot__block_suits(b, o)) return (ot_var){ 0 };
    b->bare = o->bare;
    b->weights.evaluation = e;
    b->weights.chosen = o->set;
    b->weights.c = o->c;
    b->time = (ot_var){ 0 };
    b->evaluation = b->net->evaluations++;
    ot_init_stream(b->tape, b->net->first_stream + b->evaluation);
    const size_t from = b->tape->n;
    const ot_var f = check_result(b, x, record_f(b, x, o->record));
    b->net->convs += o->record ? count_convs(b->tape, from)
                               : ((const ot_subnet_kind *)b->net->subnet.about)->convs;
    b->attributes = attributes;
    b->channels = b->y_channels;
    b->stride = b->y_stride;
    return f;
}

ot_var ot_block_eval(ot_block *b, ot_var x, const ot_eval_opts *opts)
{
    static const ot_eval_opts defaults = { .set = 0 };
    const ot_eval_opts *const o = opts ? opts : &defaults;
    if (!b) return ot_tape_fail(NULL, OT_EINVAL, "eval: the block is missing");
    if (!x.id || !ot__block_check_eval(b, x, o).id) return (ot_var){ 0 };
    const int e = b->evaluations++;
    ot_scope_push(b->tape, "stages.%d", e);
    const ot_var f = b->net ? evaluate(b, x, o, e) : b->f(b->tape, x, e, b->user);
    ot_scope_pop(b->tape);
    if (e == 0) b->first = f;
    if (!f.id)
        ot_tape_fail(b->tape, OT_EINVAL, "%s: evaluation %d of f returned the null var",
                     ot_scheme_name(b->scheme), e);
    return f;
}

/* ---- sums ---- */

/* h to a power, where h is a scalar var. */
static ot_var power_of(ot_tape *t, ot_var h, int power)
{
    ot_var product = h;
    for (int i = 1; i < power; i++)
        product = ot_mul(t, product, h);
    return product;
}

/* k times a power of h, where h has a number per channel.  It is scaled before the sum, so that
 * h = 1 leaves the bits of the sum as they are. */
static ot_var scaled(ot_tape *t, ot_var k, ot_var h, int power)
{
    for (int i = 0; i < power; i++)
        k = ot_scale(t, k, h);
    return k;
}

ot_var ot_block_sum(ot_block *b, ot_var x, int n, const double w[], const ot_var k[], int power)
{
    enum { MOST = 128 };
    ot_coef coef[MOST + 1] = { { .value = 1.0 } };
    ot_var term[MOST + 1] = { x };
    if (!b) return ot_tape_fail(NULL, OT_EINVAL, "sum: the block is missing");
    if (n < 1 || n > MOST || !w || !k || power < 0 || power > 8)
        return ot_tape_fail(b->tape, OT_EINVAL,
                            "%s: a sum of %d terms with h to the power %d; it must have 1 to %d "
                            "terms and a power of 0 to 8",
                            ot_scheme_name(b->scheme), n, power, (int)MOST);
    const ot_var h = power ? b->step.h : (ot_var){ 0 };
    const bool per_channel = h.id && ot_var_shape(b->tape, h).rank > 0;
    const ot_var factor = h.id && !per_channel ? power_of(b->tape, h, power) : (ot_var){ 0 };
    double size = 1;
    for (int i = 0; i < power && b->step.size != 0; i++)
        size *= b->step.size;
    const int first = x.id != 0;
    for (int j = 0; j < n; j++) {
        coef[first + j] = (ot_coef){ w[j] * size, factor };
        term[first + j] = per_channel ? scaled(b->tape, k[j], h, power) : k[j];
    }
    return ot_lincomb(b->tape, first + n, coef, term);
}

/* ---- the state ---- */

static bool is_whole(const ot_state *s)
{
    bool whole = s->n >= 1 && s->n <= OT_STATE_MOST;
    for (int i = 0; whole && i < s->n; i++)
        whole = s->v[i].id != 0;
    return whole;
}

/* A state whose vars are all there; after an error the empty state. */
static ot_state check_state(const ot_block *b, const char *function, ot_state s)
{
    if (is_whole(&s)) return s;
    ot_tape_fail(b->tape, OT_EINVAL,
                 "%s: %s returned a state of %d vars, of which one is null or the number is wrong; "
                 "it must have 1 to %d vars",
                 ot_scheme_name(b->scheme), function, s.n, (int)OT_STATE_MOST);
    return (ot_state){ .n = 0 };
}

ot_state ot__block_enter(ot_block *b, ot_var x)
{
    const ot_scheme_kind *const kind = b->scheme->kind;
    if (!x.id) return (ot_state){ .n = 0 };
    return check_state(b, "enter", kind->enter ? kind->enter(b, x) : ot_state_of(1, &x));
}

ot_state ot__block_advance(ot_block *b, ot_state in)
{
    return in.n ? check_state(b, "step", b->scheme->kind->step(b, in)) : in;
}

ot_var ot__block_leave(ot_block *b, ot_state out)
{
    const ot_scheme_kind *const kind = b->scheme->kind;
    if (!out.n) return (ot_var){ 0 };
    const ot_var y = kind->leave ? kind->leave(b, out) : out.v[0];
    if (!y.id)
        ot_tape_fail(b->tape, OT_EINVAL, "%s: leave returned the null var",
                     ot_scheme_name(b->scheme));
    return y;
}
