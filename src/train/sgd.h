/* SPDX-License-Identifier: BSD-3-Clause
 * Functions of the optimiser that only the trainer needs; the others are in odetape.h. */
#ifndef OT_TRAIN_SGD_H
#define OT_TRAIN_SGD_H

#include "store/safetensors.h"

/* Returns what ot_sgd_bytes will return for an optimiser of these parameters. */
size_t ot__sgd_bytes_of(const ot_params *ps, ot_dtype dtype);

/* Whether every parameter and velocity would be finite after ot_sgd_step with this lr. */
bool ot__sgd_stays_finite(ot_sgd *sgd, double lr);

/* The optimiser's velocities, for files.  Valid as long as the optimiser. */
ot__velocities ot__sgd_velocities(ot_sgd *sgd);

#endif
