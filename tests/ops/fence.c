/* SPDX-License-Identifier: BSD-3-Clause
 * Memory between two pages that may not be touched; see fence.h. */
#include "ops/fence.h"

#include <sys/mman.h>
#include <unistd.h>

#include "suite.h"

static size_t page(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

/* Bytes of the pages that hold n floats and may be touched. */
static size_t bytes_of(size_t n)
{
    return (n * sizeof(float) + page() - 1) / page() * page();
}

float *fenced_new(size_t n)
{
    const size_t bytes = bytes_of(n);
    char *all = mmap(NULL, bytes + 2 * page(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert(all != MAP_FAILED);
    char *const open = all + page();
    if (bytes > 0) ck_assert_int_eq(mprotect(open, bytes, PROT_READ | PROT_WRITE), 0);
    return (float *)(void *)(open + bytes) - n;
}

void fenced_free(float *x, size_t n)
{
    if (!x) return;
    const size_t bytes = bytes_of(n);
    ck_assert_int_eq(munmap((char *)(x + n) - bytes - page(), bytes + 2 * page()), 0);
}
