/* SPDX-License-Identifier: BSD-3-Clause
 * Tensors of files, as inspect, diff and verify print them. */
#ifndef OT_CLI_COMMANDS_TENSORS_H
#define OT_CLI_COMMANDS_TENSORS_H

#include "odetape.h"

typedef struct cli_shape {
    char s[96];
} cli_shape;

const char *cli_shape_text(cli_shape *shape, const ot_tensor_info *t); /* "[16,3,3,3]" */

/* Compare all tensors of two files and print those that differ.  *different counts them, those that
 * only one file has included. */
ot_status cli_compare_files(const char *a, const char *b, int *different);

#endif
