/* SPDX-License-Identifier: BSD-3-Clause
 * What the options of networks and trainings come to, once all that were given are known. */
#ifndef OT_CLI_FRAME_SETTLE_H
#define OT_CLI_FRAME_SETTLE_H

#include <stdbool.h>

#include "cli/frame/command.h"

/* Whether an option was given; `user` is passed on. */
typedef bool cli_given(const char *name, const void *user);

/* Lets --system set the options of the networks of a command that were not given.  --system and
 * --levels take the place of the default width. */
ot_status cli_apply_system(const cli_command *c, void *settings, cli_given *given,
                           const void *user);

/* Lets --recipe and --no-augment set the options of the training of a command, except those that
 * were given, and unsets those that have no effect.  OT_EINVAL if one of these was given. */
ot_status cli_settle_training(const cli_command *c, void *settings, cli_given *given,
                              const void *user);

#endif
