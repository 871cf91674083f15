/* SPDX-License-Identifier: BSD-3-Clause
 * The file of initial weights of a training (--init), and what was taken from it. */
#ifndef OT_CLI_RUNS_INIT_H
#define OT_CLI_RUNS_INIT_H

#include "cli/runs/weights.h"

/* Replaces recipe->init, a file or the directory of a run, by the absolute path of the file that it
 * stands for; --weights-of chooses among those of a run.  Does nothing if there is none.  The
 * errors of cli_weights_find; OT_EINVAL if --weights-of is given without --init. */
ot_status cli_init_find(ot_train_opts *recipe, cli_weights_rule rule);

/* Prints to stderr what was taken from the file and what was not. */
void cli_init_print(const char *path, const ot_fit *fit);

#endif
