/* SPDX-License-Identifier: BSD-3-Clause
 * All memory of the library comes from here, so that tests can make any allocation fail. */
#ifndef OT_BASE_MEMORY_H
#define OT_BASE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

#include "base/status.h"

/* Zeroed memory for n elements of the given size.  NULL, with the message set, if the memory is not
 * available (base/available.h) or n*size does not fit a size_t.  n == 0 gives a pointer that can be
 * freed. */
OT_PRIVATE void *ot__new(size_t n, size_t size);
/* Grow an array to hold at least `need` elements, doubling *capacity; the old array stays valid
 * when OT_ENOMEM is returned. */
OT_PRIVATE ot_status ot__grow(void **array, size_t *capacity, size_t need, size_t size);
OT_PRIVATE void ot__free(void *memory);
OT_PRIVATE char *ot__strdup(const char *text);
/* printf into new memory. */
OT_PRIVATE char *ot__format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *ot__format_list(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/* Memory for tensors: aligned to a cache line, from 2 MB on to a huge page, which the system is
 * advised to use.  Not zeroed, not resident until touched.  Free with ot__free. */
void *ot__tensor_memory(size_t bytes);

/* Test hook: the n-th allocation from now (from 1) fails, and with `persistent` all after it;
 * n = 0 switches it off.  Returns the number of allocations since the last call. */
long ot__fail_allocation(long n, int persistent);

#endif
