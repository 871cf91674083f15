/* SPDX-License-Identifier: BSD-3-Clause
 * A network and data that train in milliseconds: "euler x1" of width 4 on 200 images of plain
 * colours.  The last batch is smaller than the others. */
#ifndef OT_TESTS_TRAIN_SMALL_H
#define OT_TESTS_TRAIN_SMALL_H

#include "suite.h"

enum { SMALL_TRAIN = 200, SMALL_TEST = 60, SMALL_BATCH = 32 };

typedef struct small {
    ot_net *net;
    ot_params *params;
    ot_dataset *train, *test;
    ot_train_opts opts; /* options with which the training succeeds: 2 epochs, lr 0.05 */
} small;

small small_new(void);
/* The same, with second labels if the recipe mixes images, and with two blocks if it is smooth in
 * time. */
small small_for(const char *recipe);
/* Replaces the network, and the images by images of its size. */
void small_use(small *s, const ot_net_opts *o);
void small_free(small *s);

#endif
