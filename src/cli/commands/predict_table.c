/* SPDX-License-Identifier: BSD-3-Clause
 * Probabilities are softmax(logits), computed in double. */
#include "cli/commands/predict_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "cli/frame/csv.h"
#include "cli/frame/message.h"
#include "cli/frame/print.h"

enum {
    TOP = 3,
    MOST_MATRIX = 12, /* classes whose confusion fits into a line */
    MOST_PAIRS = 10,  /* of classes that are listed instead */
};

/* ---- one image ---- */

typedef struct top {
    int n, class[TOP];
    double probability[TOP];
} top;

/* The probability of a class of image i, where `most` is its largest logit and `sum` that of
 * exp(logit - most). */
static top top_of(const cli_predicted *p, int i)
{
    const float *const x = p->logits + (size_t)i * (size_t)p->classes;
    const double most = x[p->answer[i]];
    double sum = 0;
    top t = { .n = 0 };
    for (int k = 0; k < p->classes; k++) {
        sum += exp(x[k] - most);
        int at = t.n < TOP ? t.n++ : TOP;
        while (at > 0 && x[k] > x[t.class[at - 1]])
            at--;
        for (int r = t.n - 1; r > at; r--)
            t.class[r] = t.class[r - 1];
        if (at < t.n) t.class[at] = k;
    }
    for (int r = 0; r < t.n; r++)
        t.probability[r] = exp(x[t.class[r]] - most) / sum;
    return t;
}

/* ---- a table ---- */

typedef struct row {
    const char *image, *class, *second, *third, *top, *label;
    double number, index, probability, second_probability, third_probability;
} row;

#define AT(member) .offset = offsetof(row, member)

static const ot__column columns[] = {
    { "index", NULL, OT__CELL_COUNT, AT(number) },
    { "image", "image", OT__CELL_TEXT, AT(image), .width = -8 },
    { "class", "class", OT__CELL_TEXT, AT(class), .width = -8 },
    { "number", NULL, OT__CELL_COUNT, AT(index) },
    { "probability", "p", OT__CELL_REAL, AT(probability), .format = "%.4f" },
    { NULL, "second", OT__CELL_TEXT, AT(second), .width = -6 },
    { NULL, "p", OT__CELL_REAL, AT(second_probability), .format = "%.4f" },
    { NULL, "third", OT__CELL_TEXT, AT(third), .width = -6 },
    { NULL, "p", OT__CELL_REAL, AT(third_probability), .format = "%.4f" },
    { "top", NULL, OT__CELL_LIST, AT(top) },
    { "label", NULL, OT__CELL_TEXT, AT(label) },
};
static const ot__table table = OT__TABLE("predictions", columns);

/* [["cat", 0.9], ...], to be freed; NULL without memory. */
static char *top_json(const cli_predicted *p, const top *t)
{
    json_t *list = json_array();
    for (int r = 0; r < t->n; r++) {
        json_t *one = json_array(), *name = NULL;
        if (ot__json_text(p->name[t->class[r]], &name) != OT_OK) name = json_string("?");
        ot__json_append(&one, name);
        ot__json_append(&one, json_real(t->probability[r]));
        ot__json_append(&list, one);
    }
    char *const text = list ? ot__json_dump(list, JSON_COMPACT) : NULL;
    json_decref(list);
    return text;
}

static ot_status add_row(const cli_predicted *p, int i, ot__page *page)
{
    const top t = top_of(p, i);
    char *const json = page->json ? top_json(p, &t) : NULL;
    if (page->json && !json) return cli_no_memory();
    ot__page_row(page, &(row){
                           .number = i,
                           .image = p->path ? p->path[i] : NULL,
                           .class = p->name[t.class[0]],
                           .index = t.class[0],
                           .probability = t.probability[0],
                           .second = t.n > 1 ? p->name[t.class[1]] : NULL,
                           .second_probability = t.n > 1 ? t.probability[1] : NAN,
                           .third = t.n > 2 ? p->name[t.class[2]] : NULL,
                           .third_probability = t.n > 2 ? t.probability[2] : NAN,
                           .top = json,
                           .label = p->path ? NULL : p->name[ot_dataset_label(p->data, i)],
                       });
    free(json);
    return OT_OK;
}

/* ---- confusion ---- */

/* count[i * classes + j]: images of class i that are predicted as class j; to be freed. */
static long *count_pairs(const cli_predicted *p)
{
    const size_t n = (size_t)p->classes;
    long *const count = ot__new(n * n, sizeof *count);
    for (int i = 0; count && i < ot_dataset_count(p->data); i++)
        count[(size_t)ot_dataset_label(p->data, i) * n + (size_t)p->answer[i]]++;
    return count;
}

static double accuracy_of(const cli_predicted *p, const long *count)
{
    long right = 0;
    for (int k = 0; k < p->classes; k++)
        right += count[(size_t)k * (size_t)p->classes + (size_t)k];
    return (double)right / ot_dataset_count(p->data);
}

