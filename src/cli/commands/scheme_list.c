/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme list: prints a table of the tableaux, and one of the schemes that have none. */
#include <stdio.h>
#include <string.h>

#include "cli/frame/claims.h"
#include "cli/frame/command.h"
#include "cli/frame/message.h"
#include "cli/frame/page.h"
#include "odetape.h"

/* A row of either table. */
typedef struct row {
    const char *name, *order_text, *title, *aliases, *shown, *equation, *reference;
    double order, stages, evaluations;
} row;

#define AT(member) .offset = offsetof(row, member)

static const ot__column tableau_columns[] = {
    { "name", "name", OT__CELL_TEXT, AT(name), .width = -4 },
    { NULL, "order", OT__CELL_TEXT, AT(order_text), .width = 5 },
    { "order", NULL, OT__CELL_COUNT, AT(order) },
    { "stages", "stages", OT__CELL_COUNT, AT(stages) },
    { "evaluations", "evaluations", OT__CELL_COUNT, AT(evaluations) },
    { "title", NULL, OT__CELL_TEXT, AT(title) },
    { "aliases", NULL, OT__CELL_TEXT, AT(aliases) },
    { NULL, "title", OT__CELL_TEXT, AT(shown), .width = -5 },
};
static const ot__column other_columns[] = {
    { "name", "name", OT__CELL_TEXT, AT(name), .width = -4 },
    { "evaluations", "evaluations", OT__CELL_COUNT, AT(evaluations) },
    { "reference", "reference", OT__CELL_TEXT, AT(reference), .width = -9, .wide = true },
    { "equation", "equation of schemes without a tableau", OT__CELL_TEXT, AT(equation),
      .width = -8 },
};
static const ot__table tableaux = OT__TABLE("tableaux", tableau_columns);
static const ot__table others = OT__TABLE("others", other_columns);

/* "dopri5, dp5"; "" if there are none. */
static void write_aliases(const ot_scheme *s, char text[128])
{
    size_t used = 0;
    text[0] = 0;
    for (int i = 0; ot_scheme_alias(s, i) && used < 128; i++)
        used +=
            (size_t)snprintf(text + used, 128 - used, "%s%s", i ? ", " : "", ot_scheme_alias(s, i));
}

static ot_status print_tableau(ot__page *p, const ot_scheme *s)
{
    cli_claims claims;
    cli_order order;
    char aliases[128], shown[320];
    OT_TRY(cli_claims_of(s, &claims));
    cli_claims_order(&claims, s, 0, &order);
    order.text[strcspn(order.text, " ")] = 0; /* "8 within 2.9e-29" is 8 here */
    write_aliases(s, aliases);
    snprintf(shown, sizeof shown, "%.180s%s%s", ot_scheme_title(s), *aliases ? "; also " : "",
             aliases);
    ot__page_row(p, &(row){ .name = ot_scheme_name(s),
                            .order_text = order.text,
                            .order = cli_claims_number(&claims, 0),
                            .stages = ot_scheme_stages(s),
                            .evaluations = ot_scheme_evaluations(s),
                            .title = ot_scheme_title(s),
                            .aliases = *aliases ? aliases : NULL,
                            .shown = shown });
    return OT_OK;
}

static void print_other(ot__page *p, const ot_scheme *s)
{
    const ot_about *const about = &ot_scheme_table(s)->about;
    ot__page_row(p, &(row){ .name = ot_scheme_name(s),
                            .evaluations = ot_scheme_evaluations(s),
                            .equation = about->equation,
                            .reference = about->reference });
}

static ot_status print_schemes(ot__page *p)
{
    ot__page_table(p, &tableaux);
    for (int i = 0; i < ot_scheme_count(); i++) {
        const ot_scheme *const s = ot_scheme_at(i);
        if (!s) return cli_no_memory();
        if (ot_scheme_tableau(s)) OT_TRY(print_tableau(p, s));
    }
    if (ot__page_is_text(p)) putchar('\n');
    ot__page_table(p, &others);
    for (int i = 0; i < ot_scheme_count(); i++)
        if (!ot_scheme_tableau(ot_scheme_at(i))) print_other(p, ot_scheme_at(i));
    return OT_OK;
}

static ot_status run(void *settings, char **operands)
{
    (void)settings, (void)operands;
    ot__page page;
    cli_page_open(&page);
    return ot__page_close(&page, print_schemes(&page));
}

const cli_command cli_scheme_list = {
    .name = "scheme list",
    .operands = "",
    .json = true,
    .wide = true,
    .summary = "list all schemes",
    .detail =
        "The order is proved, of decimals within their rounding.  Evaluations are the stages\n"
        "that the result depends on, which one block computes.  Schemes that are no tableau\n"
        "follow with their equations.",
    .run = run,
};
