/* SPDX-License-Identifier: BSD-3-Clause
 * A prepared directory for tests that run whole commands.  It has a small data set, a tableau, an
 * experiment, and the results of trainings, a landscape and a sweep.  A command runs in its
 * directory attempt/, from which ../ leads to all of them. */
#ifndef OT_TESTS_CLI_PREPARED_H
#define OT_TESTS_CLI_PREPARED_H

#include "temporary.h"

extern char prepared[OT_TEMPORARY]; /* its path */

/* Makes the directory and changes into it.  Ends the process if that fails. */
void prepared_make(void);
/* Makes attempt/ again, with a copy of ../FOLDER unless folder is NULL, and changes into it. */
void prepared_attempt(const char *folder);
/* Runs a command line in this process and returns its exit code. */
int prepared_run(const char *line);

#endif
