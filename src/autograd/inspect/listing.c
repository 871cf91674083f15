/* SPDX-License-Identifier: BSD-3-Clause
 * Writes a program as text, like a disassembly, as a graph for graphviz, or as JSON. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/cost.h"
#include "autograd/inspect/listing.h"
#include "autograd/inspect/text.h"
#include "base/check.h"
#include "base/decimal.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/table.h"

/* What a listing says about one node. */
typedef struct line {
    const ot__node *node;
    int id;
    ot_shape shape;
    size_t bytes;
    int born, dies; /* first and last step at which its value is in the arena; -1: it never is */
    int view_of;    /* the stored node that its value is computed from; 0: its value is stored */
    ptrdiff_t at;   /* offset in the arena; -1: not in the arena */
    ot__cost cost;  /* per image */
} line;

static line line_of(const ot_program *p, int id)
{
    const ot__node *node = ot__program_node(p, id);
    line l = { .node = node,
               .id = id,
               .shape = ot__program_shape(p, id, p->batch),
               .bytes = ot__program_bytes(p, id, p->batch),
               .born = -1,
               .dies = -1,
               .at = -1 };
    if (p->place[id].y >= 0) {
        const ot__buffer *b = &p->buffer[p->place[id].y];
        l.born = b->first;
        l.dies = p->buffer[p->place[id].y].last;
        l.at = (ptrdiff_t)b->at;
    }
    l.view_of = ot__is_stored(p, id) ? 0 : p->access[id].stored;
    if (node->record.op) l.cost = ot__program_cost(p, id);
    return l;
}

/* By node: whether the listing has it.  It has the nodes with forward steps and what these read. */
static bool *listed_nodes(const ot_program *p)
{
    bool *listed = ot__new((size_t)p->n_nodes, sizeof *listed);
    for (int s = 0; listed && s < p->n_forward; s++) {
        const ot__record *r = &ot__program_node(p, p->step[s].id)->record;
        listed[p->step[s].id] = true;
        for (int k = 0; k < r->n_in; k++)
            listed[r->in[k].id] = true;
    }
    return listed;
}

/* "%3 %7 %8".  Of more than five operands, the first five and how many more there are. */
static void operands_text(const ot__record *r, char *text, size_t size)
{
    const int most = 5;
    size_t used = 0;
    text[0] = 0;
    for (int k = 0; k < r->n_in && k < most && used < size; k++)
        used += (size_t)snprintf(text + used, size - used, "%s%%%d", k ? " " : "", r->in[k].id);
    if (r->n_in > most && used < size) snprintf(text + used, size - used, " +%d", r->n_in - most);
}

/* ---- text ---- */

typedef struct row {
    const char *id, *op, *operands, *shape, *life, *at, *where;
    double bytes, flops;
} row;

#define AT(member) .offset = offsetof(row, member)

static const ot__column columns[] = {
    { NULL, ";", OT__CELL_TEXT, AT(id), .width = -5 },
    { NULL, "op", OT__CELL_TEXT, AT(op), .width = -2 },
    { NULL, "operands", OT__CELL_TEXT, AT(operands), .width = -8 },
    { NULL, "shape", OT__CELL_TEXT, AT(shape), .width = -5 },
    { NULL, "bytes", OT__CELL_REAL, AT(bytes), .show = ot__show_bytes, .wide = true },
    { NULL, "lifetime", OT__CELL_TEXT, AT(life), .width = 8, .wide = true },
    { NULL, "arena", OT__CELL_TEXT, AT(at), .width = 8, .wide = true },
    { NULL, "FLOPs", OT__CELL_REAL, AT(flops), .show = ot__show_quantity, .wide = true },
    { NULL, "name or scope", OT__CELL_TEXT, AT(where), .width = -1, .keep_end = true },
};
static const ot__table table = OT__TABLE(NULL, columns);

