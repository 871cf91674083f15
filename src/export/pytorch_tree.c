/* SPDX-License-Identifier: BSD-3-Clause
 * The modules of a tape, from the names of its tensors, and the records that each computes. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "export/pytorch.h"
#include "ops/attr.h"
#include "ops/ops.h"

/* ---- names ---- */

/* clang-format off */
static const char *const keywords[] = {
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
};

/* Names that nn.Module, its containers and the written class need themselves. */
static const char *const taken[] = {
    "apply", "buffers", "channels", "children", "clear", "count", "cpu", "cuda", "double", "eval",
    "float", "forward", "groups", "half", "heads", "image_deviation", "image_mean", "inputs",
    "items", "keys", "modules", "parameters", "part", "pop", "self", "size", "stride", "to",
    "train", "training", "type", "update", "values",
};
/* clang-format on */

static bool is_among(const char *name, size_t n, const char *const list[])
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], name) == 0) return true;
    return false;
}

static bool is_number(const char *name)
{
    return name[strspn(name, "0123456789")] == '\0' && *name && (name[0] != '0' || !name[1]);
}

static bool is_keyword(const char *name)
{
    return is_among(name, sizeof keywords / sizeof keywords[0], keywords);
}

/* A name of letters, digits and '_' that nothing else has. */
static bool is_free(const char *name)
{
    if (!isalpha((unsigned char)name[0])) return false;
    for (const char *at = name; *at; at++)
        if (!isalnum((unsigned char)*at) && *at != '_') return false;
    return !is_among(name, sizeof taken / sizeof taken[0], taken);
}

bool ot__is_attribute(const char *name)
{
    return is_free(name) && !is_keyword(name);
}

static ot_status bad_name(const char *whole, const char *part)
{
    return ot__fail(OT_EINVAL,
                    "pytorch: the tensor '%.200s' has a name that Python cannot use: '%.60s' is no "
                    "identifier, or one that nn.Module needs",
                    whole, part);
}

