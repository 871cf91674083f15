/* SPDX-License-Identifier: BSD-3-Clause
 * Lists, plans, measures and profiles an execution.  One program is reported as it is.  Several are
 * reported one after another, each with a heading, and what belongs to all of them follows. */
#include <float.h>
#include <jansson.h>
#include <stdlib.h>

#include "autograd/inspect/listing.h"
#include "autograd/inspect/report.h"
#include "autograd/inspect/text.h"
#include "autograd/program.h"
#include "base/check.h"
#include "base/decimal.h"
#include "base/json.h"
#include "train/execution.h"

/* Writes "stem" or "blocks.0, one step" in a line of its own. */
static void print_heading(const ot__execution_program *p, const char *before, FILE *out)
{
    if (p->segment) fprintf(out, "%s%s%s\n", before, p->segment, p->what);
}

static ot_status finish(const char *who, FILE *out)
{
    if (fflush(out) != 0 || ferror(out)) return ot__fail(OT_EIO, "%s: cannot write", who);
    return OT_OK;
}

/* ---- listing ---- */

static ot_status list_json(const ot_execution *e, FILE *out)
{
    json_t *programs = json_array();
    for (int i = 0; i < ot__execution_programs(e); i++) {
        const ot__execution_program p = ot__execution_program_at(e, i);
        json_t *one = ot__program_json(p.program);
        ot__json_set(&one, "segment", json_sprintf("%s%s", p.segment, p.what));
        ot__json_append(&programs, one);
    }
    json_t *const all = json_pack("{s:o}", "programs", programs);
    char *const text = all ? ot__json_dump(all, JSON_INDENT(1)) : NULL;
    json_decref(all);
    if (!text) return ot__fail(OT_ENOMEM, "out of memory while listing a network");
    fprintf(out, "%s\n", text);
    free(text);
    return finish("listing", out);
}

ot_status ot_execution_list(const ot_execution *e, ot_list_format format, FILE *out)
{
    OT_TRY(ot__check_given("listing", "the execution", e));
    OT_TRY(ot__check_given("listing", "where to write", out));
    const int n = ot__execution_programs(e);
    if (format == OT_LIST_JSON && n > 1) return list_json(e, out);
    for (int i = 0; i < n; i++) {
        const ot__execution_program p = ot__execution_program_at(e, i);
        if (i > 0) fputc('\n', out);
        print_heading(&p, format == OT_LIST_DOT ? "// " : "; ", out);
        OT_TRY(ot_program_list(p.program, format, out));
    }
    return OT_OK;
}

/* ---- planning ---- */

enum { NAME = 128 };

static void print_cost(const char *segment, const char *what, const ot_program_info *info,
                       FILE *out)
{
    char forward[16], backward[16];
    const int width = fprintf(out, "%s%s", segment, what);
    fprintf(out, "%*s %9s %9s %9s\n", width < 44 ? 44 - width : 0, "",
            ot__quantity(info->flops_forward, forward),
            ot__quantity(info->flops_backward, backward), OT__BYTES(info->arena_bytes));
}

/* The evaluations of f in one step of each block, forward and, if there are gradients, backward. */
static void print_evaluations(const ot_execution *e, FILE *out)
{
    int forward = 0, backward = 0;
    for (int i = 0; i < ot__execution_programs(e); i++) {
        const ot__execution_program p = ot__execution_program_at(e, i);
        *(p.forward_step ? &forward : &backward) += p.evaluations;
    }
    const int steps = ot__execution_equal_steps(e);
    fprintf(out, "evaluations of f in one step of each block: %d forward, %d backward", forward,
            backward);
    if (steps > 0)
        fprintf(out, "; in all %d steps: %d and %d", steps, steps * forward, steps * backward);
    fputc('\n', out);
}