static void text_line(const line *l, ot__page *page)
{
    char id[16], operands[64], life[24] = "-", at[24] = "-";
    operands_text(&l->node->record, operands, sizeof operands);
    snprintf(id, sizeof id, "%%%d", l->id);
    if (l->born >= 0) {
        snprintf(life, sizeof life, "%d..%d", l->born, l->dies);
        snprintf(at, sizeof at, "%08tx", l->at);
    }
    if (l->view_of) snprintf(life, sizeof life, "view %%%d", l->view_of);
    ot__page_row(page, &(row){ .id = id,
                               .op = ot__kind_name(l->node),
                               .operands = operands,
                               .shape = ot__shape_text(l->shape),
                               .life = life,
                               .at = at,
                               .where = l->node->name ? l->node->name : l->node->scope,
                               .bytes = (double)l->bytes,
                               .flops = l->node->record.op ? l->cost.forward : NAN });
}

static void text_head(const ot_program *p, FILE *out)
{
    const ot_program_info info = ot_program_describe(p);
    char a[16];
    fprintf(out, "; %s %s, batch %d: %d steps (%d forward, %d backward)\n",
            ot__dtype_name(p->dtype), p->evaluate ? "evaluation" : "training", p->batch, p->n_steps,
            p->n_forward, p->n_steps - p->n_forward);
    fprintf(out, "; %sFLOP forward", ot__quantity(info.flops_forward, a));
    fprintf(out, " and %sFLOP backward per image\n", ot__quantity(info.flops_backward, a));
    fprintf(out, "; arena %s (%s unplanned)", OT__BYTES(info.arena_bytes),
            OT__BYTES(info.unplanned_bytes));
    fprintf(out, ", parameters %s", OT__BYTES(info.params_bytes));
    fprintf(out, ", scratch %s\n", OT__BYTES(info.scratch_bytes));
}

static ot_status list_text(const ot_program *p, const bool *listed, bool wide, FILE *out)
{
    ot__page page;
    text_head(p, out);
    ot__page_open(&page, out, false, wide);
    ot__page_table(&page, &table);
    for (int id = 1; id < p->n_nodes; id++) {
        const line l = line_of(p, id);
        if (listed[id]) text_line(&l, &page);
    }
    return ot__page_close(&page, OT_OK);
}

/* ---- graphviz ---- */

/* Escapes quotes and backslashes, which the user's names may contain. */
static void dot_text(const char *text, FILE *out)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') fputc('\\', out);
        fputc(*text, out);
    }
}

static void dot_node(const line *l, FILE *out)
{
    static const char *const style[] = {
        [OT__NOT_A_LEAF] = "shape=box, style=filled, fillcolor=\"#e8f0fe\"",
        [OT__INPUT] = "shape=ellipse, style=filled, fillcolor=\"#e6f4ea\"",
        [OT__LABELS] = "shape=ellipse, style=filled, fillcolor=\"#e6f4ea\"",
        [OT__PARAM] = "shape=note, fontcolor=\"#666666\"",
        [OT__STAT] = "shape=note, style=dashed, fontcolor=\"#666666\"",
    };
    const char *where = l->node->name ? l->node->name : l->node->scope;
    fprintf(out, "  n%d [%s, label=\"%s\\n", l->id, style[l->node->leaf], ot__kind_name(l->node));
    dot_text(where, out);
    fprintf(out, "\\n%s\"];\n", ot__shape_text(l->shape));
    for (int k = 0; k < l->node->record.n_in; k++)
        fprintf(out, "  n%d -> n%d;\n", l->node->record.in[k].id, l->id);
}

static void list_dot(const ot_program *p, const bool *listed, FILE *out)
{
    fprintf(out, "digraph tape {\n  rankdir=TB;\n  node [fontname=\"Helvetica\", fontsize=10];\n");
    for (int id = 1; id < p->n_nodes; id++) {
        const line l = line_of(p, id);
        if (listed[id]) dot_node(&l, out);
    }
    fprintf(out, "}\n");
}

/* ---- JSON ---- */

static json_t *json_shape(ot_shape s)
{
    json_t *a = json_array();
    for (int i = 0; i < s.rank; i++)
        ot__json_append(&a, json_integer(s.dim[i]));
    return a;
}

/* The factors c in gx[k] = c * gy.  0 stands for a factor that is not a constant. */
static json_t *json_multiples(const ot__record *r)
{
    json_t *a = json_array();
    for (int k = 0; k < r->n_in; k++)
        ot__json_append(&a, json_real(r->op->multiple(r, k)));
    return a;
}

