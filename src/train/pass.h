/* SPDX-License-Identifier: BSD-3-Clause
 * A pass over a data set: the execution of a network, the loader that fills its inputs, and the
 * sums from which mean loss and accuracy are computed.  Training and evaluation both consist of
 * passes. */
#ifndef OT_TRAIN_PASS_H
#define OT_TRAIN_PASS_H

#include "train/execution.h"

typedef struct ot__pass_opts {
    ot_tier tier;          /* resolved: not OT_TIER_DEFAULT */
    bool train;            /* compute gradients; batch norm uses the statistics of the batch */
    bool batch_statistics; /* no gradients, but batch norm uses the statistics of the batch */
    bool plan_only;        /* plan memory but do not run */
    bool features;         /* ot__pass_feature is called */
    size_t memory_limit;   /* ot_compile_opts.memory_limit */
    bool rebuild;          /* ot_compile_opts.rebuild */
    bool shared;           /* the processes share the batches */
    bool apart;            /* ... and batch norms are of each process's images (OT_SYNC_NONE) */
    /* The loader's batch is also the largest of the program.  Without a normalisation here, that of
     * the parameters is used. */
    ot_loader_opts loader;
} ot__pass_opts;

/* Sums over the batches since ot__pass_begin. */
typedef struct ot__pass_sums {
    double loss;               /* of the losses of all images, added in the order of the batches */
    long correct, images;      /* numbers of images */
    ot_control_result control; /* counts of controlled steps; zero if steps are fixed */
} ot__pass_sums;

typedef struct ot__pass {
    const ot_net *net;
    ot_dtype dtype;
    ot_execution *execution;
    ot_loader *loader;
    float *staging;  /* images of a batch, when the execution wants double, or if images of other
                       processes are mixed in */
    int32_t *labels; /* of these images, and the second ones; NULL unless they are mixed in */
    bool mixes;      /* images of other processes are mixed in */
    int here;        /* images that this process has in the batch that was loaded */
    size_t numbers;  /* of an image */
    int batch, batches;
    bool borrows; /* execution and staging are those of another pass */
    ot__pass_sums sums;
} ot__pass;

/* Replaces OT_TIER_DEFAULT by the tier that it stands for.  OT_EINVAL if the environment asks for a
 * tier that this CPU does not support. */
ot_status ot__resolve_tier(ot_tier tier, ot_tier *out);
/* Returns OT_F64 for the reference tier and OT_F32 for the others. */
ot_dtype ot__dtype_of(ot_tier tier);

/* Compiles the network and makes the loader.  OT_EINVAL or OT_ESHAPE if the data does not fit the
 * network. */
ot_status ot__pass_open(const ot_net *net, ot_params *params, const ot_dataset *d,
                        const ot__pass_opts *opts, ot__pass *p);
/* Makes a pass over other images with the execution of `of`, which must outlive it.  Only one of
 * the two may be in use at a time.  OT_EINVAL, OT_ENOMEM. */
ot_status ot__pass_share(const ot__pass *of, const ot_params *params, const ot_dataset *d,
                         const ot_loader_opts *opts, ot__pass *p);
void ot__pass_close(ot__pass *p);

void ot__pass_begin(ot__pass *p, int epoch);
/* Fills the inputs with what this process has of batch b.  Returns the number of images to run. */
int ot__pass_load(ot__pass *p, int b);
/* Loads batch b, runs it forward and adds it to the sums.  *loss is the mean loss of the batch. */
ot_status ot__pass_forward(ot__pass *p, int b, double *loss);
/* The logit of class k for image i of the batch that ran last. */
double ot__pass_logit(const ot__pass *p, int i, int k);
/* Feature k (ot_net_features) of that image. */
double ot__pass_feature(const ot__pass *p, int i, int k);
/* The class with the largest logit for that image; of equal ones the first. */
int ot__pass_answer(const ot__pass *p, int i);
/* Runs the batch that ran forward last backward from its loss. */
ot_status ot__pass_backward(ot__pass *p);
double ot__pass_loss(const ot__pass *p); /* means since ot__pass_begin */
double ot__pass_accuracy(const ot__pass *p);

ot_program_info ot__pass_describe(const ot__pass *p);
/* Bytes that BLIS allocates in addition.  All passes of the process share them. */
size_t ot__pass_product_bytes(const ot__pass *p);
/* Bytes of the execution without the parameters, of the loader and of staging; of a pass that
 * shares an execution, those of the loader; 0 if it is not open. */
size_t ot__pass_bytes(const ot__pass *p);

#endif
