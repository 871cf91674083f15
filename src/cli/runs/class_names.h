/* SPDX-License-Identifier: BSD-3-Clause
 * The names of the classes of a trained network. */
#ifndef OT_CLI_RUNS_CLASS_NAMES_H
#define OT_CLI_RUNS_CLASS_NAMES_H

#include "odetape.h"

typedef struct cli_class_names {
    const char **name; /* by class */
    char *text;        /* that they lie in */
} cli_class_names;

/* Reads the names in the metadata "class-names" of a file.  If it has none, or not one per class,
 * they are those of `data`, which may be NULL; then they are numbers.  The set must live as long.
 * OT_EIO, OT_ENOMEM. */
ot_status cli_class_names_read(const char *file, int classes, const ot_dataset *data,
                               cli_class_names *out);
void cli_class_names_free(cli_class_names *c);

#endif
