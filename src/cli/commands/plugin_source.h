/* SPDX-License-Identifier: BSD-3-Clause
 * Sources of plugins to start from, which the commands odetape new write. */
#ifndef OT_CLI_COMMANDS_PLUGIN_SOURCE_H
#define OT_CLI_COMMANDS_PLUGIN_SOURCE_H

#include "odetape.h"

typedef struct cli_plugin_source {
    const char *what; /* "scheme": for messages */
    /* Texts with @ in place of the name. */
    const char *about;               /* the file's first comment, whose end is the commands */
    const char *text;                /* what follows it */
    const char *train, *check;       /* commands that use the part; they take @.so by --plugin */
    bool (*taken)(const char *name); /* whether a part has this name already */
} cli_plugin_source;

/* Commands that train a network with these options and check its gradients. */
#define CLI_PLUGIN_TRAIN(options)                                                                  \
    "odetape train --plugin ./@.so " options " --stem-stride 2 --epochs 2"
#define CLI_PLUGIN_CHECK(options) "odetape gradcheck --plugin ./@.so " options

/* What the help of these commands says. */
#define CLI_PLUGIN_SOURCE_DETAIL                                                                   \
    "Writes NAME.c, which builds and trains as it stands, into the current directory, and "        \
    "prints\n"                                                                                     \
    "the commands that do so.  --plugin then gives it to every command."

/* Whether a small network with these options can be made, so that the parts they name exist. */
bool cli_plugin_source_fits(ot_net_opts opts);

/* Writes NAME.c into the current directory, and prints the commands that build and train it.
 * OT_EINVAL for a malformed name or one that is taken; OT_ECREATE, also if the file exists; OT_EIO,
 * OT_ENOMEM. */
ot_status cli_plugin_source_write(const cli_plugin_source *s, const char *name);

#endif
