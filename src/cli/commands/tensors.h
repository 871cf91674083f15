/* SPDX-License-Identifier: BSD-3-Clause
 * Printing and comparing tensors of files, for inspect, diff and verify. */
#ifndef OT_CLI_COMMANDS_TENSORS_H
#define OT_CLI_COMMANDS_TENSORS_H

#include "base/table.h"
#include "odetape.h"

typedef struct cli_shape {
    char s[96];
} cli_shape;

const char *cli_shape_text(cli_shape *shape, const ot_tensor_info *t); /* "[16,3,3,3]" */

/* Compares all tensors of two files and prints those that differ to a page.  *different is their
 * number.  A tensor that only one file has differs. */
ot_status cli_compare_files(ot__page *p, const char *a, const char *b, int *different);

#endif
