/* SPDX-License-Identifier: BSD-3-Clause
 * Chooses round numbers for the marks of an axis.  Marks are counted with an int.  Adding 1 to a
 * large double may change nothing, so a loop that counts with a double might never end.  This
 * happens on an axis between two losses that differ in the last bit. */
#include "cli/frame/ticks.h"

#include <math.h>

double cli_ticks_step(double width, int parts)
{
    const double rough = width / parts, ten = pow(10, floor(log10(rough)));
    const double digit = rough / ten;
    return ten * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
}

cli_ticks cli_ticks_of(double from, double to, double step)
{
    const double margin = 1e-9, largest = 0x1p52; /* above it, adding 1 may change nothing */
    const double first = ceil(from / step - margin), last = floor(to / step + margin);
    cli_ticks t = { .first = first, .step = step };
    if (step > 0 && fabs(first) < largest && last >= first)
        t.n = (int)fmin(last - first + 1, CLI_TICKS_MOST);
    return t;
}
