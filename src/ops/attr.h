/* SPDX-License-Identifier: BSD-3-Clause
 * What the records of the ops keep besides operands: the constants that reference and fast kernels
 * both read.  Also the order of the operands. */
#ifndef OT_OPS_ATTR_H
#define OT_OPS_ATTR_H

#include <stdbool.h>

/* conv2d: x (N,H,W,C), w (O,C,kh,kw). */
typedef struct ot__conv2d_attr {
    int stride, pad;
} ot__conv2d_attr;

/* batch_norm: x, gamma, beta, running mean, running variance. */
typedef struct ot__batch_norm_attr {
    double momentum, eps;
} ot__batch_norm_attr;

/* What it saves, a number a channel each.  The mean is its rounded value m plus a remainder, which
 * float32 needs when |mean| >> standard deviation (the reference has m and r only); scale and shift
 * are those of the result, scale*(x - m) + shift; pass, cross and rest those of the gradient of x,
 * pass*gy + cross*(x - m) + rest. */
enum {
    OT__BN_M,
    OT__BN_REMAINDER,
    OT__BN_R,
    OT__BN_SCALE,
    OT__BN_SHIFT,
    OT__BN_PASS,
    OT__BN_CROSS,
    OT__BN_REST,
    OT__BN_SAVED
};

enum { OT__BN_X, OT__BN_GAMMA, OT__BN_BETA, OT__BN_MEAN, OT__BN_VAR, OT__BN_OPERANDS };

/* lincomb: n terms x_0 .. x_{n-1}, then a scalar for each learnable coefficient. */
typedef struct ot__lincomb_term {
    double value;
    int factor; /* operand that multiplies value, 0: none */
} ot__lincomb_term;

typedef struct ot__lincomb_attr {
    int n;
    ot__lincomb_term term[];
} ot__lincomb_attr;

#endif
