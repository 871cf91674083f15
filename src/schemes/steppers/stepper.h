/* SPDX-License-Identifier: BSD-3-Clause
 * Steppers for blocks of a network.  A stepper has one recorded step and the programs that run it.
 * ot_stepper_new records and compiles.  A network records the steps of its blocks first and opens
 * steppers later, in the dtype and for the purpose that is needed then. */
#ifndef OT_SCHEMES_STEPPERS_STEPPER_H
#define OT_SCHEMES_STEPPERS_STEPPER_H

#include "schemes/block.h"
#include "schemes/scheme.h"

/* A recorded step. */
typedef struct ot__one_step {
    const ot_scheme *scheme;
    const ot_tape *tape;
    ot_var x;          /* an ot_input */
    ot_var h;          /* an ot_stat "h" in the scope where the step was recorded */
    ot_var t;          /* an ot_stat "t" there, the time at which the step begins; null: not read */
    double begin;      /* the time at which an integration begins */
    ot_var y;          /* the result */
    ot_var difference; /* y minus the result of the embedded method; null without one */
    ot_var root;       /* depends on y and difference */
    ot_var f;          /* f(t, x), the first evaluation */
    int evaluations;   /* of f */
} ot__one_step;

/* Records one step of the block's scheme, which has a tableau, from the input x; with `estimate`
 * also the difference from its first embedded method.  An integration begins at the time
 * b->position. */
ot__one_step ot__one_step_record(ot_block *b, ot_var x, bool estimate);

typedef struct ot__stepper_opts {
    const struct ot_share *share; /* ot_compile_opts.share */
    ot_dtype dtype;
    ot_tier tier;
    bool evaluate;       /* batch norm uses running statistics */
    bool forward_only;   /* no backward pass: steps are not stored */
    bool plan_only;      /* for ot__stepper_describe only; it cannot run */
    bool backsolve;      /* the backward pass is the continuous adjoint: steps are not stored */
    int batch;           /* largest number of images; 0: as recorded */
    size_t memory_limit; /* ot_compile_opts.memory_limit of the program that computes gradients */
    ot_params *params;
    const char *scope; /* in which the step was recorded: "blocks.0.", or "" */
    void (*ran)(const ot_program *p, void *user); /* called after each forward run; may be NULL */
    void *user;
} ot__stepper_opts;

/* Compiles the programs of a step.  step and params must outlive the stepper. */
ot_status ot__stepper_open(const ot__one_step *step, const ot__stepper_opts *opts,
                           ot_stepper **out);
/* Sets the number of images of the states that follow. */
void ot__stepper_batch(ot_stepper *st, int images);
/* As ot_stepper_controlled and ot_stepper_backward, in the dtype of the stepper.  Outside of
 * evaluation an integration moves the running statistics in the scope once: each step is computed
 * from the statistics at the start, and they become the mean of what the accepted steps left,
 * weighted by h.  The backward pass does not change them.  It counts its evaluations of f
 * (evaluations may be NULL). */
ot_status ot__stepper_controlled(ot_stepper *st, double length, const ot_control *control, void *y,
                                 ot_control_result *result);
ot_status ot__stepper_back(ot_stepper *st, void *g, bool accumulate, long *evaluations);
/* From now on ot__stepper_controlled takes steps of the sizes that the last integration of `from`,
 * which may be st itself, took.  OT_EINVAL if there was none, OT_ENOMEM. */
ot_status ot__stepper_replay(ot_stepper *st, const ot_stepper *from);
/* Whether the last integration ended because a parameter, the state or f was not finite. */
bool ot__stepper_not_finite(const ot_stepper *st);

/* The functions that follow let a caller run a step of the last integration again: they return its
 * program and set its inputs, its size and the statistics. */

/* The program of the forward step, or of the backward pass through one step, or with backsolve of
 * one evaluation in the backward pass. */
ot_program *ot__stepper_program(ot_stepper *st, bool back);
/* The number of steps that were accepted. */
int ot__stepper_steps(const ot_stepper *st);
/* Prepares the forward program for the step that was tried last.  y is the state it started
 * from. */
void ot__stepper_load_tried(ot_stepper *st, const void *y);
/* Prepares the backward program for the stored step i. */
void ot__stepper_load_kept(ot_stepper *st, int i);
bool ot__stepper_backsolves(const ot_stepper *st);
/* Runs a program forward on `images` images and backward from the seed, in a way of the caller's.
 * load(loaded) fills its input; it may be called more than once. */
typedef ot_status ot__runs(void *user, ot_program *p, int images, void (*load)(void *loaded),
                           void *loaded, const void *seed);
/* With backsolve: solves the adjoint from the gradient g again.  `runs` runs each evaluation; the
 * first status of it that is not OT_OK ends it.  After OT_OK g is the gradient of the start. */
ot_status ot__stepper_adjoint_again(ot_stepper *st, void *g, ot__runs *runs, void *user);

/* Sums over all programs of the stepper, without params_bytes; flops are those of one step.  The
 * states that an integration stores are not included. */
ot_program_info ot__stepper_describe(const ot_stepper *st);
/* How often a step runs the backward program: once, or with backsolve for each evaluation. */
int ot__stepper_back_runs(const ot_stepper *st);
/* Evaluations of f in the backward pass through one step; 0 if forward only. */
int ot__stepper_back_evaluations(const ot_stepper *st);
/* Bytes that backward needs in addition to the programs: a state for each of equal_steps, or for
 * one step; with backsolve, the result and what the adjoint computes with. */
size_t ot__stepper_bytes(const ot_stepper *st, int equal_steps);

#endif
