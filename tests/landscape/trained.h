/* SPDX-License-Identifier: BSD-3-Clause
 * The small network after its training, in the directory of the test.  No parameter and no
 * statistic has its initial value. */
#ifndef OT_LANDSCAPE_TRAINED_H
#define OT_LANDSCAPE_TRAINED_H

#include "train/fixture.h"
#include "train/small.h"

extern small s;

void trained_setup(void);
void trained_teardown(void);

int index_of(const char *name);
ot_direction *random_direction(ot_norm norm, uint64_t seed, int index); /* of its parameters */
ot_params *copy_of(ot_params *from);
void fill(ot_params *ps, const char *name, float value);

#endif
