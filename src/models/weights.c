/* SPDX-License-Identifier: BSD-3-Clause
 * A set that belongs to a block is recorded when its first evaluation asks for it, outside the
 * scope of that evaluation, and found by name by the later ones. */
#include "models/weights.h"

#include <stdio.h>
#include <string.h>

static ot_var own(ot_tape *t, const char *layer, const char *name, ot_shape shape, ot_init init)
{
    ot_scope_push(t, "%s", layer);
    const ot_var v = ot_param(t, name, shape, init);
    ot_scope_pop(t);
    return v;
}

static int find(const ot__weights *w, const char *name)
{
    for (int k = 0; k < w->n; k++)
        if (strcmp(w->tensor[k].name, name) == 0) return k;
    return -1;
}

/* An entry for a tensor that no evaluation has asked for yet. */
static int add(ot__weights *w, ot_tape *t, const char *name)
{
    if (w->n == OT__MOST_TENSORS) {
        ot_tape_fail(t, OT_EINVAL, "%s: a sub-net whose weights are shared may have %d tensors",
                     name, (int)OT__MOST_TENSORS);
        return -1;
    }
    w->tensor[w->n] = (ot__shared_tensor){ .end = { { 0 } } };
    snprintf(w->tensor[w->n].name, sizeof w->tensor[0].name, "%s", name);
    return w->n++;
}

/* Tensor k at c = 0 or 1, recorded on first use: "f.conv1.weight" in the scope of the block. */
static ot_var end_of(ot__weights *w, ot_tape *t, int k, int end, ot_shape shape, ot_init init)
{
    static const char *const theta[2] = { "f0", "f1" };
    ot_var *v = &w->tensor[k].end[end];
    if (v->id) return *v;
    ot_scope_pop(t);
    ot_scope_push(t, "%s", w->kind == OT_WEIGHTS_THETA ? theta[end] : "f");
    ot_init_stream(t, w->stream + k);
    *v = ot_param(t, w->tensor[k].name, shape, init);
    ot_scope_pop(t);
    ot_scope_push(t, "stages.%d", w->evaluation);
    return *v;
}

ot_var ot__weight(ot__weights *w, ot_tape *t, const char *layer, const char *name, ot_shape shape,
                  ot_init init)
{
    if (!w || w->kind == OT_WEIGHTS_INDEPENDENT) return own(t, layer, name, shape, init);
    char full[sizeof w->tensor[0].name];
    snprintf(full, sizeof full, "%s.%s", layer, name);
    int k = find(w, full);
    if (k < 0) k = add(w, t, full);
    if (k < 0) return (ot_var){ 0 };
    if (w->kind == OT_WEIGHTS_SHARED || w->c == 0) return end_of(w, t, k, 0, shape, init);
    if (w->c == 1) return end_of(w, t, k, 1, shape, init);
    const ot_var ends[2] = { end_of(w, t, k, 0, shape, init), end_of(w, t, k, 1, shape, init) };
    return ot_lincomb(t, 2, (const ot_coef[]){ { .value = 1 - w->c }, { .value = w->c } }, ends);
}
