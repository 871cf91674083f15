/* SPDX-License-Identifier: BSD-3-Clause
 * What is known before the first batch, on stderr. */
#ifndef OT_CLI_RUNS_SUMMARY_H
#define OT_CLI_RUNS_SUMMARY_H

#include "odetape.h"

typedef struct cli_summary {
    const ot_net *built;
    const ot_net_opts *net;      /* its options */
    const ot_train_opts *recipe; /* with defaults filled in */
    const char *data;
    int n_train, n_test;
    const char *output;
} cli_summary;

void cli_summary_print(const cli_summary *p, const ot_train_plan *plan);

#endif
