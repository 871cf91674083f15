/* SPDX-License-Identifier: BSD-3-Clause
 * Classes.  The text of a module has a mark for each size.  Modules whose texts differ in these
 * numbers only are one class.  A number that is the same in all of them stays a number, and numbers
 * that differ in the same way become one argument of the constructor. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "export/pytorch.h"
#include "ops/attr.h"
#include "ops/ops.h"

#define SAY(...) ot__say(&p->strings, __VA_ARGS__)

/* ---- marks ---- */

bool ot__next_mark(const char **at, char *role, int *number)
{
    const char *const mark = strchr(*at, OT__MARK_BEGIN);
    if (!mark) return false;
    *role = mark[1];
    *number = ot__leading_number(mark + 2);
    *at = strchr(mark, OT__MARK_END) + 1;
    return true;
}

int ot__count_marks(const char *text)
{
    char role;
    int n = 0, number;
    while (ot__next_mark(&text, &role, &number))
        n++;
    return n;
}

static bool same_but_numbers(const char *a, const char *b)
{
    while (*a && *a == *b) {
        if (*a++ != OT__MARK_BEGIN) {
            b++;
            continue;
        }
        if (*a != *++b) return false;
        a = strchr(a, OT__MARK_END);
        b = strchr(b, OT__MARK_END);
    }
    return *a == *b;
}

static int number_at(const char *text, int mark)
{
    char role;
    int number = 0;
    for (int i = 0; i <= mark; i++)
        ot__next_mark(&text, &role, &number);
    return number;
}

/* ---- layers and containers ---- */

static const char *make_conv(ot__pytorch *p, const ot__module *m)
{
    const ot__record *const r = &ot__walk_node(&p->walk, m->record)->record;
    const ot__conv2d_attr *const a = r->attr;
    const ot_shape w = ot__walk_node(&p->walk, r->in[1].id)->record.shape;
    const char *const size =
        w.dim[2] == w.dim[3] ? SAY("%d", w.dim[2]) : SAY("(%d, %d)", w.dim[2], w.dim[3]);
    const char *const pad = a->pad ? SAY(", padding=%d", a->pad) : "";
    return SAY("nn.Conv2d(\1i%d\2, \1o%d\2, %s\1s%d\2%s%s)", w.dim[1], w.dim[0], size, a->stride,
               pad, m->n_tensors > 1 ? "" : ", bias=False");
}

/* Constants that PyTorch has by default are left out. */
static const char *make_norm(ot__pytorch *p, const ot__module *m)
{
    const ot__record *const r = &ot__walk_node(&p->walk, m->record)->record;
    const ot__batch_norm_attr *const a = r->attr;
    const char *eps = "", *momentum = "";
    if (a->eps != 1e-5) eps = SAY(", eps=%s", ot__coefficient(&p->strings, a->eps));
    if (a->momentum != 0.1)
        momentum = SAY(", momentum=%s", ot__coefficient(&p->strings, a->momentum));
    return SAY("nn.BatchNorm2d(\1o%d\2%s%s)", r->shape.dim[3], eps, momentum);
}

static const char *make_group_norm(ot__pytorch *p, const ot__module *m)
{
    const ot__record *const r = &ot__walk_node(&p->walk, m->record)->record;
    const ot__norm_attr *const a = r->attr;
    return SAY("nn.GroupNorm(\1g%d\2, \1o%d\2, eps=%s)", a->groups, r->shape.dim[r->shape.rank - 1],
               ot__coefficient(&p->strings, a->eps));
}

static const char *make_linear(ot__pytorch *p, const ot__module *m)
{
    const ot__record *const r = &ot__walk_node(&p->walk, m->record)->record;
    const ot_shape w = ot__walk_node(&p->walk, r->in[1].id)->record.shape;
    return SAY("nn.Linear(\1i%d\2, \1o%d\2%s)", w.dim[1], w.dim[0],
               r->n_in > 2 ? "" : ", bias=False");
}

