/* SPDX-License-Identifier: BSD-3-Clause
 * Forward functions.  A value that is read once becomes a part of the expression that reads it;
 * other values get names, which are used again when nothing reads them any more.  Blocks that are
 * called one after another become a loop. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "export/pytorch.h"

/* ---- the steps of a function ---- */

/* The child whose forward function computes what `owner` does, as the function of `module` calls
 * it: the highest one with records of its own. */
static int called(const ot__pytorch *p, int module, int owner)
{
    int found = module;
    for (int k = owner; k != module; k = p->module[k].parent)
        if (p->module[k].first_record) found = k;
    return found;
}

static bool is_record(const ot__pytorch *p, int id)
{
    return p->walk.needed[id] && !ot__walk_node(&p->walk, id)->leaf && !p->inside[id];
}

/* Whether a value is computed in a module; the images are not. */
static bool is_made_in(const ot__pytorch *p, int value, int module)
{
    return value != p->walk.images && ot__lies_in(p, p->owner[value], module);
}

typedef struct ids {
    int *of;
    int n;
    size_t room;
} ids;

static ot_status add_id(ids *l, int id)
{
    int at = l->n;
    for (int i = 0; i < l->n; i++)
        if (l->of[i] == id) return OT_OK;
    OT_TRY(ot__grow((void **)&l->of, &l->room, (size_t)l->n + 1, sizeof *l->of));
    for (; at > 0 && l->of[at - 1] > id; at--)
        l->of[at] = l->of[at - 1];
    l->of[at] = id;
    l->n++;
    return OT_OK;
}

/* The values that a module reads from outside, and those that others read from it. */
static ot_status find_border(const ot__pytorch *p, int module, ids *in, ids *out)
{
    int value[OT__MOST_OPERANDS];
    const int n = (int)p->walk.tape->n;
    for (int id = 1; id < n; id++) {
        if (!is_record(p, id)) continue;
        const bool inside = ot__lies_in(p, p->owner[id], module);
        const int count = ot__values_read(p, id, value);
        for (int k = 0; k < count; k++) {
            const bool made = is_made_in(p, value[k], module);
            if (inside && !made) OT_TRY(add_id(in, value[k]));
            if (!inside && made) OT_TRY(add_id(out, value[k]));
        }
        if (inside && id == p->walk.logits) OT_TRY(add_id(out, id));
    }
    return OT_OK;
}

static ot_status fill_item(const ot__pytorch *p, ot__item *t)
{
    int value[OT__MOST_OPERANDS];
    ids in = { 0 }, out = { 0 };
    ot_status status = OT_OK;
    if (!t->record) {
        status = find_border(p, t->module, &in, &out);
    } else {
        const int n = ot__values_read(p, t->record, value);
        status = add_id(&out, t->record);
        for (int k = 0; status == OT_OK && k < n; k++)
            status = add_id(&in, value[k]);
    }
    t->in = in.of;
    t->n_in = in.n;
    t->out = out.of;
    t->n_out = out.n;
    return status;
}

static ot_status collect(const ot__pytorch *p, int module, ot__items *items)
{
    size_t room = 0;
    for (int id = 1; id < (int)p->walk.tape->n; id++) {
        if (!is_record(p, id) || !ot__lies_in(p, p->owner[id], module)) continue;
        const int child = called(p, module, p->owner[id]);
        bool known = false;
        for (int i = 0; child != module && i < items->n; i++)
            known |= !items->of[i].record && items->of[i].module == child;
        if (known) continue;
        OT_TRY(ot__grow((void **)&items->of, &room, (size_t)items->n + 1, sizeof *items->of));
        ot__item *const t = &items->of[items->n++];
        *t = (ot__item){ .record = child == module ? id : 0, .module = child, .first = id };
        OT_TRY(fill_item(p, t));
    }
    return OT_OK;
}

static bool contains(const int *list, int n, int id)
{
    for (int i = 0; i < n; i++)
        if (list[i] == id) return true;
    return false;
}

/* Whether all that an item reads is computed by the first n items. */
static bool is_ready(const ot__items *items, int n, const ot__item *t)
{
    for (int k = 0; k < t->n_in; k++) {
        bool there = contains(items->in, items->n_in, t->in[k]);
        for (int i = 0; i < n && !there; i++)
            there = contains(items->of[i].out, items->of[i].n_out, t->in[k]);
        if (!there) return false;
    }
    return true;
}

