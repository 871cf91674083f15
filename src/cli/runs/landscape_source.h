/* SPDX-License-Identifier: BSD-3-Clause
 * The network a landscape is of, and the files that its operands stand for. */
#ifndef OT_CLI_RUNS_LANDSCAPE_SOURCE_H
#define OT_CLI_RUNS_LANDSCAPE_SOURCE_H

#include <stdbool.h>

#include "cli/runs/source.h"

typedef struct cli_landscape_source {
    int n; /* files, in the order of the training */
    char **file;
    cli_source source; /* of the data, by the first file; its file is NULL if there is none */
    uint64_t seed;
    ot_net_opts net_opts; /* of a network that no file has */
    ot_net *net;
    ot_params *params; /* of the last file or, with `initial`, before training */
} cli_landscape_source;

/* Operands are files or directories of runs: of a run the file of the trained network or, before
 * there is one, its newest checkpoint; with `all`, all checkpoints it has kept.  initial: the
 * network as it was before the training. */
ot_status cli_landscape_source_open(cli_landscape_source *s, char **operands, bool all,
                                    bool initial, int batch);
/* A network that no file has, before training. */
ot_status cli_landscape_source_new(cli_landscape_source *s, const ot_net_opts *net, uint64_t seed,
                                   int batch);
/* Parameters of the network from its i-th file. */
ot_status cli_landscape_source_load(const cli_landscape_source *s, int i, ot_params **params);
void cli_landscape_source_close(cli_landscape_source *s);

#endif
