/* SPDX-License-Identifier: BSD-3-Clause
 * A tape compiled twice, for the portable float32 kernels and for the double reference kernels.
 * Both programs get the same random inputs, parameters and output gradient, and their results are
 * compared.  All values stay readable after a run, so that a test can call single kernels again. */
#ifndef OT_TESTS_OPS_PAIR_H
#define OT_TESTS_OPS_PAIR_H

#include "suite.h"

/* The largest relative l2 error of a float32 tensor.  Rounding errors of these sums are below
 * 1e-6. */
#define PAIR_TOLERANCE 5e-6

typedef struct pair {
    ot_tape *t;
    ot_var root;
    ot_program *f32, *f64; /* each with parameters of its own */
    bool images_cancel;    /* inputs and output gradients are scaled so that sums over the images
                              have other bits in another order */
} pair;

/* Number of examples of an op. */
int examples_of(int op);

/* Compiles t for batches up to `batch` (0: as recorded) and fills in random numbers.  The pair owns
 * the tape. */
pair pair_new(ot_tape *t, ot_var root, int batch, bool evaluate);
void pair_free(pair *p);

/* Sets random parameters, statistics and inputs, the same in both programs.  Inputs have the given
 * mean. */
void pair_fill(pair *p, double input_mean);

/* Runs forward and backward of both on n images (0: as many as compiled for), with a random output
 * gradient. */
void pair_run(pair *p, int n);

/* Fails the test unless value, gradients and statistics agree within the tolerance. */
void pair_compare(const pair *p, double tolerance, const char *what);

/* Everything that the float32 run computed (value, gradients, statistics) in one array of *n
 * numbers, which the caller frees. */
float *pair_results(const pair *p, size_t *n);

#endif
