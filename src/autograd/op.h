/* SPDX-License-Identifier: BSD-3-Clause
 * The contract between autograd and the ops.  Autograd names no op: a record of the tape points to
 * a constant table of functions, and all that the tape, the planner and the sweep know of an op is
 * in that table.
 *
 *   recording   shape()     checks operands and gives the result's shape: the only place where an
 *                           op can fail
 *   compiling   keeps, saved(), scratch(), cost(): what must live how long, and what it costs
 *   running     forward(), backward(): cannot fail, allocate nothing
 */
#ifndef OT_AUTOGRAD_OP_H
#define OT_AUTOGRAD_OP_H

#include "base/status.h"

typedef struct ot_op ot_op;

enum { OT__MOST_OPERANDS = 256, OT__MOST_FUSED = 8 };

/* One record as its op sees it. */
typedef struct ot__record {
    const ot_op *op; /* NULL for a leaf */
    int n_in;
    const ot_var *in; /* operands: earlier records */
    const void *attr; /* the op's own constants, a copy owned by the tape */
    ot_shape shape;   /* of the result */
    bool batched;     /* its first dimension is the batch */
} ot__record;

/* What shape() reads and fills in.  x[k] are the operands' shapes. */
typedef struct ot__shaping {
    int n_in;
    const ot_shape *x;
    const bool *batched; /* of the operands */
    const void *attr;
    ot_shape *y;     /* OUT */
    bool *y_batched; /* OUT, false unless set */
} ot__shaping;

/* A tensor that is not stored but seen through a map of stored ones,
 *     y[i][c] = act(a[c]*(u[i][c] - m[c]) + e[c] + b[c]*v[i][c]),     act the identity or max(0, .)
 * c along the last dimension.  Batch norm is such a view of its operand, ReLU sets `relu`, and the
 * gradient that batch norm passes on is one of its operand and the gradient that it gets: so none
 * of these is ever stored in float32 programs, if all that read it can read a view.  The mean is
 * subtracted first, because a*u + e loses digits when |m| is large. */
typedef struct ot__view {
    const float *m, *a, *e; /* NULL: y = act(u) */
    const float *b, *v;     /* NULL: no such term */
    bool relu;
} ot__view;

/* One run of one kernel.  Shapes have the actual batch.  T is double in reference kernels and
 * float in all others; labels are int32_t. */
typedef struct ot__call {
    const void *attr;
    bool evaluate; /* evaluation mode: batch norm uses running statistics */
    int n_in;
    const ot_shape *xs;   /* operand shapes */
    ot_shape ys;          /* result shape */
    const void **x;       /* operands; in backward NULL unless the op keeps them.  A statistic
                             may be written in forward: cast the const away there, only there */
    const ot__view *view; /* how to read operand 0; NULL: as it is */
    /* Sums a channel that go from the call that writes a tensor to batch norm, so that nobody has
     * to read the tensor for them (layout: ot__sums below); NULL: not wanted, or not to be had. */
    double *y_sums;       /* forward: where to leave the moments of y, */
    const double *x_sums; /* and those of operand 0, left by its producer */
    double *gx_sums;      /* backward: gx[0] is the gradient of what is seen through `view`.  Let it
                             through where the view's ReLU lets its argument through, and leave the
                             sums of it and of gx[0]*(u - m) */
    const double *gy_sums; /* and those of gy, which has been let through */
    void *y;           /* result; NULL in backward unless the op keeps it, and in forward of an op
                          whose result is a view */
    bool through_relu; /* backward: y was a view seen through a ReLU, and gy is the gradient of
                          max(0, y) */
    void *saved;       /* written by forward, read by backward */
    void *scratch;     /* for the duration of one call, 64-byte aligned */
    /* backward only */
    const void *gy;          /* dL/dy */
    const ot__view *gy_view; /* how to read it; NULL: as it is */
    void **gx;               /* dL/dx[k]; NULL: not wanted; all different */
    const bool *add;         /* add to gx[k]; else gx[k] holds garbage: overwrite it */
} ot__call;

typedef void (*ot__kernel)(const ot__call *);

/* Sums: their number of slots n, then n slots of (1 + 2*channels) numbers, each from the pixels of
 * one part of the tensor, whose cut depends on shapes only.  Of a result: pixels, means, sums of
 * squared differences from the means.  Of a gradient: pixels and the two sums. */
static inline double *ot__sums_slot(double *sums, size_t k, size_t channels)
{
    return sums + 1 + k * (1 + 2 * channels);
}

