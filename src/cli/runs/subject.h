/* SPDX-License-Identifier: BSD-3-Clause
 * The network a landscape is of, and the files that its operands stand for. */
#ifndef OT_CLI_RUNS_SUBJECT_H
#define OT_CLI_RUNS_SUBJECT_H

#include <stdbool.h>

#include "cli/runs/source.h"

typedef struct cli_subject {
    int n; /* files, in the order of the training */
    char **file;
    cli_source source; /* of the data, by the first file; its file is NULL if there is none */
    uint64_t seed;
    ot_net_opts net_opts; /* of a network that no file has */
    ot_net *net;
    ot_params *params; /* of the last file or, with `initial`, before training */
} cli_subject;

/* Operands are files or directories of runs: of a run the file of the trained network or, before
 * there is one, its newest checkpoint; with `all`, all checkpoints it has kept.  initial: the
 * network as it was before the training. */
ot_status cli_subject_open(cli_subject *s, char **operands, bool all, bool initial, int batch);
/* A network that no file has, before training. */
ot_status cli_subject_new(cli_subject *s, const ot_net_opts *net, uint64_t seed, int batch);
/* Parameters of the network from its i-th file. */
ot_status cli_subject_load(const cli_subject *s, int i, ot_params **params);
void cli_subject_close(cli_subject *s);

#endif
