/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef OT_TRAIN_EVALUATE_H
#define OT_TRAIN_EVALUATE_H

#include "train/pass.h"

/* Run a whole pass forward.  after_batch (may be NULL) is called after every batch b (from 0); when
 * it does not return OT_OK, the evaluation ends with what it returned.  OT_ENUMERIC when a loss is
 * not finite. */
ot_status ot__evaluate_pass(ot__pass *p, ot_status (*after_batch)(void *user, int b), void *user);

#endif
