/* SPDX-License-Identifier: BSD-3-Clause
 * Where a training stands between two steps, and whether it can stand there. */
#ifndef OT_TRAIN_POSITION_H
#define OT_TRAIN_POSITION_H

#include <jansson.h>

#include "train/pass.h"

typedef struct ot__position {
    int epoch;          /* finished */
    int step;           /* done in the next one; all of them: it is not evaluated yet */
    ot__pass_sums sums; /* of these steps */
    int best_epoch;     /* 0: none yet */
    double best_accuracy;
    ot_epoch_result last; /* its times are 0 */
} ot__position;

/* Add to the state of a checkpoint.  An object that is NULL, or a value without memory, makes *to
 * NULL. */
void ot__position_write(const ot__position *p, json_t **to);
/* Read it from there, where `batches` are the steps of an epoch.  OT_EFORMAT with a sentence about
 * `path` for a number that is missing or out of range, and for numbers that contradict each other
 * or the training. */
ot_status ot__position_read(const json_t *state, const char *path, const ot_train_opts *opts,
                            int batches, ot__position *p);

#endif
