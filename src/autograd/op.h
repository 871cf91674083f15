/* SPDX-License-Identifier: BSD-3-Clause
 * The contract between autograd and the ops.  Autograd names no op.  A record of the tape points to
 * a constant table, struct ot_op, which is all that autograd knows of an op:
 *
 *   recording   shape() checks the operands and returns the shape of the result.  It is the only
 *               function of an op that can fail.
 *   compiling   keeps, saved(), scratch() and cost() say what memory the op needs, for how long,
 *               and what it costs.
 *   running     forward() and backward() cannot fail and allocate nothing.
 */
#ifndef OT_AUTOGRAD_OP_H
#define OT_AUTOGRAD_OP_H

#include "base/comm.h"
#include "base/status.h"

typedef struct ot_op ot_op;

enum { OT__MOST_OPERANDS = 256, OT__MOST_FUSED = 8 };

/* A node of the tape, as its op reads it. */
typedef struct ot__record {
    const ot_op *op; /* NULL for a leaf */
    int n_in;
    const ot_var *in; /* the operands: earlier records */
    const void *attr; /* the constants of the op: a copy that the tape owns */
    size_t attr_size; /* its bytes */
    ot_shape shape;   /* of the result */
    bool batched;     /* the first dimension of the result is the batch */
} ot__record;

/* Arguments and results of shape(). */
typedef struct ot__shaping {
    int n_in;
    const ot_shape *x;   /* shapes of the operands */
    const bool *batched; /* for each operand: its first dimension is the batch */
    const void *attr;    /* the constants of the op */
    ot_shape *y;         /* OUT: the shape of the result */
    bool *y_batched;     /* OUT: its first dimension is the batch; false unless set */
} ot__shaping;

/* A view: a tensor that is not stored.  Whoever reads it computes each element from stored tensors
 * u and v of the same shape, with numbers per channel c (the last dimension):
 *
 *     y[i][c] = act(a[c]*(u[i][c] - m[c]) + e[c] + b[c]*v[i][c]),    act the identity or max(0, .)
 *
 * The result of batch norm or of a bias is a view of its operand u.  A ReLU after it sets `relu`.
 * The gradient that batch norm passes on is a view of its operand u and of the gradient v that it
 * receives.  Float32 programs store none of these tensors if all their readers can read views.  The
 * mean m is subtracted first, because a*u + e loses digits when |m| is large. */
typedef struct ot__view {
    const float *m;     /* NULL: 0 */
    const float *a;     /* NULL: 1 */
    const float *e;     /* NULL: 0 */
    const float *b, *v; /* NULL: there is no such term */
    bool relu;          /* act is max(0, .) */
} ot__view;

/* The arguments of one call of a kernel.  Shapes have the batch of this run.  Numbers are double in
 * reference kernels and float in all others; labels are int32_t. */
typedef struct ot__call {
    const void *attr; /* the constants of the op */
    bool evaluate;    /* batch norm uses running statistics, softmax_xent the first labels only */
    bool replay;      /* forward runs again.  An op that writes statistics computes y from the
                         numbers that are in `saved`, and writes nothing else */
    const ot__share *share; /* the part of the batch that this process has; NULL: all of it */
    int n_in;
    const ot_shape *xs;   /* shapes of the operands */
    ot_shape ys;          /* shape of the result */
    const void **x;       /* operands; in backward NULL unless the op keeps them.  Only forward may
                             cast the const away, to write a statistic */
    const ot__view *view; /* how operand 0 is computed from x[0]; NULL: x[0] is operand 0 */
    /* Sums per channel for batch norm (layout: ot__sums_slot).  The call that writes a tensor
     * leaves them, so that batch norm need not read the tensor.  NULL: nobody needs them, or the
     * kernel cannot leave them. */
    double *y_sums;       /* forward: where to leave the moments of y */
    const double *x_sums; /* forward: the moments of operand 0 */
    double *gx_sums;      /* backward, if operand 0 is a view of u: where to leave the sums of gx[0]
                              and of gx[0]*(u - m).  Then gx[0] is 0 where the view's ReLU is 0 */
    const double *gy_sums; /* backward: the sums of gy and of gy*(x[0] - m).  Then gy is already 0
                              where a ReLU after y is 0 */
    void *y;               /* result; NULL in forward if it is a view, and in backward unless the op
                              keeps it */
    bool through_relu;     /* backward: y is a view with a ReLU, and gy is the gradient of
                              max(0, y) */
    void *saved;           /* written by forward, read by backward */
    void *scratch;         /* memory for this call only, aligned to 64 bytes */
    /* For backward only. */
    const void *gy;          /* dL/dy */
    const ot__view *gy_view; /* how dL/dy is computed from gy; NULL: gy is dL/dy */
    void **gx;               /* gx[k] is where to put dL/dx[k], NULL if it is not wanted.  No two
                                are the same memory */
    const bool *add;         /* add[k]: add to gx[k]; otherwise overwrite it, as it holds garbage */
    const bool *later;       /* later[k]: gx[k] may be delivered after the call (ot__deliver_sum),
                                because nothing reads it before the end of the run; NULL: none */
} ot__call;

