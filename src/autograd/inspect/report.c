/* SPDX-License-Identifier: BSD-3-Clause
 * Reports where time and memory of a program will go, before it runs: totals by op, the kernels of
 * its records, the step at which the arena is fullest, and a picture of the arena over the
 * steps. */
#include "autograd/inspect/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/cost.h"
#include "autograd/inspect/text.h"

#include "base/check.h"
#include "base/memory.h"

/* Costs of a record, or their sums over all records of an op, at the largest batch. */
typedef struct tally {
    const ot_op *op; /* NULL: leaves */
    int records, calls;
    int reference, portable, best; /* records by the tier of their kernels */
    ot__cost cost;
    double moved; /* bytes that its calls read and write */
    double kept;  /* bytes kept from forward to backward */
} tally;

/* ---- tallies ---- */

static void add_step(const ot_program *p, int s, tally *t)
{
    const ot__step *step = &p->step[s];
    const ot_op *op = ot__program_node(p, step->id)->record.op;
    t->calls++;
    t->moved += ot__step_moves(p, s);
    const double flops = ot__step_flops(p, s) * p->batch;
    *(step->backward ? &t->cost.backward : &t->cost.forward) += flops;
    if (step->backward) return;
    t->reference = step->kernels == &op->reference;
    t->portable = step->kernels == &op->portable;
    t->best = !t->reference && !t->portable;
}

/* Bytes of a buffer that is alive from a forward step to a backward step; otherwise 0. */
static double kept_bytes(const ot_program *p, int buffer)
{
    if (buffer < 0 || p->n_forward == p->n_steps) return 0;
    const ot__buffer *b = &p->buffer[buffer];
    return b->first < p->n_forward && b->last >= p->n_forward ? (double)b->bytes : 0;
}

/* Fills in the tallies by node.  t[id].records stays 0 for nodes that the program does not have. */
static void tally_records(const ot_program *p, tally *t)
{
    for (int s = 0; s < p->n_steps; s++)
        add_step(p, s, &t[p->step[s].id]);
    for (int s = 0; s < p->n_forward; s++) {
        const ot__record *r = &ot__program_node(p, p->step[s].id)->record;
        t[p->step[s].id].records = 1;
        for (int k = 0; k < r->n_in; k++)
            t[r->in[k].id].records = 1;
    }
    for (int id = 1; id < p->n_nodes; id++) {
        t[id].op = ot__program_node(p, id)->record.op;
        t[id].kept = kept_bytes(p, p->place[id].y) + kept_bytes(p, p->place[id].saved) +
                     kept_bytes(p, p->place[id].y_sums);
    }
}

static void add_tally(tally *sum, const tally *t)
{
    sum->records += t->records;
    sum->calls += t->calls;
    sum->reference += t->reference;
    sum->portable += t->portable;
    sum->best += t->best;
    sum->cost.forward += t->cost.forward;
    sum->cost.backward += t->cost.backward;
    sum->moved += t->moved;
    sum->kept += t->kept;
}

/* Sums up by op, in the order in which ops first occur, with all leaves as one.  Returns the number
 * of sums. */
static int sum_by_op(const ot_program *p, const tally *record, tally *sum)
{
    int n = 0;
    for (int id = 1; id < p->n_nodes; id++) {
        if (!record[id].records) continue;
        int i = 0;
        while (i < n && sum[i].op != record[id].op)
            i++;
        if (i == n) sum[n++].op = record[id].op;
        add_tally(&sum[i], &record[id]);
    }
    return n;
}

/* ---- tables ---- */

/* A row of the tables of ops and records. */
typedef struct row {
    const char *program, *op, *name, *kernels, *id_text;
    double id, records, calls, forward, backward, moved, kept, best, portable, reference;
} row;

#define AT(member) .offset = offsetof(row, member)
#define BYTES_AT(member) AT(member), .show = ot__show_bytes
#define COSTS(is_wide)                                                                             \
    { "calls", "calls", OT__CELL_COUNT, AT(calls) },                                               \
        { "flops_forward", "forward", OT__CELL_COUNT, AT(forward), .show = ot__show_quantity },    \
        { "flops_backward", "backward", OT__CELL_COUNT, AT(backward), .show = ot__show_quantity }, \
        { "moved_bytes", "moved", OT__CELL_COUNT, BYTES_AT(moved), .wide = is_wide },              \
        { "kept_bytes", "kept", OT__CELL_COUNT, BYTES_AT(kept), .wide = is_wide },                 \
        { "best", NULL, OT__CELL_COUNT, AT(best) },                                                \
        { "portable", NULL, OT__CELL_COUNT, AT(portable) },                                        \
    {                                                                                              \
        "reference", NULL, OT__CELL_COUNT, AT(reference)                                           \
    }

