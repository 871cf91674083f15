/* SPDX-License-Identifier: BSD-3-Clause
 * Compares safetensors files by name and then value.  The commands diff and verify share it. */
#include "cli/commands/tensors.h"
#include "cli/frame/print.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>

const char *cli_shape_text(cli_shape *shape, const ot_tensor_info *t)
{
    int used = snprintf(shape->s, sizeof shape->s, "[");
    for (int k = 0; k < t->rank && used < (int)sizeof shape->s; k++)
        used += snprintf(shape->s + used, sizeof shape->s - (size_t)used, "%s%zu", k ? "," : "",
                         t->dim[k]);
    if (used < (int)sizeof shape->s) snprintf(shape->s + used, sizeof shape->s - (size_t)used, "]");
    return shape->s;
}

/* A tensor that differs.  why: what other difference than that of values there is, or NULL. */
typedef struct row {
    const char *tensor, *ulps_text, *why;
    double elements, different, most_ulps, most_absolute;
} row;

#define AT(member) .offset = offsetof(row, member)

static const ot__column columns[] = {
    { "tensor", "tensor", OT__CELL_TEXT, AT(tensor), .width = -6 },
    { "elements", "elements", OT__CELL_COUNT, AT(elements) },
    { "different", "different", OT__CELL_COUNT, AT(different) },
    { NULL, "most ulps", OT__CELL_TEXT, AT(ulps_text), .width = 9 },
    { "most_ulps", NULL, OT__CELL_COUNT, AT(most_ulps) },
    { "most_absolute", "most absolute", OT__CELL_REAL, AT(most_absolute), .format = "%.6g" },
    { "why", NULL, OT__CELL_TEXT, AT(why) },
};
static const ot__table table = OT__TABLE("tensors", columns);

/* A comparison of all tensors of two files. */
typedef struct comparison {
    const ot_safetensors *f, *g;
    const char *first, *second;
    ot__page *page;
    bool begun; /* a tensor differs, so that a text has the table */
    int different;
} comparison;

static void begin(comparison *c)
{
    if (!c->begun) ot__page_table(c->page, &table);
    c->begun = true;
}

static void print_difference(comparison *c, const char *name, const ot_tensor_difference *d)
{
    char ulps[24] = "not finite";
    const bool finite = d->most_ulps != UINT64_MAX;
    if (finite) snprintf(ulps, sizeof ulps, "%" PRIu64, d->most_ulps);
    begin(c);
    ot__page_row(c->page, &(row){ .tensor = name,
                                  .ulps_text = ulps,
                                  .elements = (double)d->elements,
                                  .different = (double)d->different,
                                  .most_ulps = finite ? (double)d->most_ulps : NAN,
                                  .most_absolute = d->most_absolute });
    c->different++;
}

/* Prints a tensor that cannot be compared: a sentence after the table, and a row in JSON. */
static void print_other(comparison *c, const char *name, const char *why)
{
    if (!c->page->json) {
        ot__page_is_text(c->page); /* ends the table */
        cli_print(stdout, "%-44s %s\n", name, why);
        c->begun = false;
    } else {
        begin(c);
        ot__page_row(c->page, &(row){ .tensor = name,
                                      .why = why,
                                      .elements = NAN,
                                      .different = NAN,
                                      .most_ulps = NAN,
                                      .most_absolute = NAN });
    }
    c->different++;
}

static void print_missing(comparison *c, const char *name, const char *file)
{
    char why[PATH_MAX + 16];
    snprintf(why, sizeof why, "is not in %s", file);
    print_other(c, name, why);
}

static ot_status compare_tensor(comparison *c, int i)
{
    const ot_tensor_info t = ot_safetensors_tensor(c->f, i);
    const int j = ot_safetensors_find(c->g, t.name);
    ot_tensor_difference d;
    if (j < 0) {
        print_missing(c, t.name, c->second);
        return OT_OK;
    }
    const ot_status status = ot_safetensors_compare(c->f, i, c->g, j, &d);
    if (status == OT_ESHAPE) {
        const ot_tensor_info other = ot_safetensors_tensor(c->g, j);
        cli_shape a, b;
        char why[2 * sizeof a.s + 64];
        snprintf(why, sizeof why, "is %s %s, and %s %s", t.dtype, cli_shape_text(&a, &t),
                 other.dtype, cli_shape_text(&b, &other));
        print_other(c, t.name, why);
        return OT_OK;
    }
    if (status == OT_OK && d.different > 0) print_difference(c, t.name, &d);
    return status;
}

static ot_status compare(comparison *c)
{
    if (c->page->json) begin(c); /* an array is empty if nothing differs */
    for (int i = 0; i < ot_safetensors_count(c->f); i++)
        OT_TRY(compare_tensor(c, i));
    for (int j = 0; j < ot_safetensors_count(c->g); j++) {
        const char *const name = ot_safetensors_tensor(c->g, j).name;
        if (ot_safetensors_find(c->f, name) < 0) print_missing(c, name, c->first);
    }
    return OT_OK;
}

ot_status cli_compare_files(ot__page *p, const char *a, const char *b, int *different)
{
    ot_safetensors *f = NULL, *g = NULL;
    ot_status status = ot_safetensors_open(a, &f);
    if (status == OT_OK) status = ot_safetensors_open(b, &g);
    comparison c = { .f = f, .g = g, .first = a, .second = b, .page = p };
    if (status == OT_OK) status = compare(&c);
    *different = c.different;
    ot_safetensors_close(g);
    ot_safetensors_close(f);
    return status;
}
