/* SPDX-License-Identifier: BSD-3-Clause
 * Prints the progress of a training.  A terminal gets a bar, which is redrawn at most ten times per
 * second.  A file or pipe gets plain lines, at least one per minute, so that a long epoch does not
 * look like a crash.  Each line is composed in memory and written by one call. */
#include "cli/runs/progress.h"

#include <langinfo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "cli/frame/page.h"
#include "cli/frame/text.h"
#include "cli/frame/print.h"

enum { WIDEST = 200, COUNTS_TEXT = 80, LEAST_BAR = 5, MOST_BAR = 40 };
static const double REDRAW = 0.1, HEARTBEAT = 60.0; /* seconds */

static bool is_set(const char *name)
{
    const char *const value = getenv(name);
    return value && *value;
}

void cli_progress_start(cli_progress *p)
{
    const char *const term = getenv("TERM");
    *p = (cli_progress){ .wide = cli_chosen_view.wide };
    p->terminal = isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
    p->colour = p->terminal && !is_set("NO_COLOR");
    p->last = p->terminal ? 0.0 : ot__now(); /* 0: the first line is drawn at once */
    p->blocks = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static int columns(void)
{
    const int n = cli_redrawn_columns(STDERR_FILENO);
    return n < WIDEST ? n : WIDEST;
}

/* Appends a bar of `cells` cells to line.  The caller ensures that it fits. */
static void append_bar(const cli_progress *p, char *line, int cells, double done)
{
    static const char *const eighths[] = { " ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };
    const int filled = (int)(done * cells * 8 + 0.5);
    strcat(line, p->colour ? " \033[32m" : " ");
    for (int i = 0; i < cells; i++) {
        const int part = filled - 8 * i;
        const int level = part < 0 ? 0 : part > 8 ? 8 : part;
        strcat(line, p->blocks ? eighths[level] : level >= 4 ? "#" : "-");
    }
    if (p->colour) strcat(line, "\033[0m");
}

/* Writes the numbers of controlled steps, accepted + rejected, and of evaluations of f, forward and
 * after a pass with gradients also backward.  The text is empty for networks without controlled
 * steps. */
static const char *counts_text(char text[COUNTS_TEXT], const ot_control_result *w)
{
    text[0] = 0;
    if (w->accepted == 0) return text;
    const int n =
        snprintf(text, COUNTS_TEXT, " steps %d+%d f %ld", w->accepted, w->rejected, w->evaluations);
    if (w->backward_evaluations > 0)
        snprintf(text + n, COUNTS_TEXT - (size_t)n, "+%ld back", w->backward_evaluations);
    return text;
}

static void draw(const cli_progress *p, const ot_train_progress *now)
{
    const double done = now->batches > 0 ? (double)now->batch / now->batches : 0;
    const int width = columns();
    char left[64], counts[COUNTS_TEXT], right[160 + COUNTS_TEXT], line[WIDEST * 4] = "\r";
    cli_text eta;
    const int n_left = snprintf(left, sizeof left, "epoch %d/%d%s", now->epoch, now->epochs,
                                now->evaluating ? " test" : "");
    const int n_right =
        snprintf(right, sizeof right, " %3.0f%% %.0f img/s loss %.3f acc %.1f%%%s ETA %s",
                 100 * done, now->images_per_second, now->loss, 100 * now->accuracy,
                 counts_text(counts, &now->control), cli_duration(&eta, now->eta_seconds));
    const int room = width - n_left - n_right - 1;
    strcat(line, left);
    if (room >= LEAST_BAR) append_bar(p, line, room < MOST_BAR ? room : MOST_BAR, done);
    strcat(line, right);
    if (room < LEAST_BAR && width + 1 < (int)strlen(line)) line[width + 1] = 0;
    strcat(line, "\033[K");
    fputs(line, stderr);
}

/* Prints a line to a file or a pipe. */
static void print_plain_line(const cli_progress *p, const ot_train_progress *now)
{
    cli_text eta;
    char counts[COUNTS_TEXT];
    cli_print(stderr, "epoch %d/%d%s: batch %d/%d", now->epoch, now->epochs,
              now->evaluating ? " test" : "", now->batch, now->batches);
    if (!now->evaluating || p->wide) fprintf(stderr, ", %.0f img/s", now->images_per_second);
    cli_print(stderr, ", loss %.3f, acc %.1f%%%s, ETA %s\n", now->loss, 100 * now->accuracy,
              p->wide ? counts_text(counts, &now->control) : "",
              cli_duration(&eta, now->eta_seconds));
}

void cli_progress_batch(cli_progress *p, const ot_train_progress *now)
{
    const double time = ot__now();
    if (time - p->last < (p->terminal ? REDRAW : HEARTBEAT)) return;
    p->last = time;
    if (p->terminal)
        draw(p, now);
    else
        print_plain_line(p, now);
}

void cli_progress_clear(const cli_progress *p)
{
    if (p->terminal) cli_erase_line();
}

/* ---- the line of an epoch ---- */

/* Prints the accuracies that only a training with --validation or --average has. */
static void print_optional(const ot_epoch_result *e)
{
    if (!isnan(e->validation_accuracy))
        fprintf(stderr, "  validation loss %.4f acc %5.2f%%", e->validation_loss,
                100 * e->validation_accuracy);
    if (!isnan(e->average_accuracy))
        fprintf(stderr, "  average test loss %.4f acc %5.2f%%", e->average_loss,
                100 * e->average_accuracy);
    if (!isnan(e->average_validation_accuracy))
        fprintf(stderr, " validation loss %.4f acc %5.2f%%", e->average_validation_loss,
                100 * e->average_validation_accuracy);
}

static void print_wide(const ot_epoch_result *e)
{
    char counts[COUNTS_TEXT];
    fprintf(stderr, "  loss %.4f acc %5.2f%%  test loss %.4f acc %5.2f%%", e->train_loss,
            100 * e->train_accuracy, e->test_loss, 100 * e->test_accuracy);
    print_optional(e);
    cli_print(stderr, "  lr %s  %.0f img/s  %.1f s", OT__ROUNDED(e->lr, 6), e->images_per_second,
              e->seconds);
    if (e->train_control.accepted > 0)
        cli_print(stderr, " %s", counts_text(counts, &e->train_control));
    if (e->test_control.accepted > 0)
        cli_print(stderr, ", test%s", counts_text(counts, &e->test_control));
    for (int q = 0; q < e->orders; q++)
        cli_print(stderr, "%s%.1e", q == 0 ? "  order residuals " : " ", e->order_residual[q]);
}

/* With held-out images or averaged weights, accuracies take the place of losses. */
static void print_narrow(const ot_epoch_result *e)
{
    const bool validation = !isnan(e->validation_accuracy), average = !isnan(e->average_accuracy);
    if (!validation && !average)
        fprintf(stderr, "  loss %.4f acc %5.2f%%  test loss %.4f acc %5.2f%%", e->train_loss,
                100 * e->train_accuracy, e->test_loss, 100 * e->test_accuracy);
    else
        fprintf(stderr, "  loss %.4f  test acc %5.2f%%", e->train_loss, 100 * e->test_accuracy);
    if (validation) fprintf(stderr, "  validation %5.2f%%", 100 * e->validation_accuracy);
    if (average) fprintf(stderr, "  average %5.2f%%", 100 * e->average_accuracy);
    if (!validation || !average) fprintf(stderr, "  %.1f s", e->seconds);
}

void cli_progress_epoch(cli_progress *p, const ot_epoch_result *e, int epochs)
{
    cli_progress_clear(p);
    fprintf(stderr, "epoch %3d/%d", e->epoch, epochs);
    if (p->wide)
        print_wide(e);
    else
        print_narrow(e);
    fputc('\n', stderr);
    p->last = ot__now();
}
