/* SPDX-License-Identifier: BSD-3-Clause
 * Made by own_layers.py with PyTorch 1.13: do not edit.
 *
 * Networks whose schemes have layers of their own: three steps of w <- w - 0.05 gradient on one
 * batch, in double precision.  reference.h has the rules of values and names, and the struct of a
 * tensor.  Gradients are those of the first step, statistics those after the third. */
#ifndef OT_TESTS_REFERENCE_OWN_LAYERS_H
#define OT_TESTS_REFERENCE_OWN_LAYERS_H

#include "reference.h"

typedef struct own_net {
    const char *id, *blocks, *levels, *down, *stem, *head;
    int size, batch, classes;
    double eps, momentum;
    int params;                          /* elements of all parameters */
    double losses[4];                    /* of the steps, then in evaluation mode */
    double logits_checksum, logits_norm; /* in the first step */
    double margin;                       /* the nearest distance to a kink */
    int n_tensors;                       /* gradients, then statistics */
    const reference_tensor *tensors;
} own_net;

#include "own_dense.h"
#include "own_osa.h"
#include "own_rknet.h"

/* clang-format off */
static const own_net own_nets[] = {
    { "dense-bc",
      "dense(growth=3, bottleneck=2) x2",
      "5,*:2,*:2", "dense(theta=0.5)", "conv", "bn-relu-pool",
      8, 3, 5, 1e-05, 0.1, 1727,
      { 1.6133034186689879, 1.5696558256493935, 1.5658144106471752, 1.628219410067359 },
      -0.026455082437946545, 0.59818173626930216, 1.6e-05, 77, dense_bc_tensors },
    { "dense-plain",
      "dense(growth=4, bottleneck=0) x3",
      "6,*:2", "dense(theta=1)", "conv", "bn-relu-pool",
      9, 3, 5, 1e-05, 0.1, 4385,
      { 1.656796086135931, 1.6092429217896467, 1.566855034414359, 1.6360604710992235 },
      0.15524586156950634, 0.7760882151822206, 1.6e-05, 42, dense_plain_tensors },
    { "dense-theta",
      "dense(growth=3, bottleneck=2) x1 + dense(growth=3, bottleneck=2) x3",
      "4,*:2", "dense(theta=0.3)", "conv", "bn-relu-pool",
      8, 3, 5, 1e-05, 0.1, 1066,
      { 1.6573647840356767, 1.633015355909307, 1.6065375262155988, 1.6301613618470874 },
      -0.12201052928245743, 0.4571146834138276, 1.6e-05, 52, dense_theta_tensors },
    { "osa",
      "osa(n=3, inner=3, out=6) x2 + osa(n=3, inner=4, out=8) x1 + osa(n=3, inner=5, out=10) x2",
      "4,*:2,*:2", "maxpool", "conv-bn-relu", "pool",
      12, 3, 5, 1e-05, 0.1, 4347,
      { 1.6452088179192845, 1.742109326748178, 1.6605550214489393, 1.5914229514623777 },
      0.50095907285806973, 0.67207630347697722, 5.3e-05, 117, osa_tensors },
    { "osa-bare",
      "osa(n=2, gate=off) x2",
      "4,*:2", "maxpool", "conv", "bn-relu-pool",
      8, 3, 5, 1e-05, 0.1, 765,
      { 1.4420700219748541, 1.6313470937863512, 1.5109621762464578, 1.6264389916661124 },
      0.23576457049092292, 1.1294694973490775, 2.1e-06, 67, osa_bare_tensors },
    { "rknet-e",
      "rknet(stages=3) x1",
      "4,6:2,8:2", "rknet", "conv", "multiscale",
      8, 3, 5, 0.001, 0.01, 4604,
      { 1.5850371215753991, 1.6193063915149324, 1.6139372597485158, 1.62077358883121 },
      -0.087864227591386443, 0.3950376567008414, 3.1e-05, 123, rknet_e_tensors },
    { "rknet-i",
      "rknet(stages=3, neck=2, updates=2) x1",
      "4,6:2", "rknet", "conv", "multiscale",
      8, 3, 5, 0.001, 0.6, 7976,
      { 1.7127016556923411, 1.7033806043191724, 1.5965182459237208, 1.4623938613962777 },
      -0.10115767367787029, 0.60590580549928985, 1.7e-05, 164, rknet_i_tensors },
    { "rknet-r",
      "rknet(stages=3, updates=2, update=all) x1",
      "4,6:2", "rknet(attention=off)", "conv", "multiscale",
      8, 3, 5, 0.001, 0.01, 4223,
      { 1.6894198730307484, 1.6988390310031134, 1.6427448530423288, 1.5894125290406536 },
      -0.25251577790012114, 0.6146945325105716, 3.8e-05, 160, rknet_r_tensors },
    { "rknet-1",
      "rknet(stages=1) x2",
      "4", "rknet", "conv", "multiscale",
      8, 3, 5, 0.001, 0.01, 493,
      { 1.6420061545816604, 1.627951709495121, 1.6140132821973763, 1.6272653470572831 },
      0.11896584813338282, 0.5873294361259267, 4.0e-04, 27, rknet_1_tensors },
};
/* clang-format on */

#endif
