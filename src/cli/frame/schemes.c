/* SPDX-License-Identifier: BSD-3-Clause
 * Opens the schemes that a command's operands name, by ot_scheme_open. */
#include "cli/frame/schemes.h"

ot_status cli_schemes_open(char *const operands[], cli_schemes *s)
{
    ot_status status = OT_OK;
    for (s->n = 0; s->n < CLI_SCHEMES_MOST && operands[s->n] && status == OT_OK; s->n++)
        status = ot_scheme_open(operands[s->n], &s->scheme[s->n]);
    return status;
}

void cli_schemes_close(cli_schemes *s)
{
    for (int i = 0; i < s->n; i++)
        ot_scheme_free(s->scheme[i]);
    s->n = 0;
}
