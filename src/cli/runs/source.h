/* SPDX-License-Identifier: BSD-3-Clause
 * The data set that a command opens for a file of weights.  The file names it, by its path and by
 * the fingerprints of its splits; so it is the default, and other images are never used silently.
 */
#ifndef OT_CLI_RUNS_SOURCE_H
#define OT_CLI_RUNS_SOURCE_H

#include "cli/frame/command.h"
#include "odetape.h"

typedef struct cli_source {
    const char *file;  /* of weights, or a checkpoint */
    const char *given; /* with --data; NULL: nothing was */
    bool strict;       /* only the data of the training will do, as for going on with it */
    const char *where; /* the data set: what was given, else what the file names */
    char named[2304];
    char fingerprint[2][33]; /* of each ot_split, as the file has it; "": it has none */
    bool others;             /* images were opened that are not those of the file */
} cli_source;

/* Read what s->file says about its data set; file, given and strict are set. */
ot_status cli_source_read(cli_source *s);

/* Open a split.  OT_ENOENT for a set that is missing; OT_EFORMAT, with strict CLI_ECONFIG, for one
 * that has other images than the file was trained with.  But other images that --data asked for are
 * used, with a note on stderr, unless strict. */
ot_status cli_source_open(cli_source *s, ot_split split, ot_dataset **out);

/* A note on stderr if another file of weights was trained with other images than this split. */
void cli_source_compare(const char *file, ot_split split, const ot_dataset *data);

/* ot_net_open, and warnings if schemes of the network claim an order that they do not have. */
ot_status cli_net_open(const char *file, int batch, ot_net **net);

/* ot_params_load, and a note on stderr if the file does not say how its images were normalised. */
ot_status cli_params_load(ot_params *params, const char *file);

#endif
