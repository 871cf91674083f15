/* SPDX-License-Identifier: BSD-3-Clause
 * Lets a result take over the memory of an operand that nobody reads after the same step.  The
 * buffer of the operand is the donor, that of the result the reuser.  Ops that allow it say so in
 * their table (in_place_forward, in_place_backward). */
#include "autograd/compile/passes.h"

/* Whether the buffers have one size and the donor's memory is not needed after `step`. */
static bool can_take_over(const ot__buffer b[], int donor, int reuser, int step)
{
    return donor >= 0 && reuser >= 0 && b[donor].bytes == b[reuser].bytes &&
           b[ot__plan_owner(b, donor)].until == step;
}

static int value_at(const ot__lifetimes *l, int id, int s)
{
    return ot__value_buffer(l->place, l->buffer, id, s);
}

/* The result of a fused step may overwrite an operand of any step that is fused with it. */
static void reuse_in_fused(const ot_program *p, const ot__lifetimes *l, int reuser, int first,
                           int last)
{
    for (int s = first; s <= last; s++) {
        const ot__record *r = ot__program_record(p, p->step[s].id);
        for (int k = 0; k < r->n_in; k++) {
            const int donor = value_at(l, r->in[k].id, s);
            if (!can_take_over(l->buffer, donor, reuser, last)) continue;
            ot__plan_take_over(l->buffer, donor, reuser);
            return;
        }
    }
}

/* y may overwrite x[0]. */
static void reuse_in_forward(const ot_program *p, const ot__lifetimes *l, int s)
{
    const int id = p->step[s].id, reuser = value_at(l, id, s);
    const ot__record *r = ot__program_record(p, id);
    if (!r->op->in_place_forward || r->n_in == 0 || reuser < 0) return;
    const int first = ot__first_fused(p, s), last = ot__last_fused(p, s);
    const int donor = value_at(l, r->in[0].id, s);
    if (first < last) {
        if (l->buffer[reuser].last > last) reuse_in_fused(p, l, reuser, first, last);
    } else if (can_take_over(l->buffer, donor, reuser, s)) {
        ot__plan_take_over(l->buffer, donor, reuser);
    }
}

/* Nothing has been delivered to the buffer before step s, and it has no donor yet. */
static bool is_fresh(const ot__buffer *b, int s)
{
    return b->first == s && b->inside < 0;
}

/* A sum of gradients or values may overwrite one of its terms. */
static void reuse_in_sum(const ot_program *p, const ot__lifetimes *l, int s)
{
    const ot__step *step = &p->step[s];
    const int reuser = step->replay ? value_at(l, step->id, s) : l->place[step->id].gy;
    if (!is_fresh(&l->buffer[reuser], ot__first_fused(p, s))) return;
    for (int k = 0; k < step->terms; k++) {
        const int donor = step->replay ? value_at(l, step->from[k], s) : l->place[step->from[k]].gy;
        if (donor < 0) continue; /* a parameter */
        if (l->buffer[ot__plan_owner(l->buffer, donor)].until != ot__last_fused(p, s)) continue;
        ot__plan_take_over(l->buffer, donor, reuser);
        return;
    }
}

/* The last gx that is wanted may overwrite gy, if all gx that are wanted have the size of gy and
 * none is delivered twice. */
static void reuse_in_backward(const ot_program *p, const ot__lifetimes *l, int s)
{
    const int id = p->step[s].id, donor = l->place[id].gy;
    const ot__record *r = ot__program_record(p, id);
    int reuser = -1;
    if (!r->op->in_place_backward || donor < 0) return;
    for (int k = 0; k < r->n_in; k++) {
        const ot__delivery *d = &p->delivery.of[s][k];
        if (!d->wanted || d->to_param) continue;
        reuser = l->place[r->in[k].id].gy;
        if (d->same_as >= 0 || reuser < 0 || l->buffer[reuser].bytes != l->buffer[donor].bytes)
            return;
    }
    if (can_take_over(l->buffer, donor, reuser, s) && is_fresh(&l->buffer[reuser], s))
        ot__plan_take_over(l->buffer, donor, reuser);
}

void ot__reuse_buffers(const ot_program *p, const ot__lifetimes *l)
{
    for (int s = 0; s < p->n_steps; s++) {
        const ot__step *step = &p->step[s];
        (step->terms      ? reuse_in_sum
         : step->backward ? reuse_in_backward
                          : reuse_in_forward)(p, l, s);
    }
}