/* Puts the items into an order in which each has its operands, near to that of the tape. */
static void put_in_order(ot__items *items, int *stuck)
{
    for (int n = 0; n < items->n; n++) {
        int next = n;
        while (next < items->n && !is_ready(items, n, &items->of[next]))
            next++;
        if (next == items->n) {
            for (next = n; items->of[next].record; next++)
                ;
            *stuck = items->of[next].module;
            return;
        }
        const ot__item t = items->of[next];
        memmove(&items->of[n + 1], &items->of[n], (size_t)(next - n) * sizeof t);
        items->of[n] = t;
    }
}

ot_status ot__pytorch_items(const ot__pytorch *p, int module, ot__items *items, int *stuck)
{
    ids in = { 0 }, out = { 0 };
    *items = (ot__items){ 0 };
    *stuck = OT__NOWHERE;
    ot_status status = find_border(p, module, &in, &out);
    items->in = in.of;
    items->n_in = in.n;
    items->out = out.of;
    items->n_out = out.n;
    if (status == OT_OK) status = collect(p, module, items);
    if (status == OT_OK) put_in_order(items, stuck);
    return status;
}

void ot__pytorch_items_free(ot__items *items)
{
    for (int i = 0; i < items->n; i++) {
        ot__free(items->of[i].in);
        ot__free(items->of[i].out);
    }
    ot__free(items->of);
    ot__free(items->in);
    ot__free(items->out);
}

/* ---- names and expressions ---- */

typedef struct value {
    const char *text; /* its name, or an expression of names that is not written yet */
    ot__binding binding;
    bool named;
    int uses;  /* that are left: how often what follows reads it */
    ids names; /* of an expression: the named values in it, one entry per use */
} value;

typedef struct writing {
    ot__pytorch *p;
    int module;
    ot__items items;
    value *value; /* by id */
    FILE *to;
} writing;

enum { LONGEST_INLINE = 60 };

/* Adds an entry, also a second one of the same id. */
static ot_status push_id(ids *l, int id)
{
    OT_TRY(ot__grow((void **)&l->of, &l->room, (size_t)l->n + 1, sizeof *l->of));
    l->of[l->n++] = id;
    return OT_OK;
}

static bool is_live(const writing *w, const char *name)
{
    for (size_t id = 1; id < w->p->walk.tape->n; id++)
        if (w->value[id].named && w->value[id].uses > 0 && strcmp(w->value[id].text, name) == 0)
            return true;
    return false;
}

static const char *new_name(const writing *w)
{
    static const char *const first[] = { "x", "y", "z", "u", "v", "w" };
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
        if (!is_live(w, first[i])) return first[i];
    for (int i = 1;; i++) {
        const char *const name = ot__say(&w->p->strings, "t%d", i);
        if (!*name || !is_live(w, name)) return name;
    }
}

/* k1, k2, ... for the results of stages, as in the equations of Runge-Kutta methods. */
static const char *stage_name(const writing *w, const ot__item *t)
{
    if (t->record || t->n_out != 1 || t->module == OT__ROOT) return NULL;
    const ot__module *const m = &w->p->module[t->module];
    const ot__module *const list = m->parent == OT__NOWHERE ? NULL : &w->p->module[m->parent];
    if (!list || !list->list || strcmp(list->name, "stages") != 0) return NULL;
    return ot__say(&w->p->strings, "k%d", ot__leading_number(m->name) + 1);
}

/* A name for result k of an item whose operands were just read: that of a value that nothing reads
 * any more, or a new one. */
static const char *name_for(const writing *w, const ot__item *t, int k, const ids *read)
{
    const char *const stage = stage_name(w, t);
    if (stage && !is_live(w, stage)) return stage;
    int skip = k;
    for (int i = 0; i < read->n; i++) {
        const value *const v = &w->value[read->of[i]];
        if (v->uses == 0 && v->text[0] != 'k' && !is_live(w, v->text) && skip-- == 0)
            return v->text;
    }
    return new_name(w);
}

/* The names that a list of values is made of, one entry per use. */
static ot_status names_in(const writing *w, const int *id, int n, ids *names)
{
    for (int k = 0; k < n; k++) {
        const value *const v = &w->value[id[k]];
        if (v->named) OT_TRY(push_id(names, id[k]));
        for (int i = 0; !v->named && i < v->names.n; i++)
            OT_TRY(push_id(names, v->names.of[i]));
    }
    return OT_OK;
}

static void consume(writing *w, const ids *names)
{
    for (int i = 0; i < names->n; i++)
        w->value[names->of[i]].uses--;
}

