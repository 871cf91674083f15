/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef OT_CLI_REPLACE_H
#define OT_CLI_REPLACE_H

#include <stdbool.h>
#include <stdio.h>

/* Write a file in one step: `write` fills a temporary one beside it, which takes its place when it
 * is whole and on the disk; whoever reads it sees the old one or the new one.  false with errno,
 * and the old one untouched; so also if `write` says false, which sets errno. */
bool cli_replace(const char *path, bool (*write)(FILE *to, void *user), void *user);

/* The name of that temporary file, which no other process takes. */
void cli_temporary_name(const char *path, char *text, size_t size);

#endif