const char *ot__tensor_name(const ot__pytorch *p, int id)
{
    const char *const name = ot__walk_node(&p->walk, id)->name, *const dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

/* ---- the tree ---- */

static ot_status add_module(ot__pytorch *p, int parent, const char *name)
{
    OT_TRY(ot__grow((void **)&p->module, &p->room, p->n_modules + 1, sizeof *p->module));
    const int new = (int)p->n_modules++;
    p->module[new] = (ot__module){ .name = name,
                                   .parent = parent,
                                   .child = OT__NOWHERE,
                                   .last = OT__NOWHERE,
                                   .next = OT__NOWHERE,
                                   .class = OT__NOWHERE };
    if (parent == OT__NOWHERE) return OT_OK;
    ot__module *const above = &p->module[parent];
    *(above->last == OT__NOWHERE ? &above->child : &p->module[above->last].next) = new;
    above->last = new;
    return OT_OK;
}

static int child_named(const ot__pytorch *p, int parent, const char *name, size_t n)
{
    int k = p->module[parent].child;
    while (k != OT__NOWHERE &&
           (strlen(p->module[k].name) != n || strncmp(p->module[k].name, name, n) != 0))
        k = p->module[k].next;
    return k;
}

/* The deepest module on the way of a scope. */
static int find_scope(const ot__pytorch *p, const char *scope)
{
    int at = OT__ROOT;
    while (*scope) {
        const size_t n = strcspn(scope, ".");
        const int next = child_named(p, at, scope, n);
        if (next == OT__NOWHERE) return at;
        at = next;
        scope += n + (scope[n] == '.');
    }
    return at;
}

static ot_status place_tensor(ot__pytorch *p, int id)
{
    const char *const whole = ot__walk_node(&p->walk, id)->name, *at = whole;
    int module = OT__ROOT;
    for (size_t n; at[n = strcspn(at, ".")] == '.'; at += n + 1) {
        int next = child_named(p, module, at, n);
        if (next == OT__NOWHERE) {
            const char *const name = ot__say(&p->strings, "%.*s", (int)n, at);
            if (!is_number(name) && !ot__is_attribute(name)) return bad_name(whole, name);
            next = (int)p->n_modules;
            OT_TRY(add_module(p, module, name));
        }
        module = next;
    }
    if (!is_number(at) && !is_free(at)) return bad_name(whole, at);
    ot__module *const m = &p->module[module];
    if (m->n_tensors < OT__TENSORS_OF_LAYER) m->tensor[m->n_tensors] = id;
    m->n_tensors++;
    p->home[id] = module;
    return OT_OK;
}

/* A module with numbers as names of children has nothing else.  It is a list if they count from
 * 0. */
static ot_status check_children(ot__pytorch *p, int k)
{
    ot__module *const m = &p->module[k];
    int numbers = 0, children = 0;
    for (int c = m->child; c != OT__NOWHERE; c = p->module[c].next, children++) {
        m->sparse |=
            is_number(p->module[c].name) && ot__leading_number(p->module[c].name) != children;
        numbers += is_number(p->module[c].name);
    }
    m->list = numbers > 0;
    if (numbers == 0) return OT_OK;
    if (numbers < children || m->n_tensors > 0)
        return ot__fail(OT_EINVAL,
                        "pytorch: the scope '%.60s' has both numbers and names in it; a module has "
                        "one or the other",
                        m->name);
    return OT_OK;
}

/* A tensor and a module must not have one name. */
static ot_status check_attributes(const ot__pytorch *p)
{
    for (int id = 1; id < (int)p->walk.tape->n; id++) {
        if (!p->walk.needed[id] || !ot__is_tensor(ot__walk_node(&p->walk, id))) continue;
        const char *const name = ot__tensor_name(p, id);
        if (child_named(p, p->home[id], name, strlen(name)) != OT__NOWHERE)
            return ot__fail(OT_EINVAL, "pytorch: '%.200s' is both a tensor and a scope",
                            ot__walk_node(&p->walk, id)->name);
    }
    return OT_OK;
}

static ot_status make_modules(ot__pytorch *p)
{
    OT_TRY(add_module(p, OT__NOWHERE, ""));
    for (int id = 1; id < (int)p->walk.tape->n; id++)
        if (p->walk.needed[id] && ot__is_tensor(ot__walk_node(&p->walk, id)))
            OT_TRY(place_tensor(p, id));
    for (int k = 0; k < (int)p->n_modules; k++)
        OT_TRY(check_children(p, k));
    return check_attributes(p);
}

/* ---- layers ---- */

/* The tensor of a module with this name; 0 if it has none. */
static int tensor_of(const ot__pytorch *p, int k, const char *name)
{
    const ot__module *const m = &p->module[k];
    for (int i = 0; i < m->n_tensors && i < OT__TENSORS_OF_LAYER; i++)
        if (strcmp(ot__tensor_name(p, m->tensor[i]), name) == 0) return m->tensor[i];
    return 0;
}

/* Which operands of an op are which tensors of a layer. */
typedef struct pattern {
    ot__layer layer;
    const ot_op *op;
    int n;
    struct {
        int operand;
        const char *name;
    } tensor[OT__TENSORS_OF_LAYER];
} pattern;

static const pattern patterns[] = {
    { OT__LAYER_CONV, &ot__op_conv2d, 1, { { 1, "weight" } } },
    { OT__LAYER_LINEAR, &ot__op_linear, 2, { { 1, "weight" }, { 2, "bias" } } },
    { OT__LAYER_LINEAR, &ot__op_linear, 1, { { 1, "weight" } } },
    { OT__LAYER_GROUP, &ot__op_group_norm, 2, { { 1, "weight" }, { 2, "bias" } } },
    { OT__LAYER_NORM,
      &ot__op_batch_norm,
      4,
      { { OT__BN_GAMMA, "weight" },
        { OT__BN_BETA, "bias" },
        { OT__BN_MEAN, "running_mean" },
        { OT__BN_VAR, "running_var" } } },
};

/* Whether a record is this pattern with all tensors of the module. */
static bool fits(const ot__pytorch *p, int k, const pattern *t, const ot__record *r)
{
    if (r->op != t->op) return false;
    for (int i = 0; i < t->n; i++)
        if (t->tensor[i].operand >= r->n_in ||
            r->in[t->tensor[i].operand].id != tensor_of(p, k, t->tensor[i].name))
            return false;
    return t->op != &ot__op_linear || r->n_in == t->n + 1;
}

/* The bias op that adds the bias of module k to a convolution, its only reader; 0 if there is
 * none. */
static int bias_after(const ot__pytorch *p, int k, int conv)
{
    const int bias = tensor_of(p, k, "bias");
    if (p->walk.readers[conv] != 1 || conv == p->walk.logits) return 0;
    for (int id = conv + 1; id < (int)p->walk.tape->n; id++) {
        const ot__record *const r = &ot__walk_node(&p->walk, id)->record;
        if (p->walk.needed[id] && r->op == &ot__op_bias && r->in[0].id == conv)
            return r->in[1].id == bias ? id : 0;
    }
    return 0;
}

static bool same_constants(const ot__record *a, const ot__record *b)
{
    return a->attr_size == b->attr_size &&
           (a->attr_size == 0 || memcmp(a->attr, b->attr, a->attr_size) == 0);
}

/* Whether records that fit the pattern are all that read the first tensor, with the same constants.
 * So one layer stands for all of them. */
static bool is_layer(const ot__pytorch *p, int k, const pattern *t, int *record)
{
    const int weight = tensor_of(p, k, t->tensor[0].name);
    const ot__record *first = NULL;
    *record = 0;
    for (int id = 1; weight && id < (int)p->walk.tape->n; id++) {
        const ot__record *const r = &ot__walk_node(&p->walk, id)->record;
        if (!p->walk.needed[id] || !ot__reads(r, weight)) continue;
        if (!fits(p, k, t, r) || (first && !same_constants(r, first))) return false;
        if (p->module[k].n_tensors > t->n && (t->layer != OT__LAYER_CONV || !bias_after(p, k, id)))
            return false;
        if (ot__walk_node(&p->walk, r->in[0].id)->record.batched == false) return false;
        if (t->layer == OT__LAYER_NORM && r->shape.rank != 4) return false;
        first = r;
        *record = id;
    }
    return first != NULL;
}

static void mark_records(ot__pytorch *p, int k, const pattern *t)
{
    const int weight = tensor_of(p, k, t->tensor[0].name);
    for (int id = 1; id < (int)p->walk.tape->n; id++) {
        if (!p->walk.needed[id] || !ot__reads(&ot__walk_node(&p->walk, id)->record, weight))
            continue;
        const bool biased = p->module[k].n_tensors > t->n;
        p->inside[id] = biased;
        p->through[biased ? bias_after(p, k, id) : id] = k;
    }
}

static void find_layer(ot__pytorch *p, int k)
{
    ot__module *const m = &p->module[k];
    if (m->child != OT__NOWHERE || m->n_tensors == 0) return;
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        const pattern *const t = &patterns[i];
        const int most = t->n + (t->layer == OT__LAYER_CONV && tensor_of(p, k, "bias"));
        if (m->n_tensors != most || !is_layer(p, k, t, &m->record)) continue;
        m->layer = t->layer;
        mark_records(p, k, t);
        return;
    }
    m->record = 0;
}

