/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme list: prints a table of the tableaux, and one of the schemes that have none. */
#include <stdio.h>
#include <string.h>

#include "cli/frame/claims.h"
#include "cli/frame/command.h"
#include "cli/frame/message.h"
#include "cli/frame/print.h"
#include "odetape.h"

/* The length of the longest name.  Returns -1 if memory runs out. */
static int longest_name(void)
{
    int longest = (int)strlen("name");
    for (int i = 0; i < ot_scheme_count(); i++) {
        const ot_scheme *const s = ot_scheme_at(i);
        if (!s) return -1;
        const int length = (int)strlen(ot_scheme_name(s));
        if (length > longest) longest = length;
    }
    return longest;
}

/* Ends a line: "; also tsit5". */
static void print_aliases(const ot_scheme *s)
{
    for (int i = 0; ot_scheme_alias(s, i); i++)
        cli_print(stdout, "%s%s", i ? ", " : "; also ", ot_scheme_alias(s, i));
    putchar('\n');
}

static ot_status print_tableaux(int width)
{
    cli_claims claims;
    cli_order order;
    cli_print(stdout, "%-*s %5s %6s %11s  %s\n", width, "name", "order", "stages", "evaluations",
              "title");
    for (int i = 0; i < ot_scheme_count(); i++) {
        const ot_scheme *const s = ot_scheme_at(i);
        if (!ot_scheme_tableau(s)) continue;
        const ot_status status = cli_claims_of(s, &claims);
        if (status != OT_OK) return status;
        const char *const proved = cli_claims_order(&claims, s, 0, &order);
        /* "8 within 2.9e-29" is 8 here. */
        cli_print(stdout, "%-*s %5.*s %6d %11d  %s", width, ot_scheme_name(s),
                  (int)strcspn(proved, " "), proved, ot_scheme_stages(s), ot_scheme_evaluations(s),
                  ot_scheme_title(s));
        print_aliases(s);
    }
    return OT_OK;
}

static void print_others(int width)
{
    cli_print(stdout, "\n%-*s %11s  %s\n", width, "name", "evaluations",
              "equation of schemes without a tableau");
    for (int i = 0; i < ot_scheme_count(); i++) {
        const ot_scheme *const s = ot_scheme_at(i);
        const ot_about *const about = &ot_scheme_table(s)->about;
        if (ot_scheme_tableau(s)) continue;
        cli_print(stdout, "%-*s %11d  %s", width, ot_scheme_name(s), ot_scheme_evaluations(s),
                  about->equation ? about->equation : "");
        if (about->reference) cli_print(stdout, " (%s)", about->reference);
        putchar('\n');
    }
}

static ot_status run(void *settings, char **operands)
{
    (void)settings, (void)operands;
    const int width = longest_name(); /* opens every scheme, so ot_scheme_at succeeds below */
    if (width < 0) return cli_no_memory();
    const ot_status status = print_tableaux(width);
    if (status == OT_OK) print_others(width);
    return status;
}

const cli_command cli_scheme_list = {
    .name = "scheme list",
    .operands = "",
    .summary = "list all schemes",
    .detail = "The order is proved, of decimals within their rounding.  Evaluations are the stages "
              "that the result depends on, which one\n"
              "block computes.  Schemes that are no tableau follow with their equations.",
    .run = run,
};
