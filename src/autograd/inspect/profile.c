/* SPDX-License-Identifier: BSD-3-Clause
 * Prints where the time of a program went.  run.c measures the time of each call, and this file
 * makes a table of the calls.  The roofline of a call is the least time that the machine could
 * take, max(FLOPs / peak, bytes / bandwidth); the table has its ratio to the measured time. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "autograd/cost.h"
#include "autograd/inspect/report.h"
#include "autograd/inspect/text.h"
#include "base/check.h"
#include "base/memory.h"

ot_status ot_program_measure(ot_program *p, bool on)
{
    OT_TRY(ot__check_given("measure", "the program", p));
    ot__free(p->spent);
    p->spent = on ? ot__new((size_t)p->n_steps, sizeof *p->spent) : NULL;
    return on && !p->spent ? OT_ENOMEM : OT_OK;
}

/* A line of the table: one step, or all steps that are alike. */
typedef struct line {
    int step;                     /* the first of these steps */
    int steps;                    /* their number */
    double seconds, flops, bytes; /* over all runs */
} line;

/* Whether two steps have the same op, pass, kernels and shapes. */
static bool alike(const ot_program *p, const ot__step *a, const ot__step *b)
{
    const ot__record *r = &ot__program_node(p, a->id)->record;
    const ot__record *q = &ot__program_node(p, b->id)->record;
    return a->kernels == b->kernels && a->backward == b->backward && a->terms == b->terms &&
           ot__same_shape(r->shape, q->shape) && ot__same_operands(p, a->id, b->id);
}

static int collect(const ot_program *p, bool records, line lines[])
{
    int n = 0;
    for (int s = 0; s < p->n_steps; s++) {
        const ot__step *step = &p->step[s];
        const double images = (double)p->spent[ot__first_fused(p, s)].images;
        int i = records ? n : 0;
        while (i < n && !alike(p, &p->step[lines[i].step], step))
            i++;
        if (i == n) lines[n++] = (line){ .step = s };
        lines[i].steps++;
        lines[i].seconds += p->spent[s].seconds;
        lines[i].flops += images * ot__step_flops(p, s);
        lines[i].bytes += images * ot__step_moves(p, s) / p->batch;
    }
    return n;
}

static int longer(const void *x, const void *y)
{
    const line *const a = x, *const b = y;
    if (a->seconds != b->seconds) return a->seconds > b->seconds ? -1 : 1;
    return a->step - b->step;
}

static double roof(const line *l, const ot_peaks *peaks)
{
    if (!(peaks->flops > 0 && peaks->bytes > 0)) return 0;
    const double compute = l->flops / peaks->flops, memory = l->bytes / peaks->bytes;
    return compute > memory ? compute : memory;
}

/* A row of the table: alike steps, one step of a record, or a sum. */
typedef struct row {
    const char *program, *first, *op, *pass, *shape, *shape_json, *kernels, *name;
    double id, calls, seconds, percent, flops, bytes, roof;
} row;

#define AT(member) .offset = offsetof(row, member)
#define LEFT .width = -1
#define RATE(member) OT__CELL_REAL, AT(member), .format = "%.1f"
#define NUMBERS(roof_is_wide)                                                                      \
    { "program", NULL, OT__CELL_TEXT, AT(program) }, { "id", NULL, OT__CELL_COUNT, AT(id) },       \
        { "calls", NULL, OT__CELL_COUNT, AT(calls) }, { "op", "op", OT__CELL_TEXT, AT(op), LEFT }, \
        { "pass", "pass", OT__CELL_TEXT, AT(pass), LEFT },                                         \
        { "seconds", "seconds", OT__CELL_REAL, AT(seconds), .format = "%.3f" },                    \
        { "percent", "%", RATE(percent), .width = 5 },                                             \
        { "gflops_per_second", "GFLOP/s", RATE(flops) },                                           \
        { "gigabytes_per_second", "GB/s", RATE(bytes), .wide = true },                             \
    {                                                                                              \
        "roof", "roof", OT__CELL_REAL, AT(roof), .format = "%.2f"                                  \
    }

static const ot__column step_columns[] = {
    { NULL, "calls", OT__CELL_TEXT, AT(first), .width = 5 },
    NUMBERS(false),
    { NULL, "result", OT__CELL_TEXT, AT(shape), LEFT },
    { "shape", NULL, OT__CELL_LIST, AT(shape_json) },
    { "kernels", "kernels", OT__CELL_TEXT, AT(kernels), LEFT, .wide = true },
    { "name", NULL, OT__CELL_TEXT, AT(name) },
};
static const ot__column record_columns[] = {
    { NULL, "record", OT__CELL_TEXT, AT(first), LEFT },
    NUMBERS(true),
    { NULL, "result", OT__CELL_TEXT, AT(shape), LEFT, .wide = true },
    { "shape", NULL, OT__CELL_LIST, AT(shape_json) },
    { "kernels", "kernels", OT__CELL_TEXT, AT(kernels), LEFT, .wide = true },
    { "name", "name or scope", OT__CELL_TEXT, AT(name), LEFT, .keep_end = true },
};
static const ot__table step_table = OT__TABLE("times", step_columns);
static const ot__table record_table = OT__TABLE("times", record_columns);

/* What the rows of one program share. */
typedef struct sheet {
    const ot_program *p;
    const char *name;
    const ot_peaks *peaks;
    bool records;
    ot__page *page;
} sheet;

