/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme show: prints a tableau, built-in or from a file, as exact text, and of a scheme
 * without a tableau its equation and attributes. */
#include <stdio.h>

#include "base/decimal.h"
#include "base/option.h"
#include "cli/frame/claims.h"
#include "cli/frame/message.h"
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

static ot_status run(void *settings, char **operands)
{
    (void)settings;
    ot_scheme *scheme = NULL;
    cli_claims claims;
    ot_status status = ot_scheme_open(operands[0], &scheme);
    if (status == OT_OK) status = cli_claims_of(scheme, &claims);
    if (status == OT_OK && ot_scheme_text(scheme))
        fputs(ot_scheme_text(scheme), stdout);
    else if (status == OT_OK)
        print_kind(scheme);
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
    .run = run,
};
