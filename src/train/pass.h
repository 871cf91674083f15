/* SPDX-License-Identifier: BSD-3-Clause
 * A pass over a data set: a program of a network, the loader that feeds it, and the sums that
 * become mean loss and accuracy.  Training and evaluation are both made of passes.  With controlled
 * steps the program is that of the head, and walks lead to it. */
#ifndef OT_TRAIN_PASS_H
#define OT_TRAIN_PASS_H

#include "train/controlled.h"

typedef struct ot__pass_opts {
    ot_tier tier;          /* resolved: not OT_TIER_DEFAULT */
    bool train;            /* with gradients, batch norm by batches */
    bool batch_statistics; /* batch norm by batches, without gradients */
    bool plan_only;        /* to tell its bytes, not to be run */
    ot_loader_opts loader; /* batch: also the program's largest; no normalisation: that of params */
} ot__pass_opts;

/* What mean loss and accuracy are made of. */
typedef struct ot__pass_sums {
    double loss; /* over images, in double in the order of the batches */
    long correct, images;
    ot_walk walk; /* of controlled steps */
} ot__pass_sums;

typedef struct ot__pass {
    const ot_net *net;
    ot_dtype dtype;
    ot_program *program;
    ot__controlled *controlled; /* NULL: the program is the whole network */
    ot_loader *loader;
    float *staging; /* images of a batch, when the program wants double */
    int batch, batches;
    ot__pass_sums sums;
} ot__pass;

/* The tier that OT_TIER_DEFAULT stands for; OT_EINVAL when the environment asks for one that is not
 * to be had.  The reference tier computes in double. */
ot_status ot__resolve_tier(ot_tier tier, ot_tier *out);
ot_dtype ot__dtype_of(ot_tier tier);

/* OT_EINVAL or OT_ESHAPE when the data does not fit the network. */
ot_status ot__pass_open(const ot_net *net, ot_params *params, const ot_dataset *d,
                        const ot__pass_opts *opts, ot__pass *p);
void ot__pass_close(ot__pass *p);

void ot__pass_begin(ot__pass *p, int epoch);
/* Fill the program's inputs with batch b; returns its images. */
int ot__pass_load(ot__pass *p, int b);
/* Load batch b and run it forward.  Returns its loss, which counts in the sums. */
ot_status ot__pass_forward(ot__pass *p, int b, double *loss);
/* Logits of image i of the batch that ran last: class k, and the class with the largest one, the
 * first of equals. */
double ot__pass_logit(const ot__pass *p, int i, int k);
int ot__pass_answer(const ot__pass *p, int i);
/* Back from the loss of the batch that ran last. */
ot_status ot__pass_backward(ot__pass *p);
double ot__pass_loss(const ot__pass *p); /* means since ot__pass_begin */
double ot__pass_accuracy(const ot__pass *p);

/* The program and, of walks, one step a block. */
ot_program_info ot__pass_describe(const ot__pass *p);
/* Bytes that BLIS takes besides, which all passes of the process share. */
size_t ot__pass_product_bytes(const ot__pass *p);
/* Bytes of the program without the parameters, of loader and staging. */
size_t ot__pass_bytes(const ot__pass *p, const ot_dataset *d);

#endif
