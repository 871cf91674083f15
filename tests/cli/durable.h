/* SPDX-License-Identifier: BSD-3-Clause
 * What a loss of power would leave of the working folder.  The linker puts durable.c before fsync:
 * a file has the bytes of its last fsync, and a folder the names of its last fsync.  Before and
 * after every fsync the worst that may be left is written to a folder beside this one:
 *
 *     before it  all names are on the disk already, but only the bytes that were synced
 *     after it   names and bytes that were synced, and nothing else */
#ifndef OT_TESTS_CLI_DURABLE_H
#define OT_TESTS_CLI_DURABLE_H

/* Begin: what is in the working folder now is on the disk.  States go to ../state-1/ and so on. */
void durable_begin(void);
/* End; how many states there are.  The paths of files that are not on the disk as they are, except
 * those whose names are in `except` (ends at NULL), go to the file at `report`, a line each. */
int durable_end(const char *report, const char *const except[]);

#endif
