/* SPDX-License-Identifier: BSD-3-Clause
 * Functions of optimisers that only the trainer needs; the others are in odetape.h.
 * ot_optimiser_step is ot__optimiser_begin and then ot__optimiser_take. */
#ifndef OT_TRAIN_OPTIMISER_H
#define OT_TRAIN_OPTIMISER_H

#include "store/safetensors.h"

/* The options of the optimiser of a training. */
ot_optimiser_opts ot__optimiser_options(const ot_train_opts *o);

/* Returns in *bytes what ot_optimiser_bytes will return for these parameters.  OT_EINVAL for an
 * unknown optimiser, OT_ENOMEM. */
ot_status ot__optimiser_bytes_of(const ot_params *ps, ot_dtype dtype, const ot_optimiser_opts *opts,
                                 size_t *bytes);

/* Clips the gradients, once before each step. */
void ot__optimiser_begin(ot_optimiser *o);
/* Whether every parameter and state would be finite after ot__optimiser_take with this lr. */
bool ot__optimiser_stays_finite(ot_optimiser *o, double lr);
/* Takes the step; does nothing unless lr is finite. */
void ot__optimiser_take(ot_optimiser *o, double lr);

/* Sets the number of steps that have been taken: a training is resumed. */
void ot__optimiser_resume(ot_optimiser *o, long long steps);

/* The optimiser's states, for files.  Valid as long as the optimiser. */
ot__states ot__optimiser_states(ot_optimiser *o);

#endif
