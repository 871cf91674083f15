/* SPDX-License-Identifier: BSD-3-Clause
 * The data set that a command opens for a file of weights.  The file has the path of its training's
 * data set and the fingerprints of its splits.  That data set is the default, and other images are
 * never used without a note. */
#ifndef OT_CLI_RUNS_SOURCE_H
#define OT_CLI_RUNS_SOURCE_H

#include "cli/frame/command.h"
#include "odetape.h"

typedef struct cli_source {
    const char *file;  /* of weights, or a checkpoint */
    const char *given; /* the value of --data; NULL if it was not given */
    bool strict;       /* accept only the images of the training, as a resume must */
    const char *where; /* the data set: `given`, otherwise the one that the file names */
    char named[2304];
    char fingerprint[2][33]; /* by ot_split, from the file; "": the file has none */
    bool others;             /* images other than the file's were opened */
} cli_source;

/* Reads what s->file says about its data set.  The caller has set file, given and strict. */
ot_status cli_source_read(cli_source *s);

/* Opens a split of the data set.  Returns OT_ENOENT if the data set is missing.  Its images may not
 * be those that the file was trained with.  If --data names the data set and strict is false,
 * prints a note and uses them.  Otherwise returns OT_EFORMAT, or CLI_ECONFIG if strict. */
ot_status cli_source_open(cli_source *s, ot_split split, ot_dataset **out);

/* Prints a note to stderr if a file of weights was trained with images other than this split's. */
void cli_source_compare(const char *file, ot_split split, const ot_dataset *data);

/* Calls ot_net_open, and warns of schemes that claim an order that they do not have. */
ot_status cli_net_open(const char *file, int batch, ot_net **net);

/* Sets image size, channels and classes in opts to those of the data set.  If *net is NULL or takes
 * other images, replaces it by a new network.  OT_ESHAPE if the images are not square, and the
 * errors of ot_net_new. */
ot_status cli_net_fit(ot_net_opts *opts, const ot_dataset *data, ot_net **net);

/* Calls ot_params_load, and prints a note to stderr if the file does not say how its images were
 * normalised. */
ot_status cli_params_load(ot_params *params, const char *file);

#endif
