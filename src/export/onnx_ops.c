/* SPDX-License-Identifier: BSD-3-Clause
 * The records of a tape as nodes of ONNX, opset 13: one emitter per op, for evaluation.  A tensor
 * with a batch and channels has them first, (N, C, H, W); all others have the shape of the tape.
 * To add an op, write its emitter and add its row to the table. */
#include <math.h>

#include "export/onnx_graph.h"
#include "ops/attr.h"
#include "ops/ops.h"

/* A record while its nodes are added. */
typedef struct emission {
    ot__onnx *g;
    const ot__record *r;
    const char *const *in; /* the name of each operand */
} emission;

typedef const char *(*emitter)(const emission *m);

#define INTS(key, ...)                                                                             \
    {                                                                                              \
        .name = (key), .n = sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), .list = true,    \
        .value = {                                                                                 \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define INT(key, number)                                                                           \
    {                                                                                              \
        .name = (key), .n = 1, .value = {(number) }                                                \
    }
#define REAL(key, number)                                                                          \
    {                                                                                              \
        .name = (key), .real = (number)                                                            \
    }
#define INTEGERS(...)                                                                              \
    ot__onnx_integers(m->g, sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t),                  \
                      (const int64_t[]){ __VA_ARGS__ })

/* ---- nodes ---- */

static const char *one(const emission *m, const char *type, const char *a)
{
    return ot__onnx_add(m->g, &(ot__onnx_op){ .type = type, .in = { a } });
}

static const char *two(const emission *m, const char *type, const char *a, const char *b)
{
    return ot__onnx_add(m->g, &(ot__onnx_op){ .type = type, .in = { a, b } });
}

static const char *times(const emission *m, const char *x, double factor)
{
    return two(m, "Mul", x, ot__onnx_number(m->g, factor));
}

static const char *transposed(const emission *m, const char *x, ot__onnx_attribute order)
{
    return ot__onnx_add(m->g,
                        &(ot__onnx_op){ .type = "Transpose", .in = { x }, .attribute = { order } });
}

static ot_shape shape_of(const emission *m, int k)
{
    return ot__walk_node(m->g->walk, m->r->in[k].id)->record.shape;
}

static bool is_images(const emission *m, int k)
{
    const ot__record *const r = &ot__walk_node(m->g->walk, m->r->in[k].id)->record;
    return r->batched && r->shape.rank == 4;
}

/* Operand k, one number per channel, as it is added to or multiplied by operand 0. */
static const char *per_channel(const emission *m, int k)
{
    return is_images(m, 0) ? two(m, "Reshape", m->in[k], INTEGERS(-1, 1, 1)) : m->in[k];
}

static const char *slice(const emission *m, const char *x, int axis, int from, int to)
{
    const char *const in[] = { x, INTEGERS(from), INTEGERS(to), INTEGERS(axis) };
    return ot__onnx_add_list(m->g, &(ot__onnx_op){ .type = "Slice" }, 4, in);
}

/* ---- sums over windows ---- */

static const char *conv2d(const emission *m)
{
    const ot__conv2d_attr *const a = m->r->attr;
    const ot_shape w = shape_of(m, 1);
    return ot__onnx_add(
        m->g, &(ot__onnx_op){ .type = "Conv",
                              .in = { m->in[0], m->in[1] },
                              .attribute = { INTS("kernel_shape", w.dim[2], w.dim[3]),
                                             INTS("strides", a->stride, a->stride),
                                             INTS("pads", a->pad, a->pad, a->pad, a->pad) } });
}

static const char *conv2d_transpose(const emission *m)
{
    const ot__conv2d_transpose_attr *const a = m->r->attr;
    const ot_shape x = shape_of(m, 0), w = shape_of(m, 1);
    const int s = a->conv.stride, pad = a->conv.pad;
    const int down = a->height - ((x.dim[1] - 1) * s - 2 * pad + w.dim[2]);
    const int right = a->width - ((x.dim[2] - 1) * s - 2 * pad + w.dim[3]);
    return ot__onnx_add(
        m->g,
        &(ot__onnx_op){ .type = "ConvTranspose",
                        .in = { m->in[0], m->in[1] },
                        .attribute = { INTS("kernel_shape", w.dim[2], w.dim[3]),
                                       INTS("strides", s, s), INTS("pads", pad, pad, pad, pad),
                                       INTS("output_padding", down, right) } });
}

static const char *linear(const emission *m)
{
    return ot__onnx_add(
        m->g, &(ot__onnx_op){ .type = "Gemm",
                              .in = { m->in[0], m->in[1], m->r->n_in > 2 ? m->in[2] : NULL },
                              .attribute = { INT("transB", 1) } });
}

static const char *global_avg_pool(const emission *m)
{
    return ot__onnx_add(m->g,
                        &(ot__onnx_op){ .type = "ReduceMean",
                                        .in = { m->in[0] },
                                        .attribute = { INTS("axes", 2, 3), INT("keepdims", 0) } });
}