static const char *(*const make_layer[])(ot__pytorch *p, const ot__module *m) = {
    [OT__LAYER_CONV] = make_conv,
    [OT__LAYER_NORM] = make_norm,
    [OT__LAYER_GROUP] = make_group_norm,
    [OT__LAYER_LINEAR] = make_linear,
};

/* The elements of a list; equal ones that follow each other are written once, with a count. */
static const char *make_list(ot__pytorch *p, int module)
{
    const char *text = "";
    int runs = 0, count = 0;
    for (int k = p->module[module].child; k != OT__NOWHERE; k = p->module[k].next) {
        const int next = p->module[k].next;
        const char *const made = p->module[k].made;
        count++;
        if (next != OT__NOWHERE && strcmp(p->module[next].made, made) == 0) continue;
        const bool all = runs == 0 && next == OT__NOWHERE && count > 1;
        if (count == 1)
            text = SAY("%s%s%s", text, runs ? ", " : "", made);
        else if (all)
            return SAY("nn.ModuleList(%s for _ in range(\1n%d\2))", made, count);
        else
            text = SAY("%s%s*(%s for _ in range(\1n%d\2))", text, runs ? ", " : "", made, count);
        runs++;
        count = 0;
    }
    return SAY("nn.ModuleList([%s])", text);
}

/* A module of modules that computes nothing itself. */
static const char *make_dictionary(ot__pytorch *p, int module)
{
    const char *text = "";
    for (int k = p->module[module].child; k != OT__NOWHERE; k = p->module[k].next)
        text = SAY("%s%s\"%s\": %s", text, *text ? ", " : "", p->module[k].name, p->module[k].made);
    return SAY("nn.ModuleDict({%s})", text);
}

/* ---- the text of a class ---- */

static const char *shape_text(ot__pytorch *p, ot_shape s)
{
    const char *text = "";
    for (int k = 0; k < s.rank; k++)
        text = SAY("%s%s\1%c%d\2", text, k > 0 ? ", " : "", s.rank == 1 ? 'o' : 'd', s.dim[k]);
    return s.rank > 0 ? text : "()";
}

static void write_tensor(ot__pytorch *p, int id, FILE *to)
{
    const ot__node *const n = ot__walk_node(&p->walk, id);
    const bool ones = n->init.kind == OT_INIT_CONSTANT && n->init.value == 1;
    const char *const made =
        SAY("torch.%s(%s)", ones ? "ones" : "zeros", shape_text(p, n->record.shape));
    const char *const name = ot__tensor_name(p, id);
    if (n->leaf == OT__PARAM && ot__is_attribute(name))
        fprintf(to, "        self.%s = nn.Parameter(%s)\n", name, made);
    else if (n->leaf == OT__PARAM)
        fprintf(to, "        self.register_parameter(\"%s\", nn.Parameter(%s))\n", name, made);
    else
        fprintf(to, "        self.register_buffer(\"%s\", %s)\n", name, made);
}

static void write_image_numbers(const ot__pytorch *p, FILE *to)
{
    const ot_normalisation n = ot_params_normalisation(p->e->ps);
    if (n.channels == 0) return;
    fputs(
        "        for name, numbers in ((\"image_mean\", MEAN), (\"image_deviation\", DEVIATION)):\n"
        "            numbers = torch.tensor(numbers).view(-1, 1, 1)\n"
        "            self.register_buffer(name, numbers, persistent=False)\n",
        to);
}

static void write_attributes(ot__pytorch *p, int module, FILE *to)
{
    fputs("        super().__init__()\n", to);
    if (module == OT__ROOT) write_image_numbers(p, to);
    for (int k = p->module[module].child; k != OT__NOWHERE; k = p->module[k].next)
        fprintf(to, "        self.%s = %s\n", p->module[k].name, p->module[k].made);
    for (int id = 1; id < (int)p->walk.tape->n; id++)
        if (p->walk.needed[id] && ot__is_tensor(ot__walk_node(&p->walk, id)) &&
            p->home[id] == module)
            write_tensor(p, id, to);
}

