/* SPDX-License-Identifier: BSD-3-Clause
 * What a loss of power would leave of the working directory.  The linker replaces fsync by a
 * function of durable.c: a file has the bytes of its last fsync, and a directory the names of its
 * last fsync.  Before and after every fsync, the worst state that may be left is written to a
 * directory next to the working directory:
 *
 *     before it  all names are on the disk already, but only the bytes that were synced
 *     after it   names and bytes that were synced, and nothing else */
#ifndef OT_TESTS_CLI_COMMANDS_DURABLE_H
#define OT_TESTS_CLI_COMMANDS_DURABLE_H

/* Begins the simulation.  What is in the working directory now counts as on the disk.  States are
 * written to ../state-1/, ../state-2/, ... */
void durable_begin(void);
/* Ends the simulation and returns the number of states.  Writes to the file `report`, one per line,
 * the paths of files whose present state is not on the disk, except those whose names are in
 * `except`, which ends with NULL. */
int durable_end(const char *report, const char *const except[]);

#endif
