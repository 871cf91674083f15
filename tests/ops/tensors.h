/* SPDX-License-Identifier: BSD-3-Clause
 * Tensors that hold the same random numbers in float and in double.  Tests call single kernels on
 * the floats and the reference on the doubles. */
#ifndef OT_TESTS_OPS_TENSORS_H
#define OT_TESTS_OPS_TENSORS_H

#include "autograd/op.h"
#include "suite.h"

/* The largest relative l2 error that a kernel may have. */
#define KERNEL_TOLERANCE 5e-6

typedef struct tensor {
    ot_shape shape;
    size_t n;
    float *f;
    double *d;
} tensor;

/* Normally distributed numbers with this mean and standard deviation 1.  Each `what` gives
 * different numbers. */
tensor tensor_new(ot_shape shape, int what, double mean);
void tensor_free(tensor *t);

/* Fails the test unless f is close to d. */
void tensor_close(const tensor *t, const char *what, const char *where);

/* The coefficients of a view (ot__view) in float and in double. */
typedef struct map {
    tensor m, a, e, b;
    bool relu;
} map;
map map_new(int channels, int what, bool relu);
void map_free(map *v);
/* The view in float.  other is the tensor v of its term b*v, or NULL. */
ot__view map_view(const map *v, const float *other);

/* Sets y->d to the values of the view of u->d and v->d; v may be NULL. */
void map_apply(const map *by, const tensor *u, const tensor *v, tensor *y);

/* Memory for the sums of a result or a gradient, filled with NaN. */
double *sums_new(size_t channels);
/* Fails the test unless all slots together have the moments of y->f, per channel. */
void sums_are_moments(double *sums, const tensor *y, const char *where);

#endif
