/* SPDX-License-Identifier: BSD-3-Clause
 * Float sums over few pixels, shifted by a number that is as far from their mean as their spread
 * allows, are as exact as the pixels; from here on sums are double. */
#include "ops/kernels/moments.h"

void ot__leave_moments(double *slot, size_t pixels, size_t channels, const float *sums)
{
    const double n = (double)pixels;
    double *mean = slot + 1, *squares = mean + channels;
    slot[0] = n;
    for (size_t i = 0; i < channels; i++) {
        const double sum = (double)sums[channels + i], part = sum / n;
        const double about = (double)sums[2 * channels + i] - part * sum;
        mean[i] = (double)sums[i] + part;
        squares[i] = about > 0 ? about : 0;
    }
}

void ot__leave_sums(double *slot, size_t pixels, size_t channels, const float *sums)
{
    slot[0] = (double)pixels;
    for (size_t i = 0; i < 2 * channels; i++)
        slot[1 + i] = (double)sums[channels + i];
}
