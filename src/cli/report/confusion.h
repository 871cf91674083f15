/* SPDX-License-Identifier: BSD-3-Clause
 * The confusion matrix of a trained network: which classes it predicts for images of each class. */
#ifndef OT_CLI_REPORT_CONFUSION_H
#define OT_CLI_REPORT_CONFUSION_H

#include "odetape.h"

typedef struct cli_confusion {
    int classes, images;
    int *count; /* count[i * classes + j]: images of class i that are predicted as class j */
} cli_confusion;

/* Counts over all images of d.  The prediction is the largest logit; of equal ones, the first.
 * Returns the errors of ot_predict: OT_ENUMERIC if a logit is not finite; then nothing is
 * counted. */
ot_status cli_confusion_new(const ot_net *net, ot_params *params, const ot_dataset *d, int batch,
                            cli_confusion *out);
void cli_confusion_free(cli_confusion *c);

#endif
