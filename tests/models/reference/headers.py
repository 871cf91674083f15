# SPDX-License-Identifier: BSD-3-Clause
"""C headers with the numbers of networks.py; `networks.py --headers DIR` calls write()."""
import os

import torch

import networks

OPENING = """/* SPDX-License-Identifier: BSD-3-Clause
 * Made by networks.py with PyTorch %s: do not edit.""" % torch.__version__[:4]

INDEX = OPENING + """
 *
 * What PyTorch computes for whole networks, in double precision: one training pass, forward and
 * backward, of the mean cross-entropy, then one pass in evaluation mode.  No step of an optimiser
 * is made in between.  As always in PyTorch, running_var moves to the variance with divisor n - 1.
 *
 * Tolerances: other orders of summation move a gradient by up to 1e-12 of the largest norm of a
 * gradient in its network, in paper.h by up to 1e-9 of it.  A gradient that is 0 up to rounding is
 * written as 0: the bias of B's norm, where norms alone read the state after it.
 *
 * Values follow from names.  s is the sum of the bytes of the full name, v = sin(0.37 s + 1.7 j)
 * for element j in PyTorch's order, (O,I,kh,kw) for a convolution:
 *     weights of convolutions and of head.fc    v sqrt(2/fan_in)
 *     weights of batch norms                    1 + 0.1 v
 *     biases                                    0.1 v
 *     running_mean                              0.05 v, before the training pass
 *     running_var                               1 + 0.1 v, before the training pass
 *     k                                         -0.05 + 0.05 v
 * Element j of the images is sin(0.9 + 0.31 j) in the order (N,H,W,C); the images have 3 channels.
 * The label of image i is (3 i + 1) mod classes.
 *
 * Names: blocks are numbered through the network, levels too, evaluations E within their block.
 *     stem.conv.weight, stem.bn.*               3x3; the norm if the stem is conv-bn-relu
 *     blocks.B.stages.E.{bn1,conv1,bn2,conv2}.* a sub-net; revnet has F as E = 0, G as E = 1
 *     blocks.B.sets.1.{bn1,conv1,bn2,conv2}.*   weights that all evaluations of a block share
 *     blocks.B.down.{bn,conv}.*                 a change of shape in the first block of a level
 *     blocks.B.k                                lm's number, not in the first block of a level
 *     levels.L.{bn,conv}.*                      the connector before level L
 *     head.bn.*, head.fc.weight, head.fc.bias   the norm if the head is bn-relu-pool */
#ifndef OT_TESTS_REFERENCE_H
#define OT_TESTS_REFERENCE_H

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* The gradient of a parameter, or a running statistic after the training pass.  The names of
 * running statistics end in running_mean or running_var. */
typedef struct reference_tensor {
    const char *name;
    int count;       /* elements */
    double checksum; /* sum of element j times reference_pattern(j) */
    double norm;     /* square root of the sum of squares */
} reference_tensor;

typedef struct reference_net {
    const char *id;
    const char *scheme; /* one of the registry; the step h is 1 */
    const char *levels; /* width:stride of each level; the stem is as wide as the first */
    int blocks;         /* blocks in each level */
    const char *down;   /* A, B, P, connector, maxpool; of the scheme: half, none */
    const char *subnet; /* preact or postact */
    const char *stem;   /* conv or conv-bn-relu */
    const char *head;   /* bn-relu-pool or pool; a linear layer with bias follows */
    bool relu;          /* a ReLU after each block */
    bool bare_first;    /* blocks.0.stages.0 starts with conv1 */
    int size, batch, classes;
    double eps, momentum; /* of every batch norm, as in PyTorch */
    int params;           /* elements of all parameters */
    double loss;          /* in training mode */
    double eval_loss;     /* with the running statistics after the training pass */
    double margin;        /* the nearest distance to a kink of a ReLU or a tie of a max pool */
    int n_tensors;        /* parameters, then statistics; in paper.h of stem and head */
    const reference_tensor *tensors;
} reference_net;

static inline double reference_image(int j)
{
    return sin(0.9 + 0.31 * j);
}

static inline double reference_pattern(int j)
{
    return sin(0.5 + 2.3 * j);
}

/* The initial value of element j; fan_in is used for weights of convolutions and of head.fc. */
static inline double reference_value(const char *name, int j, int fan_in)
{
    const char *last = strrchr(name, '.') + 1;
    int s = 0;

    for (const char *c = name; *c != 0; c++)
        s += (unsigned char)*c;
    const double v = sin(0.37 * s + 1.7 * j);
    if (strcmp(last, "k") == 0) return -0.05 + 0.05 * v;
    if (strcmp(last, "running_mean") == 0) return 0.05 * v;
    if (strcmp(last, "bias") == 0) return 0.1 * v;
    if (strcmp(last, "running_var") == 0 || strstr(name, ".bn") != NULL) return 1 + 0.1 * v;
    return v * sqrt(2.0 / fan_in);
}

"""


def number(x):
    return "%.17g" % x


def tensors(result, family):
    rows = result.tensors
    if family == "paper":
        rows = [row for row in rows if row[0].startswith(("stem.", "head."))]
    name = result.net.id.replace("-", "_") + "_tensors"
    largest = max(norm for _, _, _, norm in result.tensors)
    rows = [row if row[3] > 1e-13 * largest else (*row[:2], 0, 0) for row in rows]
    lines = ["static const reference_tensor %s[] = {" % name]
    lines += ['{ "%s", %d, %s, %s },' % (n, count, number(checksum), number(norm))
              for n, count, checksum, norm in rows]
    return lines + ["};", ""], len(rows), name


def network(r, count, name):
    n = r.net
    truth = ("false", "true")
    return [
        '    { "%s", "%s", "%s", %d, "%s", "%s", "%s", "%s",'
        % (n.id, n.scheme, n.levels, n.blocks, n.down, n.subnet, n.stem, n.head),
        "      %s, %s, %d, %d, %d, %g, %g, %d," % (truth[n.relu], truth[n.bare_first], n.size,
                                                   n.batch, n.classes, n.eps, n.momentum,
                                                   r.params),
        "      %s, %s, %.1e, %d, %s }," % (number(r.loss), number(r.eval_loss), r.margin, count,
                                          name),
    ]


def family_header(family, nets):
    guard = "OT_TESTS_REFERENCE_%s_H" % family.upper()
    lines = [OPENING, " * Included by reference.h. */", "#ifndef " + guard, "#define " + guard, "",
             "/* clang-format off */"]
    entries = []
    for net in nets:
        r = networks.result(net)
        rows, count, name = tensors(r, family)
        lines += rows
        entries += network(r, count, name)
    lines += ["static const reference_net %s_nets[] = {" % family] + entries
    lines += ["};", "/* clang-format on */", "", "#endif"]
    return "\n".join(lines) + "\n"


def write(folder):
    index = INDEX
    for family in networks.FAMILIES:
        index += '#include "%s.h"\n' % family
    index += """
/* clang-format off */
static const struct {
    const char *name;
    int n;
    const reference_net *nets;
} reference_families[] = {
"""
    for family, nets in networks.FAMILIES.items():
        index += '    { "%s", %d, %s_nets },\n' % (family, len(nets), family)
        with open(os.path.join(folder, family + ".h"), "w", encoding="utf-8") as file:
            file.write(family_header(family, nets))
    index += "};\n/* clang-format on */\n\n#endif\n"
    with open(os.path.join(folder, "reference.h"), "w", encoding="utf-8") as file:
        file.write(index)
