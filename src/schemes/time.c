/* SPDX-License-Identifier: BSD-3-Clause
 * The time of an evaluation, t + c h.  It is recorded when a sub-net asks for it, so that networks
 * whose f does not depend on time have no trace of it.  Numbers that are known when the network is
 * recorded are a constant statistic; learned step sizes and the start of a controlled step are
 * vars. */
#include "schemes/block.h"

enum { MOST_TERMS = 60 }; /* of one sum */

/* A time that is being put together: number + sum_i coef_i term_i. */
typedef struct sum {
    double number;
    int n;
    ot_coef coef[4];
    ot_var term[4];
} sum;

static void add(sum *s, double value, ot_var v)
{
    s->coef[s->n] = (ot_coef){ .value = value };
    s->term[s->n++] = v;
}

/* The sum of the step sizes of the blocks before this one in its run; null for the first. */
static ot_var elapsed(const ot_block *b, double size)
{
    ot__elapsed *const e = &b->net->elapsed;
    const ot_var *const h = e->h + b->index - b->position;
    while (e->added < b->position) {
        ot_coef coef[MOST_TERMS + 1] = { { .value = 1 } };
        ot_var term[MOST_TERMS + 1] = { e->sum };
        int n = e->added > 0;
        for (; n < MOST_TERMS && e->added < b->position; n++) {
            coef[n] = (ot_coef){ .value = size };
            term[n] = h[e->added++];
        }
        e->sum = ot_lincomb(b->tape, n, coef, term);
    }
    return e->sum;
}

/* The statistic "t" of a controlled step, in the scope of the block. */
static ot_var begin_of_step(ot_block *b)
{
    if (b->t.id) return b->t;
    ot_scope_pop(b->tape);
    b->t = ot__block_constant(b, "t", b->position);
    ot_scope_push(b->tape, "stages.%d", b->weights.evaluation);
    return b->t;
}

/* Adds the time at which the step begins. */
static void add_begin(ot_block *b, double size, sum *s)
{
    if (b->controlled)
        add(s, 1, begin_of_step(b));
    else if (!b->step.h.id)
        s->number += b->position * size;
    else if (b->position > 0)
        add(s, 1, elapsed(b, size));
}

/* Adds c h. */
static void add_offset(const ot_block *b, double size, sum *s)
{
    const double c = b->weights.c;
    if (b->step.h_output)
        s->number += c;
    else if (b->step.h.id)
        add(s, c * size, b->step.h);
    else
        s->number += c * size;
}

static ot_var record(ot_block *b)
{
    sum s = { .n = 0 };
    const double size = b->step.size != 0 ? b->step.size : 1;
    add_begin(b, size, &s);
    add_offset(b, size, &s);
    if (s.n == 0) return ot__block_constant(b, "time", s.number);
    if (s.number != 0) add(&s, 1, ot__block_constant(b, "time", s.number));
    return ot_lincomb(b->tape, s.n, s.coef, s.term);
}

ot_var ot_block_time(ot_block *b)
{
    if (!b) return ot_tape_fail(NULL, OT_EINVAL, "time: the block is missing");
    if (!b->evaluating)
        return ot_tape_fail(b->tape, OT_EINVAL,
                            "time: only a sub-net, while it records f, can ask for it");
    if (b->step.h.id && ot_var_shape(b->tape, b->step.h).rank > 0)
        return ot_tape_fail(b->tape, OT_EINVAL,
                            "time: %s depends on time, which is one number, but the step size is a "
                            "number per channel; use --step learned",
                            b->net->subnet.about->name);
    if (!b->time.id) b->time = record(b);
    return b->time;
}
