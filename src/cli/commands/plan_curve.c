/* SPDX-License-Identifier: BSD-3-Clause
 * Prints the curve of memory against time: of all plans that the compiler chooses from, those that
 * no other plan beats in both.  Two known plans are marked: segments that keep all their values
 * (Chen et al. 2016), with the number of segments that needs least, and the plan that computes most
 * again. */
#include "cli/commands/plan_curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/frame/message.h"
#include "cli/frame/print.h"
#include "cli/frame/text.h"
#include "cli/plots/gnuplot.h"

enum { MOST_POINTS = 256 };

typedef struct curve {
    ot_memory_point point[MOST_POINTS];
    int n;
    double flops; /* of a step that computes nothing again */
    const ot_memory_point *chen, *most;
} curve;

static void take(const ot_memory_point *point, void *user)
{
    curve *const c = user;
    if (c->n < MOST_POINTS) c->point[c->n++] = *point;
}

/* More bytes first, then fewer FLOPs. */
static int by_bytes(const void *x, const void *y)
{
    const ot_memory_point *const a = x, *const b = y;
    if (a->peak_bytes != b->peak_bytes) return a->peak_bytes > b->peak_bytes ? -1 : 1;
    return (a->flops_replayed > b->flops_replayed) - (a->flops_replayed < b->flops_replayed);
}

static void mark(curve *c)
{
    qsort(c->point, (size_t)c->n, sizeof *c->point, by_bytes);
    for (int i = 0; i < c->n; i++) {
        const ot_memory_point *const p = &c->point[i];
        if (p->levels == 1 && !p->thin && p->share == 1) c->chen = p; /* the last needs least */
        if (!c->most || p->flops_replayed > c->most->flops_replayed) c->most = p;
    }
}

/* Whether no other plan needs as few bytes without more FLOPs. */
static bool is_best(const curve *c, int i)
{
    if (i > 0 && c->point[i - 1].peak_bytes == c->point[i].peak_bytes) return false;
    for (int j = i + 1; j < c->n; j++)
        if (c->point[j].peak_bytes < c->point[i].peak_bytes &&
            c->point[j].flops_replayed <= c->point[i].flops_replayed)
            return false;
    return true;
}

static const char *mark_of(const curve *c, const ot_memory_point *p)
{
    return p == c->chen ? "sqrt checkpoints" : p == c->most ? "most again" : "";
}

static double time_of(const curve *c, const ot_memory_point *p)
{
    return 1 + p->flops_replayed / c->flops;
}

static void describe(const ot_memory_point *p, char text[64])
{
    if (p->flops_replayed == 0.0)
        snprintf(text, 64, "everything is kept");
    else if (p->levels == 0)
        snprintf(text, 64, "%.0f%% of the cheapest values again", 100 * p->share);
    else
        snprintf(text, 64, "%d segments, %d level%s%s", p->segments, p->levels,
                 p->levels == 1 ? "" : "s", p->thin ? ", thin" : "");
    const size_t used = strlen(text);
    if (p->levels > 0 && p->share < 1)
        snprintf(text + used, 64 - used, ", first %.0f%%", 100 * p->share);
}

/* Rows that save less than this part of the whole are left out. */
static const double LEAST_SAVING = 1.0 / 32;

typedef struct row {
    const char *how, *mark;
    double bytes, percent, time;
} row;

static void show_bytes(double value, char *text, size_t size)
{
    cli_text bytes;
    snprintf(text, size, "%s", cli_bytes(&bytes, value));
}

#define AT(member) .offset = offsetof(row, member)

static const ot__column columns[] = {
    { "peak_bytes", "memory", OT__CELL_COUNT, AT(bytes), .width = 10, .show = show_bytes },
    { "percent", "of all", OT__CELL_REAL, AT(percent), .width = 6, .format = "%.0f%%" },
    { "time", "time", OT__CELL_REAL, AT(time), .width = 6, .format = "%.2f" },
    { "how", "how", OT__CELL_TEXT, AT(how), .width = -25 },
    { "mark", "", OT__CELL_TEXT, AT(mark), .width = -1 },
};
static const ot__table table = OT__TABLE("curve", columns);