static void print_matrix(const cli_predicted *p, const long *count)
{
    cli_print(stdout, "confusion (a line per class, a column per prediction)\n%-12s", "");
    for (int j = 0; j < p->classes; j++)
        cli_print(stdout, " %5.5s", p->name[j]);
    for (int i = 0; i < p->classes; i++) {
        cli_print(stdout, "\n%-12.12s", p->name[i]);
        for (int j = 0; j < p->classes; j++)
            cli_print(stdout, " %5ld", count[i * p->classes + j]);
    }
    cli_print(stdout, "\n");
}

/* The most frequent mistakes, if the matrix is too large to print. */
static void print_pairs(const cli_predicted *p, long *count)
{
    const size_t n = (size_t)p->classes;
    cli_print(stdout, "most frequent mistakes\n");
    for (int line = 0; line < MOST_PAIRS; line++) {
        size_t best = 1;
        for (size_t k = 0; k < n * n; k++)
            if (k / n != k % n && count[k] > count[best]) best = k;
        if (count[best] == 0) return;
        cli_print(stdout, "%8ld  %s as %s\n", count[best], p->name[best / n], p->name[best % n]);
        count[best] = 0;
    }
}

static json_t *confusion_json(const cli_predicted *p, const long *count)
{
    json_t *o = json_object(), *names = json_array(), *rows = json_array();
    for (int i = 0; i < p->classes; i++) {
        json_t *line = json_array(), *name = NULL;
        if (ot__json_text(p->name[i], &name) != OT_OK) name = json_string("?");
        ot__json_append(&names, name);
        for (int j = 0; j < p->classes; j++)
            ot__json_append(&line, json_integer(count[i * p->classes + j]));
        ot__json_append(&rows, line);
    }
    ot__json_set(&o, "classes", names);
    ot__json_set(&o, "count", rows);
    return o;
}

static ot_status add_confusion(const cli_predicted *p, const long *count, ot__page *page)
{
    json_t *const o = confusion_json(p, count);
    char *const text = o ? ot__json_dump(o, JSON_COMPACT) : NULL;
    json_decref(o);
    if (!text) return cli_no_memory();
    ot__page_add(page, "confusion", text);
    free(text);
    return OT_OK;
}

typedef struct facts {
    double images, accuracy;
} facts;

static const ot__column fact_columns[] = {
    { "images", NULL, OT__CELL_COUNT, .offset = offsetof(facts, images) },
    { "accuracy", NULL, OT__CELL_REAL, .offset = offsetof(facts, accuracy) },
};
static const ot__table fact_table = OT__TABLE(NULL, fact_columns);

static ot_status print_set(const cli_predicted *p, long *count, ot__page *page)
{
    const double accuracy = accuracy_of(p, count);
    const int n = ot_dataset_count(p->data);
    ot__page_facts(page, &fact_table, &(facts){ n, accuracy });
    if (page->json) return add_confusion(p, count, page);
    cli_print(stdout, "images    %d\naccuracy  %.2f%%\n", n, 100 * accuracy);
    (p->classes <= MOST_MATRIX ? print_matrix(p, count) : print_pairs(p, count));
    return OT_OK;
}

/* ---- all ---- */

static ot_status print_rows(const cli_predicted *p, ot__page *page)
{
    ot__page_table(page, &table);
    for (int i = 0; i < ot_dataset_count(p->data); i++)
        OT_TRY(add_row(p, i, page));
    return OT_OK;
}

ot_status cli_predicted_print(const cli_predicted *p, ot__page *page)
{
    if (p->path) return print_rows(p, page);
    if (page->json) OT_TRY(print_rows(p, page));
    long *const count = count_pairs(p);
    const ot_status status = count ? print_set(p, count, page) : OT_ENOMEM;
    ot__free(count);
    return status;
}

static void write_line(const cli_predicted *p, int i, FILE *to)
{
    const top t = top_of(p, i);
    fprintf(to, "%d,", i);
    cli_csv_field(to, p->path ? p->path[i] : "");
    for (int r = 0; r < TOP; r++) {
        fputs(",", to);
        if (r < t.n) cli_csv_field(to, p->name[t.class[r]]);
        fputs(",", to);
        if (r < t.n) fputs(OT__ROUNDED(t.probability[r], 6), to);
    }
    fputs(",", to);
    if (!p->path) cli_csv_field(to, p->name[ot_dataset_label(p->data, i)]);
    fputs("\n", to);
}

static ot_status fill(FILE *to, void *user)
{
    const cli_predicted *const p = user;
    fputs("index,image,class,probability,second,second_probability,third,third_probability,label\n",
          to);
    for (int i = 0; i < ot_dataset_count(p->data); i++)
        write_line(p, i, to);
    return OT_OK;
}

ot_status cli_predicted_csv(const cli_predicted *p, const char *path)
{
    cli_predicted copy = *p;
    return ot__file_fill(path, fill, &copy);
}
