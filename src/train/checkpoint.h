/* SPDX-License-Identifier: BSD-3-Clause
 * A checkpoint: a safetensors file with everything from which a training goes on as if it had never
 * stopped.  Tensors are the network's and the velocities of SGD, in the dtype that is trained in.
 * Metadata are the caller's pairs (the network, the exact schemes) and "state", JSON with the
 * position, the options, a checksum of the data, the description of the network, and the version
 * and kernels, on which bits depend. Nothing in it depends on time, threads, or on how often the
 * run was interrupted. */
#ifndef OT_TRAIN_CHECKPOINT_H
#define OT_TRAIN_CHECKPOINT_H

#include <jansson.h>

#include "train/position.h"

/* What the course of a training depends on: options, data, seed, network.  NULL when memory runs
 * out. */
json_t *ot__circumstances(const ot_train_opts *opts);

/* Save, or load into opts->params and sgd.  circumstances: those of this training. */
ot_status ot__checkpoint_save(const char *path, const ot_train_opts *opts, ot_sgd *sgd,
                              const json_t *circumstances, const ot__position *position);
/* batches: steps of an epoch.  A checkpoint of other circumstances is OT_EINVAL and says which
 * differ; one of another version or of other kernels is loaded, with a sentence to opts->on_note.
 * OT_ENOENT, OT_EFORMAT, OT_EIO, OT_ENOMEM; then nothing is changed. */
ot_status ot__checkpoint_load(const char *path, const ot_train_opts *opts, ot_sgd *sgd,
                              const json_t *circumstances, int batches, ot__position *position);

#endif
