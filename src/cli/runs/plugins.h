/* SPDX-License-Identifier: BSD-3-Clause
 * Notes about runs whose plugins are others than the loaded ones, or than those of other runs. */
#ifndef OT_CLI_RUNS_PLUGINS_H
#define OT_CLI_RUNS_PLUGINS_H

#include "cli/runs/compare.h"

/* Prints a note for each plugin that a file of weights was made with and that is loaded with
 * another hash, or not at all. */
void cli_plugins_compare_file(const char *file);
/* Writes the first plugin that a file of weights was made with and that is not loaded, as "the
 * plugin NAME (PATH)".  Returns false if there is none. */
bool cli_plugins_missing(const char *file, char *text, size_t size);
/* Prints a note for each plugin of the runs that has another hash in an earlier run, or is loaded
 * with another one. */
void cli_plugins_compare_runs(const cli_comparison *c);

#endif
