/* SPDX-License-Identifier: BSD-3-Clause
 * Prints where the time of a program went.  run.c measures the time of each call, and this file
 * makes a table of the calls.  The roofline of a call is the least time that the machine could
 * take, max(FLOPs / peak, bytes / bandwidth); the table has its ratio to the measured time. */
#include <float.h>
#include <stdlib.h>

#include "autograd/cost.h"
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

static void print_numbers(const line *l, const ot_peaks *peaks, double all, FILE *out)
{
    const double s = l->seconds;
    fprintf(out, " %9.3f %6.1f %9.1f %7.1f", s, all > 0 ? 100 * s / all : 0.0,
            s > 0 ? 1e-9 * l->flops / s : 0.0, s > 0 ? 1e-9 * l->bytes / s : 0.0);
    if (s > 0 && roof(l, peaks) > 0)
        fprintf(out, " %5.2f", roof(l, peaks) / s);
    else
        fprintf(out, " %5s", "-");
}

static void print_line(const ot_program *p, const line *l, bool records, const ot_peaks *peaks,
                       double all, FILE *out)
{
    const ot__step *s = &p->step[l->step];
    const ot__node *node = ot__program_node(p, s->id);
    if (records)
        fprintf(out, "%%%-5d", s->id);
    else
        fprintf(out, "%5d ", l->steps);
    fprintf(out, " %-16s %-8s", ot__kind_name(node), ot__step_name(s));
    print_numbers(l, peaks, all, out);
    fprintf(out, "  %-18s", ot__shape_text(ot__program_shape(p, s->id, p->batch)));
    if (!s->terms && node->record.op)
        fprintf(out, " %s", ot__kernels_name(node->record.op, s->kernels));
    if (records) fprintf(out, "  %s", node->name ? node->name : node->scope);
    fputc('\n', out);
}

/* Prints the part of `seconds` that was not spent in calls. */
static void print_rest(double seconds, double calls, FILE *out)
{
    if (seconds <= 0) return;
    const double rest = seconds > calls ? seconds - calls : 0;
    fprintf(out, "%5s  %-16s %-8s %9.3f %6.1f  %% of %.3f s in all\n", "", "outside of calls", "",
            rest, 100 * rest / seconds, seconds);
}

static void print_lines(const ot_program *p, const line lines[], int n, bool records,
                        const ot_peaks *peaks, double seconds, FILE *out)
{
    line all = { .steps = p->n_steps };
    double roofs = 0;
    for (int i = 0; i < n; i++) {
        all.seconds += lines[i].seconds;
        all.flops += lines[i].flops;
        all.bytes += lines[i].bytes;
        roofs += roof(&lines[i], peaks);
    }
    fprintf(out, "%-6s %-16s %-8s %9s %6s %9s %7s %5s  %s\n", records ? "record" : "calls", "op",
            "pass", "seconds", "%", "GFLOP/s", "GB/s", "roof", "result, kernels");
    for (int i = 0; i < n; i++)
        print_line(p, &lines[i], records, peaks, all.seconds, out);
    fprintf(out, "%5d  %-16s %-8s %9.3f %6.1f %9.1f %7.1f", all.steps, "all", "", all.seconds,
            100.0, all.seconds > 0 ? 1e-9 * all.flops / all.seconds : 0.0,
            all.seconds > 0 ? 1e-9 * all.bytes / all.seconds : 0.0);
    if (roofs > 0 && all.seconds > 0) fprintf(out, " %5.2f", roofs / all.seconds);
    fputc('\n', out);
    print_rest(seconds, all.seconds, out);
}

ot_status ot_program_profile(const ot_program *p, const ot_peaks *peaks, double seconds,
                             bool records, FILE *out)
{
    static const ot_peaks unknown = { 0 };
    OT_TRY(ot__check_given("profile", "the program", p));
    OT_TRY(ot__check_given("profile", "where to write", out));
    OT_TRY(ot__check_number("profile", "the number of seconds", seconds, 0, DBL_MAX));
    if (peaks) OT_TRY(ot__check_number("profile", "the peak of FLOP/s", peaks->flops, 0, DBL_MAX));
    if (peaks) OT_TRY(ot__check_number("profile", "the peak of bytes/s", peaks->bytes, 0, DBL_MAX));
    if (!p->spent) return ot__fail(OT_EINVAL, "profile: the program was not measured");
    line *lines = ot__new((size_t)p->n_steps, sizeof *lines);
    if (!lines) return OT_ENOMEM;
    const int n = collect(p, records, lines);
    if (!records) qsort(lines, (size_t)n, sizeof *lines, longer);
    print_lines(p, lines, n, records, peaks ? peaks : &unknown, seconds, out);
    ot__free(lines);
    if (fflush(out) != 0 || ferror(out)) return ot__fail(OT_EIO, "profile: cannot write");
    return OT_OK;
}
