/* SPDX-License-Identifier: BSD-3-Clause
 * Opens the schemes that a command's operands name, by ot_scheme_open.  Only this file knows that
 * some schemes have no tableau to analyse, and what the commands that analyse one say then. */
#include "cli/frame/schemes.h"

#include "base/status.h"

/* The first tableau with as many evaluations of f, otherwise the first of all. */
static const ot_scheme *nearest_tableau(const ot_scheme *s)
{
    const ot_scheme *found = NULL;
    for (int i = 0; i < ot_scheme_count(); i++) {
        const ot_scheme *const other = ot_scheme_at(i);
        if (!other || !ot_scheme_tableau(other)) continue;
        if (!found) found = other;
        if (ot_scheme_evaluations(other) == ot_scheme_evaluations(s)) return other;
    }
    return found;
}

ot_status cli_scheme_with_tableau(const char *operand, ot_scheme **out)
{
    const ot_status status = ot_scheme_open(operand, out);
    if (status != OT_OK || ot_scheme_tableau(*out)) return status;
    const ot_scheme *const nearest = nearest_tableau(*out);
    (void)ot__fail(OT_EINVAL,
                   "%s has no Runge-Kutta tableau, which this command analyses; the nearest scheme "
                   "that has one is %s",
                   ot_scheme_name(*out), nearest ? ot_scheme_name(nearest) : "euler");
    ot_scheme_free(*out);
    *out = NULL;
    return OT_EINVAL;
}

ot_status cli_schemes_open(char *const operands[], cli_schemes *s)
{
    ot_status status = OT_OK;
    for (s->n = 0; s->n < CLI_SCHEMES_MOST && operands[s->n] && status == OT_OK; s->n++)
        status = cli_scheme_with_tableau(operands[s->n], &s->scheme[s->n]);
    return status;
}

void cli_schemes_close(cli_schemes *s)
{
    for (int i = 0; i < s->n; i++)
        ot_scheme_free(s->scheme[i]);
    s->n = 0;
}