/* ---- owners ---- */

bool ot__lies_in(const ot__pytorch *p, int module, int in)
{
    while (module != OT__NOWHERE && module != in)
        module = p->module[module].parent;
    return module == in;
}

static int common(const ot__pytorch *p, int a, int b)
{
    while (!ot__lies_in(p, b, a))
        a = p->module[a].parent;
    return a;
}

/* The module that computes what would be recorded in this one: a layer, a list and a dissolved
 * module have no forward function that could. */
static int able(const ot__pytorch *p, int k)
{
    while (k != OT__ROOT && (p->module[k].layer || p->module[k].list || p->module[k].dissolved))
        k = p->module[k].parent;
    return k;
}

int ot__values_read(const ot__pytorch *p, int id, int value[OT__MOST_OPERANDS])
{
    const ot__record *r = &ot__walk_node(&p->walk, id)->record;
    int n = 0;
    if (p->through[id]) {
        while (p->inside[r->in[0].id])
            r = &ot__walk_node(&p->walk, r->in[0].id)->record;
        value[0] = r->in[0].id;
        return 1;
    }
    for (int k = 0; k < r->n_in; k++)
        if (!ot__is_tensor(ot__walk_node(&p->walk, r->in[k].id))) value[n++] = r->in[k].id;
    return n;
}