static const ot__column op_columns[] = {
    { "program", NULL, OT__CELL_TEXT, AT(program) },
    { "op", "op", OT__CELL_TEXT, AT(op), .width = -16 },
    { "records", "records", OT__CELL_COUNT, AT(records) },
    COSTS(false),
    { NULL, "kernels", OT__CELL_TEXT, AT(kernels), .width = -1 },
};
static const ot__column record_columns[] = {
    { "program", NULL, OT__CELL_TEXT, AT(program) },
    { NULL, "", OT__CELL_TEXT, AT(id_text), .width = -5 },
    { "id", NULL, OT__CELL_COUNT, AT(id) },
    { "op", "op", OT__CELL_TEXT, AT(op), .width = -2 },
    COSTS(true),
    { NULL, "kernels", OT__CELL_TEXT, AT(kernels), .width = -1, .wide = true },
    { "name", "name or scope", OT__CELL_TEXT, AT(name), .width = -1, .keep_end = true },
};
static const ot__table op_table = OT__TABLE("ops", op_columns);
static const ot__table record_table = OT__TABLE("records", record_columns);

static row row_of(const char *program, const tally *t)
{
    return (row){ .program = program,
                  .op = t->op ? t->op->name : "leaves",
                  .records = t->records,
                  .calls = t->calls,
                  .forward = t->cost.forward,
                  .backward = t->cost.backward,
                  .moved = t->moved,
                  .kept = t->kept,
                  .best = t->best,
                  .portable = t->portable,
                  .reference = t->reference };
}

/* "3 best, 1 portable" */
static void write_kernels(const tally *t, char *text, size_t size)
{
    const struct {
        int n;
        const char *name;
    } tier[] = { { t->best, "best" }, { t->portable, "portable" }, { t->reference, "reference" } };
    text[0] = 0;
    for (int i = 0; i < 3; i++) {
        const size_t used = strlen(text);
        if (tier[i].n > 0)
            snprintf(text + used, size - used, "%s%d %s", used ? ", " : "", tier[i].n,
                     tier[i].name);
    }
}

/* The last row of a text is the sum; JSON has the ops alone. */
static void print_ops(const char *program, const tally sum[], int n, ot__page *page)
{
    char kernels[96];
    tally total = { 0 };
    if (ot__page_is_text(page)) fputc('\n', page->to);
    ot__page_table(page, &op_table);
    for (int i = 0; i < n; i++) {
        row r = row_of(program, &sum[i]);
        write_kernels(&sum[i], kernels, sizeof kernels);
        r.kernels = kernels;
        ot__page_row(page, &r);
        add_tally(&total, &sum[i]);
    }
    row all = row_of(program, &total);
    all.op = "all";
    all.kernels = "";
    if (!page->json) ot__page_row(page, &all);
    ot__page_is_text(page); /* ends the table */
}

/* Whether a record has portable kernels although its op has kernels for this CPU: these do not take
 * the shapes of the record.  For a sum by op: whether that holds for any of its records. */
static bool falls_back(const ot_program *p, const tally *record)
{
    return p->dtype == OT_F32 && p->tier == OT_TIER_BEST && record->op && record->op->best &&
           record->portable > 0;
}

/* Prints the shapes of record `first` and all later records that fall back with the same shapes.
 * Prints nothing if an earlier record has them: its line was printed already. */
static void print_alike(const ot_program *p, const tally record[], int first, FILE *out)
{
    enum { NAMED = 8 };
    int n = 0;
    for (int id = 1; id < first; id++)
        if (falls_back(p, &record[id]) && ot__same_operands(p, id, first)) return;
    fprintf(out, "     ");
    const ot__record *r = &ot__program_node(p, first)->record;
    for (int k = 0; k < r->n_in; k++)
        fprintf(out, " %s", ot__shape_text(ot__program_shape(p, r->in[k].id, p->batch)));
    for (int id = first; id < p->n_nodes; id++)
        if (falls_back(p, &record[id]) && ot__same_operands(p, id, first) && n++ < NAMED)
            fprintf(out, "%s %%%d", n == 1 ? ":" : ",", id);
    if (n > NAMED) fprintf(out, " and %d more", n - NAMED);
    fputc('\n', out);
}

