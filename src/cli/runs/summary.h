/* SPDX-License-Identifier: BSD-3-Clause
 * The summary of a training that is printed to stderr before its first batch. */
#ifndef OT_CLI_RUNS_SUMMARY_H
#define OT_CLI_RUNS_SUMMARY_H

#include "odetape.h"

typedef struct cli_summary {
    const ot_net *built;         /* the network */
    const ot_net_opts *net;      /* the network's options */
    const ot_train_opts *recipe; /* the training's options, with defaults filled in */
    const char *data;            /* name of the data set */
    int n_train, n_test;
    const char *output; /* the run's directory */
} cli_summary;

void cli_summary_print(const cli_summary *p, const ot_train_plan *plan);

#endif
