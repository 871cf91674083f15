/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef OT_TRAIN_SGD_H
#define OT_TRAIN_SGD_H

#include "odetape.h"

/* Whether ot_sgd_step with this lr would leave every parameter and velocity finite. */
bool ot__sgd_stays_finite(ot_sgd *sgd, double lr);

/* The velocity of parameter i, in the optimiser's dtype; NULL if it is not trained. */
void *ot__sgd_velocity(ot_sgd *sgd, int i);
ot_dtype ot__sgd_dtype(const ot_sgd *sgd);

#endif
