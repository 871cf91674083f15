/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef OT_TRAIN_SGD_H
#define OT_TRAIN_SGD_H

#include "odetape.h"

/* What ot_sgd_bytes will be of an optimiser of these parameters, before it is made. */
size_t ot__sgd_bytes_of(const ot_params *ps, ot_dtype dtype);

/* Whether ot_sgd_step with this lr would leave every parameter and velocity finite. */
bool ot__sgd_stays_finite(ot_sgd *sgd, double lr);

/* The velocity of parameter i, in the optimiser's dtype; NULL if it is not trained. */
void *ot__sgd_velocity(ot_sgd *sgd, int i);
ot_dtype ot__sgd_dtype(const ot_sgd *sgd);

#endif
