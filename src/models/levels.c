/* SPDX-License-Identifier: BSD-3-Clause
 * Parses the levels of a network: levels = level { "," level }, level = ( width | "*" ) [ ":"
 * stride ].  A "*" is what the way down makes of the channels before it. */
#include <stdio.h>

#include "base/decimal.h"
#include "base/text.h"
#include "models/blocks.h"

static ot_status malformed(const char *text)
{
    return ot__fail(OT_EINVAL,
                    "levels is '%.80s'; it must be widths with strides like 16,32:2,64:2, up to %d "
                    "levels, widths from 1 to 4096, or after the first *, and strides from 1 to 8",
                    text, (int)OT__MOST_LEVELS);
}

/* Reads one level at *at, which moves to the character after it. */
static bool read_level(const char **at, bool first, ot__level *level)
{
    int width = 0, stride = 1;
    ot__skip_blanks(at);
    const bool derived = !first && **at == '*';
    if (derived) ++*at;
    if (!derived && !ot__read_count(at, 1, 4096, &width)) return false;
    if (**at == ':') {
        ++*at;
        if (!ot__read_count(at, 1, 8, &stride)) return false;
    }
    ot__skip_blanks(at);
    *level = (ot__level){ .width = width, .stride = stride, .derived = derived };
    return true;
}

ot_status ot__levels_parse(const char *text, int *n, ot__level level[OT__MOST_LEVELS])
{
    const char *at = text;
    for (*n = 0; *n < OT__MOST_LEVELS; at++) {
        if (!read_level(&at, *n == 0, &level[*n])) return malformed(text);
        ++*n;
        if (!*at) return OT_OK;
        if (*at != ',') return malformed(text);
    }
    return malformed(text);
}

void ot__levels_text(int n, const ot__level level[], char text[OT__LEVELS_TEXT_MOST])
{
    size_t used = 0;
    text[0] = 0;
    for (int i = 0; i < n; i++) {
        char width[12] = "*";
        if (!level[i].derived) snprintf(width, sizeof width, "%d", level[i].width);
        used +=
            (size_t)snprintf(text + used, OT__LEVELS_TEXT_MOST - used, "%s%s", i ? "," : "", width);
        if (level[i].stride > 1)
            used +=
                (size_t)snprintf(text + used, OT__LEVELS_TEXT_MOST - used, ":%d", level[i].stride);
    }
}