static ot_status class_text(ot__pytorch *p, int module, const char **text)
{
    char *whole = NULL;
    size_t size = 0;
    FILE *const to = open_memstream(&whole, &size);
    if (!to) return ot__fail(OT_ENOMEM, "out of memory for a class");
    write_attributes(p, module, to);
    const bool computes = module == OT__ROOT || p->module[module].first_record;
    ot_status status = computes ? ot__pytorch_forward(p, module, to) : OT_OK;
    if (fclose(to) != 0) status = ot__fail(OT_ENOMEM, "out of memory for a class");
    if (status == OT_OK) *text = SAY("%s", whole);
    free(whole);
    return status;
}

/* ---- making classes ---- */

/* The name of a class: that of the module, or of the list that it is in, as "Block". */
static const char *class_name(ot__pytorch *p, int module)
{
    const ot__module *const m = &p->module[module];
    if (module == OT__ROOT) return "Network";
    const bool listed = p->module[m->parent].list;
    const char *const word = listed ? p->module[m->parent].name : m->name;
    char *const name = (char *)SAY("%s", word);
    const size_t n = strlen(name);
    size_t length = 0;
    bool begin = true;
    for (size_t i = 0; i < n - (listed && n > 1 && name[n - 1] == 's'); i++) {
        if (name[i] == '_') {
            begin = true;
            continue;
        }
        name[length++] = begin ? (char)toupper((unsigned char)name[i]) : name[i];
        begin = false;
    }
    if (n > 0) name[length] = '\0';
    int same = 1;
    for (size_t c = 0; c < p->n_classes; c++)
        same +=
            strncmp(p->class[c].name, name, length) == 0 &&
            strspn(p->class[c].name + length, "0123456789") == strlen(p->class[c].name + length);
    const bool reserved = strcmp(name, "Network") == 0;
    return same > 1 || reserved ? SAY("%s%d", name, same + reserved) : name;
}

static ot_status class_of(ot__pytorch *p, int module)
{
    ot__module *const m = &p->module[module];
    const char *text = "";
    OT_TRY(class_text(p, module, &text));
    m->made = text; /* until the arguments of its class are known */
    for (m->class = 0; m->class < (int)p->n_classes; m->class ++)
        if (same_but_numbers(p->class[m->class].text, text)) {
            p->class[m->class].count++;
            return OT_OK;
        }
    OT_TRY(ot__grow((void **)&p->class, &p->class_room, p->n_classes + 1, sizeof *p->class));
    const char *const name = class_name(p, module);
    p->class[p->n_classes++] =
        (ot__class){ .name = name, .text = text, .n_numbers = ot__count_marks(text), .count = 1 };
    return OT_OK;
}

/* ---- arguments ---- */

/* Whether two marks have equal numbers in every module of a class. */
static bool alike(const ot__pytorch *p, int class, int a, int b)
{
    for (size_t k = 0; k < p->n_modules; k++)
        if (p->module[k].class == class &&
            number_at(p->module[k].made, a) != number_at(p->module[k].made, b))
            return false;
    return true;
}

static bool differs(const ot__pytorch *p, int class, int mark)
{
    const int first = number_at(p->class[class].text, mark);
    for (size_t k = 0; k < p->n_modules; k++)
        if (p->module[k].class == class && number_at(p->module[k].made, mark) != first) return true;
    return false;
}

static const char *argument_name(ot__pytorch *p, const ot__class *c, char role)
{
    static const struct {
        char role;
        const char *name;
    } names[] = { { 'i', "inputs" }, { 'o', "channels" }, { 's', "stride" },
                  { 't', "stride" }, { 'n', "count" },    { 'g', "groups" },
                  { 'h', "heads" },  { 'c', "part" },     { 'd', "size" } };
    const char *name = "size";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].role == role) name = names[i].name;
    int same = 1;
    for (int a = 0; a < c->n_arguments; a++)
        same += strncmp(c->argument_name[a], name, strlen(name)) == 0;
    return same > 1 ? SAY("%s%d", name, same) : name;
}

