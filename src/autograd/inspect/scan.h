/* SPDX-License-Identifier: BSD-3-Clause
 * Finds where a number stops being finite.  A run is deterministic, so it can be repeated with a
 * check of every result.  The first record whose result is not finite is reported.  For a result
 * that is not stored, the numbers per channel that it is computed with are checked. */
#ifndef OT_AUTOGRAD_INSPECT_SCAN_H
#define OT_AUTOGRAD_INSPECT_SCAN_H

#include "base/status.h"

typedef struct ot__culprit {
    bool backward; /* it was the backward step of the record */
    int record;    /* number in the listing */
    const char *op;
    const char *scope;  /* "blocks.0.stages.1.conv2"; "" outside all scopes */
    char result[160];   /* which number: "its result", "the gradient of stem.conv.weight" */
    double least, most; /* of the finite numbers among those that the step read; NAN: none is */
    size_t read;        /* how many numbers the step read */
    size_t strange;     /* how many of these are not finite */
} ot__culprit;

/* How to repeat a run. */
typedef struct ot__scan_run {
    int n;                    /* images in the batch */
    void (*load)(void *user); /* fills the inputs */
    void *user;
    bool forward_only;
    const void *seed; /* as in ot_backward */
} ot__scan_run;

/* Runs forward and backward.  Returns true if a result is not finite; then *c says which.  Changes
 * gradients and statistics. */
bool ot__scan(ot_program *p, const ot__scan_run *run, ot__culprit *c);

#endif
