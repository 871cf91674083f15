/* SPDX-License-Identifier: BSD-3-Clause
 * The float32 convolution on shapes that are not multiples of its tiles and chunks. */
#include <stdio.h>

#include "ops/cases.h"
#include "ops/pair.h"

typedef struct layer {
    int n, h, w, c, o, kh, kw, stride, pad;
} layer;

static const layer odd[] = {
    { 1, 1, 1, 1, 1, 1, 1, 1, 0 },    { 3, 1, 1, 17, 3, 3, 3, 1, 1 },
    { 3, 5, 7, 3, 17, 3, 3, 1, 1 },   { 1, 5, 7, 3, 64, 3, 3, 2, 1 },
    { 3, 5, 7, 17, 5, 5, 5, 1, 2 },   { 3, 5, 7, 64, 17, 1, 1, 2, 0 },
    { 1, 5, 7, 80, 64, 3, 3, 1, 0 },  { 3, 7, 5, 17, 80, 3, 3, 2, 2 },
    { 3, 5, 7, 3, 4, 1, 5, 1, 2 },    { 3, 5, 7, 3, 4, 5, 1, 2, 2 },
    { 2, 4, 9, 5, 3, 3, 2, 3, 0 },    { 3, 5, 7, 64, 80, 1, 1, 1, 0 },
    { 2, 5, 7, 3, 4, 1, 1, 1, 2 },    { 2, 3, 3, 2, 3, 2, 2, 5, 1 },
    { 5, 33, 31, 3, 16, 3, 3, 1, 1 }, { 37, 6, 6, 4, 4, 3, 3, 1, 1 },
    { 2, 3, 300, 2, 3, 3, 3, 1, 1 },  { 1, 2, 2, 1, 1, 1, 1, 2, 30 },
};

START_TEST(odd_shapes_agree_with_the_reference)
{
    const layer *l = &odd[_i];
    char what[80];
    snprintf(what, sizeof what, "%dx%dx%dx%d, %d outputs, %dx%d, stride %d, pad %d", l->n, l->h,
             l->w, l->c, l->o, l->kh, l->kw, l->stride, l->pad);
    ot_tape *t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(l->n, l->h, l->w, l->c));
    const ot_var w = ot_param(t, "w", OT_SHAPE(l->o, l->c, l->kh, l->kw), OT_ZEROS);
    pair p = pair_new(t, ot_conv2d(t, x, w, l->stride, l->pad), 0, false);
    pair_run(&p, 0);
    pair_compare(&p, PAIR_TOLERANCE, what);
    pair_free(&p);
}
END_TEST

TCase *conv2d_case(void)
{
    TCase *c = tcase_create("conv2d");
    tcase_add_loop_test(c, odd_shapes_agree_with_the_reference, 0, sizeof odd / sizeof odd[0]);
    return c;
}
