/* SPDX-License-Identifier: BSD-3-Clause
 * Mixup (Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018): image i of a batch
 * becomes w x_i + (1 - w) x_p(i), with the label of i at weight w and that of p(i) at 1 - w. */
#ifndef OT_DATA_MIXUP_H
#define OT_DATA_MIXUP_H

#include "base/status.h"

#define OT__MIXUP_MOST 1e6 /* the largest alpha; w is 1/2 +- 0.0004 there */

/* How the images of one batch are mixed. */
typedef struct ot__mix {
    int n;                 /* images */
    float weight;          /* w */
    const int32_t *cycles; /* p, as ot__mixup_permute writes it; NULL: nothing is mixed */
} ot__mix;

/* w ~ Beta(alpha, alpha), rounded to float, so that programs of both dtypes have the same w. */
float ot__mixup_weight(double alpha, uint64_t seed, int epoch, int batch);

/* Writes a random permutation p of 0..n-1, all of which are equally probable, as its cycles one
 * after another: after i comes p(i), except that the last of a cycle is mapped to its first.  A
 * cycle begins at every number that is larger than all before it. */
void ot__mixup_permute(uint64_t seed, int epoch, int batch, int n, int32_t *cycles);

/* second[i] = labels[p(i)]; labels[i] itself if nothing is mixed. */
void ot__mixup_labels(const ot__mix *mix, const int32_t *labels, int32_t *second);

/* Mixes n images of `numbers` numbers of the dtype in place. */
void ot__mixup_images(const ot__mix *mix, ot_dtype dtype, void *x, size_t numbers);

#endif
