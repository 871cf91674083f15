/* SPDX-License-Identifier: BSD-3-Clause
 * Shared sets of parameters.  A tensor that belongs to a block is recorded when the first
 * evaluation asks for it, outside the scope of that evaluation.  Later evaluations find it by
 * name. */
#include "schemes/weights.h"

#include <stdio.h>
#include <string.h>

/* Sets that a scheme chooses draw from streams far behind those of evaluations. */
enum { CHOSEN_SETS = 1 << 24 };

/* ot_param or ot_stat. */
typedef ot_var leaf(ot_tape *t, const char *name, ot_shape shape, ot_init init);

void ot__weights_begin(ot__weights *w, ot_weights kind, int stream)
{
    w->kind = kind;
    w->shared_updates = w->evaluation = w->chosen = 0;
    w->c = 0;
    w->statistics.stream = w->statistics.n = 0;
    for (int i = 0; i < OT__MOST_SETS; i++) {
        w->set[i].stream = stream + i * CHOSEN_SETS;
        w->set[i].n = 0;
    }
}

static int find(const ot__shared *s, const char *name)
{
    for (int k = 0; k < s->n; k++)
        if (strcmp(s->tensor[k].name, name) == 0) return k;
    return -1;
}

/* Adds an entry for a tensor that no evaluation has asked for yet.  Returns its index, or -1 after
 * an error. */
static int add(ot__shared *s, ot_tape *t, const char *name)
{
    ot__shared_tensor *const tensor = &s->tensor[s->n];
    if (s->n == OT__MOST_TENSORS || strlen(name) >= sizeof tensor->name) {
        ot_tape_fail(t, OT_EINVAL,
                     "%.80s: a sub-net whose weights are shared may have %d tensors, with names of "
                     "at most %zu bytes",
                     name, (int)OT__MOST_TENSORS, sizeof tensor->name - 1);
        return -1;
    }
    *tensor = (ot__shared_tensor){ .stream = s->stream + s->n };
    snprintf(tensor->name, sizeof tensor->name, "%s", name);
    return s->n++;
}

/* The entry of a tensor, made on first use; NULL after an error. */
static ot__shared_tensor *entry(ot__shared *s, ot_tape *t, const char *name)
{
    int k = find(s, name);
    if (k < 0) k = add(s, t, name);
    return k < 0 ? NULL : &s->tensor[k];
}

/* The scope, within the block, of a set at c = 0 or 1. */
static void push_set(const ot__weights *w, ot_tape *t, int end)
{
    if (w->chosen)
        ot_scope_push(t, "sets.%d", w->chosen);
    else if (w->kind == OT_WEIGHTS_THETA)
        ot_scope_push(t, "f%d", end);
    else
        ot_scope_push(t, "f");
}

/* Evaluations that share a tensor must ask for one shape.  They do not where the shape of x changes
 * between them. */
static ot_var check_shape(ot_tape *t, const ot__shared_tensor *tensor, ot_var v, ot_shape shape)
{
    const ot_shape s = ot_var_shape(t, v);
    bool equal = s.rank == shape.rank;
    for (int i = 0; equal && i < s.rank; i++)
        equal = s.dim[i] == shape.dim[i];
    if (equal) return v;
    return ot_tape_fail(t, OT_ESHAPE,
                        "%s: it is shared by evaluations of different shapes; let the shape change "
                        "between blocks, --down connector or --down maxpool",
                        tensor->name);
}

/* A tensor at c = 0 or 1, for example "f.conv1.weight" in the scope of the block.  It is recorded
 * on first use. */
static ot_var end_of(const ot__weights *w, ot_tape *t, leaf *record, ot__shared_tensor *tensor,
                     int end, ot_shape shape, ot_init init)
{
    ot_var *v = &tensor->end[end];
    if (v->id) return check_shape(t, tensor, *v, shape);
    ot_scope_pop(t);
    push_set(w, t, end);
    ot_init_stream(t, tensor->stream);
    *v = record(t, tensor->name, shape, init);
    ot_scope_pop(t);
    ot_scope_push(t, "stages.%d", w->evaluation);
    return *v;
}

ot_var ot__weight(ot__weights *w, ot_tape *t, const char *name, ot_shape shape, ot_init init)
{
    if (!w->chosen && w->kind == OT_WEIGHTS_INDEPENDENT) return ot_param(t, name, shape, init);
    ot__shared_tensor *tensor = entry(&w->set[w->chosen], t, name);
    if (!tensor) return (ot_var){ 0 };
    if (w->chosen || w->kind == OT_WEIGHTS_SHARED || w->c == 0)
        return end_of(w, t, ot_param, tensor, 0, shape, init);
    if (w->c == 1) return end_of(w, t, ot_param, tensor, 1, shape, init);
    const ot_var ends[2] = { end_of(w, t, ot_param, tensor, 0, shape, init),
                             end_of(w, t, ot_param, tensor, 1, shape, init) };
    return ot_lincomb(t, 2, (const ot_coef[]){ { .value = 1 - w->c }, { .value = w->c } }, ends);
}

ot_var ot__statistic(ot__weights *w, ot_tape *t, const char *name, ot_shape shape, ot_init init)
{
    if (!w->shared_updates) return ot_stat(t, name, shape, init);
    ot__shared_tensor *tensor = entry(&w->statistics, t, name);
    return tensor ? end_of(w, t, ot_stat, tensor, 0, shape, init) : (ot_var){ 0 };
}
