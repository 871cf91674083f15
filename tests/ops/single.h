/* SPDX-License-Identifier: BSD-3-Clause
 * One record run outside a program: a call of forward and one of backward, on memory of their own.
 * A test chooses kernels and batch, and may change the operands between fill and run. */
#ifndef OT_TESTS_OPS_SINGLE_H
#define OT_TESTS_OPS_SINGLE_H

#include "autograd/tape.h"
#include "suite.h"

typedef struct single {
    const ot__record *r;
    ot_dtype dtype;
    int batch;
    bool batched[OT__MOST_OPERANDS]; /* operand k has a batch */
    ot_shape xs[OT__MOST_OPERANDS], ys;
    void *x[OT__MOST_OPERANDS]; /* numbers of the dtype, or int32_t if they are labels */
    void *y, *gy;
    void *gx[OT__MOST_OPERANDS]; /* NULL if the operand is labels or is written */
} single;

/* Allocates a run of the record of y, which the tape owns, with this batch. */
single *single_new(const ot_tape *t, ot_var y, ot_dtype dtype, int batch);
void single_free(single *s);

/* Fills the operands and gy with random numbers that a float can hold exactly.  Those of image i of
 * the run are a function of first + i, so that runs of parts of a batch can get the same images. */
void single_fill(single *s, int first);

/* Computes y, gx and what forward writes to operands.  Operand 0 is read through `view`, which may
 * be NULL. */
void single_run(single *s, const ot__kernels *kernels, const ot__view *view, bool evaluate);

/* Whether operand k is in a set such as ot_op.writes. */
bool single_has(uint64_t set, int k);

#endif
