/* SPDX-License-Identifier: BSD-3-Clause
 * What a network is, as JSON: one table has the keys. */
#ifndef OT_TRAIN_DESCRIPTION_H
#define OT_TRAIN_DESCRIPTION_H

#include <jansson.h>

#include "base/status.h"

/* The keys that the journal has: those that are in use.  NULL without memory, here and below. */
json_t *ot__description_short(const ot_net_opts *opts);
/* All that decides what a network computes: every key, the exact text of every scheme ("scheme.0",
 * as the metadata of files), mean and deviation of its images. */
json_t *ot__description_json(const ot_net *net, const ot_params *params);
/* What the journal says of a network: the keys in use, and its counts. */
json_t *ot__description_of_run(const ot_net *net, const ot_net_info *info);

/* What the course of a training depends on besides network and data. */
json_t *ot__options_json(const ot_train_opts *opts);

#endif
