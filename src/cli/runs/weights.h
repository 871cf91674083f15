/* SPDX-License-Identifier: BSD-3-Clause
 * The file of weights that a command reads.  An operand is a file, or the directory of a run; of a
 * run, final.safetensors is read unless --weights-of chooses another file.  Until a training has
 * ended, its newest checkpoint stands for it. */
#ifndef OT_CLI_RUNS_WEIGHTS_H
#define OT_CLI_RUNS_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>

#include "odetape.h"

/* The values of --weights-of.  The first is its default. */
typedef enum cli_weights_of {
    CLI_WEIGHTS_FINAL,
    CLI_WEIGHTS_BEST,
    CLI_WEIGHTS_AVERAGE,
} cli_weights_of;

extern const ot_option cli_weights_options[]; /* int: a cli_weights_of */
#define CLI_WEIGHTS_GROUP(member)                                                                  \
    {                                                                                              \
        "Weights options", cli_weights_options, offsetof(struct settings, member)                  \
    }

/* Which file of a run is read. */
typedef struct cli_weights_rule {
    int of; /* a cli_weights_of */
} cli_weights_rule;

/* Returns a clause that says that the weights are missing. */
const char *cli_weights_missing(cli_weights_rule rule);

/* Chooses a file among those of a run.  The caller frees *path.  Returns OT_ENOENT if the run does
 * not have it; the message names the weights that the run has. */
ot_status cli_weights_choose(const char *directory, const ot_run_files *files,
                             cli_weights_rule rule, char **path);

/* Finds the file that an operand stands for.  The caller frees *path.  Returns the errors of
 * cli_weights_choose, and OT_EINVAL if the operand is not a directory and --weights-of chooses
 * another file than final.safetensors. */
ot_status cli_weights_find(const char *operand, cli_weights_rule rule, char **path);

/* Says on stderr which file was read, if the operand is the directory of a run.  A command calls it
 * with its result, since a command that fails prints one sentence only. */
void cli_weights_say(const char *operand, cli_weights_rule rule, const char *path);

/* OT_EINVAL if `out`, which a command writes, is the file of weights that it reads.  `done` is what
 * the command does with that file: "imported". */
ot_status cli_weights_spare(const char *read, const char *out, const char *done);

/* Whether a path is that of a directory. */
bool cli_is_directory(const char *path);

#endif
