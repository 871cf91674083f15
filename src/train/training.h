/* SPDX-License-Identifier: BSD-3-Clause
 * One running training: its options, passes, optimiser, files and position. */
#ifndef OT_TRAIN_TRAINING_H
#define OT_TRAIN_TRAINING_H

#include "train/checkpoint.h"
#include "store/journal.h"
#include "store/pairs.h"
#include "train/pace.h"
#include "train/pass.h"
#include "train/resident.h"
#include "train/average.h"
#include "train/schedule.h"
#include "train/smoothness.h"
#include "train/backup.h"

typedef struct ot__training {
    ot_train_opts opts; /* with defaults filled in and the tier resolved */
    ot__pass train, test;
    ot__pass validation; /* over the images that are held out; it has no loader if there are none */
    ot_optimiser *optimiser;
    ot__schedule schedule;
    ot__smoothness smoothness;
    size_t optimiser_bytes;         /* as ot_optimiser_bytes returns */
    ot_normalisation normalisation; /* of the images of both passes */
    ot__backup backup;              /* the running statistics before the running step */
    ot__average average;            /* the moving average of the weights */
    ot_train_plan plan;
    bool shared;          /* several processes share the batches */
    ot_sharing sharing;   /* what that costs, in the last epoch */
    size_t program_limit; /* ot_compile_opts.memory_limit of the training pass */
    size_t new_params;    /* bytes of parameters that were not allocated before this training */
    ot__journal journal;
    ot__resident resident;
    ot__pace pace;
    ot_train_result *result;
    bool knows_rebuilding; /* the reconstruction error has been measured */
    json_t *circumstances; /* see train/checkpoint.h; NULL without checkpoints */
    ot__pairs metadata;    /* opts.metadata: the description of the training and what was given */
    double started;        /* time of ot__now at the start */
    int epoch;             /* the running epoch, from 0 */
    int step;              /* steps of this epoch that are done */
    int evaluated;         /* batches of this epoch's evaluations that are done */
    double lr;             /* learning rate of the running step */
    double train_seconds;  /* training time of this process in this epoch */
    double spent_training, spent_evaluating; /* seconds of this process for all batches */
    long images_before;                      /* images of this epoch trained by earlier processes */
} ot__training;

#define OT__DEFAULT_DECAY 0.1

/* Copies the options, fills in the defaults and checks them.  OT_EINVAL says which is wrong.  Only
 * if `starts` are options refused that have no effect (ot_train_settle): those of a training that
 * goes on are compared with its checkpoint. */
ot_status ot__train_options(const ot_train_opts *given, bool starts, ot_train_opts *used);

/* Whether the schedule reads milestones and decay; true for an unknown one. */
bool ot__train_has_milestones(const ot_train_opts *o);

/* Unsets the options of `used` that have no effect and are 0 or a default in `given`, and, if
 * `refuses`, returns OT_EINVAL for the first of the others. */
ot_status ot__train_unset(ot_train_opts *used, const ot_train_opts *given, bool refuses);

/* Makes opts.metadata the description of the training and the pairs that were given.  OT_EINVAL for
 * a pair that is NULL, OT_ENOMEM. */
ot_status ot__training_describe(ot__training *t);

/* Reports to on_note if the last milestone comes after the last epoch. */
void ot__training_note_milestones(const ot_train_opts *o);
/* Freezes parameters as opts.freeze says.  The errors of ot_params_freeze. */
ot_status ot__training_freeze(ot__training *t);
/* Takes initial values from opts.init.  When the training is resumed, it only compares the checksum
 * of the file, and reports to opts.on_note if the file is missing.  OT_EINVAL if the checksum is
 * another one, and the errors of ot_params_init_from. */
ot_status ot__training_init(ot__training *t);

/* Saves a checkpoint of the current position and removes older ones.  Does nothing if opts.run is
 * NULL. */
ot_status ot__training_save(ot__training *t);
/* Removes all checkpoints except the newest opts.keep. */
ot_status ot__training_prune(ot__training *t);
/* Saves the current position as the checkpoint of the best epoch. */
ot_status ot__training_save_best(ot__training *t);
/* Saves the moving average as weights, after an epoch with these results.  Does nothing if there is
 * no average or opts.run is NULL. */
ot_status ot__training_save_average(ot__training *t, const ot_epoch_result *e);
/* Loads the checkpoint opts.resume and sets the position to the one in it. */
ot_status ot__training_resume(ot__training *t);

/* Runs all evaluations of epoch t->epoch, and fills in their results.  OT_EINTERRUPTED,
 * OT_ENUMERIC. */
ot_status ot__evaluate_epoch(ot__training *t, ot_epoch_result *r);
/* The batches of all evaluations of an epoch. */
int ot__evaluation_batches(const ot__training *t);
/* After batch b of any pass: reports, saves if a checkpoint is due, and stops if asked to, with
 * OT_EINTERRUPTED. */
ot_status ot__finish_batch(ot__training *t, const ot__pass *p, int b);

/* Runs the rest of epoch t->epoch: training and evaluation.  OT_EINTERRUPTED, OT_ENUMERIC. */
ot_status ot__train_epoch(ot__training *t, ot_epoch_result *result);

#endif
