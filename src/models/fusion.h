/* SPDX-License-Identifier: BSD-3-Clause
 * Which records of a tape can be computed by one convolution in evaluation, where a batch norm
 * multiplies by one constant per channel and adds another. */
#ifndef OT_MODELS_FUSION_H
#define OT_MODELS_FUSION_H

#include "base/names.h"
#include "models/net.h"

/* norm(conv(x)), norm(conv(x) + bias) or norm(x). */
typedef struct ot__branch {
    ot_var norm;         /* a record of batch_norm */
    ot_var conv;         /* the record of conv2d before it; the null var: there is none */
    ot_var weight, bias; /* of conv; the null vars if it has none */
    ot_var x;            /* what the branch reads */
} ot__branch;

/* A sum of branches of one x, which becomes a convolution with a bias. */
enum { OT__BRANCHES_MOST = 4 };
typedef struct ot__fused {
    ot_var y; /* the record whose value it computes */
    int n;
    ot__branch branch[OT__BRANCHES_MOST];
    ot_shape weight; /* (O,I,kh,kw) */
    int stride, pad;
    char *scope; /* its parameters are SCOPE.weight and SCOPE.bias */
    int same_as; /* an earlier one that has the same parameters; -1: none */
    int before;  /* the one before it with this weight in its first branch; -1: none */
} ot__fused;

typedef struct ot__fusion {
    const ot_tape *tape;
    int n;
    ot__fused *of;
    int *readers;     /* by id: how many operands and results it is */
    bool *needed;     /* by id: the fused tape has it */
    int *by;          /* by id: the index of the fused convolution that computes it; -1: none */
    int *with;        /* by id: the last one with this weight in its first branch; -1: none */
    ot__names scopes; /* those of all that have parameters of their own */
} ot__fusion;

/* Finds all in the tape of a network that is not fused.  OT_ENOMEM; also then the fusion is to be
 * freed. */
ot_status ot__fusion_find(const ot_net *net, ot__fusion *f);
void ot__fusion_free(ot__fusion *f);

/* The weight, a constant of the network: a parameter, or a sum of parameters with constant
 * coefficients, as weights are that depend on time.  Adds coef times its values to `to`.
 * OT_ENOMEM. */
ot_status ot__add_constant(const ot_tape *t, ot_params *ps, ot_var v, double coef, double *to);

#endif