static json_t *json_line(const line *l)
{
    json_t *operands = json_array();
    for (int k = 0; k < l->node->record.n_in; k++)
        ot__json_append(&operands, json_integer(l->node->record.in[k].id));
    json_t *o =
        json_pack("{s:i, s:s, s:o, s:o, s:I, s:s}", "id", l->id, "op", ot__kind_name(l->node),
                  "operands", operands, "shape", json_shape(l->shape), "bytes",
                  (json_int_t)l->bytes, "scope", l->node->scope);
    if (l->node->name) ot__json_set(&o, "name", json_string(l->node->name));
    if (l->born >= 0) ot__json_set(&o, "lifetime", json_pack("[i,i]", l->born, l->dies));
    if (l->view_of) ot__json_set(&o, "view_of", json_integer(l->view_of));
    if (l->at >= 0) ot__json_set(&o, "arena_offset", json_integer(l->at));
    if (l->node->record.op && l->node->record.op->multiple)
        ot__json_set(&o, "multiples", json_multiples(&l->node->record));
    if (l->node->record.op) {
        ot__json_set(&o, "flops_forward", json_real(l->cost.forward));
        ot__json_set(&o, "flops_backward", json_real(l->cost.backward));
    }
    return o;
}

static json_t *program_json(const ot_program *p, const bool *listed)
{
    const ot_program_info info = ot_program_describe(p);
    json_t *records = json_array();
    for (int id = 1; id < p->n_nodes; id++) {
        const line l = line_of(p, id);
        if (listed[id]) ot__json_append(&records, json_line(&l));
    }
    return json_pack("{s:s, s:s, s:i, s:i, s:i, s:f, s:f, s:I, s:I, s:I, s:I, s:I, s:o}", "dtype",
                     ot__dtype_name(p->dtype), "mode", p->evaluate ? "evaluation" : "training",
                     "batch", p->batch, "steps_forward", p->n_forward, "steps_backward",
                     p->n_steps - p->n_forward, "flops_forward", info.flops_forward,
                     "flops_backward", info.flops_backward, "arena_bytes",
                     (json_int_t)info.arena_bytes, "unplanned_bytes",
                     (json_int_t)info.unplanned_bytes, "bound_bytes", (json_int_t)info.bound_bytes,
                     "scratch_bytes", (json_int_t)info.scratch_bytes, "params_bytes",
                     (json_int_t)info.params_bytes, "records", records);
}

json_t *ot__program_json(const ot_program *p)
{
    bool *const listed = listed_nodes(p);
    json_t *const all = listed ? program_json(p, listed) : NULL;
    ot__free(listed);
    return all;
}

static ot_status list_json(const ot_program *p, const bool *listed, FILE *out)
{
    json_t *const all = program_json(p, listed);
    if (!all) return ot__fail(OT_ENOMEM, "out of memory while listing a program");
    char *const text = ot__json_dump(all, JSON_INDENT(1));
    json_decref(all);
    if (!text) return ot__fail(OT_ENOMEM, "out of memory while listing a program");
    fprintf(out, "%s\n", text);
    free(text);
    return OT_OK;
}

ot_status ot_program_list(const ot_program *p, ot_list_format format, FILE *out)
{
    OT_TRY(ot__check_given("listing", "the program", p));
    OT_TRY(ot__check_given("listing", "where to write", out));
    OT_TRY(ot__check_choice("listing", "the format", (int)format, OT_LIST_WIDE));
    bool *listed = listed_nodes(p);
    if (!listed) return OT_ENOMEM;
    ot_status status = OT_OK;
    if (format == OT_LIST_JSON)
        status = list_json(p, listed, out);
    else if (format == OT_LIST_DOT)
        list_dot(p, listed, out);
    else
        status = list_text(p, listed, format == OT_LIST_WIDE, out);
    ot__free(listed);
    if (status == OT_OK && (fflush(out) != 0 || ferror(out)))
        status = ot__fail(OT_EIO, "listing: cannot write");
    return status;
}