/* Prints a note for each op some of whose records fall back to portable kernels. */
static void print_remarks(const ot_program *p, const tally record[], const tally sum[], int n,
                          FILE *out)
{
    for (int i = 0; i < n; i++) {
        if (!falls_back(p, &sum[i])) continue;
        fprintf(out,
                "note: %s: %d of %d records have portable kernels, which are slower,\n"
                "      since the best ones do not take these shapes:\n",
                sum[i].op->name, sum[i].portable, sum[i].portable + sum[i].best);
        for (int id = 1; id < p->n_nodes; id++)
            if (record[id].op == sum[i].op && falls_back(p, &record[id]))
                print_alike(p, record, id, out);
    }
}

static void print_records(const ot_program *p, const char *program, const tally record[],
                          ot__page *page)
{
    char kernels[128], id_text[16];
    if (ot__page_is_text(page)) fputc('\n', page->to);
    ot__page_table(page, &record_table);
    for (int id = 1; id < p->n_nodes; id++) {
        if (!record[id].records || !record[id].op) continue;
        const ot__node *node = ot__program_node(p, id);
        row r = row_of(program, &record[id]);
        write_kernels(&record[id], kernels, sizeof kernels);
        if (falls_back(p, &record[id])) strcat(kernels, " for this shape");
        snprintf(id_text, sizeof id_text, "%%%d", id);
        r.id = id;
        r.id_text = id_text;
        r.kernels = kernels;
        r.name = node->name ? node->name : node->scope;
        ot__page_row(page, &r);
    }
}

typedef struct rule_row {
    const char *program, *id_text, *decay, *name;
    double id, lr;
    bool no_decay;
} rule_row;

#undef AT
#define AT(member) .offset = offsetof(rule_row, member)

static const ot__column rule_columns[] = {
    { "program", NULL, OT__CELL_TEXT, AT(program) },
    { NULL, "", OT__CELL_TEXT, AT(id_text), .width = -5 },
    { "id", NULL, OT__CELL_COUNT, AT(id) },
    { "lr_factor", "lr times", OT__CELL_REAL, AT(lr), .width = 9 },
    { NULL, "weight decay", OT__CELL_TEXT, AT(decay), .width = -12 },
    { "no_weight_decay", NULL, OT__CELL_FLAG, AT(no_decay) },
    { "name", "parameter with a rule", OT__CELL_TEXT, AT(name), .width = -1, .keep_end = true },
};
static const ot__table rule_table = OT__TABLE("rules", rule_columns);

/* Prints the parameters that are trained otherwise than the others; a text has no table if there
 * are none. */
static void print_rules(const ot_program *p, const char *program, ot__page *page)
{
    char id_text[16];
    bool any = page->json;
    if (any) ot__page_table(page, &rule_table);
    for (int id = 1; id < p->n_nodes; id++) {
        const ot__node *const node = ot__program_node(p, id);
        const ot_rule rule = node->rule;
        if (node->leaf != OT__PARAM || !ot__has_rule(rule)) continue;
        if (!any && ot__page_is_text(page)) fputc('\n', page->to);
        if (!any) ot__page_table(page, &rule_table);
        any = true;
        snprintf(id_text, sizeof id_text, "%%%d", id);
        ot__page_row(page, &(rule_row){ .program = program,
                                        .id_text = id_text,
                                        .id = id,
                                        .lr = rule.lr != 0 ? rule.lr : 1.0,
                                        .decay = rule.no_decay ? "none" : "as others",
                                        .no_decay = rule.no_decay,
                                        .name = node->name });
    }
    ot__page_is_text(page); /* ends the table */
}

/* ---- all of it ---- */

static void print_head(const ot_program *p, FILE *out)
{
    fprintf(out, "%s %s, batch %d: %d steps (%d forward, %d backward)\n", ot__dtype_name(p->dtype),
            p->evaluate ? "evaluation" : "training", p->batch, p->n_steps, p->n_forward,
            p->n_steps - p->n_forward);
    const ot_machine_info m = ot_machine();
    if (p->dtype == OT_F32)
        fprintf(out, "kernels: %s; the best ones on this CPU (%s): %s\n", ot_tier_name(p->tier),
                m.cpu_features, m.best_kernels);
    fprintf(out, "FLOPs and bytes are those of one batch; kept: from forward to backward\n");
}

