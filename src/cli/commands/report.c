/* SPDX-License-Identifier: BSD-3-Clause
 * odetape report: writes everything about a run or a sweep on one HTML page, which refers to no
 * other file.  The page has no time of day, so that the same runs give the same bytes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/directory.h"
#include "base/file.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/stop.h"
#include "cli/frame/threads.h"
#include "cli/report/html.h"
#include "cli/frame/print.h"
#include "cli/report/report.h"
#include "cli/report/structure.h"

struct settings {
    const char *data, *output;
    ot_text_list landscapes;
    int weights_of, threads;
    bool no_images, watch;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const ot_option options[] = {
    { .name = "output",
      .letter = 'o',
      .kind = OT_OPTION_TEXT,
      .argument = "FILE",
      FIELD(output),
      .help = "page to write; default: report.html in RUN; -: standard output" },
    { .name = "landscape",
      .letter = 'l',
      .kind = OT_OPTION_TEXTS,
      .argument = "DIR",
      FIELD(landscapes),
      .help = "directory of odetape landscape; may be given more than once" },
    { .name = "no-images",
      .kind = OT_OPTION_SWITCH,
      FIELD(no_images),
      .help = "leave out confusion matrix and samples; compute nothing" },
    { .name = "watch",
      .kind = OT_OPTION_SWITCH,
      FIELD(watch),
      .help = "write the page again and again until the training has ended" },
    { 0 },
};

static const cli_group groups[] = {
    { "Report options", options, 0 },
    CLI_WEIGHTS_GROUP(weights_of),
    CLI_DATA_GROUP(data),
    CLI_THREAD_GROUP(threads),
    { 0 },
};

/* The greater of two counts: results.jsonl lacks runs that have not started; the directories lack
 * runs that were removed. */
static int count_runs(const cli_page *r)
{
    return r->n > r->table.n ? r->n : r->table.n;
}

static void write_summary(FILE *to, const cli_page *r)
{
    int n[CLI_FAILED + 1] = { 0 };
    const char *between = ": ";
    for (int i = 0; i < r->table.n; i++)
        n[r->table.run[i].state]++;
    const int all = count_runs(r);
    n[CLI_WAITING] += all - r->table.n;
    fprintf(to, "<p>%d run%s", all, all == 1 ? "" : "s");
    for (cli_state state = CLI_WAITING; state <= CLI_FAILED; state++) {
        if (n[state] == 0) continue;
        fprintf(to, "%s%d %s", between, n[state], cli_state_name(state));
        between = ", ";
    }
    fputs(".</p>\n", to);
}

static void write_sections(FILE *to, const cli_page *r)
{
    static void (*const sections[])(FILE * to, const cli_page *r) = {
        cli_report_results, cli_report_runs,          cli_report_curves,      cli_report_schemes,
        cli_report_learned, cli_report_steps,         cli_report_landscapes,  cli_report_confusion,
        cli_report_samples, cli_report_configuration, cli_report_environment, cli_report_commands,
    };
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
        sections[i](to, r);
}

static void write_title(FILE *to, const cli_page *r, const char *title)
{
    cli_html_element(to, "h1", "%s", r->about.title ? r->about.title : title);
    if (r->about.title) cli_html_element(to, "p", "%s", title);
    if (r->about.note) cli_html_element(to, "p", "%s", r->about.note);
}

/* The sections are written first, because the contents before them list those that there are. */
static ot_status write_page(FILE *to, void *user)
{
    const cli_page *const r = user;
    char title[512], *body = NULL;
    size_t size = 0;
    FILE *const sections = open_memstream(&body, &size);
    cli_html_begin();
    if (!sections) {
        cli_html_record_failure(OT_ENOMEM);
        return cli_no_memory();
    }
    write_sections(sections, r);
    if (fclose(sections) != 0) cli_html_record_failure(OT_ENOMEM);
    snprintf(title, sizeof title, "odetape report: %.400s", r->source);
    cli_html_open(to, title, r->refresh, cli_structure_style);
    write_title(to, r, title);
    cli_report_headline(to, r);
    write_summary(to, r);
    cli_html_contents(to);
    fwrite(body, 1, size, to);
    cli_html_close(to);
    free(body);
    return cli_html_failure();
}

/* Returns OT_ENOMEM or OT_EIO if a part of the page is missing for that reason. */
static ot_status report_failure(const cli_page *r)
{
    if (cli_html_failure() == OT_OK) return OT_OK;
    return cli_html_failure() == OT_ENOMEM
               ? cli_no_memory()
               : ot__fail(OT_EIO, "'%.200s' cannot be read completely: %s", r->source,
                          strerror(EIO));
}

