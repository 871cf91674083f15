/* SPDX-License-Identifier: BSD-3-Clause
 * Memory that ends where mapped memory ends: a kernel that touches what lies behind its operand
 * dies of it, in assembly and libraries too, where no sanitizer looks. */
#ifndef OT_TESTS_OPS_FENCE_H
#define OT_TESTS_OPS_FENCE_H

#include <stddef.h>

/* Room for n floats, cleared, with a forbidden page right behind it and one not far before. */
float *fenced_new(size_t n);
void fenced_free(float *x, size_t n);

#endif
