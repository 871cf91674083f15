/* SPDX-License-Identifier: BSD-3-Clause
 * Counts the classes that ot_predict predicts for the images of each class.  ot_predict handles
 * every kind of network. */
#include "cli/report/confusion.h"

#include <stdlib.h>

static void count(const ot_dataset *d, const int32_t *taken, cli_confusion *c)
{
    c->images = ot_dataset_count(d);
    for (int i = 0; i < c->images; i++)
        c->count[ot_dataset_label(d, i) * c->classes + taken[i]]++;
}

ot_status cli_confusion_new(const ot_net *net, ot_params *params, const ot_dataset *d, int batch,
                            cli_confusion *out)
{
    *out = (cli_confusion){ .classes = ot_net_options(net)->classes };
    int32_t *const taken = calloc((size_t)ot_dataset_count(d) + 1, sizeof *taken);
    out->count = calloc((size_t)out->classes * (size_t)out->classes, sizeof *out->count);
    ot_status status = taken && out->count ? OT_OK : OT_ENOMEM;
    if (status == OT_OK) status = ot_predict(net, params, d, batch, OT_TIER_DEFAULT, taken, NULL);
    if (status == OT_OK) count(d, taken, out);
    free(taken);
    return status;
}

void cli_confusion_free(cli_confusion *c)
{
    free(c->count);
    c->count = NULL;
}
