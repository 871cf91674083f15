/* SPDX-License-Identifier: BSD-3-Clause
 * Evaluation as trainer and landscapes use it: a pass that is opened once and run many times. */
#ifndef OT_TRAIN_EVALUATE_H
#define OT_TRAIN_EVALUATE_H

#include "train/pass.h"

/* Opens a pass for evaluation.  OT_ENOMEM if the batch does not fit in memory; the message has the
 * largest batch that fits. */
ot_status ot__evaluation_open(const ot_net *net, ot_params *params, const ot_dataset *d,
                              const ot__pass_opts *opts, ot__pass *p);

/* Runs a whole pass forward.  after_batch, which may be NULL, is called after every batch b (from
 * 0).  If it does not return OT_OK, the evaluation ends with that status.  OT_ENUMERIC if a loss is
 * not finite. */
ot_status ot__evaluate_pass(ot__pass *p, ot_status (*after_batch)(void *user, int b), void *user);

#endif
