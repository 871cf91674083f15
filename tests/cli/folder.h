/* SPDX-License-Identifier: BSD-3-Clause
 * Folders of runs, before and after a command: names end at the first name that is NULL. */
#ifndef OT_TESTS_CLI_FOLDER_H
#define OT_TESTS_CLI_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

/* Everything below it, not the folder itself. */
void folder_clear(const char *path);
/* Copies files, not links, from a folder of the working directory to below to/.  0, or -1. */
int folder_copy(const char *from, const char *to);
/* The same for the same names with the same bytes in files whose names end with suffix, else
 * almost surely not. */
uint64_t folder_sum(const char *path, const char *suffix);
/* Whether all files of tensors below can be read, with their checksums; else *path is one that
 * cannot. */
bool folder_is_whole(const char *path, const char **broken);

#endif
