/* SPDX-License-Identifier: BSD-3-Clause
 * Reports where time and memory of a program will go, before it runs: totals by op, the kernels of
 * its records, the step at which the arena is fullest, and a picture of the arena over the
 * steps. */
#include <stdlib.h>

#include "autograd/cost.h"
#include "autograd/inspect/text.h"

#include "base/check.h"
#include "base/decimal.h"
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

static void print_tally(const tally *t, FILE *out)
{
    char forward[16], backward[16];
    fprintf(out, "%5d %9s %9s %9s %9s", t->calls, ot__quantity(t->cost.forward, forward),
            ot__quantity(t->cost.backward, backward), OT__BYTES(t->moved), OT__BYTES(t->kept));
}

static void print_kernels(const tally *t, FILE *out)
{
    const char *separator = "  ";
    const struct {
        int n;
        const char *name;
    } tier[] = { { t->best, "best" }, { t->portable, "portable" }, { t->reference, "reference" } };
    for (int i = 0; i < 3; i++) {
        if (tier[i].n == 0) continue;
        fprintf(out, "%s%d %s", separator, tier[i].n, tier[i].name);
        separator = ", ";
    }
}

static void print_ops(const tally sum[], int n, FILE *out)
{
    tally total = { 0 };
    fprintf(out, "\n%-16s %7s %5s %9s %9s %9s %9s  %s\n", "op", "records", "calls", "forward",
            "backward", "moved", "kept", "kernels of records");
    for (int i = 0; i < n; i++) {
        fprintf(out, "%-16s %7d ", sum[i].op ? sum[i].op->name : "leaves", sum[i].records);
        print_tally(&sum[i], out);
        print_kernels(&sum[i], out);
        fputc('\n', out);
        add_tally(&total, &sum[i]);
    }
    fprintf(out, "%-16s %7d ", "all", total.records);
    print_tally(&total, out);
    fputc('\n', out);
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
        fprintf(
            out,
            "note: %s: %d of %d records have portable kernels, which are slower, since the best "
            "ones\n      do not take these shapes:\n",
            sum[i].op->name, sum[i].portable, sum[i].portable + sum[i].best);
        for (int id = 1; id < p->n_nodes; id++)
            if (record[id].op == sum[i].op && falls_back(p, &record[id]))
                print_alike(p, record, id, out);
    }
}

static void print_records(const ot_program *p, const tally record[], FILE *out)
{
    fprintf(out, "\n%-5s %-16s %5s %9s %9s %9s %9s  %s\n", "", "op", "calls", "forward", "backward",
            "moved", "kept", "kernels, name or scope");
    for (int id = 1; id < p->n_nodes; id++) {
        if (!record[id].records || !record[id].op) continue;
        const ot__node *node = ot__program_node(p, id);
        fprintf(out, "%%%-4d %-16s ", id, record[id].op->name);
        print_tally(&record[id], out);
        print_kernels(&record[id], out);
        if (falls_back(p, &record[id])) fprintf(out, " for this shape");
        fprintf(out, "  %s\n", node->name ? node->name : node->scope);
    }
}

/* Prints the parameters that are trained otherwise than the others; nothing if there are none. */
static void print_rules(const ot_program *p, FILE *out)
{
    bool any = false;
    for (int id = 1; id < p->n_nodes; id++) {
        const ot__node *const node = ot__program_node(p, id);
        const ot_rule rule = node->rule;
        if (node->leaf != OT__PARAM || !ot__has_rule(rule)) continue;
        if (!any)
            fprintf(out, "\n%-5s %9s  %-12s  %s\n", "", "lr times", "weight decay",
                    "parameter with a rule");
        any = true;
        fprintf(out, "%%%-4d %9g  %-12s  %s\n", id, rule.lr != 0 ? rule.lr : 1.0,
                rule.no_decay ? "none" : "as others", node->name);
    }
}

/* ---- the arena ---- */

static bool is_alive(const ot__buffer *b, int step)
{
    return b->inside < 0 && b->first <= step && step <= b->until;
}

/* The step at which most bytes are alive, and their number in *most; -1 when out of memory.
 * change[s] is what begins at step s less what ended before it. */
static int fullest_step(const ot_program *p, size_t *most)
{
    int fullest = 0;
    size_t *change = ot__new((size_t)p->n_steps + 2, sizeof *change), bytes = 0;
    *most = 0;
    if (!change) return -1;
    for (int i = 0; i < p->n_buffers; i++) {
        const ot__buffer *const b = &p->buffer[i];
        if (b->inside >= 0) continue;
        change[b->first] += b->bytes;
        change[b->until + 1] -= b->bytes; /* unsigned numbers wrap around and back */
    }
    for (int s = 0; s < p->n_steps; s++) {
        bytes += change[s];
        if (bytes > *most) *most = bytes, fullest = s;
    }
    ot__free(change);
    return fullest;
}

/* The buffer that uses the memory of buffer `owner` at a step: `owner`, or one that has taken the
 * memory over. */
static int user_of(const ot_program *p, int owner, int step)
{
    for (int i = 0; i < p->n_buffers; i++)
        if (p->buffer[i].first <= step && step <= p->buffer[i].last &&
            ot__plan_owner(p->buffer, i) == owner)
            return i;
    return owner;
}

