/* SPDX-License-Identifier: BSD-3-Clause
 * Resident pages are the second number in /proc/self/statm (proc(5)); the peak is that of
 * getrusage. */
#include "train/resident.h"

#include <stdio.h>
#include <unistd.h>

#include "odetape.h"

static size_t resident_now(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f) return 0;
    size_t pages = 0;
    const int n = fscanf(f, "%*u %zu", &pages);
    fclose(f);
    return n == 1 ? pages * (size_t)sysconf(_SC_PAGESIZE) : 0;
}

ot__resident ot__resident_start(void)
{
    const size_t now = resident_now();
    return (ot__resident){ .start = now, .peak_before = ot_peak_rss(), .largest = now };
}

void ot__resident_look(ot__resident *r)
{
    const size_t now = resident_now();
    if (now > r->largest) r->largest = now;
}

size_t ot__resident_growth(const ot__resident *r)
{
    const size_t peak = ot_peak_rss();
    const size_t most = peak > r->peak_before && peak > r->largest ? peak : r->largest;
    return most - r->start;
}
