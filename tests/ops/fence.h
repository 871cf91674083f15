/* SPDX-License-Identifier: BSD-3-Clause
 * Arrays that end where mapped memory ends.  A kernel that reads or writes past the end of its
 * operand gets a SIGSEGV, also in assembly and in libraries, which sanitizers do not check. */
#ifndef OT_TESTS_OPS_FENCE_H
#define OT_TESTS_OPS_FENCE_H

#include <stddef.h>

/* n floats, all 0.  A page that may not be touched follows directly, another one lies less than a
 * page before them. */
float *fenced_new(size_t n);
void fenced_free(float *x, size_t n);

#endif
