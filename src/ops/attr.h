/* SPDX-License-Identifier: BSD-3-Clause
 * The constants of ops (ot__record.attr), which reference kernels and float32 kernels both read,
 * and the order of operands where it needs names.  An op without constants has nothing here. */
#ifndef OT_OPS_ATTR_H
#define OT_OPS_ATTR_H

#include <stdbool.h>

/* conv2d.  Operands: x (N,H,W,C), w (O,C,kh,kw). */
typedef struct ot__conv2d_attr {
    int stride, pad;
} ot__conv2d_attr;

/* conv2d_transpose.  Operands: x (N,H',W',O), w (O,C,kh,kw). */
typedef struct ot__conv2d_transpose_attr {
    ot__conv2d_attr conv; /* of the conv2d that it is the adjoint of */
    int height, width;    /* of the result */
} ot__conv2d_transpose_attr;

/* batch_norm.  Operands: OT__BN_X to OT__BN_VAR below. */
typedef struct ot__batch_norm_attr {
    double momentum, eps;
} ot__batch_norm_attr;

/* What batch_norm saves for backward: arrays with one number per channel.  The reference kernels
 * use the mean and r only. */
enum {
    OT__BN_M,         /* the mean, rounded to the type of the tensors */
    OT__BN_REMAINDER, /* the mean minus m; needed in float32 if |mean| >> standard deviation */
    OT__BN_R,         /* 1/sqrt(variance + eps) */
    OT__BN_SCALE,     /* y = scale*(x - m) + shift */
    OT__BN_SHIFT,
    OT__BN_PASS, /* gx = pass*gy + cross*(x - m) + rest */
    OT__BN_CROSS,
    OT__BN_REST,
    OT__BN_SAVED /* number of arrays */
};

/* The operands of batch_norm: x, gamma, beta, running mean, running variance. */
enum { OT__BN_X, OT__BN_GAMMA, OT__BN_BETA, OT__BN_MEAN, OT__BN_VAR, OT__BN_OPERANDS };

/* group_norm, layer_norm and pixel_norm.  Operands: x, gamma, beta. */
typedef struct ot__norm_attr {
    int groups; /* of channels; 1 for layer_norm and pixel_norm */
    double eps;
} ot__norm_attr;

/* What bias saves in float32: arrays with one number per channel, the view a*(x - m) + e. */
enum { OT__BIAS_M, OT__BIAS_A, OT__BIAS_E, OT__BIAS_SAVED };

/* fill.  Operands: a tensor with the shape, then maybe a scalar factor. */
typedef struct ot__fill_attr {
    double value;
} ot__fill_attr;

/* attention.  Operand: q, k and v, one after the other in the channels. */
typedef struct ot__attention_attr {
    int heads;
} ot__attention_attr;

/* avg_pool and max_pool.  Operand: x (N,H,W,C).  Their windows: ops/window.h. */
typedef struct ot__pool_attr {
    int size, stride, pad; /* a window has size x size pixels */
    bool ceil;             /* the last window of a row or column may hang over the image */
} ot__pool_attr;

/* channels.  Operand: x.  The result has channels from, ..., to - 1, which are 0 where x has no
 * such channel. */
typedef struct ot__channels_attr {
    int from, to;
} ot__channels_attr;

/* softmax_xent.  Operands: OT__XENT_X to OT__XENT_WEIGHT below; the last two may be missing. */
typedef struct ot__softmax_xent_attr {
    double smoothing;
} ot__softmax_xent_attr;

/* The operands of softmax_xent: logits (N,K), labels (N), second labels (N), and the weights (N) of
 * the first ones. */
enum { OT__XENT_X, OT__XENT_LABELS, OT__XENT_SECOND, OT__XENT_WEIGHT, OT__XENT_OPERANDS };

/* lincomb.  Operands: n terms x_0 .. x_{n-1}, then the scalars that are learnable factors.  The
 * coefficient of a term is value, or value times a factor. */
typedef struct ot__lincomb_term {
    double value;
    int factor; /* index of the operand that is the factor; 0: no factor */
} ot__lincomb_term;

typedef struct ot__lincomb_attr {
    int n;
    ot__lincomb_term term[];
} ot__lincomb_attr;

#endif
