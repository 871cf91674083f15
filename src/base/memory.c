/* SPDX-License-Identifier: BSD-3-Clause
 * Linux grants more memory than there is and later kills the process that touches it.  So every
 * allocation of the library checks here first whether a large block is available.  A function that
 * makes several allocations before it touches the first one checks their sum beforehand. */
#include "base/memory.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/available.h"
#include "base/decimal.h"

enum { CACHE_LINE = 64, HUGE_PAGE = 2 << 20 };

static atomic_long allocations;
static atomic_long fail_at;
static atomic_int fail_after;

long ot__fail_allocation(long n, int persistent)
{
    atomic_store(&fail_at, n);
    atomic_store(&fail_after, persistent);
    return atomic_exchange(&allocations, 0);
}

/* Counts an allocation.  Returns whether a test wants it to fail. */
static int must_fail(void)
{
    const long now = atomic_fetch_add(&allocations, 1) + 1;
    const long n = atomic_load(&fail_at);
    return n > 0 && (now == n || (now > n && atomic_load(&fail_after)));
}

static void *out_of_memory(size_t bytes)
{
    (void)ot__fail(OT_ENOMEM, "out of memory: %s are not available", OT__BYTES(bytes));
    return NULL;
}

/* Whether the bytes are available; otherwise the message says why not. */
static bool may_take(size_t bytes)
{
    if (!must_fail() && bytes < SIZE_MAX) return ot__check_memory(bytes, "an array") == OT_OK;
    out_of_memory(bytes);
    return false;
}

void *ot__new(size_t n, size_t size)
{
    const size_t bytes = size && n > SIZE_MAX / size ? SIZE_MAX : n * size;
    if (!may_take(bytes)) return NULL;
    void *memory = calloc(n ? n : 1, size);
    return memory ? memory : out_of_memory(bytes);
}

ot_status ot__grow(void **array, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity) return OT_OK;
    size_t to = *capacity ? *capacity : 8;
    while (to < need)
        to *= 2;
    const size_t bytes = to > SIZE_MAX / size ? SIZE_MAX : to * size;
    if (!may_take(bytes - *capacity * size)) return OT_ENOMEM;
    void *grown = bytes < SIZE_MAX ? realloc(*array, bytes) : NULL;
    if (!grown) {
        out_of_memory(bytes);
        return OT_ENOMEM;
    }
    memset((char *)grown + *capacity * size, 0, (to - *capacity) * size);
    *array = grown;
    *capacity = to;
    return OT_OK;
}

void ot__free(void *memory)
{
    free(memory);
}

char *ot__strdup(const char *text)
{
    const size_t n = strlen(text) + 1;
    char *copy = ot__new(n, 1);
    return copy ? memcpy(copy, text, n) : NULL;
}

char *ot__format_list(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, format, args);
    char *text = n < 0 ? NULL : ot__new((size_t)n + 1, 1);
    if (text) vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text;
}

char *ot__format(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = ot__format_list(format, args);
    va_end(args);
    return text;
}

void *ot__tensor_memory(size_t bytes)
{
    const size_t unit = bytes >= HUGE_PAGE ? HUGE_PAGE : CACHE_LINE;
    if (bytes > SIZE_MAX - unit) return out_of_memory(bytes);
    const size_t rounded = bytes ? (bytes + unit - 1) / unit * unit : unit;
    if (!may_take(rounded)) return NULL;
    void *memory = aligned_alloc(unit, rounded);
    if (!memory) return out_of_memory(bytes);
#ifdef MADV_HUGEPAGE
    if (unit == HUGE_PAGE) madvise(memory, rounded, MADV_HUGEPAGE);
#endif
    return memory;
}
