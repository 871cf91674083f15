/* SPDX-License-Identifier: BSD-3-Clause
 * The options of a run as metadata of its weights: an option's name is the key, and reading back
 * goes through the same table with the same checks. */
#ifndef OT_CLI_FRAME_RECORD_H
#define OT_CLI_FRAME_RECORD_H

#include "cli/frame/options.h"
#include "odetape.h"

enum {
    CLI_LONGEST_VALUE = 2304, /* a network has up to 32 groups of blocks of 64 bytes */
    CLI_MOST_SCHEMES = 32,
    CLI_MOST_PAIRS = CLI_MOST_OPTIONS + CLI_MOST_SCHEMES,
};

typedef struct cli_record {
    int n;
    const char *pair[CLI_MOST_PAIRS][2]; /* as ot_params_save takes them */
    char text[CLI_MOST_PAIRS][CLI_LONGEST_VALUE];
    char scheme[CLI_MOST_SCHEMES][24]; /* keys: scheme.0, scheme.1, ... */
} cli_record;

/* Add one pair, or all options of a group that have a value that can be given and
 * is said. */
void cli_record_add(cli_record *r, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void cli_record_options(cli_record *r, const cli_option *options, const void *group);

/* Add the exact texts of the network's schemes: whatever a later version or the file they
 * came from has under these names, the network comes back as it was.  The net must outlive the
 * record. */
void cli_record_schemes(cli_record *r, const ot_net *net);

/* Read the options of a group back from the metadata of a file; what is not there keeps its
 * value, except for the option that is required.  Texts point into r.  Returns CLI_GO_ON or an exit
 * code. */
int cli_record_read(cli_record *r, const char *path, const cli_option *options,
                    const char *required, void *group);

/* The network that a file's metadata describes, for this batch; texts of opts point into r. Returns
 * CLI_GO_ON or an exit code. */
int cli_record_net(cli_record *r, const char *path, int batch, ot_net_opts *opts, ot_net **net);

#endif