/* The role of a group of marks: what it counts first of all is the number of channels that come
 * out. */
static char role_of(const ot__pytorch *p, int class, int mark)
{
    const char *at = p->class[class].text;
    char role = 'd', best = 0;
    int number;
    for (int i = 0; ot__next_mark(&at, &role, &number); i++) {
        if (!alike(p, class, i, mark)) continue;
        if (role == 'o') return 'o';
        if (!best) best = role;
    }
    return best;
}

static ot_status find_arguments(ot__pytorch *p, int class)
{
    ot__class *const c = &p->class[class];
    c->argument = ot__new((size_t)c->n_numbers + 1, sizeof *c->argument);
    c->argument_name = ot__new((size_t)c->n_numbers + 1, sizeof *c->argument_name);
    if (!c->argument || !c->argument_name) return OT_ENOMEM;
    for (int i = 0; i < c->n_numbers; i++) {
        c->argument[i] = OT__NOWHERE;
        if (!differs(p, class, i)) continue;
        for (int j = 0; j < i && c->argument[i] == OT__NOWHERE; j++)
            if (c->argument[j] != OT__NOWHERE && alike(p, class, i, j))
                c->argument[i] = c->argument[j];
        if (c->argument[i] != OT__NOWHERE) continue;
        c->argument_name[c->n_arguments] = argument_name(p, c, role_of(p, class, i));
        c->argument[i] = c->n_arguments++;
    }
    return OT_OK;
}

/* "Block(16, 32)", with marks: what makes the module. */
static const char *make_call(ot__pytorch *p, const ot__module *m)
{
    const ot__class *const c = &p->class[m->class];
    const char *list = "";
    for (int a = 0; a < c->n_arguments; a++) {
        int mark = 0;
        while (c->argument[mark] != a)
            mark++;
        const char role = role_of(p, m->class, mark);
        list = SAY("%s%s\1%c%d\2", list, a > 0 ? ", " : "", role == 's' ? 't' : role,
                   number_at(m->made, mark));
    }
    return SAY("%s(%s)", c->name, list);
}

/* ---- all classes ---- */

/* Whether a module is a class of its own. */
static bool is_class(const ot__pytorch *p, int k)
{
    const ot__module *const m = &p->module[k];
    return k == OT__ROOT || (!m->layer && !m->list && (m->first_record || m->n_tensors > 0));
}

/* 0 for layers; otherwise one more than the highest of the children. */
static int height_of(const ot__pytorch *p, int module)
{
    int height = p->module[module].layer ? 0 : 1;
    for (int k = p->module[module].child; k != OT__NOWHERE; k = p->module[k].next) {
        const int below = height_of(p, k);
        if (below + 1 > height) height = below + 1;
    }
    return height;
}

/* Modules of one height can only be equal to each other. */
static ot_status make_height(ot__pytorch *p, int height)
{
    const size_t before = p->n_classes;
    for (int k = 0; k < (int)p->n_modules; k++)
        if (is_class(p, k) && height_of(p, k) == height) OT_TRY(class_of(p, k));
    for (size_t c = before; c < p->n_classes; c++)
        OT_TRY(find_arguments(p, (int)c));
    for (int k = (int)p->n_modules - 1; k >= 0; k--) {
        ot__module *const m = &p->module[k];
        if (height_of(p, k) != height) continue;
        m->made = m->layer                ? make_layer[m->layer](p, m)
                  : m->list && !m->sparse ? make_list(p, k)
                  : is_class(p, k)        ? make_call(p, m)
                                          : make_dictionary(p, k);
    }
    return p->strings.failed ? OT_ENOMEM : OT_OK;
}

ot_status ot__pytorch_classes(ot__pytorch *p)
{
    const int top = height_of(p, OT__ROOT);
    for (int height = 0; height <= top; height++)
        OT_TRY(make_height(p, height));
    return OT_OK;
}
