/* SPDX-License-Identifier: BSD-3-Clause
 * What a network and a training are, as metadata of files and as JSON.  Every key is the name of an
 * option, from the tables of ot_option, or one of those below. */
#ifndef OT_TRAIN_DESCRIPTION_H
#define OT_TRAIN_DESCRIPTION_H

#include <jansson.h>

#include "base/status.h"
#include "store/pairs.h"

/* "odetape": the version that wrote the file; "scheme.0", "scheme.1", ...: the exact texts of the
 * schemes; "data", "train-fingerprint", "test-fingerprint": the data set. */
ot_status ot__describe_net(const ot_net *net, ot__pairs *to);
ot_status ot__describe_training(const ot_train_opts *opts, ot__pairs *to);

/* All that decides what a network computes: every option, the exact text of every scheme, mean and
 * deviation of its images.  NULL without memory, here and below. */
json_t *ot__description_json(const ot_net *net, const ot_params *params);

/* What the journal says of a network: its options, and counts. */
json_t *ot__journal_net_json(const ot_net *net, const ot_net_info *info);

/* What the course of a training depends on besides network and data. */
json_t *ot__options_json(const ot_train_opts *opts);

#endif