static void print_table(ot__page *page, const curve *c)
{
    double before = HUGE_VAL;
    if (ot__page_is_text(page)) cli_print(stdout, "\nmemory against time, in FLOPs of a step\n");
    ot__page_table(page, &table);
    for (int i = 0; i < c->n; i++) {
        const ot_memory_point *const p = &c->point[i];
        char how[64];
        const double part = (double)p->peak_bytes / (double)c->point[0].peak_bytes;
        if (!*mark_of(c, p) && (!is_best(c, i) || before - part < LEAST_SAVING)) continue;
        before = part;
        describe(p, how);
        ot__page_row(
            page, &(row){ how, mark_of(c, p), (double)p->peak_bytes, 100 * part, time_of(c, p) });
    }
    ot__page_is_text(page); /* ends the table */
}

/* ---- the picture ---- */

static void write_point(FILE *to, const curve *c, const ot_memory_point *p)
{
    fprintf(to, "%.6g %.6g\n", (double)p->peak_bytes / (1 << 20), time_of(c, p));
}

static void write_numbers(FILE *to, void *user)
{
    const curve *const c = user;
    fputs("# MiB, time in FLOPs of a step: the curve; then the plans that are marked\n", to);
    for (int i = 0; i < c->n; i++)
        if (is_best(c, i)) write_point(to, c, &c->point[i]);
    fputs("\n\n", to);
    if (c->chen) write_point(to, c, c->chen);
    fputs("\n\n", to);
    write_point(to, c, c->most);
}

static void write_script(FILE *to, void *user)
{
    (void)user;
    fputs("set title 'Memory against time'\nset xlabel 'peak of memory, MiB'\n"
          "set ylabel 'time, in FLOPs of a step that keeps everything'\n"
          "set xrange [0:*]\nset yrange [1:*]\nset grid lc rgb '#d0d0d0' lt 1\nset key top right\n"
          "plot dat index 0 with fsteps lw 2 lc rgb '#0060b0' title 'odetape', \\\n"
          "     dat index 1 with points pt 7 lc rgb '#c04000' title 'checkpoints of sqrt(n) "
          "segments', \\\n"
          "     dat index 2 with points pt 5 lc rgb '#606060' title 'most computed again'\n",
          to);
}

static ot_status draw(curve *c, const char *image)
{
    cli_plot_files files;
    const cli_plot_source source = { write_numbers, write_script, c };
    OT_TRY(cli_plot_open(&files, image));
    OT_TRY(cli_plot_save(&files, &source));
    return cli_plot_draw(&files, &source);
}

bool cli_plan_has_curve(const ot_net *net)
{
    return ot_net_options(net)->step != OT_STEP_CONTROLLED;
}

ot_status cli_plan_check_curve(const ot_net *net)
{
    if (cli_plan_has_curve(net)) return OT_OK;
    return ot__fail(OT_EINVAL, "curve: a network with controlled steps is several programs, which "
                               "have no common curve; leave out --curve and --out");
}

ot_status cli_plan_curve(ot__page *page, const ot_net *net, const ot_compile_opts *how,
                         const char *image)
{
    static curve c; /* too large for the stack; used once */
    ot_program *p = NULL;
    ot_compile_opts planned = *how;
    planned.plan_only = true;
    planned.memory_limit = 0;
    OT_TRY(ot_compile(ot_net_tape(net), ot_net_loss(net), &planned, &p));
    const ot_program_info info = ot_program_describe(p);
    c.flops = info.flops_forward + info.flops_backward;
    ot_program_free(p);
    OT_TRY(ot_compile_curve(ot_net_tape(net), ot_net_loss(net), &planned, take, &c));
    mark(&c);
    print_table(page, &c);
    return image ? draw(&c, image) : OT_OK;
}
