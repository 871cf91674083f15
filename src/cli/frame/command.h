/* SPDX-License-Identifier: BSD-3-Clause
 * A command is a constant struct: its name, its tables of options, and the function that runs
 * it. */
#ifndef OT_CLI_FRAME_COMMAND_H
#define OT_CLI_FRAME_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "odetape.h"

typedef struct cli_command cli_command;

/* Options that --help lists under one title. */
typedef struct cli_group {
    const char *title;        /* heading in --help and in the manual */
    const ot_option *options; /* ends with an option without a name */
    size_t offset;            /* of the options' struct in the command's settings */
} cli_group;

struct cli_command {
    const char *name;               /* "train", "scheme list" */
    const char *operands;           /* as --help prints them: "FILE", "" */
    int n_operands;                 /* the least number of operands */
    int more_operands;              /* how many may follow the first n_operands */
    const char *summary;            /* one line of the list of commands */
    const char *detail;             /* what --help prints after the summary; may be NULL */
    const cli_group *groups;        /* ends with a group without a title */
    const char *required;           /* the option that must be given; may be NULL */
    const char *source;             /* the option whose file has all other values, or NULL */
    const char *const *with_source; /* options allowed with it, ending with NULL; may be NULL */
    bool json;                      /* has --json: it prints its results through a page (page.h) */
    bool wide; /* has --wide: one of its tables has columns that only a wide text shows */
    const void *defaults; /* settings before the arguments; NULL: all zero */
    size_t settings_size;
    /* Runs the command.  settings is the command's own struct; operands ends with NULL.  Returns a
     * status as message.h describes. */
    ot_status (*run)(void *settings, char **operands);
};

/* All commands, in the order of commands.def. */
extern const cli_command *const cli_commands[];
extern const int cli_command_count;

#endif
