/* SPDX-License-Identifier: BSD-3-Clause
 * The inside of a stepper: stepper.c makes it and differentiates its steps, integrate.c takes
 * them. */
#ifndef OT_SCHEMES_STEPPERS_STEPPING_H
#define OT_SCHEMES_STEPPERS_STEPPING_H

#include "base/number.h"
#include "schemes/steppers/adjoint.h"
#include "schemes/steppers/control.h"
#include "schemes/steppers/snapshot.h"
#include "schemes/steppers/stepper.h"

/* A step of size h that begins at the time t after the start of the integration. */
typedef struct ot__taken {
    double t, h;
} ot__taken;

struct ot_stepper {
    ot__one_step own;         /* the step, if the stepper recorded it itself */
    const ot__one_step *step; /* own, or a step that the caller recorded */
    ot__stepper_opts opts;
    ot_program *forward;
    ot_program *backward; /* a step again and its gradient; NULL until it is first needed */
    ot__adjoint *adjoint; /* the same for the continuous adjoint */
    ot_params *params;
    ot__snapshot statistics; /* of the running statistics */
    ot__taken tried;         /* the step that was tried last */
    bool not_finite;         /* the last integration met a number that is not finite */
    int h_index, t_index;    /* of size and start of a step among the parameters; -1: not read */
    int batch;
    size_t image;       /* numbers in the state of one image */
    size_t size;        /* bytes of a number */
    double length;      /* of the last integration */
    ot_control control; /* of the last integration */
    int steps;          /* accepted steps */
    /* The initial states of the accepted steps, for the backward pass through them; with
     * opts.backsolve the last result instead; nothing if forward only. */
    char *states;
    ot__taken *course; /* times and sizes of the accepted steps */
    size_t states_capacity, course_capacity;
    int n_replay;      /* length of replay; 0: step sizes are controlled */
    ot__taken *replay; /* the steps that every integration takes */
    size_t replay_capacity;
};

/* Numbers in the state of the batch. */
static inline size_t ot__stepper_numbers(const ot_stepper *st)
{
    return (size_t)st->batch * st->image;
}

/* Prepares a program for a step from the state `from`.  Statistics are restored, so that a step
 * does not depend on the steps before. */
void ot__stepper_load(ot_stepper *st, ot_program *p, ot__taken step, const void *from);
/* Runs a program of the step forward. */
ot_status ot__stepper_run(ot_stepper *st, ot_program *p, ot__taken step, const void *from);
/* Sets what files hold: a step of size 1 from the start. */
void ot__stepper_reset(ot_stepper *st);

#endif
