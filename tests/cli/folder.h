/* SPDX-License-Identifier: BSD-3-Clause
 * Copying and comparing the directories of runs before and after a command. */
#ifndef OT_TESTS_CLI_FOLDER_H
#define OT_TESTS_CLI_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

/* Removes everything below a directory, not the directory itself. */
void folder_clear(const char *path);
/* Copies files, not links, from a directory into the directory `to`.  Returns 0, or -1 after a
 * failure. */
int folder_copy(const char *from, const char *to);
/* Returns a checksum of the names and bytes of all files whose names end with suffix. */
uint64_t folder_sum(const char *path, const char *suffix);
/* Whether all files of tensors below a directory can be read and have the right checksums.  If not,
 * *broken becomes the path of one that does not. */
bool folder_is_whole(const char *path, const char **broken);

#endif