typedef void (*ot__kernel)(const ot__call *);

/* Whether a forward kernel adds to y: only for kernels with forward_adds, and only if another op
 * calls them. */
static inline bool ot__adds_to_result(const ot__call *c)
{
    return c->add && c->add[0];
}

/* Layout of sums per channel: the number n of slots, then n slots of 1 + 2*channels numbers, one
 * for each chunk of images (base/chunks.h).  A slot for a result has the number of pixels, the
 * means, and the sums of squared differences from the means.  A slot for a gradient has the number
 * of pixels and the two sums. */
static inline double *ot__sums_slot(double *sums, size_t k, size_t channels)
{
    return sums + 1 + k * (1 + 2 * channels);
}

/* How many numbers sums per channel need at most. */
static inline size_t ot__sums_size(size_t channels)
{
    return 1 + OT__MOST_CHUNKS * (1 + 2 * channels);
}

/* The kernels of an op in one tier, and what they can do.  x[k] are the shapes of the operands with
 * the given batch. */
typedef struct ot__kernels {
    ot__kernel forward, backward;
    /* Bytes of scratch that the larger of forward and backward needs; NULL: none. */
    size_t (*scratch)(const ot__record *r, const ot_shape *x, int batch, int threads);
    /* The smallest dimension of any matrix product that BLIS computes for this record, or an upper
     * bound of it; NULL: BLIS computes none. */
    size_t (*product)(const ot__record *r, const ot_shape *x);
    /* backward obeys ot__call.add.  If false, it always adds, and autograd zeroes gx before the
     * call where it must not. */
    bool overwrites;
    bool forward_adds;  /* forward adds to y if add[0] is set (ot__adds_to_result) */
    bool reads_view;    /* forward and backward obey ot__call.view */
    bool reads_gy_view; /* backward obeys ot__call.gy_view */
    bool makes_view;    /* forward with y NULL computes only the numbers that view() points to.
                           backward with gx[0] NULL computes only those that gradient() points to,
                           and it obeys through_relu */
    bool takes_sums;    /* forward can use x_sums, and backward gy_sums */
    /* Computes y <- sum_k coef[k]*x[k], k < n_in, for each of n calls in one sweep over memory.
     * attr points to the doubles coef.  If add[0] is set, the sum is added to y.  A y may be the
     * memory of any x of any of the calls.  Ops that have multiple() need this kernel. */
    void (*weighted_sums)(int n, const ot__call *const call[]);
    /* Runs forward of n calls in one sweep over memory, 1 <= n <= OT__MOST_FUSED.  All results have
     * one shape.  A y may be the memory of any x of any of the calls. */
    void (*fused)(int n, const ot__call *const call[]);
    /* Whether forward can leave sums per channel and, if the kernels read views, backward too.
     * NULL: they cannot. */
    bool (*leaves_sums)(const ot__record *r);
} ot__kernels;

/* What an op sums over the images of the batch.  All else that it computes for an image depends on
 * that image only, to the last bit.  So an op that declares nothing can run on parts of a batch,
 * and whoever divides a batch must combine what it does declare. */
typedef struct ot__batch_sums {
    bool nothing; /* there are no such sums.  It is set if nothing else is, as a declaration */
    bool y;       /* the result.  Without batch it is a sum over the images; with one, each image
                     depends on all others */
    bool mean;    /* y is not the sum but the mean over the images, so gx[k] is divided by their
                     number too */
    uint64_t x; /* the operands (OT__OPERAND) whose gradients are sums, or, if forward writes them,
                     their new values */
} ot__batch_sums;

/* Floating-point operations of a record at the recorded batch. */
typedef struct ot__cost {
    double forward, backward;
} ot__cost;

/* Sets of operands, one bit each.  Operands from 63 on are in no set. */
#define OT__KEEPS_Y (UINT64_C(1) << 63)     /* in keeps: backward reads the result */
#define OT__KEEPS_X(k) (UINT64_C(1) << (k)) /* in keeps: backward reads operand k */
#define OT__OPERAND(k) (UINT64_C(1) << (k)) /* in labels, writes and shapes: operand k */