/* The input of a stage is recorded in the scope of the stage, but belongs to the step: a sum of
 * what was computed outside. */
static bool is_input_sum(const ot__pytorch *p, int id, int module)
{
    const ot__record *const r = &ot__walk_node(&p->walk, id)->record;
    if (r->op != &ot__op_lincomb || module == OT__ROOT) return false;
    for (int k = 0; k < r->n_in; k++) {
        const int x = r->in[k].id;
        const bool tensor = ot__is_tensor(ot__walk_node(&p->walk, x));
        if (tensor || (x != p->walk.images && ot__lies_in(p, p->owner[x], module))) return false;
    }
    return true;
}

static int owner_of(const ot__pytorch *p, int id)
{
    const ot__node *const n = ot__walk_node(&p->walk, id);
    int k = able(p, find_scope(p, n->scope));
    if (p->through[id]) return able(p, common(p, k, able(p, p->module[p->through[id]].parent)));
    for (int i = 0; i < n->record.n_in; i++)
        if (ot__is_tensor(ot__walk_node(&p->walk, n->record.in[i].id)))
            k = able(p, common(p, k, able(p, p->home[n->record.in[i].id])));
    return is_input_sum(p, id, k) ? able(p, p->module[k].parent) : k;
}

void ot__pytorch_owners(ot__pytorch *p)
{
    for (int k = 0; k < (int)p->n_modules; k++)
        p->module[k].first_record = 0;
    for (int id = (int)p->walk.tape->n - 1; id > 0; id--)
        p->owner[id] = OT__ROOT;
    for (int id = 1; id < (int)p->walk.tape->n; id++) {
        if (!p->walk.needed[id] || ot__walk_node(&p->walk, id)->leaf || p->inside[id]) continue;
        p->owner[id] = owner_of(p, id);
        ot__module *const m = &p->module[p->owner[id]];
        if (!m->first_record) m->first_record = id;
    }
}

ot_status ot__pytorch_tree(ot__pytorch *p)
{
    const size_t n = p->walk.tape->n;
    p->home = ot__new(n, sizeof *p->home);
    p->owner = ot__new(n, sizeof *p->owner);
    p->through = ot__new(n, sizeof *p->through);
    p->inside = ot__new(n, sizeof *p->inside);
    if (!p->home || !p->owner || !p->through || !p->inside) return OT_ENOMEM;
    OT_TRY(make_modules(p));
    for (int k = 1; k < (int)p->n_modules; k++)
        find_layer(p, k);
    ot__pytorch_owners(p);
    return p->strings.failed ? OT_ENOMEM : OT_OK;
}

/* ---- paths ---- */

static void append_path(ot__pytorch *p, int from, int module, const char **path)
{
    if (module == from) return;
    const ot__module *const m = &p->module[module];
    append_path(p, from, m->parent, path);
    const ot__module *const above = &p->module[m->parent];
    const char *const format = above->sparse ? "%s[\"%s\"]" : above->list ? "%s[%s]" : "%s.%s";
    *path = ot__say(&p->strings, format, *path, m->name);
}

const char *ot__module_path(ot__pytorch *p, int from, int module)
{
    const char *path = "self";
    append_path(p, from, module, &path);
    return path;
}

const char *ot__tensor_path(ot__pytorch *p, int from, int id)
{
    const char *const module = ot__module_path(p, from, p->home[id]);
    const char *const name = ot__tensor_name(p, id);
    return ot__say(&p->strings, ot__is_attribute(name) ? "%s.%s" : "getattr(%s, \"%s\")", module,
                   name);
}
