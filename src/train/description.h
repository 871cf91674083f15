/* SPDX-License-Identifier: BSD-3-Clause
 * The description of a network and of a training, as metadata of files and as JSON.  A key is the
 * name of an option, from the tables of ot_option, or one of those below. */
#ifndef OT_TRAIN_DESCRIPTION_H
#define OT_TRAIN_DESCRIPTION_H

#include <jansson.h>

#include "base/status.h"
#include "store/pairs.h"

/* Adds the options of the network, "odetape" (the version that wrote the file), and "scheme.0",
 * "scheme.1", ... (the exact texts of the schemes), and the plugins that it uses
 * (train/plugins.h).  OT_ENOMEM. */
ot_status ot__describe_net(const ot_net *net, ot__pairs *to);
/* Adds the same, the options of the training, and "data", "train-fingerprint" and
 * "test-fingerprint", which identify the data set.  OT_ENOMEM. */
ot_status ot__describe_training(const ot_train_opts *opts, ot__pairs *to);

/* Everything that decides what a network computes: every option, the exact text of every scheme,
 * mean and deviation of its images.  This function and those below return NULL if there is no
 * memory. */
json_t *ot__description_json(const ot_net *net, const ot_params *params);

/* The entry "net" of the journal: the options of the network, and its numbers of evaluations,
 * convolutions and parameters. */
json_t *ot__journal_net_json(const ot_net *net, const ot_net_info *info);

/* The options of a training. */
json_t *ot__options_json(const ot_train_opts *opts);

#endif
