/* SPDX-License-Identifier: BSD-3-Clause
 * The gradient check of any function that programs of one tape compute together. */
#ifndef OT_AUTOGRAD_INSPECT_GRADCHECK_H
#define OT_AUTOGRAD_INSPECT_GRADCHECK_H

#include <stdint.h>

#include "base/status.h"

/* A function of parameters and inputs.  Its programs compute in double, have gradients, and share
 * their parameters; the inputs of the first and all labels are inputs of the function, and the root
 * of the last is its result.  Inputs of other programs are what earlier ones have computed. */
typedef struct ot__checked {
    const ot_tape *tape;
    ot_params *params;
    bool random; /* the check sets the parameters to random values */
    int n;       /* length of program */
    ot_program *const *program;
    int batch;
    /* Computes the result from what parameters and inputs are now.  *piece becomes a fingerprint of
     * the smooth piece of the function. */
    ot_status (*forward)(void *user, uint64_t *piece);
    /* Computes the gradients of sum(w * result), after forward. */
    ot_status (*backward)(void *user, const double *w);
    void *user;
} ot__checked;

/* OT_EINVAL for options out of range. */
ot_status ot__gradcheck_options(const ot_gradcheck_opts *opts);
/* opts have been checked.  The errors are those of forward and backward, and OT_ENOMEM. */
ot_status ot__gradcheck(const ot__checked *f, const ot_gradcheck_opts *opts,
                        ot_gradcheck_report *report);

#endif
