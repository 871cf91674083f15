/* SPDX-License-Identifier: BSD-3-Clause
 * The records of a tape as expressions of PyTorch: one emitter per op.  A tensor with a batch and
 * channels has them first, (N, C, H, W); all others have the shape of the tape.  To add an op,
 * write its emitter and add its row to the table. */
#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "export/pytorch.h"
#include "ops/attr.h"
#include "ops/ops.h"

typedef const char *(*emitter)(ot__emission *m);

#define SAY(...) ot__say(&m->p->strings, __VA_ARGS__)

/* Functions that the module has if an expression calls them. */
enum { HELPER_ATTENTION = 1, HELPER_LAYER_NORM = 2, HELPER_PIXEL_NORM = 4 };

static const struct {
    unsigned which;
    const char *text;
} helpers[] = {
    { HELPER_ATTENTION,
      "def attention(qkv, heads):\n"
      "    \"\"\"Self-attention between the pixels of each image; channels are q, k and v.\"\"\"\n"
      "    n, channels, height, width = qkv.shape\n"
      "    d = channels // (3 * heads)\n"
      "    q, k, v = qkv.reshape(n, 3, heads, d, height * width).transpose(3, 4).unbind(1)\n"
      "    weights = torch.softmax(q @ k.transpose(2, 3) / d**0.5, dim=-1)\n"
      "    return (weights @ v).transpose(2, 3).reshape(n, heads * d, height, width)\n" },
    { HELPER_LAYER_NORM, "def layer_norm(x, weight, bias, eps):\n"
                         "    \"\"\"Layer normalisation of each pixel over its channels.\"\"\"\n"
                         "    x = F.layer_norm(x.movedim(1, -1), weight.shape, weight, bias, eps)\n"
                         "    return x.movedim(-1, 1)\n" },
    { HELPER_PIXEL_NORM,
      "def pixel_norm(x, weight, bias, eps):\n"
      "    \"\"\"Divides each pixel by the length of its vector of channels.\"\"\"\n"
      "    shape = (-1,) + (1,) * (x.dim() - 2)\n"
      "    x = x / torch.sqrt((x * x).sum(dim=1, keepdim=True) + eps)\n"
      "    return x * weight.view(shape) + bias.view(shape)\n" },
};

void ot__pytorch_helpers(const ot__pytorch *p, FILE *to)
{
    for (size_t i = 0; i < sizeof helpers / sizeof helpers[0]; i++)
        if (p->helper_set & helpers[i].which) fprintf(to, "\n\n%s", helpers[i].text);
}

/* ---- parts of expressions ---- */

/* p/q if that is the number exactly as Python computes it, with a small q. */
static bool as_quotient(double value, long *p, long *q)
{
    enum { MOST = 20000 };
    for (*q = 1; *q <= MOST; ++*q) {
        const double numerator = round(value * (double)*q);
        if (fabs(numerator) > 1e6) return false;
        *p = (long)numerator;
        if (numerator / (double)*q == value) return true;
    }
    return false;
}

const char *ot__coefficient(ot__strings *s, double value)
{
    long p, q;
    if (!as_quotient(value, &p, &q)) return ot__say(s, "%s", OT__REAL(value));
    return q == 1 ? ot__say(s, "%ld", p) : ot__say(s, "%ld / %ld", p, q);
}

static const char *number(ot__emission *m, double value)
{
    return SAY("%s", OT__REAL(value));
}

/* Operand k where an expression of this binding may stand. */
static const char *operand(ot__emission *m, int k, ot__binding most)
{
    return m->bound[k] <= most ? m->operand[k] : SAY("(%s)", m->operand[k]);
}

static const char *atom(ot__emission *m, int k)
{
    return operand(m, k, OT__ATOM);
}

/* An operand that is an argument of a function. */
static const char *argument(ot__emission *m, int k)
{
    return m->operand[k];
}

static const ot__node *node_of(const ot__emission *m, int k)
{
    return ot__walk_node(&m->p->walk, m->r->in[k].id);
}

/* Whether operand k is (N, C, H, W). */
static bool is_images(const ot__emission *m, int k)
{
    const ot__record *const r = &node_of(m, k)->record;
    return r->batched && r->shape.rank == 4;
}

/* One number per channel, as it is added to or multiplied by operand 0. */
static const char *per_channel(ot__emission *m, int k)
{
    return is_images(m, 0) ? SAY("%s[:, None, None]", atom(m, k)) : operand(m, k, OT__PRODUCT);
}

/* ---- layers as functions ---- */

static const char *conv2d(ot__emission *m)
{
    const ot__conv2d_attr *const a = m->r->attr;
    return SAY("F.conv2d(%s, %s, stride=%d, padding=%d)", argument(m, 0), argument(m, 1), a->stride,
               a->pad);
}