/* What a buffer holds, and of which node; the node is 0 for the gradient of a duplicate. */
static const char *role_of(const ot_program *p, int buffer, int *id)
{
    for (*id = 1; *id < p->n_nodes; ++*id) {
        const ot__place *at = &p->place[*id];
        if (at->y == buffer) return "value";
        if (at->gy == buffer) return "gradient";
        if (at->saved == buffer) return "state";
        if (at->y_sums == buffer || at->gy_sums == buffer) return "sums";
    }
    *id = 0;
    return "gradient";
}

static int larger(const void *x, const void *y)
{
    const ot__buffer *const a = *(ot__buffer *const *)x, *const b = *(ot__buffer *const *)y;
    if (a->bytes != b->bytes) return a->bytes > b->bytes ? -1 : 1;
    return (a > b) - (a < b);
}

static void print_buffer(const ot_program *p, const ot__buffer *b, int step, FILE *out)
{
    int id;
    const char *role = role_of(p, user_of(p, (int)(b - p->buffer), step), &id);
    const ot__node *node = ot__program_node(p, id);
    fprintf(out, "  %9s  %-8s", OT__BYTES(b->bytes), role);
    if (id) fprintf(out, " of %%%d %s", id, ot__kind_name(node));
    if (id) fprintf(out, "  %s", node->name ? node->name : node->scope);
    fputc('\n', out);
}

static ot_status print_peak(const ot_program *p, FILE *out)
{
    enum { SHOWN = 10 };
    const ot_program_info info = ot_program_describe(p);
    size_t most;
    const int step = fullest_step(p, &most);
    if (step < 0) return OT_ENOMEM;
    ot__buffer **alive = ot__new((size_t)p->n_buffers, sizeof *alive);
    if (!alive) return OT_ENOMEM;
    int n = 0;
    for (int i = 0; i < p->n_buffers; i++)
        if (is_alive(&p->buffer[i], step)) alive[n++] = &p->buffer[i];
    qsort(alive, (size_t)n, sizeof *alive, larger);
    fprintf(out, "\npeak %s: arena %s", OT__BYTES(info.peak_bytes), OT__BYTES(info.arena_bytes));
    fprintf(out, ", parameters %s", OT__BYTES(info.params_bytes));
    fprintf(out, ", scratch %s\n", OT__BYTES(info.scratch_bytes));
    const ot__step *s = &p->step[step];
    fprintf(out, "the arena is fullest at step %d of %d, %s of %%%d %s: %s in %d buffers\n", step,
            p->n_steps, ot__step_name(s), s->id, ot__kind_name(ot__program_node(p, s->id)),
            OT__BYTES(most), n);
    for (int i = 0; i < n && i < SHOWN; i++)
        print_buffer(p, alive[i], step, out);
    if (n > SHOWN) fprintf(out, "  and %d that are not larger\n", n - SHOWN);
    ot__free(alive);
    return OT_OK;
}

static char mark_at(const ot_program *p, size_t byte, int step)
{
    int id;
    for (int i = 0; i < p->n_buffers; i++) {
        const ot__buffer *b = &p->buffer[i];
        if (is_alive(b, step) && b->at <= byte && byte < b->at + b->bytes)
            return role_of(p, user_of(p, i, step), &id)[0];
    }
    return '.';
}

/* Each character shows the middle of the range of bytes and steps that it stands for. */
static void draw_arena(const ot_program *p, FILE *out)
{
    enum { ROWS = 12, COLUMNS = 60 };
    const int columns = p->n_steps < COLUMNS ? p->n_steps : COLUMNS;
    fprintf(out, "\nthe arena over the steps (v value, g gradient, s state or sums, . free):\n");
    for (int row = ROWS - 1; row >= 0; row--) {
        const size_t byte = (p->plan.arena * (size_t)(2 * row + 1)) / (2 * (size_t)ROWS);
        fprintf(out, "%9s ", OT__BYTES(byte));
        for (int c = 0; c < columns; c++)
            fputc(mark_at(p, byte, (int)((int64_t)p->n_steps * (2 * c + 1) / (2 * columns))), out);
        fputc('\n', out);
    }
    const int back = (int)((int64_t)p->n_forward * columns / p->n_steps);
    fprintf(out, "%10s%*s\n", "", back + 1, p->n_forward < p->n_steps ? "^ backward" : "");
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

ot_status ot_program_plan(const ot_program *p, bool records, FILE *out)
{
    OT_TRY(ot__check_given("plan", "the program", p));
    OT_TRY(ot__check_given("plan", "where to write", out));
    tally *const t = ot__new(2 * (size_t)p->n_nodes, sizeof *t);
    if (!t) return OT_ENOMEM;
    tally *const sum = t + p->n_nodes;
    tally_records(p, t);
    const int n = sum_by_op(p, t, sum);
    print_head(p, out);
    print_ops(sum, n, out);
    print_remarks(p, t, sum, n, out);
    if (records) print_records(p, t, out);
    if (records) print_rules(p, out);
    ot_status status = print_peak(p, out);
    draw_arena(p, out);
    ot__free(t);
    if (status == OT_OK && (fflush(out) != 0 || ferror(out)))
        status = ot__fail(OT_EIO, "plan: cannot write");
    return status;
}
