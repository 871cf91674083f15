/* SPDX-License-Identifier: BSD-3-Clause
 * A command is a constant table entry: its name, its options as data, and a function to run. */
#ifndef OT_CLI_FRAME_COMMAND_H
#define OT_CLI_FRAME_COMMAND_H

#include <stddef.h>

#include "odetape.h"

typedef struct cli_command cli_command;

/* Options that belong together, and where in a command's settings their fields are. */
typedef struct cli_group {
    const char *title;        /* in --help, and the subsection in the manual */
    const ot_option *options; /* ends with an option without a name */
    size_t offset;
} cli_group;

struct cli_command {
    const char *name;               /* "train", "scheme list" */
    const char *operands;           /* "FILE", "" */
    int n_operands;                 /* how many there must be, */
    int more_operands;              /* and how many more there may be */
    const char *summary;            /* one line of the list of commands */
    const char *detail;             /* what --help adds; may be NULL */
    const cli_group *groups;        /* ends with a group without a title */
    const char *required;           /* the option that must be given; may be NULL */
    const char *source;             /* the option that says where all others come from, */
    const char *const *with_source; /* but for these, ending with NULL; may be NULL */
    const void *defaults;           /* settings before the arguments are read */
    size_t settings_size;
    /* Runs with a settings structure of this command, n_operands operands and what more there are,
     * ending with NULL.  Returns a status as message.h describes. */
    ot_status (*run)(void *settings, char **operands);
};

/* All commands, one line each in commands.def. */
extern const cli_command *const cli_commands[];
extern const int cli_command_count;

#endif