static const char *conv2d_transpose(ot__emission *m)
{
    const ot__conv2d_transpose_attr *const a = m->r->attr;
    const ot_shape x = node_of(m, 0)->record.shape, w = node_of(m, 1)->record.shape;
    const int down = a->height - ((x.dim[1] - 1) * a->conv.stride - 2 * a->conv.pad + w.dim[2]);
    const int right = a->width - ((x.dim[2] - 1) * a->conv.stride - 2 * a->conv.pad + w.dim[3]);
    const char *const rest = down || right ? SAY(", output_padding=(%d, %d)", down, right) : "";
    return SAY("F.conv_transpose2d(%s, %s, stride=%d, padding=%d%s)", argument(m, 0),
               argument(m, 1), a->conv.stride, a->conv.pad, rest);
}

static const char *linear(ot__emission *m)
{
    return SAY("F.linear(%s, %s%s%s)", argument(m, 0), argument(m, 1), m->r->n_in > 2 ? ", " : "",
               m->r->n_in > 2 ? argument(m, 2) : "");
}

static const char *batch_norm(ot__emission *m)
{
    const ot__batch_norm_attr *const a = m->r->attr;
    return SAY("F.batch_norm(%s, %s, %s, %s, %s, self.training, %s, %s)", argument(m, OT__BN_X),
               argument(m, OT__BN_MEAN), argument(m, OT__BN_VAR), argument(m, OT__BN_GAMMA),
               argument(m, OT__BN_BETA), number(m, a->momentum), number(m, a->eps));
}

static const char *group_norm(ot__emission *m)
{
    const ot__norm_attr *const a = m->r->attr;
    return SAY("F.group_norm(%s, %d, %s, %s, %s)", argument(m, 0), a->groups, argument(m, 1),
               argument(m, 2), number(m, a->eps));
}

static const char *norm_of_pixel(ot__emission *m, unsigned helper, const char *name)
{
    const ot__norm_attr *const a = m->r->attr;
    m->p->helper_set |= helper;
    return SAY("%s(%s, %s, %s, %s)", name, argument(m, 0), argument(m, 1), argument(m, 2),
               number(m, a->eps));
}

static const char *layer_norm(ot__emission *m)
{
    return norm_of_pixel(m, HELPER_LAYER_NORM, "layer_norm");
}

static const char *pixel_norm(ot__emission *m)
{
    return norm_of_pixel(m, HELPER_PIXEL_NORM, "pixel_norm");
}

static const char *attention(ot__emission *m)
{
    m->p->helper_set |= HELPER_ATTENTION;
    return SAY("attention(%s, \1h%d\2)", argument(m, 0),
               ((const ot__attention_attr *)m->r->attr)->heads);
}

/* ---- element by element ---- */

static const char *function(ot__emission *m, const char *name)
{
    return SAY("%s(%s)", name, argument(m, 0));
}

static const char *relu(ot__emission *m)
{
    return function(m, "F.relu");
}

static const char *relu6(ot__emission *m)
{
    return function(m, "F.relu6");
}

static const char *sigmoid(ot__emission *m)
{
    return function(m, "torch.sigmoid");
}

static const char *tanh_(ot__emission *m)
{
    return function(m, "torch.tanh");
}

static const char *silu(ot__emission *m)
{
    return function(m, "F.silu");
}

static const char *gelu(ot__emission *m)
{
    return function(m, "F.gelu");
}

static const char *bias(ot__emission *m)
{
    m->binding = OT__SUM;
    return SAY("%s + %s", argument(m, 0), per_channel(m, 1));
}

static const char *position(ot__emission *m)
{
    m->binding = OT__SUM;
    return SAY(is_images(m, 0) ? "%s + %s.permute(2, 0, 1)" : "%s + %s", argument(m, 0),
               atom(m, 1));
}

static const char *mul(ot__emission *m)
{
    m->binding = OT__PRODUCT;
    return SAY("%s * %s", operand(m, 0, OT__PRODUCT), atom(m, 1));
}

static const char *scale(ot__emission *m)
{
    m->binding = OT__PRODUCT;
    return SAY("%s * %s", is_images(m, 0) ? per_channel(m, 1) : atom(m, 1), atom(m, 0));
}

static const char *gate(ot__emission *m)
{
    m->binding = OT__PRODUCT;
    return SAY(is_images(m, 0) ? "%s[:, :, None, None] * %s" : "%s * %s", atom(m, 1), atom(m, 0));
}

static const char *fill(ot__emission *m)
{
    const double value = ((const ot__fill_attr *)m->r->attr)->value;
    const bool factor = m->r->n_in > 1;
    m->binding = factor ? OT__PRODUCT : OT__ATOM;
    return SAY("%s%storch.full_like(%s[:, :1], %s)", factor ? atom(m, 1) : "", factor ? " * " : "",
               atom(m, 0), number(m, value));
}

/* One term of a sum, without its sign: "1/6 * self.h * k". */
static const char *term(ot__emission *m, const ot__lincomb_term *t, int k)
{
    const char *const c = ot__coefficient(&m->p->strings, fabs(t->value));
    const bool one = fabs(t->value) == 1;
    if (t->factor)
        return SAY("%s%s%s * %s", one ? "" : c, one ? "" : " * ", atom(m, t->factor), atom(m, k));
    return one ? operand(m, k, k == 0 && t->value > 0 ? OT__SUM : OT__PRODUCT)
               : SAY("%s * %s", c, atom(m, k));
}

