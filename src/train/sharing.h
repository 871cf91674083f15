/* SPDX-License-Identifier: BSD-3-Clause
 * How several processes share the batches of a training (base/comm.h).  Each has some chunks of
 * every batch; everything that is not summed over the batch is computed by all of them alike. */
#ifndef OT_TRAIN_SHARING_H
#define OT_TRAIN_SHARING_H

#include <jansson.h>

#include "base/chunks.h"
#include "base/status.h"

/* The images of a batch that this process has: `n` of them from number `first` on. */
typedef struct ot__images_here {
    int first, n;
} ot__images_here;

ot__images_here ot__images_here_of(int batch);
/* The most that it has of any batch of up to that many images; at least 1. */
int ot__most_images_here(int batch);
/* Sets the share of a batch that is about to run. */
void ot__share_batch(ot__share *share, int images);

/* Compares what the processes are to compute: their builds, and every key of the circumstances of
 * the training.  OT_EINVAL names the first process and the first key that differ from process 0's.
 */
ot_status ot__check_alike(const json_t *circumstances);
/* The same for the parameters and statistics that they begin with. */
ot_status ot__check_params_alike(ot_params *params);

/* What all processes do after a batch, because one of them wants it. */
typedef struct ot__wishes {
    bool stop, save, late; /* late: the time limit has passed */
} ot__wishes;
ot_status ot__agree(ot__wishes *w);

/* Copies the running statistics of process 0 to all others (OT_SYNC_NONE). */
ot_status ot__copy_statistics(ot_params *params);

#endif
