/* SPDX-License-Identifier: BSD-3-Clause
 * The inside of the context while a block is recorded, and of what all blocks of a network have in
 * common.  A stem, a way down and a head are recorded through such a context as well, without a
 * scheme. */
#ifndef OT_SCHEMES_BLOCK_H
#define OT_SCHEMES_BLOCK_H

#include "base/registry.h"
#include "schemes/weights.h"

/* The time that has passed in a run of blocks whose step sizes are learned.  The sum is recorded
 * only when a sub-net asks for the time. */
typedef struct ot__elapsed {
    ot_var *h;  /* the step size of each block of the network */
    ot_var sum; /* of the first `added` blocks of the run; null if added is 0 */
    int added;
} ot__elapsed;

/* What all blocks of a network have in common. */
typedef struct ot__recording {
    ot_tape *tape;
    ot__part subnet, branch, norm, down; /* branch may be none */
    int first_stream; /* evaluation e of the network draws initial values from first_stream + e */
    int evaluations;  /* of f, recorded so far */
    int convs;        /* convolutions in these evaluations */
    int blocks;       /* of the network */
    const ot_var *levels; /* what the last block of each level leaves */
    int n_levels;
    int extras; /* parameters of schemes, branches and ways down, recorded so far */
    ot__elapsed elapsed;
} ot__recording;

struct ot_block {
    ot_tape *tape;
    ot__recording *net; /* NULL: f is a function of the caller's, and there is no network */
    ot_subnet f;        /* if net is NULL */
    void *user;
    const ot_scheme *scheme;
    const void *attributes; /* of the part that is being recorded */
    int index, position, evaluations;
    int evaluation;  /* that is being recorded, counted over the network */
    bool controlled; /* the step is one of controlled size, which begins at the time t: */
    ot_var t;        /* a statistic; null: no sub-net has asked for the time */
    ot_var time;     /* of the evaluation that is being recorded; null: not asked for */
    ot_var first;    /* the result of evaluation 0; null before it */
    ot_step_opts step;
    ot_shape before;          /* the shape of x before the change inside the block; rank 0: none */
    int y_channels, y_stride; /* of the whole block */
    int channels, stride;     /* of what is being recorded now */
    bool evaluating;          /* within a sub-net */
    ot_var prepared;          /* what the sub-net's function prepare made of x for the shortcut and
                                 for the next evaluation; null: not called yet */
    int ordinal;              /* of the first parameter after those of `prepared` */
    bool in_part;             /* within a way down or a branch */
    bool norming;             /* within a norm */
    bool bare;                /* the sub-net leaves out its first norm and activation */
    bool in_stream;           /* parameters draw from the stream that is set: stem and head */
    ot__weights weights;
};

/* Prepares a block that changes nothing: y has the channels of x. */
void ot__block_begin(ot_block *b, ot__recording *net, ot_tape *t, const ot_scheme *scheme);
/* Records state -> state, with the checks of what the scheme returns.  OT_EINVAL, OT_ESHAPE on the
 * tape. */
ot_state ot__block_enter(ot_block *b, ot_var x);
ot_state ot__block_advance(ot_block *b, ot_state in);
ot_var ot__block_leave(ot_block *b, ot_state out);
/* Checks that y, which a block leaves, has this shape.  OT_ESHAPE, which names the scheme. */
ot_var ot__block_check_shape(ot_block *b, ot_var y, ot_shape right);
/* Checks y, which a way down has made of x: it has b->channels channels, and its height and
 * width are those of x divided by the stride, rounded up or, unless `up`, also down.  OT_EINVAL
 * for the null var and OT_ESHAPE, with sentences that name the way down. */
ot_var ot__check_down(ot_block *b, const ot_about *down, ot_var x, ot_var y, bool up);

/* Gives rules to the parameters that were recorded since the tape had this length: to those called
 * bias, and to the others.  A rule of zeros is none. */
void ot__rules_since(ot_tape *t, int length, ot_rule weight, ot_rule bias);

/* src/schemes/evaluable.c.  Checks the options of an evaluation: returns x, or the null var with
 * OT_EINVAL on the tape. */
ot_var ot__block_check_eval(const ot_block *b, ot_var x, const ot_eval_opts *o);
/* Whether the sub-net can have the channels of this evaluation and share weights as it would.
 * OT_EINVAL on the tape if not. */
bool ot__block_suits(const ot_block *b, const ot_eval_opts *o);

/* A constant scalar: a statistic that nothing writes.  It does not change the initial values of
 * others. */
ot_var ot__block_constant(ot_block *b, const char *name, double value);

#endif
