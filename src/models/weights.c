/* SPDX-License-Identifier: BSD-3-Clause
 * Shared sets of parameters.  A tensor that belongs to a block is recorded when the first
 * evaluation asks for it, outside the scope of that evaluation.  Later evaluations find it by
 * name. */
#include "models/weights.h"

#include <stdio.h>
#include <string.h>

/* ot_param or ot_stat. */
typedef ot_var leaf(ot_tape *t, const char *name, ot_shape shape, ot_init init);

/* Records a tensor that only this evaluation has. */
static ot_var own(ot_tape *t, leaf *record, const char *layer, const char *name, ot_shape shape,
                  ot_init init)
{
    ot_scope_push(t, "%s", layer);
    const ot_var v = record(t, name, shape, init);
    ot_scope_pop(t);
    return v;
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
    if (s->n == OT__MOST_TENSORS) {
        ot_tape_fail(t, OT_EINVAL, "%s: a sub-net whose weights are shared may have %d tensors",
                     name, (int)OT__MOST_TENSORS);
        return -1;
    }
    s->tensor[s->n] = (ot__shared_tensor){ .stream = s->stream + s->n };
    snprintf(s->tensor[s->n].name, sizeof s->tensor[0].name, "%s", name);
    return s->n++;
}

/* The entry of "layer.name", made on first use; NULL after an error. */
static ot__shared_tensor *entry(ot__shared *s, ot_tape *t, const char *layer, const char *name)
{
    char full[sizeof s->tensor[0].name];
    snprintf(full, sizeof full, "%s.%s", layer, name);
    int k = find(s, full);
    if (k < 0) k = add(s, t, full);
    return k < 0 ? NULL : &s->tensor[k];
}

/* A tensor at c = 0 or 1, for example "f.conv1.weight" in the scope of the block.  It is recorded
 * on first use. */
static ot_var end_of(const ot__weights *w, ot_tape *t, leaf *record, ot__shared_tensor *tensor,
                     int end, ot_shape shape, ot_init init)
{
    static const char *const theta[2] = { "f0", "f1" };
    ot_var *v = &tensor->end[end];
    if (v->id) return *v;
    ot_scope_pop(t);
    ot_scope_push(t, "%s", w->kind == OT_WEIGHTS_THETA ? theta[end] : "f");
    ot_init_stream(t, tensor->stream);
    *v = record(t, tensor->name, shape, init);
    ot_scope_pop(t);
    ot_scope_push(t, "stages.%d", w->evaluation);
    return *v;
}

ot_var ot__weight(ot__weights *w, ot_tape *t, const char *layer, const char *name, ot_shape shape,
                  ot_init init)
{
    if (!w || w->kind == OT_WEIGHTS_INDEPENDENT) return own(t, ot_param, layer, name, shape, init);
    ot__shared_tensor *tensor = entry(&w->weights, t, layer, name);
    if (!tensor) return (ot_var){ 0 };
    if (w->kind == OT_WEIGHTS_SHARED || w->c == 0)
        return end_of(w, t, ot_param, tensor, 0, shape, init);
    if (w->c == 1) return end_of(w, t, ot_param, tensor, 1, shape, init);
    const ot_var ends[2] = { end_of(w, t, ot_param, tensor, 0, shape, init),
                             end_of(w, t, ot_param, tensor, 1, shape, init) };
    return ot_lincomb(t, 2, (const ot_coef[]){ { .value = 1 - w->c }, { .value = w->c } }, ends);
}

ot_var ot__statistic(ot__weights *w, ot_tape *t, const char *layer, const char *name,
                     ot_shape shape, ot_init init)
{
    if (!w || !w->shared_updates) return own(t, ot_stat, layer, name, shape, init);
    ot__shared_tensor *tensor = entry(&w->statistics, t, layer, name);
    return tensor ? end_of(w, t, ot_stat, tensor, 0, shape, init) : (ot_var){ 0 };
}
