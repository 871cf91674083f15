/* SPDX-License-Identifier: BSD-3-Clause
 * What a stepper is made of: one step on a tape, and programs of it in a dtype and for a purpose.
 * ot_stepper_new makes both; a network records its blocks as steps and makes steppers later. */
#ifndef OT_SCHEMES_STEPPERS_STEPPER_H
#define OT_SCHEMES_STEPPERS_STEPPER_H

#include "schemes/scheme.h"

/* A step from the ot_input x, its size h an ot_stat "h" in the scope where it was recorded. */
typedef struct ot__one_step {
    const ot_scheme *scheme;
    const ot_tape *tape;
    ot_var x, h, y;
    ot_var difference; /* of the embedded method; null without one */
    ot_var root;       /* depends on both */
    int evaluations;   /* of f */
} ot__one_step;

ot__one_step ot__one_step_record(const ot_scheme *s, ot_tape *t, ot_var x, ot_subnet f, void *user);

typedef struct ot__stepper_opts {
    ot_dtype dtype;
    ot_tier tier;
    bool evaluate;     /* with running statistics */
    bool forward_only; /* no way back: steps are not kept */
    bool plan_only;    /* to tell its bytes, not to be run */
    int batch;         /* largest; 0: as recorded */
    ot_params *params;
    const char *scope; /* of the step: "blocks.0.", or "" */
} ot__stepper_opts;

/* step and params must outlive it. */
ot_status ot__stepper_open(const ot__one_step *step, const ot__stepper_opts *opts,
                           ot_stepper **out);
/* How many images of a state there are from now on. */
void ot__stepper_batch(ot_stepper *st, int images);
/* As ot_stepper_controlled and ot_stepper_backward, in the stepper's dtype.  Programs that do not
 * evaluate move the statistics in the scope once a walk: each accepted step is computed from the
 * statistics at the start, and their mean over the steps, weighted by h, is what they become.  The
 * way back leaves them as they are. */
ot_status ot__stepper_walk(ot_stepper *st, double length, const ot_control *control, void *y,
                           ot_walk *walk);
ot_status ot__stepper_back(ot_stepper *st, void *g, bool accumulate);
/* Whether the last walk ended at a number that is not finite: a parameter, the state or f. */
bool ot__stepper_strange(const ot_stepper *st);
/* To run a step of the last walk again: the program that computes one, or goes back through one,
 * and its inputs, of the step that was tried last, from the state y at which the walk stood, or of
 * one that was kept.  Size and statistics stay as the step has them. */
ot_program *ot__stepper_program(ot_stepper *st, bool back);
int ot__stepper_steps(const ot_stepper *st); /* that were kept */
void ot__stepper_load_tried(ot_stepper *st, const void *y);
void ot__stepper_load_kept(ot_stepper *st, int i);
/* Of all its programs, without params_bytes; flops of one step.  Besides, a walk keeps a state an
 * accepted step. */
ot_program_info ot__stepper_describe(const ot_stepper *st);

#endif