static const char *lincomb(ot__emission *m)
{
    const ot__lincomb_attr *const a = m->r->attr;
    const char *text = "";
    for (int k = 0; k < a->n; k++) {
        const bool minus = a->term[k].value < 0;
        text = SAY("%s%s%s", text,
                   k > 0   ? minus ? " - " : " + "
                   : minus ? "-"
                           : "",
                   term(m, &a->term[k], k));
    }
    const bool plain = a->n == 1 && a->term[0].value == 1 && !a->term[0].factor;
    m->binding = a->n > 1 ? OT__SUM : plain ? m->bound[0] : OT__PRODUCT;
    return text;
}

/* ---- pixels and channels ---- */

static const char *global_avg_pool(ot__emission *m)
{
    return SAY("%s.mean(dim=(2, 3))", atom(m, 0));
}

static const char *avg_pool(ot__emission *m)
{
    const ot__pool_attr *const a = m->r->attr;
    if (a->size == 1) return SAY("%s[:, :, ::%d, ::%d]", atom(m, 0), a->stride, a->stride);
    return SAY("F.avg_pool2d(%s, %d, %d)", argument(m, 0), a->size, a->stride);
}

static const char *max_pool(ot__emission *m)
{
    const ot__pool_attr *const a = m->r->attr;
    return SAY("F.max_pool2d(%s, %d, %d, padding=%d%s)", argument(m, 0), a->size, a->stride, a->pad,
               a->ceil ? ", ceil_mode=True" : "");
}

static const char *channels(ot__emission *m)
{
    const ot__channels_attr *const a = m->r->attr;
    const ot_shape x = node_of(m, 0)->record.shape;
    const int all = x.dim[x.rank - 1];
    const char *const every = node_of(m, 0)->record.batched ? ":, " : "..., ";
    if (a->from >= 0 && a->to <= all) {
        const char *const from = a->from > 0 ? SAY("\1c%d\2", a->from) : "";
        const char *const to = a->to < all ? SAY("\1c%d\2", a->to) : "";
        return SAY("%s[%s%s:%s]", atom(m, 0), every, from, to);
    }
    return SAY("F.pad(%s, (%s\1c%d\2, \1c%d\2))", argument(m, 0),
               is_images(m, 0) ? "0, 0, 0, 0, " : "", -a->from, a->to - all);
}

static const char *concat(ot__emission *m)
{
    const char *list = "";
    for (int k = 0; k < m->r->n_in; k++)
        list = SAY("%s%s%s", list, k > 0 ? ", " : "", argument(m, k));
    return SAY("torch.cat((%s%s), dim=%d)", list, m->r->n_in == 1 ? "," : "",
               m->r->batched ? 1 : -1);
}

static const char *sum(ot__emission *m)
{
    return SAY("%s.sum()", atom(m, 0));
}

static const char *mean(ot__emission *m)
{
    return SAY("%s.mean()", atom(m, 0));
}

/* ---- the table ---- */

static const struct {
    const ot_op *op;
    emitter emit;
} table[] = {
    { &ot__op_attention, attention },
    { &ot__op_avg_pool, avg_pool },
    { &ot__op_batch_norm, batch_norm },
    { &ot__op_bias, bias },
    { &ot__op_channels, channels },
    { &ot__op_concat, concat },
    { &ot__op_conv2d, conv2d },
    { &ot__op_conv2d_transpose, conv2d_transpose },
    { &ot__op_fill, fill },
    { &ot__op_gate, gate },
    { &ot__op_gelu, gelu },
    { &ot__op_global_avg_pool, global_avg_pool },
    { &ot__op_group_norm, group_norm },
    { &ot__op_layer_norm, layer_norm },
    { &ot__op_lincomb, lincomb },
    { &ot__op_linear, linear },
    { &ot__op_max_pool, max_pool },
    { &ot__op_mean, mean },
    { &ot__op_mul, mul },
    { &ot__op_pixel_norm, pixel_norm },
    { &ot__op_position, position },
    { &ot__op_relu, relu },
    { &ot__op_relu6, relu6 },
    { &ot__op_scale, scale },
    { &ot__op_sigmoid, sigmoid },
    { &ot__op_silu, silu },
    { &ot__op_sum, sum },
    { &ot__op_tanh, tanh_ },
};

static emitter emitter_of(const ot_op *op)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].op == op) return table[i].emit;
    return NULL;
}

bool ot__pytorch_can(const ot_op *op)
{
    return emitter_of(op) != NULL;
}

const char *ot__pytorch_expression(ot__emission *m)
{
    const emitter emit = emitter_of(m->r->op);
    m->binding = OT__ATOM;
    return emit ? emit(m) : NULL;
}