static const char *avg_pool(const emission *m)
{
    const ot__pool_attr *const a = m->r->attr;
    return ot__onnx_add(m->g,
                        &(ot__onnx_op){ .type = "AveragePool",
                                        .in = { m->in[0] },
                                        .attribute = { INTS("kernel_shape", a->size, a->size),
                                                       INTS("strides", a->stride, a->stride) } });
}

/* Padding after the image, so that the windows are as many as the result has pixels. */
static int rest_of(const ot__pool_attr *a, int image, int windows)
{
    const int rest = (windows - 1) * a->stride + a->size - image - a->pad;
    return rest > 0 ? rest : 0;
}

static const char *max_pool(const emission *m)
{
    const ot__pool_attr *const a = m->r->attr;
    const ot_shape x = shape_of(m, 0), y = m->r->shape;
    return ot__onnx_add(
        m->g,
        &(ot__onnx_op){ .type = "MaxPool",
                        .in = { m->in[0] },
                        .attribute = { INTS("kernel_shape", a->size, a->size),
                                       INTS("strides", a->stride, a->stride),
                                       INTS("pads", a->pad, a->pad, rest_of(a, x.dim[1], y.dim[1]),
                                            rest_of(a, x.dim[2], y.dim[2])) } });
}

/* ---- norms ---- */

static const char *batch_norm(const emission *m)
{
    const ot__batch_norm_attr *const a = m->r->attr;
    const char *const in[] = { m->in[OT__BN_X], m->in[OT__BN_GAMMA], m->in[OT__BN_BETA],
                               m->in[OT__BN_MEAN], m->in[OT__BN_VAR] };
    return ot__onnx_add_list(
        m->g,
        &(ot__onnx_op){ .type = "BatchNormalization", .attribute = { REAL("epsilon", a->eps) } }, 5,
        in);
}

/* gamma x + beta. */
static const char *affine(const emission *m, const char *x)
{
    return two(m, "Add", two(m, "Mul", x, per_channel(m, 1)), per_channel(m, 2));
}

static const char *reduce(const emission *m, const char *type, const char *x, int axis)
{
    return ot__onnx_add(m->g,
                        &(ot__onnx_op){ .type = type,
                                        .in = { x },
                                        .attribute = { INTS("axes", axis), INT("keepdims", 1) } });
}

/* x / sqrt(v + eps). */
static const char *divided(const emission *m, const char *x, const char *v)
{
    const double eps = ((const ot__norm_attr *)m->r->attr)->eps;
    return two(m, "Div", x, one(m, "Sqrt", two(m, "Add", v, ot__onnx_number(m->g, eps))));
}

/* (x - mean) / sqrt(variance + eps) along an axis. */
static const char *standardised(const emission *m, const char *x, int axis)
{
    const char *const centred = two(m, "Sub", x, reduce(m, "ReduceMean", x, axis));
    return divided(m, centred, reduce(m, "ReduceMean", two(m, "Mul", centred, centred), axis));
}

static const char *group_norm(const emission *m)
{
    const int groups = ((const ot__norm_attr *)m->r->attr)->groups;
    const ot_shape x = shape_of(m, 0);
    const char *const flat = two(m, "Reshape", m->in[0], INTEGERS(0, groups, -1));
    const char *const shape =
        is_images(m, 0) ? INTEGERS(0, x.dim[3], x.dim[1], x.dim[2]) : INTEGERS(0, x.dim[1]);
    return affine(m, two(m, "Reshape", standardised(m, flat, 2), shape));
}

static const char *layer_norm(const emission *m)
{
    return affine(m, standardised(m, m->in[0], 1));
}

static const char *pixel_norm(const emission *m)
{
    return affine(m, divided(m, m->in[0], reduce(m, "ReduceSumSquare", m->in[0], 1)));
}

/* ---- attention ---- */

static const char *attention(const emission *m)
{
    const int heads = ((const ot__attention_attr *)m->r->attr)->heads;
    const ot_shape s = m->r->shape;
    const int channels = s.dim[3], d = channels / heads;
    const char *part[3];
    for (int i = 0; i < 3; i++)
        part[i] = two(m, "Reshape", slice(m, m->in[0], 1, i * channels, (i + 1) * channels),
                      INTEGERS(0, heads, d, -1));
    const ot__onnx_attribute swap = INTS("perm", 0, 1, 3, 2);
    const char *const scores =
        times(m, two(m, "MatMul", transposed(m, part[0], swap), part[1]), 1 / sqrt(d));
    const char *const weights = ot__onnx_add(
        m->g,
        &(ot__onnx_op){ .type = "Softmax", .in = { scores }, .attribute = { INT("axis", -1) } });
    const char *const y = two(m, "MatMul", part[2], transposed(m, weights, swap));
    return two(m, "Reshape", y, INTEGERS(0, channels, s.dim[1], s.dim[2]));
}

/* ---- element by element ---- */

