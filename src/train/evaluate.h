/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef OT_TRAIN_EVALUATE_H
#define OT_TRAIN_EVALUATE_H

#include "train/pass.h"

/* Open a pass for evaluation.  OT_ENOMEM with the largest batch that fits if this one does not. */
ot_status ot__evaluation_open(const ot_net *net, ot_params *params, const ot_dataset *d,
                              const ot__pass_opts *opts, ot__pass *p);

/* Run a whole pass forward.  after_batch (may be NULL) is called after every batch b (from 0); when
 * it does not return OT_OK, the evaluation ends with what it returned.  OT_ENUMERIC when a loss is
 * not finite. */
ot_status ot__evaluate_pass(ot__pass *p, ot_status (*after_batch)(void *user, int b), void *user);

#endif
