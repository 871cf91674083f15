/* SPDX-License-Identifier: BSD-3-Clause
 * The predictions of odetape predict as a table, as JSON and as comma-separated values. */
#ifndef OT_CLI_COMMANDS_PREDICT_TABLE_H
#define OT_CLI_COMMANDS_PREDICT_TABLE_H

#include "base/table.h"
#include "odetape.h"

typedef struct cli_predicted {
    const ot_dataset *data;
    char *const *path; /* of each image; NULL: they are a data set, and its labels are right */
    int classes;
    const char *const *name; /* of each class */
    const int32_t *answer;   /* one per image */
    const float *logits;     /* `classes` numbers per image */
} cli_predicted;

/* Prints the class, its probability and the three most probable classes of each image.  Of a data
 * set a text has the accuracy and the confusion of the classes instead; JSON has both.  OT_ENOMEM.
 */
ot_status cli_predicted_print(const cli_predicted *p, ot__page *page);
/* Writes a line per image.  OT_ECREATE, OT_EIO, OT_ENOMEM. */
ot_status cli_predicted_csv(const cli_predicted *p, const char *path);

#endif
