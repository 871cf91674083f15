/* SPDX-License-Identifier: BSD-3-Clause
 * Tensors in float and in double with the same random numbers, for kernels that are called on
 * their own and compared with the reference. */
#ifndef OT_TESTS_OPS_TENSORS_H
#define OT_TESTS_OPS_TENSORS_H

#include "autograd/op.h"
#include "suite.h"

/* Relative l2 error that a kernel may have. */
#define KERNEL_TOLERANCE 5e-6

typedef struct tensor {
    ot_shape shape;
    size_t n;
    float *f;
    double *d;
} tensor;

/* Normal numbers around a mean, of deviation 1; `what` tells tensors apart. */
tensor tensor_new(ot_shape shape, int what, double mean);
void tensor_free(tensor *t);

/* Fail unless f is close to d. */
void tensor_close(const tensor *t, const char *what, const char *where);

/* A view's numbers for so many channels, in float and double; u around 0, a of both signs. */
typedef struct map {
    tensor m, a, e, b;
    bool relu;
} map;
map map_new(int channels, int what, bool relu);
void map_free(map *v);
ot__view map_view(const map *v, const float *other); /* other: NULL, or the v of b*v */

/* d of y <- what is x_map of d of u, and of d of v, as ot__view says. */
void map_apply(const map *by, const tensor *u, const tensor *v, tensor *y);

/* Sums of a result or gradient, with room for so many slots; full of NaN. */
double *sums_new(size_t slots, size_t channels);
/* Fail unless the slots together have the moments of the floats of y, a channel each. */
void sums_are_moments(double *sums, const tensor *y, const char *where);

#endif
