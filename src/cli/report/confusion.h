/* SPDX-License-Identifier: BSD-3-Clause
 * What a trained network takes the images of each class for. */
#ifndef OT_CLI_REPORT_CONFUSION_H
#define OT_CLI_REPORT_CONFUSION_H

#include "odetape.h"

typedef struct cli_confusion {
    int classes, images;
    int *count; /* of images of class i taken for class j: count[i * classes + j] */
} cli_confusion;

/* Over all images of d, by the largest logit, the first of equal ones.  The errors are those of
 * ot_predict: OT_ENUMERIC if a logit is not finite, with nothing counted. */
ot_status cli_confusion_new(const ot_net *net, ot_params *params, const ot_dataset *d, int batch,
                            cli_confusion *out);
void cli_confusion_free(cli_confusion *c);

#endif
