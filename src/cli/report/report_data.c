/* SPDX-License-Identifier: BSD-3-Clause
 * The sections with images: the confusion matrix, samples of the training images, and the pictures
 * that odetape landscape has drawn. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/frame/message.h"
#include "cli/report/html.h"
#include "cli/frame/print.h"
#include "cli/report/report.h"

/* ---- computing ------------------------------------------------------------------------------- */

/* Returns the run with the greatest final test accuracy among those that have weights. */
static cli_reported *choose(const cli_page *r)
{
    cli_reported *best = NULL;
    for (int i = 0; i < r->n; i++) {
        cli_reported *const run = &r->run[i];
        if (!run->weights) continue;
        const double accuracy = run->outcome.final_accuracy;
        if (!best || isnan(best->outcome.final_accuracy) || accuracy > best->outcome.final_accuracy)
            best = run;
    }
    return best;
}

/* The rows of a sheet, one per class. */
static int sheet_rows(const ot_dataset *d)
{
    enum { ROWS = 10 };
    const int classes = ot_dataset_classes(d);
    return classes < ROWS ? classes : ROWS;
}

/* Draws training images as they are stored, and as the training gets them in its first epoch. */
static ot_status draw_samples(cli_inspection *s)
{
    enum { COLUMNS = 10 };
    const ot_loader_opts loader = cli_training_loader(&s->training);
    const int rows = sheet_rows(s->training.train);
    ot_status status = cli_scratch_make(&s->folder);
    if (status != OT_OK) return status;
    snprintf(s->stored, sizeof s->stored, "%s/stored.png", s->folder.path);
    snprintf(s->augmented, sizeof s->augmented, "%s/augmented.png", s->folder.path);
    status = ot_data_sheet(s->training.train, NULL, 0, rows, COLUMNS, s->stored);
    if (status == OT_OK)
        status = ot_data_sheet(s->training.train, &loader, 0, rows, COLUMNS, s->augmented);
    return status;
}

/* Notes why there are no images and returns OT_OK, since a page is useful without them.  Returns
 * the status if --data asked for them, or if the machine is at fault. */
static ot_status lack_data(cli_page *r, ot_status status)
{
    const bool machine = status == OT_ENOMEM || status == CLI_ESYSTEM || status == OT_EIO;
    if (r->data || machine) return status;
    snprintf(r->inspection.no_data, sizeof r->inspection.no_data, "%s", ot_message());
    return OT_OK;
}

/* Opens network, data and parameters of a file of weights. */
static ot_status read_weights(cli_page *r)
{
    cli_training *const t = &r->inspection.training;
    const char *const weights = r->inspection.run->weights;
    *t = (cli_training){ .data = r->data };
    r->inspection.no_data[0] = 0;
    ot_status status = cli_training_describe(t, weights);
    if (status != OT_OK) return status;
    status = cli_training_find_data(t);
    return status == OT_OK ? cli_params_load(t->params, weights) : lack_data(r, status);
}

/* A running training may remove the weights while they are read.  Then newer ones are read instead,
 * and the failure is not reported. */
static ot_status read_newest_weights(cli_page *r)
{
    cli_inspection *const s = &r->inspection;
    for (int i = 0;; i++) {
        const ot_status status = read_weights(r);
        const bool failed = status != OT_OK || *s->no_data;
        if (!failed || i == CLI_MOST_RETRIES || !cli_report_find_newer(s->run)) return status;
        cli_training_close(&s->training);
    }
}

ot_status cli_report_inspect(cli_page *r)
{
    cli_inspection *const s = &r->inspection;
    const cli_training *const t = &s->training;
    s->run = choose(r);
    if (!s->run) return OT_OK;
    ot_status status = read_newest_weights(r);
    if (status != OT_OK) return status;
    s->weights = strdup(s->run->weights);
    if (!s->weights) return cli_no_memory();
    if (*s->no_data) {
        cli_print(stderr, "odetape: note: the page has no confusion matrix: %s\n", s->no_data);
        return OT_OK;
    }
    status = cli_confusion_new(t->net, t->params, t->test, t->recipe.batch, &s->confusion);
    if (status == OT_ENUMERIC) status = OT_OK; /* the page says so */
    return status == OT_OK ? draw_samples(s) : status;
}

/* ---- the matrix ------------------------------------------------------------------------------ */

/* Whether there is something to show.  If not, writes the reason to the page. */
static bool can_show(FILE *to, const cli_page *r, const char *what)
{
    const cli_inspection *const s = &r->inspection;
    if (r->no_images)
        cli_html_missing(to, "There is no %s: the page was written with --no-images.", what);
    else if (!s->run)
        cli_html_missing(to, "There is no %s: no run has weights, as %s.", what,
                         cli_weights_missing(r->rule));
    else if (*s->no_data)
        cli_html_missing(to, "There is no %s: %s.", what, s->no_data);
    return s->run && !*s->no_data;
}

static void write_source(FILE *to, const cli_page *r)
{
    const cli_outcome *const o = &r->inspection.run->outcome;
    cli_html_element(to, "p", "%s%s (%s, seed %s), data from %s.", r->inspection.weights,
                     r->n > 1 ? ", of the most accurate run" : "", o->blocks, o->seed,
                     r->inspection.training.data);
    if (r->inspection.training.source.others)
        cli_html_element(to, "p",
                         "These are not the images that the network was trained and tested with.");
}