static ot_status write_file(cli_page *r, const char *path, bool tells)
{
    const ot_status status = ot__file_fill(path, write_page, r);
    OT_TRY(report_failure(r));
    if (status == OT_OK && tells)
        cli_print(stdout, "%s: %d run%s\n", path, count_runs(r), count_runs(r) == 1 ? "" : "s");
    return status;
}

static ot_status write_out(cli_page *r, const char *output, bool tells)
{
    char *path;
    if (output && strcmp(output, "-") == 0) {
        write_page(stdout, r);
        return report_failure(r); /* cli_dispatch checks stdout */
    }
    if (output) return write_file(r, output, tells);
    OT_TRY(ot_run_path(r->source, OT_RUN_REPORT, &path));
    const ot_status status = write_file(r, path, tells);
    free(path);
    return status;
}

/* How often a watched page is written, and loaded again by a browser, in seconds. */
enum { REFRESH = 5 };

/* Whether a process has the lock of a directory, as a training has until it ends. */
static bool is_locked(const char *directory)
{
    ot__directory d = OT__DIRECTORY_NONE;
    const ot_status status = ot__directory_open(directory, "another process is there", &d);
    ot__directory_close(&d);
    return status == OT_EBUSY;
}

/* Whether a run of the page is being trained, or the sweep is at work. */
static bool is_running(const cli_page *r)
{
    for (int i = 0; i < r->n; i++) {
        const cli_state state = r->run[i].outcome.state;
        if ((state == CLI_WAITING || state == CLI_UNFINISHED) && is_locked(r->run[i].directory))
            return true;
    }
    return r->n > 0 && is_locked(r->source);
}

static ot_status check_landscapes(const ot_text_list *directories)
{
    for (int i = 0; i < directories->n; i++)
        if (!cli_report_has_landscape(directories->value[i]))
            return ot__fail(OT_ENOENT,
                            "'%.200s' has no pictures of odetape landscape: contour.svg, "
                            "surface.svg or line.svg",
                            directories->value[i]);
    return OT_OK;
}

/* Reads the runs and writes the page; `tells`: says that it is written. */
static ot_status report(const struct settings *s, const char *source, cli_page *r, bool tells)
{
    ot_status status = cli_report_open(r, source);
    r->refresh = s->watch && is_running(r) ? REFRESH : 0;
    /* Confusion matrix and samples come with the last page: they would slow the training down. */
    r->no_images = s->no_images || r->refresh > 0;
    if (status == OT_OK && !r->no_images) status = cli_report_inspect(r);
    if (status == OT_OK) status = write_out(r, s->output, tells);
    return status;
}

/* Writes the page until the training has ended or a signal asks for the end.  The last page does
 * not refresh itself. */
static ot_status watch(const struct settings *s, const char *source, const cli_page *empty)
{
    static cli_page r; /* too large for the stack */
    ot_status status;
    bool tells = true; /* once */
    cli_catch_signals();
    do {
        r = *empty;
        status = report(s, source, &r, tells);
        tells = false;
        const bool ends = status != OT_OK || r.refresh == 0;
        cli_report_close(&r);
        if (ends) return status;
        for (int i = 0; i < REFRESH && !cli_stop; i++)
            sleep(1);
    } while (!cli_stop);
    r = *empty;
    struct settings last = *s;
    last.watch = false, last.no_images = true;
    status = report(&last, source, &r, false);
    cli_report_close(&r);
    return status;
}

static ot_status run(void *settings, char **operands)
{
    const struct settings *const s = settings;
    static cli_page r; /* too large for the stack; used once */
    r.data = s->data;
    r.rule = (cli_weights_rule){ .of = s->weights_of };
    r.landscapes = s->landscapes;
    r.no_images = s->no_images;
    if (s->watch && s->output && strcmp(s->output, "-") == 0)
        return ot__fail(OT_EINVAL, "--watch writes a page many times, which standard output cannot "
                                   "be; give --output a file");
    if (s->data && s->no_images)
        return ot__fail(OT_EINVAL, "--data says which images to use, and --no-images uses none");
    ot_status status = cli_use_threads(s->threads);
    if (status == OT_OK) status = check_landscapes(&s->landscapes);
    if (status == OT_OK && s->watch) return watch(s, operands[0], &r);
    if (status == OT_OK) status = report(s, operands[0], &r, true);
    cli_report_close(&r);
    return status;
}

const cli_command cli_report = {
    .name = "report",
    .operands = "RUN|SWEEP",
    .n_operands = 1,
    .summary = "describe a run or a sweep on one HTML page",
    .detail =
        "RUN is a directory that odetape train has written, SWEEP one with runs below it.  The\n"
        "page needs no other file and no connection.  For the run, or the most accurate run of\n"
        "the sweep, it has the confusion matrix of the test images and samples of the training\n"
        "images.",
    .groups = groups,
    .defaults = &(const struct settings){ 0 },
    .settings_size = sizeof(struct settings),
    .run = run,
};