static const char *relu(const emission *m)
{
    return one(m, "Relu", m->in[0]);
}

static const char *relu6(const emission *m)
{
    return ot__onnx_add(m->g, &(ot__onnx_op){ .type = "Clip",
                                              .in = { m->in[0], ot__onnx_number(m->g, 0),
                                                      ot__onnx_number(m->g, 6) } });
}

static const char *sigmoid(const emission *m)
{
    return one(m, "Sigmoid", m->in[0]);
}

static const char *tanh_(const emission *m)
{
    return one(m, "Tanh", m->in[0]);
}

static const char *silu(const emission *m)
{
    return two(m, "Mul", m->in[0], sigmoid(m));
}

static const char *gelu(const emission *m)
{
    const char *const erf = one(m, "Erf", times(m, m->in[0], sqrt(0.5)));
    const char *const sum = two(m, "Add", erf, ot__onnx_number(m->g, 1));
    return two(m, "Mul", times(m, m->in[0], 0.5), sum);
}

static const char *bias(const emission *m)
{
    return two(m, "Add", m->in[0], per_channel(m, 1));
}

static const char *scale(const emission *m)
{
    return two(m, "Mul", m->in[0], per_channel(m, 1));
}

static const char *mul(const emission *m)
{
    return two(m, "Mul", m->in[0], m->in[1]);
}

static const char *position(const emission *m)
{
    const ot__onnx_attribute order = INTS("perm", 2, 0, 1);
    return two(m, "Add", m->in[0], is_images(m, 0) ? transposed(m, m->in[1], order) : m->in[1]);
}

static const char *gate(const emission *m)
{
    const int channels = m->r->shape.dim[m->r->shape.rank - 1];
    return two(m, "Mul", m->in[0],
               is_images(m, 0) ? two(m, "Reshape", m->in[1], INTEGERS(0, channels, 1, 1))
                               : m->in[1]);
}

static const char *fill(const emission *m)
{
    const double value = ((const ot__fill_attr *)m->r->attr)->value;
    const char *const zero = times(m, slice(m, m->in[0], 1, 0, 1), 0);
    const char *const number = ot__onnx_number(m->g, value);
    return two(m, "Add", zero, m->r->n_in > 1 ? two(m, "Mul", number, m->in[1]) : number);
}

static const char *term(const emission *m, const ot__lincomb_term *t, const char *x)
{
    if (t->factor) x = two(m, "Mul", x, m->in[t->factor]);
    return fabs(t->value) == 1 ? x : times(m, x, fabs(t->value));
}

static const char *lincomb(const emission *m)
{
    const ot__lincomb_attr *const a = m->r->attr;
    const char *sum = term(m, &a->term[0], m->in[0]);
    if (a->term[0].value < 0) sum = one(m, "Neg", sum);
    for (int k = 1; k < a->n; k++)
        sum = two(m, a->term[k].value < 0 ? "Sub" : "Add", sum, term(m, &a->term[k], m->in[k]));
    return sum;
}

/* ---- channels ---- */

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static const char *channels(const emission *m)
{
    const ot__channels_attr *const a = m->r->attr;
    const ot_shape x = shape_of(m, 0);
    const int all = x.dim[x.rank - 1];
    const bool batched = ot__walk_node(m->g->walk, m->r->in[0].id)->record.batched;
    const int axis = batched ? 1 : x.rank - 1;
    const int from = larger(a->from, 0), to = a->to < all ? a->to : all;
    const char *y = from > 0 || to < all ? slice(m, m->in[0], axis, from, to) : m->in[0];
    if (a->from >= 0 && a->to <= all) return y;
    int64_t pads[2 * OT_MAX_RANK] = { 0 };
    pads[axis] = larger(-a->from, 0);
    pads[x.rank + axis] = larger(a->to - all, 0);
    return two(m, "Pad", y, ot__onnx_integers(m->g, 2 * x.rank, pads));
}

static const char *concat(const emission *m)
{
    const int axis = m->r->batched ? 1 : m->r->shape.rank - 1;
    return ot__onnx_add_list(m->g,
                             &(ot__onnx_op){ .type = "Concat", .attribute = { INT("axis", axis) } },
                             m->r->n_in, m->in);
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
    { &ot__op_mul, mul },
    { &ot__op_pixel_norm, pixel_norm },
    { &ot__op_position, position },
    { &ot__op_relu, relu },
    { &ot__op_relu6, relu6 },
    { &ot__op_scale, scale },
    { &ot__op_sigmoid, sigmoid },
    { &ot__op_silu, silu },
    { &ot__op_tanh, tanh_ },
};

const char *ot__onnx_record(ot__onnx *g, int id, const char *const name[])
{
    const ot__record *const r = &ot__walk_node(g->walk, id)->record;
    const char *in[OT__MOST_OPERANDS];
    for (int k = 0; k < r->n_in; k++)
        in[k] = name[r->in[k].id];
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].op == r->op) return table[i].emit(&(emission){ g, r, in });
    return NULL;
}
