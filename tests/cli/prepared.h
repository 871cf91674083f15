/* SPDX-License-Identifier: BSD-3-Clause
 * The folder in which whole commands are tried: a small data set, a tableau, an experiment, and
 * what trainings, a landscape and a sweep have left.  An attempt runs in attempt/, from which ../
 * leads to all that. */
#ifndef OT_TESTS_CLI_PREPARED_H
#define OT_TESTS_CLI_PREPARED_H

#include "temporary.h"

extern char prepared[OT_TEMPORARY]; /* its path */

/* Make it and change into it; ends the process if that cannot be done. */
void prepared_make(void);
/* Make attempt/ anew, with a copy of ../FOLDER unless that is NULL, and change into it. */
void prepared_attempt(const char *folder);
/* Run a command line in this process; returns its exit code. */
int prepared_run(const char *line);

#endif
