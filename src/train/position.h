/* SPDX-License-Identifier: BSD-3-Clause
 * The position of a training between two steps, as the state of a checkpoint holds it, and a check
 * that this training can have reached it. */
#ifndef OT_TRAIN_POSITION_H
#define OT_TRAIN_POSITION_H

#include <jansson.h>

#include "train/pass.h"

typedef struct ot__position {
    int epoch;              /* number of finished epochs */
    int step;               /* steps done in the next epoch, which may be all: then only its
                              evaluation is left */
    ot__pass_sums sums;     /* sums over these steps */
    int best_epoch;         /* from 1; 0: no epoch is finished */
    double best_accuracy;   /* test accuracy of the best epoch */
    double best_validation; /* its validation accuracy; NAN if there is none */
    ot_epoch_result last;   /* result of the last finished epoch; its times are 0 */
} ot__position;

/* Adds the position to the state of a checkpoint.  If there is no memory, *to is freed and becomes
 * NULL; a *to that is NULL stays NULL. */
void ot__position_write(const ot__position *p, json_t **to);
/* Reads the position from the state of the checkpoint `path`.  An epoch has `batches` steps.
 * OT_EFORMAT if a number is missing or out of range, or if numbers contradict each other or the
 * options of the training. */
ot_status ot__position_read(const json_t *state, const char *path, const ot_train_opts *opts,
                            int batches, ot__position *p);

#endif
