/* SPDX-License-Identifier: BSD-3-Clause
 * A checkpoint is a safetensors file from which a training resumes with the same bits as if it had
 * never stopped.  Its tensors are the network's parameters and statistics, the states of the
 * optimiser and the moving average, in the dtype of the training.  Its metadata are the description
 * of the network and the training, the caller's pairs, and "state".  The state is JSON: the
 * position, the circumstances (below), and the version and kernels, on which the bits depend.
 * Nothing in a checkpoint depends on the time, on the number of threads, or on how often the run
 * was interrupted. */
#ifndef OT_TRAIN_CHECKPOINT_H
#define OT_TRAIN_CHECKPOINT_H

#include <jansson.h>

#include "train/average.h"
#include "train/position.h"

/* The circumstances of a training, which a resume must not change: its options, the seed included,
 * checksums of its data, its network, and hashes of the plugins that this uses.  NULL if there is
 * no memory. */
json_t *ot__circumstances(const ot_train_opts *opts);

/* Saves opts->params, the states of the optimiser and the average, which may be none and must not
 * be swapped.  OT_ECREATE, OT_EIO, OT_ENOMEM. */
ot_status ot__checkpoint_save(const char *path, const ot_train_opts *opts, ot_optimiser *optimiser,
                              const ot__average *average, const json_t *circumstances,
                              const ot__position *position);
/* Loads a checkpoint into opts->params, the optimiser and the average.  An epoch has `batches`
 * steps.  OT_EINVAL if the checkpoint has other circumstances; the message names the first that
 * differs.  Other plugins are accepted with opts->accept_plugins.  A checkpoint of another version
 * or of other kernels is loaded, with a sentence to opts->on_note.  OT_ENOENT, OT_EFORMAT, OT_EIO,
 * OT_ENOMEM.  After an error parameters and states are as they were. */
ot_status ot__checkpoint_load(const char *path, const ot_train_opts *opts, ot_optimiser *optimiser,
                              const ot__average *average, const json_t *circumstances, int batches,
                              ot__position *position);

#endif
