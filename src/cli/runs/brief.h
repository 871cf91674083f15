/* SPDX-License-Identifier: BSD-3-Clause
 * What is known before the first batch, on stderr. */
#ifndef OT_CLI_RUNS_BRIEF_H
#define OT_CLI_RUNS_BRIEF_H

#include "odetape.h"

typedef struct cli_brief {
    const ot_net *built;
    const ot_net_opts *net;      /* its options */
    const ot_train_opts *recipe; /* with defaults filled in */
    const char *data;
    int n_train, n_test;
    const char *output;
} cli_brief;

void cli_brief_print(const cli_brief *p, const ot_train_plan *plan);

#endif
