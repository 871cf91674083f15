/* SPDX-License-Identifier: BSD-3-Clause
 * The files that odetape predict is given: PNG files, folders of them and lists of their names. */
#ifndef OT_CLI_COMMANDS_PREDICT_FILES_H
#define OT_CLI_COMMANDS_PREDICT_FILES_H

#include "odetape.h"

typedef struct cli_files {
    char **path;
    size_t n, room;
} cli_files;

/* Adds what one operand stands for: a file, all .png files of a folder in the order of strcmp, the
 * names in a list "@LIST", one per line, or those on standard input "-".  OT_ENOENT for a folder or
 * list without names, OT_EIO, OT_ENOMEM. */
ot_status cli_files_add(cli_files *f, const char *operand);
void cli_files_free(cli_files *f);

/* Whether an operand is one of these, and not a data set. */
bool cli_files_are(const char *operand);

#endif
