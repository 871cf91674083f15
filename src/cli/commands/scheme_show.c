/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme show: prints a tableau, built-in or from a file, as exact text, and of a scheme
 * without a tableau its equation and attributes. */
#include <stdio.h>

#include "base/decimal.h"
#include "base/option.h"
#include "cli/frame/claims.h"
#include "cli/frame/message.h"
#include "cli/frame/page.h"
#include "cli/frame/print.h"
#include "odetape.h"

/* "first=whole  bare: ...; whole or bare": name and default, help, range. */
static void print_attribute(const ot_option *o, const void *defaults)
{
    char value[OT__OPTION_TEXT] = "0";
    if (defaults) ot__option_write(o, defaults, value, sizeof value);
    cli_print(stdout, "attribute  %s=%s", o->name, value);
    if (o->kind == OT_OPTION_INT || o->kind == OT_OPTION_REAL)
        cli_print(stdout, " (%s to %s)", OT__REAL(o->least), OT__REAL(o->most));
    for (int i = 0; o->kind == OT_OPTION_CHOICE && o->choices[i]; i++)
        cli_print(stdout, "%s%s%s", i ? ", " : " (", o->choices[i], o->choices[i + 1] ? "" : ")");
    if (o->kind == OT_OPTION_SWITCH) cli_print(stdout, " (%s)", "true, false");
    putchar('\n');
    if (o->help) cli_print(stdout, "           %s\n", o->help);
}

static void print_kind(const ot_scheme *s)
{
    const ot_about *const about = &ot_scheme_table(s)->about;
    cli_print(stdout, "scheme     %s\n", ot_scheme_name(s));
    if (about->equation) cli_print(stdout, "equation   %s\n", about->equation);
    if (about->reference) cli_print(stdout, "reference  %s\n", about->reference);
    printf("cost       %d evaluations of f per block\n", ot_scheme_evaluations(s));
    for (const ot_option *o = about->attributes; o && o->name; o++)
        print_attribute(o, about->defaults);
}

typedef struct facts {
    const char *name, *text, *equation, *reference;
    double evaluations;
} facts;

#define AT(member) .offset = offsetof(facts, member)

static const ot__column fact_columns[] = {
    { "name", NULL, OT__CELL_TEXT, AT(name) },
    { "text", NULL, OT__CELL_TEXT, AT(text) },
    { "equation", NULL, OT__CELL_TEXT, AT(equation) },
    { "reference", NULL, OT__CELL_TEXT, AT(reference) },
    { "evaluations", NULL, OT__CELL_COUNT, AT(evaluations) },
};
static const ot__table fact_table = OT__TABLE(NULL, fact_columns);

typedef struct row {
    const char *name, *value, *help;
} row;

#undef AT
#define AT(member) .offset = offsetof(row, member)

static const ot__column columns[] = {
    { "name", NULL, OT__CELL_TEXT, AT(name) },
    { "default", NULL, OT__CELL_TEXT, AT(value) },
    { "help", NULL, OT__CELL_TEXT, AT(help) },
};
static const ot__table table = OT__TABLE("attributes", columns);

static void print_json(ot__page *p, const ot_scheme *s)
{
    const ot_about *const about = &ot_scheme_table(s)->about;
    ot__page_facts(p, &fact_table,
                   &(facts){ ot_scheme_name(s), ot_scheme_text(s), about->equation,
                             about->reference, ot_scheme_evaluations(s) });
    ot__page_table(p, &table);
    for (const ot_option *o = about->attributes; o && o->name && !ot_scheme_text(s); o++) {
        char value[OT__OPTION_TEXT] = "0";
        if (about->defaults) ot__option_write(o, about->defaults, value, sizeof value);
        ot__page_row(p, &(row){ o->name, value, o->help });
    }
}

static ot_status run(void *settings, char **operands)
{
    (void)settings;
    ot_scheme *scheme = NULL;
    cli_claims claims;
    ot__page page;
    cli_page_open(&page);
    ot_status status = ot_scheme_open(operands[0], &scheme);
    if (status == OT_OK) status = cli_claims_of(scheme, &claims);
    if (status == OT_OK) print_json(&page, scheme);
    if (status == OT_OK && ot__page_is_text(&page)) {
        if (ot_scheme_text(scheme))
            fputs(ot_scheme_text(scheme), stdout);
        else
            print_kind(scheme);
    }
    status = ot__page_close(&page, status);
    ot_scheme_free(scheme);
    return status;
}

const cli_command cli_scheme_show = {
    .name = "scheme show",
    .operands = "NAME|FILE",
    .n_operands = 1,
    .summary = "print a scheme",
    .detail =
        "A tableau is printed exactly, as text that can be read again.  A scheme without one is\n"
        "printed as its equation and attributes, with their defaults and ranges.  A FILE has a\n"
        "slash or a dot in its name.  It is checked as it is read; a false claim of an order\n"
        "leads to a warning.",
    .json = true,
    .run = run,
};
