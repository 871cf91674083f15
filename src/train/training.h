/* SPDX-License-Identifier: BSD-3-Clause
 * One training: what it is made of and where it stands. */
#ifndef OT_TRAIN_TRAINING_H
#define OT_TRAIN_TRAINING_H

#include "train/checkpoint.h"
#include "store/journal.h"
#include "store/pairs.h"
#include "train/pace.h"
#include "train/pass.h"
#include "train/resident.h"
#include "train/snapshot.h"

typedef struct ot__training {
    ot_train_opts opts; /* with defaults filled in and the tier resolved */
    ot__pass train, test;
    ot_sgd *sgd;
    ot_normalisation normalisation; /* of the images of both passes */
    ot__snapshot snapshot;          /* as they were before the running step */
    ot_train_plan plan;
    size_t new_params; /* bytes of parameters that this training takes memory for */
    ot__journal journal;
    ot__resident resident;
    ot__pace pace;
    ot_train_result *result;
    json_t *circumstances; /* as checkpoints hold them */
    ot__pairs metadata;    /* opts.metadata: the description of the training, and what was given */
    double started;        /* on the clock of ot__now */
    int epoch;             /* from 0 */
    int step;              /* steps of it that are done */
    double lr;             /* of this epoch */
    double train_seconds;  /* of this epoch and process, without evaluation */
    double spent_training, spent_evaluating; /* of this process: seconds of all batches */
    long images_before;                      /* of this epoch, seen before this process began */
} ot__training;

/* Check the options and fill in the defaults; OT_EINVAL says which is wrong. */
ot_status ot__train_options(const ot_train_opts *given, ot_train_opts *used);

/* Make opts.metadata the description of the training and the pairs that were given.  OT_EINVAL for
 * a pair that is NULL, OT_ENOMEM. */
ot_status ot__training_describe(ot__training *t);

/* Save where the training stands, if opts.run is given, and remove older checkpoints. */
ot_status ot__training_save(ot__training *t);
/* Remove all but the newest opts.keep. */
ot_status ot__training_prune(ot__training *t);
/* The same as the best so far. */
ot_status ot__training_save_best(ot__training *t);
/* Go on from opts.resume. */
ot_status ot__training_resume(ot__training *t);

/* Train and evaluate what is left of epoch t->epoch.  OT_EINTERRUPTED, OT_ENUMERIC. */
ot_status ot__train_epoch(ot__training *t, ot_epoch_result *result);

#endif
