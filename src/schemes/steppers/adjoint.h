/* SPDX-License-Identifier: BSD-3-Clause
 * The continuous adjoint of an integration (Chen et al. 2018): three equations that are solved from
 * the end of the integration to its start, with the scheme of the step,
 *
 *     y' = f(t, y),   a' = -a^T df/dy,   q' = -a^T df/dp.
 *
 * y is the state, a becomes dL/dy and q dL/dp for the parameters p. */
#ifndef OT_SCHEMES_STEPPERS_ADJOINT_H
#define OT_SCHEMES_STEPPERS_ADJOINT_H

#include "schemes/steppers/stepper.h"

typedef struct ot__adjoint ot__adjoint;

/* Compiles f with its vector-Jacobian product.  step and opts->params, which must be given, must
 * outlive the adjoint.  OT_EINVAL, OT_ENOMEM. */
ot_status ot__adjoint_open(const ot__one_step *step, const ot__stepper_opts *opts,
                           ot__adjoint **out);
void ot__adjoint_free(ot__adjoint *ad);

/* An integration to solve backward. */
typedef struct ot__adjoint_run {
    int images;                /* in the batch */
    double length;             /* of the integration */
    const ot_control *control; /* its options */
    const void *y;             /* its result */
    void *a;                   /* dL/dy at the end; becomes that at the start */
    bool accumulate;           /* add to the gradients of the parameters; otherwise replace them */
    ot__runs *runs;            /* runs each evaluation; NULL: in the usual way */
    void *user;                /* of runs */
} ot__adjoint_run;

/* Solves it.  It moves running statistics and the time; the caller restores them.  result may be
 * NULL.  Errors as ot_stepper_backsolve. */
ot_status ot__adjoint_solve(ot__adjoint *ad, const ot__adjoint_run *run, ot_control_result *result);
/* The state y at the start, as the last run has computed it. */
const void *ot__adjoint_state(const ot__adjoint *ad);

/* The program of one evaluation. */
ot_program *ot__adjoint_program(ot__adjoint *ad);
/* Evaluations in one step. */
int ot__adjoint_evaluations(const ot__adjoint *ad);
/* Bytes of its states and sums, in addition to the program, for the largest batch. */
size_t ot__adjoint_bytes(const ot__adjoint *ad);

#endif
