/* SPDX-License-Identifier: BSD-3-Clause
 * The operands of commands that take several schemes. */
#ifndef OT_CLI_FRAME_SCHEMES_H
#define OT_CLI_FRAME_SCHEMES_H

#include "odetape.h"

enum { CLI_SCHEMES_MOST = 64 };

typedef struct cli_schemes {
    int n;
    ot_scheme *scheme[CLI_SCHEMES_MOST];
} cli_schemes;

/* Opens a scheme that must have a Runge-Kutta tableau.  OT_EINVAL if it has none, with the nearest
 * scheme that has one; otherwise as ot_scheme_open. */
ot_status cli_scheme_with_tableau(const char *operand, ot_scheme **out);
/* Opens, in the same way, the schemes that operands name, up to the NULL that ends them or
 * CLI_SCHEMES_MOST.  Call cli_schemes_close also after a failure. */
ot_status cli_schemes_open(char *const operands[], cli_schemes *s);
void cli_schemes_close(cli_schemes *s);

#endif