struct ot_op {
    const char *name; /* "conv2d": in functions, listings and messages */
    /* Checks the operands and sets the shape of the result. */
    ot_status (*shape)(ot__shaping *s);
    /* The operands that are class numbers.  They must be ot_labels leaves, and no other operand may
     * be one.  The tape checks this before it calls shape(). */
    uint64_t labels;
    /* The operands that forward writes.  They must be ot_stat leaves, each in the same role in all
     * records of the tape.  The tape checks this before it calls shape(). */
    uint64_t writes;
    /* The operands of which the op reads the shape and the batch only.  They get no gradient. */
    uint64_t shapes;
    /* What backward reads.  Parameters and labels are available to it anyway. */
    uint64_t keeps;
    /* Replaces keeps if what backward reads depends on the record. */
    uint64_t (*keeps_of)(const ot__record *r);
    /* How many numbers forward leaves for backward, in ot__call.saved; NULL: none. */
    size_t (*saved)(const ot__record *r, const ot_shape *x, int batch);
    ot__cost (*cost)(const ot__record *r, const ot_shape *x);
    /* The part of the cost of backward, 0 to 1, that forms the gradients of parameters. */
    double cost_of_params;
    /* The sums over the batch, for records with a batched operand. */
    ot__batch_sums sums;
    /* Replaces sums if they depend on the record, or on whether the program evaluates. */
    ot__batch_sums (*sums_of)(const ot__record *r, bool evaluate);
    /* The three fields that follow let float32 programs compute tensors on reading instead of
     * storing them (compile/access.c). */
    /* The result as a view of operand 0, with the numbers that forward leaves in `saved`. */
    ot__view (*view)(const ot_shape *x, const float *saved);
    /* gx[0] as a view of operand 0 and gy, with the numbers that backward leaves in `saved`. */
    ot__view (*gradient)(const ot_shape *x, const float *saved, const float *gy);
    /* The result is max(0, operand 0). */
    bool is_relu;
    /* Returns c if gx[k] = c * gy with a constant c, and 0 otherwise.  If that holds for all
     * gradients that are wanted, the record needs no backward step (compile/gradient_sums.c). */
    double (*multiple)(const ot__record *r, int k);
    /* y may be the memory of x[0].  The kernels of all tiers read each element before they write
     * it, and elements at other places do not matter to it. */
    bool in_place_forward;
    /* The last gx that is wanted may be the memory of gy, if all gx that are wanted have one shape,
     * apart from those of parameters. */
    bool in_place_backward;
    ot__kernels reference; /* double, plain loops: the specification of the op */
    ot__kernels portable;  /* float32, with OpenMP and BLIS, for any machine */
    /* float32 kernels for this CPU and these shapes, or NULL. */
    const ot__kernels *(*best)(const ot__record *r, const ot_shape *x);
    /* A fingerprint of the smooth piece of a piecewise function that the operands lie on: for ReLU,
     * of their signs.  Called with double operands after forward.  NULL: the op is smooth. */
    uint64_t (*piece)(const ot__call *c);
    /* Records the variant-th small example (from 0) and returns its result, or the null var if
     * there are no more.  The tests run all examples of all ops. */
    ot_var (*example)(ot_tape *t, int variant);
};

/* Delivers the gradient of operand k, a sum over the batch: l->deliver gets the sum of the slots of
 * all chunks, of `width` floats each.  If processes share the batch, that may be after the call. */
void ot__deliver_sum(const ot__call *c, int k, const ot__cut *cut, size_t width, float *slots,
                     const ot__later *l);

/* Records an op on the operands in[0] to in[n_in - 1] with a copy of attr, which may have size 0.
 * Every op constructor ends with this call.  Returns the null var if the tape has failed, an
 * operand is the null var, or shape() refuses the operands. */
ot_var ot__record_op(ot_tape *t, const ot_op *op, int n_in, const ot_var in[], const void *attr,
                     size_t attr_size);

/* The product of the dimensions; 1 for a scalar. */
size_t ot__elements(ot_shape s);
/* The last dimension; 1 for a scalar. */
int ot__channels(ot_shape s);
bool ot__same_shape(ot_shape a, ot_shape b);
/* "(128,32,32,3)", for messages.  The text is valid until this thread has made 8 more. */
const char *ot__shape_text(ot_shape s);
/* The shape with `batch` as its first dimension if it is batched, otherwise s itself. */
ot_shape ot__with_batch(ot_shape s, bool batched, int batch);

#endif