/* The expression of a record that is the result of a layer or of an op. */
static const char *express_record(writing *w, int id, ot__binding *binding)
{
    ot__pytorch *const p = w->p;
    const ot__record *const r = &ot__walk_node(&p->walk, id)->record;
    const char *operand[OT__MOST_OPERANDS];
    ot__binding bound[OT__MOST_OPERANDS];
    int x[OT__MOST_OPERANDS];
    *binding = OT__ATOM;
    if (p->through[id]) {
        ot__values_read(p, id, x);
        return ot__say(&p->strings, "%s(%s)", ot__module_path(p, w->module, p->through[id]),
                       w->value[x[0]].text);
    }
    for (int k = 0; k < r->n_in; k++) {
        const int in = r->in[k].id;
        const bool tensor = ot__is_tensor(ot__walk_node(&p->walk, in));
        operand[k] = tensor ? ot__tensor_path(p, w->module, in) : w->value[in].text;
        bound[k] = tensor ? OT__ATOM : w->value[in].binding;
    }
    ot__emission m = { .p = p, .id = id, .r = r, .operand = operand, .bound = bound };
    const char *const text = ot__pytorch_expression(&m);
    *binding = m.binding;
    return text ? text : "";
}

static const char *list_of(writing *w, const int *id, int n)
{
    const char *list = "";
    for (int k = 0; k < n; k++)
        list = ot__say(&w->p->strings, "%s%s%s", list, k > 0 ? ", " : "", w->value[id[k]].text);
    return list;
}

static const char *express(writing *w, const ot__item *t, ot__binding *binding)
{
    *binding = OT__ATOM;
    if (t->record) return express_record(w, t->record, binding);
    return ot__say(&w->p->strings, "%s(%s)", ot__module_path(w->p, w->module, t->module),
                   list_of(w, t->in, t->n_in));
}

/* Every operand, once for each time that it is read. */
static int reads_of(const writing *w, const ot__item *t, int in[OT__MOST_OPERANDS])
{
    if (t->record) return ot__values_read(w->p, t->record, in);
    int n = 0;
    for (; n < t->n_in && n < OT__MOST_OPERANDS; n++)
        in[n] = t->in[n];
    return n;
}

/* ---- statements ---- */

static void write_line(writing *w, const char *depth, const char *left, const char *right)
{
    fprintf(w->to, "        %s%s%s%s\n", depth, left, *left ? " = " : "", right);
}

/* The place of a module in its list; OT__NOWHERE if it is in none. */
static int place_of(const ot__pytorch *p, int module)
{
    const int list = p->module[module].parent;
    int place = 0;
    if (list == OT__NOWHERE || !p->module[list].list || p->module[list].sparse) return OT__NOWHERE;
    for (int k = p->module[list].child; k != module; k = p->module[k].next)
        place++;
    return place;
}

/* Whether item b calls the next module of a list with the results of item a, which nothing else
 * reads. */
static bool follows(const writing *w, const ot__item *a, const ot__item *b)
{
    const ot__pytorch *const p = w->p;
    if (a->record || b->record || a->n_out != b->n_in || b->n_in != a->n_in || b->n_out != a->n_out)
        return false;
    const int place = place_of(p, a->module);
    if (place == OT__NOWHERE || p->module[a->module].parent != p->module[b->module].parent ||
        place_of(p, b->module) != place + 1)
        return false;
    for (int k = 0; k < a->n_out; k++)
        if (a->out[k] != b->in[k] || w->value[a->out[k]].uses != 1) return false;
    return true;
}

/* Whether the next item begins a loop, which needs a name to begin with. */
static bool comes_before_loop(const writing *w, const ot__item *t)
{
    return t + 2 < w->items.of + w->items.n && follows(w, t + 1, t + 2);
}

static bool is_last(const writing *w, const ot__item *t)
{
    return t == &w->items.of[w->items.n - 1];
}

static ot_status write_item(writing *w, const ot__item *t)
{
    int in[OT__MOST_OPERANDS];
    ids names = { 0 };
    ot__binding binding;
    const char *const text = express(w, t, &binding), *left = "";
    ot_status status = names_in(w, in, reads_of(w, t, in), &names);
    value *const result = &w->value[t->out[0]];
    const bool returned = contains(w->items.out, w->items.n_out, t->out[0]);
    if (status == OT_OK && t->n_out == 1 && result->uses == 1 && !comes_before_loop(w, t) &&
        (!returned || is_last(w, t)) && (strlen(text) <= LONGEST_INLINE || is_last(w, t))) {
        result->text = text;
        result->binding = binding;
        result->names = names;
        return OT_OK;
    }
    if (status == OT_OK) consume(w, &names);
    const char *chosen[OT__MOST_OPERANDS];
    for (int k = 0; status == OT_OK && k < t->n_out; k++) {
        value *const v = &w->value[t->out[k]];
        chosen[k] = v->text = name_for(w, t, k, &names);
        v->named = true;
        left = ot__say(&w->p->strings, "%s%s%s", left, k > 0 ? ", " : "", chosen[k]);
    }
    ot__free(names.of);
    if (status == OT_OK) write_line(w, "", left, text);
    return status;
}