/* "[128,32,32,8]" */
static const char *json_of_shape(ot_shape s, char text[], size_t size)
{
    size_t used = 0;
    for (int i = 0; i < s.rank && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%d", i ? "," : "[", (int)s.dim[i]);
    if (used < size) snprintf(text + used, size - used, s.rank > 0 ? "]" : "[]");
    return text;
}

static row numbers_of(const sheet *s, const line *l, double all, double roofs)
{
    const double t = l->seconds;
    return (row){ .program = s->name,
                  .id = NAN,
                  .calls = l->steps,
                  .seconds = t,
                  .percent = all > 0 ? 100 * t / all : 0.0,
                  .flops = t > 0 ? 1e-9 * l->flops / t : 0.0,
                  .bytes = t > 0 ? 1e-9 * l->bytes / t : 0.0,
                  .roof = t > 0 && roofs > 0 ? roofs / t : NAN };
}

static void print_line(const sheet *s, const line *l, double all)
{
    const ot__step *step = &s->p->step[l->step];
    const ot__node *node = ot__program_node(s->p, step->id);
    const ot_shape shape = ot__program_shape(s->p, step->id, s->p->batch);
    char first[16], json[128];
    row r = numbers_of(s, l, all, roof(l, s->peaks));
    snprintf(first, sizeof first, s->records ? "%%%d" : "%d", s->records ? step->id : l->steps);
    r.first = first;
    r.op = ot__kind_name(node);
    r.pass = ot__step_name(step);
    r.shape = ot__shape_text(shape);
    r.shape_json = json_of_shape(shape, json, sizeof json);
    r.kernels =
        !step->terms && node->record.op ? ot__kernels_name(node->record.op, step->kernels) : NULL;
    if (s->records) r.id = step->id;
    if (s->records) r.name = node->name ? node->name : node->scope;
    ot__page_row(s->page, &r);
}

/* The sum of all calls, and the part of `seconds` that was not spent in them. */
static void print_sums(const sheet *s, const line *all, double roofs, double seconds)
{
    char first[16];
    row sum = numbers_of(s, all, all->seconds, roofs);
    snprintf(first, sizeof first, "%d", all->steps);
    sum.first = s->records ? "" : first;
    sum.op = "all";
    sum.pass = sum.shape = sum.name = sum.kernels = "";
    ot__page_row(s->page, &sum);
    if (seconds <= 0) return;
    const double rest = seconds > all->seconds ? seconds - all->seconds : 0;
    ot__page_row(s->page, &(row){ .program = s->name,
                                  .first = "",
                                  .op = "outside of calls",
                                  .pass = "",
                                  .shape = "",
                                  .kernels = "",
                                  .name = "",
                                  .id = NAN,
                                  .calls = NAN,
                                  .seconds = rest,
                                  .percent = 100 * rest / seconds,
                                  .flops = NAN,
                                  .bytes = NAN,
                                  .roof = NAN });
    if (ot__page_is_text(s->page)) fprintf(s->page->to, "%.3f s in all\n", seconds);
}

static void print_lines(const sheet *s, const line lines[], int n, double seconds)
{
    line all = { .steps = s->p->n_steps };
    double roofs = 0;
    for (int i = 0; i < n; i++) {
        all.seconds += lines[i].seconds;
        all.flops += lines[i].flops;
        all.bytes += lines[i].bytes;
        roofs += roof(&lines[i], s->peaks);
    }
    ot__page_table(s->page, s->records ? &record_table : &step_table);
    for (int i = 0; i < n; i++)
        print_line(s, &lines[i], all.seconds);
    print_sums(s, &all, roofs, seconds);
    ot__page_is_text(s->page); /* ends the table */
}

ot_status ot__profile_print(const ot_program *p, const char *name, const ot_peaks *peaks,
                            double seconds, bool records, ot__page *page)
{
    static const ot_peaks unknown = { 0 };
    const sheet s = { p, name, peaks ? peaks : &unknown, records, page };
    if (!p->spent) return ot__fail(OT_EINVAL, "profile: the program was not measured");
    line *lines = ot__new((size_t)p->n_steps, sizeof *lines);
    if (!lines) return OT_ENOMEM;
    const int n = collect(p, records, lines);
    if (!records) qsort(lines, (size_t)n, sizeof *lines, longer);
    print_lines(&s, lines, n, seconds);
    ot__free(lines);
    return OT_OK;
}

ot_status ot_program_profile(const ot_program *p, const ot_peaks *peaks, double seconds,
                             ot_list_format format, bool records, FILE *out)
{
    ot__page page;
    OT_TRY(ot__check_given("profile", "the program", p));
    OT_TRY(ot__check_given("profile", "where to write", out));
    OT_TRY(ot__check_number("profile", "the number of seconds", seconds, 0, DBL_MAX));
    if (peaks) OT_TRY(ot__check_number("profile", "the peak of FLOP/s", peaks->flops, 0, DBL_MAX));
    if (peaks) OT_TRY(ot__check_number("profile", "the peak of bytes/s", peaks->bytes, 0, DBL_MAX));
    OT_TRY(ot__report_open(&page, "profile", format, out));
    return ot__report_close(&page, "profile",
                            ot__profile_print(p, NULL, peaks, seconds, records, &page));
}