typedef struct program_row {
    const char *program, *dtype, *mode, *kernels;
    double batch, forward, backward, peak, arena, params, scratch, flops_forward, flops_backward;
} program_row;

#undef AT
#define AT(member) .offset = offsetof(program_row, member)

static const ot__column program_columns[] = {
    { "program", NULL, OT__CELL_TEXT, AT(program) },
    { "dtype", NULL, OT__CELL_TEXT, AT(dtype) },
    { "mode", NULL, OT__CELL_TEXT, AT(mode) },
    { "kernels", NULL, OT__CELL_TEXT, AT(kernels) },
    { "batch", NULL, OT__CELL_COUNT, AT(batch) },
    { "steps_forward", NULL, OT__CELL_COUNT, AT(forward) },
    { "steps_backward", NULL, OT__CELL_COUNT, AT(backward) },
    { "flops_forward", NULL, OT__CELL_COUNT, AT(flops_forward) },
    { "flops_backward", NULL, OT__CELL_COUNT, AT(flops_backward) },
    { "peak_bytes", NULL, OT__CELL_COUNT, AT(peak) },
    { "arena_bytes", NULL, OT__CELL_COUNT, AT(arena) },
    { "params_bytes", NULL, OT__CELL_COUNT, AT(params) },
    { "scratch_bytes", NULL, OT__CELL_COUNT, AT(scratch) },
};
static const ot__table program_table = OT__TABLE("programs", program_columns);

static void put_program(const ot_program *p, const char *program, ot__page *page)
{
    const ot_program_info info = ot_program_describe(p);
    ot__page_table(page, &program_table);
    ot__page_row(page, &(program_row){ .program = program,
                                       .dtype = ot__dtype_name(p->dtype),
                                       .mode = p->evaluate ? "evaluation" : "training",
                                       .kernels = ot_tier_name(p->tier),
                                       .batch = p->batch,
                                       .forward = p->n_forward,
                                       .backward = p->n_steps - p->n_forward,
                                       .flops_forward = info.flops_forward,
                                       .flops_backward = info.flops_backward,
                                       .peak = (double)info.peak_bytes,
                                       .arena = (double)info.arena_bytes,
                                       .params = (double)info.params_bytes,
                                       .scratch = (double)info.scratch_bytes });
}

ot_status ot__plan_print(const ot_program *p, const char *name, bool records, ot__page *page)
{
    tally *const t = ot__new(2 * (size_t)p->n_nodes, sizeof *t);
    if (!t) return OT_ENOMEM;
    tally *const sum = t + p->n_nodes;
    tally_records(p, t);
    const int n = sum_by_op(p, t, sum);
    put_program(p, name, page);
    if (ot__page_is_text(page)) print_head(p, page->to);
    print_ops(name, sum, n, page);
    if (ot__page_is_text(page)) print_remarks(p, t, sum, n, page->to);
    if (records) print_records(p, name, t, page);
    if (records) print_rules(p, name, page);
    if (records) ot__arena_print(p, name, page);
    const ot_status status = ot__peak_print(p, name, page);
    if (status == OT_OK && ot__page_is_text(page)) ot__arena_draw(p, page->to);
    ot__free(t);
    return status;
}

ot_status ot__report_open(ot__page *p, const char *who, ot_list_format format, FILE *out)
{
    OT_TRY(ot__check_choice(who, "the format", (int)format, OT_LIST_WIDE));
    if (format == OT_LIST_DOT) return ot__fail(OT_EINVAL, "%s: only a listing is a graph", who);
    ot__page_open(p, out, format == OT_LIST_JSON, format == OT_LIST_WIDE);
    return OT_OK;
}

ot_status ot__report_close(ot__page *p, const char *who, ot_status status)
{
    FILE *const out = p->to;
    status = ot__page_close(p, status);
    if (status == OT_OK && (fflush(out) != 0 || ferror(out)))
        status = ot__fail(OT_EIO, "%s: cannot write", who);
    return status;
}

ot_status ot_program_plan(const ot_program *p, ot_list_format format, bool records, FILE *out)
{
    ot__page page;
    OT_TRY(ot__check_given("plan", "the program", p));
    OT_TRY(ot__check_given("plan", "where to write", out));
    OT_TRY(ot__report_open(&page, "plan", format, out));
    return ot__report_close(&page, "plan", ot__plan_print(p, NULL, records, &page));
}
