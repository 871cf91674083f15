/* SPDX-License-Identifier: BSD-3-Clause
 * The results of an epoch that only some trainings have: those of held-out images, and those of the
 * moving average of the weights.  Journal and checkpoints have them under the same keys. */
#ifndef OT_STORE_RESULTS_H
#define OT_STORE_RESULTS_H

#include <stddef.h>

#include "odetape.h"

typedef struct ot__result {
    const char *key;
    size_t offset; /* of the double in an ot_epoch_result */
    bool accuracy; /* from 0 to 1; false: a loss */
    bool held_out; /* of the held-out images; false: of the test images */
    bool average;  /* of the moving average; false: of the weights */
} ot__result;

enum { OT__RESULTS = 6 };
extern const ot__result ot__results[OT__RESULTS];

/* Whether a training with these options has the result. */
bool ot__result_is_used(const ot__result *r, const ot_train_opts *o);
double ot__result_get(const ot__result *r, const ot_epoch_result *e);
double *ot__result_at(const ot__result *r, ot_epoch_result *e);

#endif