static void write_matrix_row(FILE *to, const cli_inspection *s, int i)
{
    const cli_confusion *const c = &s->confusion;
    const int *const row = &c->count[i * c->classes];
    int all = 0;
    for (int j = 0; j < c->classes; j++)
        all += row[j];
    fputs("<tr>", to);
    cli_html_element(to, "th", "%s", ot_dataset_class_name(s->training.test, i));
    for (int j = 0; j < c->classes; j++) {
        const double share = all > 0 ? (double)row[j] / all : 0;
        /* Black text on white, and white text on black, are readable on all of them. */
        fprintf(to, "<td style=\"background:rgba(128,128,128,%.2f)%s\">%d</td>", 0.75 * share,
                i == j ? ";font-weight:bold" : "", row[j]);
    }
    fprintf(to, "<td>%d</td>", all);
    fprintf(to, all > 0 ? "<td>%.1f</td></tr>\n" : "<td>-</td></tr>\n",
            all > 0 ? 100.0 * row[i] / all : 0.0);
}

static void write_matrix(FILE *to, const cli_inspection *s)
{
    const cli_confusion *const c = &s->confusion;
    int right = 0;
    for (int i = 0; i < c->classes; i++)
        right += c->count[i * c->classes + i];
    cli_html_element(
        to, "p",
        "%d of %d test images are classified correctly, %.2f %%. Rows are the true "
        "classes, columns the predicted ones. The grey of a cell is the share of its row.",
        right, c->images, 100.0 * right / (c->images > 0 ? c->images : 1));
    fputs("<div class=\"wide\"><table class=\"matrix\">\n<tr><th>true class</th>", to);
    for (int j = 0; j < c->classes; j++)
        cli_html_element(to, "th class=\"down\"", "%s", ot_dataset_class_name(s->training.test, j));
    fputs("<th class=\"down\">images</th><th class=\"down\">correct, %</th></tr>\n", to);
    for (int i = 0; i < c->classes; i++)
        write_matrix_row(to, s, i);
    fputs("</table></div>\n", to);
}

void cli_report_confusion(FILE *to, const cli_page *r)
{
    cli_html_section(to, "Confusion matrix");
    if (!can_show(to, r, "confusion matrix")) return;
    write_source(to, r);
    if (r->inspection.confusion.images == ot_dataset_count(r->inspection.training.test))
        write_matrix(to, &r->inspection);
    else
        cli_html_missing(to, "There is no confusion matrix: the outputs of the network are not "
                             "finite.");
}

/* ---- pictures -------------------------------------------------------------------------------- */

enum { LARGEST_PICTURE = 1 << 28 }; /* bytes */

static void write_figure(FILE *to, const char *path, const char *type, const char *caption)
{
    char *data = NULL;
    size_t size = 0;
    const ot_status status = ot__file_read(path, LARGEST_PICTURE, &data, &size);
    fputs("<figure>\n", to);
    if (status == OT_OK)
        cli_html_image(to, type, caption, data, size);
    else
        cli_html_missing(to, "There is no picture: %s", ot_message());
    cli_html_record_failure(status);
    cli_html_element(to, "figcaption", "%s", caption);
    fputs("</figure>\n", to);
    ot__free(data);
}

static void write_classes(FILE *to, const ot_dataset *d)
{
    fputs("<p>One class per row, from the top:", to);
    for (int k = 0; k < sheet_rows(d); k++)
        cli_html_put(to, "%s %s", k ? "," : "", ot_dataset_class_name(d, k));
    fputs(".</p>\n", to);
}

void cli_report_samples(FILE *to, const cli_page *r)
{
    const cli_inspection *const s = &r->inspection;
    cli_html_section(to, "Augmented samples");
    if (!can_show(to, r, "sample")) return;
    write_source(to, r);
    write_classes(to, s->training.train);
    fputs("<div class=\"panels\">\n", to);
    write_figure(to, s->stored, "image/png", "Training images as stored");
    write_figure(to, s->augmented, "image/png",
                 "The same images with the augmentation of the first epoch, as configured below");
    fputs("</div>\n", to);
}

/* ---- landscapes ------------------------------------------------------------------------------ */

static const struct {
    const char *file, *caption;
} pictures[] = {
    { "line.svg", "Loss and accuracy along a line" },
    { "contour.svg", "Contours of the loss" },
    { "surface.svg", "The loss as a surface, logarithmic" },
};
enum { PICTURES = sizeof pictures / sizeof pictures[0] };

static bool picture_path(const char *directory, int i, char *path, size_t size)
{
    const int n = snprintf(path, size, "%s/%s", directory, pictures[i].file);
    return n < (int)size && access(path, R_OK) == 0;
}

bool cli_report_has_landscape(const char *directory)
{
    char path[PATH_MAX];
    for (int i = 0; i < PICTURES; i++)
        if (picture_path(directory, i, path, sizeof path)) return true;
    return false;
}

void cli_report_landscapes(FILE *to, const cli_page *r)
{
    char path[PATH_MAX];
    cli_html_section(to, "Loss landscape");
    if (r->landscapes.n == 0)
        cli_html_missing(to, "There is no landscape: odetape landscape computes one, and odetape "
                             "report --landscape DIR adds it to this page.");
    for (int k = 0; k < r->landscapes.n; k++) {
        const char *const directory = r->landscapes.value[k];
        cli_html_element(to, "h3", "%s", directory);
        fputs("<div class=\"panels\">\n", to);
        for (int i = 0; i < PICTURES; i++)
            if (picture_path(directory, i, path, sizeof path))
                write_figure(to, path, "image/svg+xml", pictures[i].caption);
        fputs("</div>\n", to);
    }
}
