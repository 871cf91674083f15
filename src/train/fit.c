/* SPDX-License-Identifier: BSD-3-Clause
 * The largest batch that fits is found by bisection.  Each try plans the programs but allocates
 * nothing, which takes milliseconds. */
#include "train/fit.h"

#include <stdint.h>

#include "base/decimal.h"

/* Bytes for what the prediction leaves out: checkpoints while they are written, messages, stacks,
 * and the rounding of blocks of memory. */
static const size_t SPARE = 16 << 20;

/* The available memory differs a little from one start of the program to the next.  The batch that
 * a message names must still fit when the user tries it, so it leaves these bytes free too. */
static const size_t WOBBLE = 1 << 20;

static bool fits(const ot__available *there, size_t bytes, size_t spare)
{
    return there->bytes == SIZE_MAX || (there->bytes >= spare && bytes <= there->bytes - spare);
}

/* Finds the largest batch below `too_large` that fits; 0 if not even one image does. */
static ot_status largest(const ot__available *there, int too_large, ot__needed needed, void *user,
                         int *batch)
{
    for (*batch = 0; too_large - *batch > 1;) {
        const int middle = *batch + (too_large - *batch) / 2;
        size_t bytes;
        OT_TRY(needed(user, middle, &bytes));
        if (fits(there, bytes, SPARE + WOBBLE))
            *batch = middle;
        else
            too_large = middle;
    }
    return OT_OK;
}

ot_status ot__check_fit(const ot__available *there, int batch, ot__needed needed, void *user)
{
    size_t bytes;
    int most;
    OT_TRY(needed(user, batch, &bytes));
    if (fits(there, bytes, SPARE)) return OT_OK;
    OT_TRY(largest(there, batch, needed, user, &most));
    if (most == 0)
        return ot__fail(OT_ENOMEM, "a batch of %d needs %s and %s %s: not even one image fits",
                        batch, OT__BYTES(bytes), OT__BYTES(there->bytes), there->why);
    return ot__fail(OT_ENOMEM,
                    "a batch of %d needs %s and %s %s; the largest batch that fits is "
                    "%d",
                    batch, OT__BYTES(bytes), OT__BYTES(there->bytes), there->why, most);
}
