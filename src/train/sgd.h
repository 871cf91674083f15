/* SPDX-License-Identifier: BSD-3-Clause
 * What the rest of training knows of the optimiser besides its public functions. */
#ifndef OT_TRAIN_SGD_H
#define OT_TRAIN_SGD_H

#include "store/safetensors.h"

/* What ot_sgd_bytes will be of an optimiser of these parameters, before it is made. */
size_t ot__sgd_bytes_of(const ot_params *ps, ot_dtype dtype);

/* Whether ot_sgd_step with this lr would leave every parameter and velocity finite. */
bool ot__sgd_stays_finite(ot_sgd *sgd, double lr);

/* The optimiser's velocities, for files; valid while it lives. */
ot__velocities ot__sgd_velocities(ot_sgd *sgd);

#endif
