/* SPDX-License-Identifier: BSD-3-Clause
 * Milestones of another number of epochs.  The other functions of recipes are in odetape.h. */
#ifndef OT_TRAIN_RECIPE_H
#define OT_TRAIN_RECIPE_H

#include "odetape.h"

/* Moves milestones from a training of `from` epochs to one of `to`, rounded.  Those that become 0,
 * or equal to the one before, or not before the end are left out. */
void ot__milestones_scale(ot_int_list *list, int from, int to);

/* The paper's milestones, 100, 150, 200 and 230 of 260 epochs, moved to this number of epochs. */
void ot__milestones_default(ot_int_list *list, int epochs);

#endif
