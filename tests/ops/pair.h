/* SPDX-License-Identifier: BSD-3-Clause
 * A tape compiled twice, for the float32 portable kernels and for the double reference kernels,
 * with the same random inputs, parameters and cotangent: what the two compute is compared.  All
 * values stay after a run, so that single kernels can be called once more. */
#ifndef OT_TESTS_OPS_PAIR_H
#define OT_TESTS_OPS_PAIR_H

#include "suite.h"

/* Relative l2 error of a float32 tensor: rounding errors are below 1e-6 for these sums. */
#define PAIR_TOLERANCE 5e-6

typedef struct pair {
    ot_tape *t;
    ot_var root;
    ot_program *f32, *f64; /* each with parameters of its own */
} pair;

/* How often examples can be recorded: variants of an op. */
int examples_of(int op);

/* Compile, for batches up to `batch` (0: as recorded), and fill in random numbers; the pair owns
 * the tape. */
pair pair_new(ot_tape *t, ot_var root, int batch, bool evaluate);
void pair_free(pair *p);

/* Random parameters, statistics and inputs, the latter around a mean; the same for both. */
void pair_fill(pair *p, double input_mean);

/* Forward and backward of both on n images, n = 0: as recorded.  The cotangent is random. */
void pair_run(pair *p, int n);

/* Fail the test unless value, gradients and statistics agree within the tolerance. */
void pair_compare(const pair *p, double tolerance, const char *what);

/* All that a float32 run computed (value, gradients, statistics) in one array, to be freed. */
float *pair_results(const pair *p, size_t *n);

#endif
