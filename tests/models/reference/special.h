/* SPDX-License-Identifier: BSD-3-Clause
 * Made by special.py with PyTorch 1.13: do not edit.
 *
 * Networks in double precision, which make three steps w <- w - 0.02 dL/dw in training mode.
 * Images and labels are those of reference.h: 4 images, 5 classes.  Values follow from names.
 * s is the sum of the bytes of the full name, v = sin(0.37 s + 1.7 j) for element j:
 *     running_mean                    0.05 v
 *     bias, bias1a, ...               0.1 v
 *     scale, other vectors            1 + 0.1 v
 *     weights of convolutions, head   v sqrt(2/fan_in) */
#ifndef OT_TESTS_REFERENCE_SPECIAL_H
#define OT_TESTS_REFERENCE_SPECIAL_H

#include "models/reference/reference.h"
#include "models/reference/symmetric.h"
#include "models/reference/repvgg.h"
#include "models/reference/fixup.h"
#include "models/reference/highway.h"

enum { SPECIAL_STEPS = 3, SPECIAL_BATCH = 4, SPECIAL_CLASSES = 5 };
#define SPECIAL_RATE 0.02

typedef struct special_net {
    const char *id, *net, *levels, *down, *subnet, *branch, *norm, *stem, *head;
    bool relu;
    int size, params;
    double loss[SPECIAL_STEPS]; /* before each step */
    double evaluated;           /* the loss after them, in evaluation */
    double logits, logits_norm; /* then, as checksum and norm */
    int n_tensors;              /* gradients of the first pass, then statistics at the end */
    const reference_tensor *tensors;
} special_net;

/* clang-format off */

static const special_net special_nets[] = {
    { "parabolic", "euler x2", "4:1,6:2", "connector", "sym",
      NULL, "batch(eps=1e-4)", "conv-bn-relu", "connector", false, 8, 1211,
      { 1.7001348982150131, 1.7132519294424537, 1.691330827857096 }, 1.6349533467340502,
      -0.1376059180077126, 0.33619853732543564, 37, parabolic_special },
    { "parabolic-tv", "euler x2", "4:1,8:2,12:2", "connector", "sym(norm=tv)",
      NULL, "batch(eps=1e-4)", "conv-bn-relu", "connector", false, 12, 4645,
      { 1.5843182965499381, 1.6552378304721933, 1.6243185028492622 }, 1.635282921403028,
      -0.24422463763333846, 0.33374927288463446, 40, parabolic_tv_special },
    { "leapfrog-tv", "leapfrog x3", "4:1,6:2", "connector", "sym(norm=tv)",
      NULL, "batch(eps=1e-4)", "conv-bn-relu", "connector", false, 8, 1699,
      { 1.7350027136040105, 1.7046301707022069, 1.641530680450938 }, 1.6264577896633834,
      -0.30455989488087032, 0.28715025962991819, 35, leapfrog_tv_special },
    { "hamiltonian-tv", "hamiltonian x2", "4:1,8:2", "connector", "sym(norm=tv)",
      NULL, "batch(eps=1e-4)", "conv-bn-relu", "connector", false, 8, 1057,
      { 1.6558529872852059, 1.6777828374525554, 1.6330940337232573 }, 1.6277842482722038,
      -0.17716893701555686, 0.46528136595822611, 41, hamiltonian_tv_special },
    { "repvgg", "plain x2", "4:1,8:2,8:2", NULL, "repvgg",
      NULL, NULL, "conv-bn-relu", "pool", false, 12, 2929,
      { 1.6317562699999684, 1.4307124160508535, 1.5332682226796666 }, 1.5826154705835169,
      -0.2652528915694029, 0.42299193441372007, 83, repvgg_special },
    { "repvgg-flat", "plain x3", "4:1,6:1", NULL, "repvgg",
      NULL, NULL, "conv-bn-relu", "pool", false, 8, 1759,
      { 1.8937471855133288, 1.8063262138183485, 1.8050884987353755 }, 1.6166187123479299,
      -0.60414041465354429, 0.55826895951244215, 87, repvgg_flat_special },
    { "fixup", "euler x2", "4:1,8:2,16:2", "fixup", "fixup",
      NULL, "none", "fixup", "fixup", true, 12, 10881,
      { 1.6119702880126285, 1.6043796888179278, 1.5981222643611956 }, 1.5924293971084755,
      0.39837365257781715, 0.42286954447674308, 47, fixup_special },
    { "fixup-odd", "euler x3", "4:1,7:2", "fixup", "fixup",
      NULL, "none", "fixup", "fixup", true, 9, 3501,
      { 1.6342801901511184, 1.631378107980344, 1.6286251219041024 }, 1.6259659064144787,
      -0.17089420131080504, 0.81025820125685466, 47, fixup_odd_special },
    { "highway", "euler x2", "4:1,6:2,8:2", "connector", NULL,
      "highway", NULL, NULL, NULL, false, 8, 6713,
      { 1.6147608574461165, 1.6624111330814075, 1.5533309421331496 }, 1.6272954283771832,
      -0.17497430750274817, 0.40136056634369005, 89, highway_special },
    { "highway-rk4", "rk4 x1", "4:1,6:2", "connector", NULL,
      "highway", NULL, NULL, NULL, false, 8, 6007,
      { 1.5293333702586809, 1.5312452930021738, 1.5855353290364933 }, 1.6327582423856424,
      -0.20941290782344313, 0.34166137099993571, 108, highway_rk4_special },
};
/* clang-format on */

#endif
