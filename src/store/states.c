/* SPDX-License-Identifier: BSD-3-Clause
 * The names that the states of an optimiser have in files.  SGD's had no prefix before there were
 * other optimisers, and keep their names. */
#include <stdio.h>
#include <string.h>

#include "store/safetensors.h"

static const char SGD[] = "momentum_buffer", PREFIX[] = "optimiser.";

void ot__st_state_prefix(const char *state, char prefix[OT__ST_STATE_NAME + 12])
{
    snprintf(prefix, OT__ST_STATE_NAME + 12, "%s%.40s.", strcmp(state, SGD) == 0 ? "" : PREFIX,
             state);
}

const char *ot__st_after_state(const char *name, char state[OT__ST_STATE_NAME])
{
    const bool is_other = strncmp(name, PREFIX, strlen(PREFIX)) == 0;
    const char *const from = name + (is_other ? strlen(PREFIX) : 0);
    const size_t n = strcspn(from, ".");
    if (from[n] != '.' || n >= OT__ST_STATE_NAME) return NULL;
    snprintf(state, OT__ST_STATE_NAME, "%.*s", (int)n, from);
    return is_other || strcmp(state, SGD) == 0 ? from + n + 1 : NULL;
}