/* Kernels of one tier. */
typedef struct ot__kernels {
    ot__kernel forward, backward;
    /* Bytes of scratch for the larger of both, at the record's shapes with this batch and number
     * of threads; NULL: none. */
    size_t (*scratch)(const ot__record *r, const ot_shape *x, int batch, int threads);
    /* The smallest dimension of any matrix product that BLIS computes for this record, or more;
     * NULL: BLIS computes none. */
    size_t (*product)(const ot__record *r, const ot_shape *x);
    /* backward honours ot__call.add; where false, autograd zeroes gx and sets add. */
    bool overwrites;
    bool reads_view;    /* forward and backward read operand 0 through ot__call.view, */
    bool reads_gy_view; /* and backward gy through ot__call.gy_view */
    bool makes_view;    /* forward with y NULL leaves what view() points to; backward obeys
                           through_relu, and with gx[0] NULL leaves what gradient() points to */
    bool takes_sums;    /* x_sums and gy_sums are made use of */
    /* n calls in one sweep: y <- sum_k coef[k]*x[k], k < n_in, where attr points to the doubles
     * coef; if add[0], the sum is added to y.  A y may lie over any x of any of the calls.  Ops
     * with multiple() need it. */
    void (*weighted_sums)(int n, const ot__call *const call[]);
    /* Forward of n calls in one sweep, 1 <= n <= OT__MOST_FUSED, all of one result shape: a y may
     * lie over any x of any of the calls. */
    void (*fused)(int n, const ot__call *const call[]);
    /* Slots of the sums that forward and, if it reads views, backward can leave, at the record's
     * shapes with this batch; NULL: none. */
    size_t (*slots)(const ot__record *r, const ot_shape *x, int batch);
} ot__kernels;

typedef struct ot__cost {
    double forward, backward; /* floating-point operations at the recorded batch */
} ot__cost;

/* What backward reads, as a set of bits. */
#define OT__KEEPS_Y (UINT64_C(1) << 63)
#define OT__KEEPS_X(k) (UINT64_C(1) << (k)) /* operand k < 63; parameters always stay */
#define OT__OPERAND(k) (UINT64_C(1) << (k)) /* operand k < 63, in labels and writes */

struct ot_op {
    const char *name; /* also in listings and messages */
    ot_status (*shape)(ot__shaping *s);
    /* The types of operands, as sets of bits like keeps; the tape checks them before shape().
     * labels: class numbers, which must be ot_labels leaves, while all other operands are
     * floating-point numbers.  writes: statistics that forward writes, which must be ot_stat
     * leaves, each in the same role in all records of the tape. */
    uint64_t labels, writes;
    uint64_t keeps;
    /* When what is kept depends on the record; replaces keeps. */
    uint64_t (*keeps_of)(const ot__record *r);
    /* Elements (of T) kept from forward to backward besides x and y; NULL: none. */
    size_t (*saved)(const ot__record *r, const ot_shape *x, int batch);
    ot__cost (*cost)(const ot__record *r, const ot_shape *x);
    /* float32 results that need not be stored (compile/access.c).
     * view: the result is a view of operand 0, with numbers per channel that forward leaves in
     * `saved`.  gradient: gx[0] is a view of operand 0 and gy, with numbers that backward leaves
     * there.  is_relu: the result is max(0, operand 0). */
    ot__view (*view)(const ot_shape *x, const float *saved);
    ot__view (*gradient)(const ot_shape *x, const float *saved, const float *gy);
    bool is_relu;
    /* Returns c if gx[k] = c * gy with a constant c, and 0 otherwise.  If that holds for all
     * gradients that are wanted, the record needs no backward step (compile/gradient_sums.c). */
    double (*multiple)(const ot__record *r, int k);
    /* Each element of the result depends on the elements of the operands at the same place only, so
     * memory can be shared: y may be written over x[0]; the last gx that is wanted may be written
     * over gy, when all that is wanted, parameters aside, has one shape.  Kernels read an element
     * before they write it.  Statements about forward and backward of all tiers. */
    bool in_place_forward, in_place_backward;
    ot__kernels reference; /* double, plain loops: the specification */
    ot__kernels portable;  /* float32, OpenMP and BLIS */
    /* float32 kernels for this CPU and these shapes, or NULL. */
    const ot__kernels *(*best)(const ot__record *r, const ot_shape *x);
    /* A fingerprint of which smooth piece of a piecewise function the call is on (the signs, for
     * ReLU), from double operands after forward; NULL: the op is smooth. */
    uint64_t (*piece)(const ot__call *c);
    /* Record the variant-th small example (from 0) and return its result, the null var when there
     * are no more.  The tests run over all examples of all ops. */
    ot_var (*example)(ot_tape *t, int variant);
};

/* Record op on in[0..n_in-1] with a copy of attr; what every op constructor ends with.  `attr_size`
 * may be 0.  Returns the null var when the tape has failed, an operand is the null var, or shape()
 * says no. */
ot_var ot__record_op(ot_tape *t, const ot_op *op, int n_in, const ot_var in[], const void *attr,
                     size_t attr_size);

/* Shapes. */
size_t ot__elements(ot_shape s); /* product of the dimensions, 1 for a scalar */
bool ot__same_shape(ot_shape a, ot_shape b);
/* "(128,32,32,3)" into one of a few rotating buffers of this thread: for messages. */
const char *ot__shape_text(ot_shape s);
/* The same with another batch. */
ot_shape ot__with_batch(ot_shape s, bool batched, int batch);

#endif