/* ---- loops ---- */

/* Whether an item may be the first of a loop: its operands are names that nothing else reads. */
static bool can_begin(const writing *w, const ot__item *t)
{
    for (int k = 0; k < t->n_in; k++)
        if (!w->value[t->in[k]].named || w->value[t->in[k]].uses != 1) return false;
    return t->n_in == t->n_out;
}

static const char *singular(ot__strings *s, const char *name)
{
    const size_t n = strlen(name);
    return n > 1 && name[n - 1] == 's' ? ot__say(s, "%.*s", (int)n - 1, name) : "layer";
}

static void write_loop(writing *w, int from, int to)
{
    ot__strings *const s = &w->p->strings;
    const ot__item *const a = &w->items.of[from], *const b = &w->items.of[to];
    const ot__module *const m = w->p->module;
    const int list = m[a->module].parent, first = place_of(w->p, a->module);
    const int last = place_of(w->p, b->module);
    const char *const one = singular(s, m[list].name), *names = list_of(w, a->in, a->n_in);
    const bool to_end = m[b->module].next == OT__NOWHERE;
    const char *slice = "";
    if (first > 0 || !to_end)
        slice = to_end ? ot__say(s, "[%d:]", first) : ot__say(s, "[%d:%d]", first, last + 1);
    fprintf(w->to, "        for %s in %s%s:\n", one, ot__module_path(w->p, w->module, list), slice);
    write_line(w, "    ", names, ot__say(s, "%s(%s)", one, names));
    for (int k = 0; k < b->n_out; k++) {
        w->value[a->in[k]].uses--;
        w->value[b->out[k]].text = w->value[a->in[k]].text;
        w->value[b->out[k]].named = true;
    }
}

static ot_status write_items(writing *w)
{
    for (int i = 0; i < w->items.n; i++) {
        const ot__item *const t = w->items.of;
        int last = i;
        while (can_begin(w, &t[i]) && last + 1 < w->items.n && follows(w, &t[last], &t[last + 1]))
            last++;
        if (last > i)
            write_loop(w, i, last);
        else
            OT_TRY(write_item(w, &t[i]));
        i = last;
    }
    return OT_OK;
}

/* ---- the function ---- */

static void count_uses(writing *w)
{
    int in[OT__MOST_OPERANDS];
    for (int i = 0; i < w->items.n; i++) {
        const int n = reads_of(w, &w->items.of[i], in);
        for (int k = 0; k < n; k++)
            w->value[in[k]].uses++;
    }
    for (int k = 0; k < w->items.n_out; k++)
        w->value[w->items.out[k]].uses++;
}

static void name_inputs(writing *w)
{
    for (int k = 0; k < w->items.n_in; k++) {
        value *const v = &w->value[w->items.in[k]];
        v->named = true;
        v->text = w->items.n_in == 1 ? "x" : ot__say(&w->p->strings, "x%d", k + 1);
    }
}

static ot_status write_function(writing *w)
{
    count_uses(w);
    name_inputs(w);
    const bool normalised =
        w->module == OT__ROOT && ot_params_normalisation(w->p->e->ps).channels > 0;
    fprintf(w->to, "\n    def forward(self, %s):\n", list_of(w, w->items.in, w->items.n_in));
    if (normalised) fprintf(w->to, "        x = (x - self.image_mean) / self.image_deviation\n");
    OT_TRY(write_items(w));
    fprintf(w->to, "        return %s\n", list_of(w, w->items.out, w->items.n_out));
    return OT_OK;
}

ot_status ot__pytorch_forward(ot__pytorch *p, int module, FILE *to)
{
    int stuck;
    writing w = { .p = p, .module = module, .to = to };
    w.value = ot__new(p->walk.tape->n, sizeof *w.value);
    ot_status status = w.value ? ot__pytorch_items(p, module, &w.items, &stuck) : OT_ENOMEM;
    if (status == OT_OK) status = write_function(&w);
    for (size_t id = 0; w.value && id < p->walk.tape->n; id++)
        ot__free(w.value[id].names.of);
    ot__free(w.value);
    ot__pytorch_items_free(&w.items);
    return status;
}
