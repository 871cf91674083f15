/* SPDX-License-Identifier: BSD-3-Clause
 * Where a number stops being finite.  A run is deterministic, so it can be repeated with a look at
 * every result: the first record whose stored result is not finite is the address of the trouble.
 * What is seen through a view is not stored: then the numbers of the view are looked at. */
#ifndef OT_AUTOGRAD_INSPECT_SCAN_H
#define OT_AUTOGRAD_INSPECT_SCAN_H

#include "base/status.h"

typedef struct ot__culprit {
    bool backward;
    int record; /* number in the listing */
    const char *op;
    const char *scope;    /* "blocks.0.stages.1.conv2", "" outside all */
    char result[160];     /* "its result", "the gradient of stem.conv.weight" */
    double least, most;   /* of the finite numbers among what the step read */
    size_t read, strange; /* numbers that it read, and how many of them are not finite */
} ot__culprit;

/* How a run is repeated. */
typedef struct ot__scan_run {
    int n;                    /* images, the first ones of the inputs */
    void (*load)(void *user); /* fills the inputs */
    void *user;
    bool forward_only;
    const void *seed; /* as of ot_backward */
} ot__scan_run;

/* Run forward and backward.  true when a result is not finite; then *c says which.  Leaves
 * gradients and statistics changed. */
bool ot__scan(ot_program *p, const ot__scan_run *run, ot__culprit *c);

#endif