/* A table of all programs.  What computes a step again belongs to its backward pass. */
static void print_costs(const ot_execution *e, FILE *out)
{
    fprintf(out, "\n%-44s %9s %9s %9s\n", "FLOPs per image, of a block those of one step",
            "forward", "backward", "arena");
    for (int i = 0; i < ot__execution_programs(e); i++) {
        const ot__execution_program p = ot__execution_program_at(e, i);
        ot_program_info info = ot_program_describe(p.program);
        if (*p.what && !p.forward_step) {
            info.flops_backward = p.runs * (info.flops_backward + info.flops_forward);
            info.flops_forward = 0;
        }
        print_cost(p.segment, p.what, &info, out);
    }
    const ot_program_info all = ot_execution_describe(e);
    print_cost("all", "", &all, out);
    print_evaluations(e, out);
}

/* Writes "blocks.0, one step"; NULL if there is one program. */
static const char *name_of(const ot__execution_program *p, char text[NAME])
{
    if (!p->segment) return NULL;
    snprintf(text, NAME, "%s%s", p->segment, p->what);
    return text;
}

/* Begins the part of program i in a text. */
static void print_start(const ot__execution_program *p, int i, ot__page *page)
{
    if (!ot__page_is_text(page)) return;
    if (i > 0) fputc('\n', page->to);
    print_heading(p, "", page->to);
}

static ot_status plan(const ot_execution *e, bool records, ot__page *page)
{
    char name[NAME];
    const int n = ot__execution_programs(e);
    for (int i = 0; i < n; i++) {
        const ot__execution_program p = ot__execution_program_at(e, i);
        print_start(&p, i, page);
        OT_TRY(ot__plan_print(p.program, name_of(&p, name), records, page));
    }
    if (n > 1 && ot__page_is_text(page)) print_costs(e, page->to);
    return OT_OK;
}

ot_status ot_execution_plan(const ot_execution *e, ot_list_format format, bool records, FILE *out)
{
    ot__page page;
    OT_TRY(ot__check_given("plan", "the execution", e));
    OT_TRY(ot__check_given("plan", "where to write", out));
    OT_TRY(ot__report_open(&page, "plan", format, out));
    return ot__report_close(&page, "plan", plan(e, records, &page));
}

/* ---- measuring ---- */

ot_status ot_execution_measure(ot_execution *e, bool on)
{
    OT_TRY(ot__check_given("measure", "the execution", e));
    for (int i = 0; i < ot__execution_programs(e); i++)
        OT_TRY(ot_program_measure(ot__execution_program_at(e, i).program, on));
    return OT_OK;
}

static double seconds_of(const ot_program *p)
{
    double sum = 0;
    for (int s = 0; s < p->n_steps; s++)
        sum += p->spent[s].seconds;
    return sum;
}

static void print_seconds(const ot_execution *e, double seconds, FILE *out)
{
    double all = 0;
    for (int i = 0; i < ot__execution_programs(e); i++)
        all += seconds_of(ot__execution_program_at(e, i).program);
    const double rest = seconds > all ? seconds - all : 0;
    fprintf(out, "\n%.3f s in the calls of all programs", all);
    if (seconds > 0) fprintf(out, ", %.3f s outside of calls, %.3f s in all", rest, seconds);
    fputc('\n', out);
}

static ot_status profile(const ot_execution *e, const ot_peaks *peaks, double seconds, bool records,
                         ot__page *page)
{
    char name[NAME];
    const int n = ot__execution_programs(e);
    for (int i = 0; i < n; i++) {
        const ot__execution_program p = ot__execution_program_at(e, i);
        print_start(&p, i, page);
        OT_TRY(ot__profile_print(p.program, name_of(&p, name), peaks, n > 1 ? 0 : seconds, records,
                                 page));
    }
    if (n > 1 && ot__page_is_text(page)) print_seconds(e, seconds, page->to);
    return OT_OK;
}

ot_status ot_execution_profile(const ot_execution *e, const ot_peaks *peaks, double seconds,
                               ot_list_format format, bool records, FILE *out)
{
    ot__page page;
    OT_TRY(ot__check_given("profile", "the execution", e));
    OT_TRY(ot__check_given("profile", "where to write", out));
    OT_TRY(ot__check_number("profile", "the number of seconds", seconds, 0, DBL_MAX));
    OT_TRY(ot__report_open(&page, "profile", format, out));
    return ot__report_close(&page, "profile", profile(e, peaks, seconds, records, &page));
}
