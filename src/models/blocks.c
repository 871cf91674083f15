/* SPDX-License-Identifier: BSD-3-Clause
 *   blocks = group { "," group }      group = scheme [ blanks ] [ "x" count ]
 * A scheme's name may itself end in digits, so the count is what follows the last x of a group. */
#include "models/blocks.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "schemes/scheme.h"

enum { LONGEST = 64 };

static void trim(char *text)
{
    const char *from = text;
    ot__skip_blanks(&from);
    memmove(text, from, strlen(from) + 1);
    size_t n = strlen(text);
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        text[--n] = 0;
}

/* Cut "x12" off the end of a group; the count is 1 where there is none. */
static ot_status cut_count(char *group, int *count)
{
    *count = 1;
    char *x = strrchr(group, 'x');
    const size_t digits = x ? strspn(x + 1, "0123456789") : 0;
    if (!x || x == group || x[1 + digits] != 0 || digits == 0) return OT_OK;
    const char *number = x + 1;
    long value;
    if (!ot__read_int(&number, 1, OT__MOST_BLOCKS, &value))
        return ot__fail(OT_EINVAL, "net: '%s': the count of blocks must be 1 to %d", group,
                        (int)OT__MOST_BLOCKS);
    *count = (int)value;
    *x = 0;
    trim(group);
    return OT_OK;
}

static ot_status parse_group(char *text, ot__group *group)
{
    trim(text);
    if (!*text)
        return ot__fail(OT_EINVAL, "net: a scheme is missing; write for example 'rk4x2' or "
                                   "'euler x4, rk4 x1'");
    OT_TRY(cut_count(text, &group->count));
    const ot_status status = ot__scheme_lookup(text, &group->scheme);
    return status == OT_OK ? OT_OK : ot__fail(status, "net: %s", ot_message());
}

ot_status ot__blocks_parse(const char *text, ot__blocks *blocks)
{
    int total = 0;
    blocks->n = 0;
    for (const char *from = text;; from++) {
        const size_t length = strcspn(from, ",");
        char group[LONGEST];
        if (length >= sizeof group)
            return ot__fail(OT_EINVAL, "net: '%.20s...' is too long for a scheme and a count",
                            from);
        if (blocks->n == OT__MOST_GROUPS)
            return ot__fail(OT_EINVAL, "net: more than %d groups of blocks", (int)OT__MOST_GROUPS);
        memcpy(group, from, length);
        group[length] = 0;
        OT_TRY(parse_group(group, &blocks->group[blocks->n]));
        total += blocks->group[blocks->n++].count;
        if (total > OT__MOST_BLOCKS)
            return ot__fail(OT_EINVAL, "net: more than %d blocks", (int)OT__MOST_BLOCKS);
        from += length;
        if (!*from) return OT_OK;
    }
}

void ot__blocks_text(const ot__blocks *blocks, char *text, size_t size)
{
    size_t used = 0;
    if (size) text[0] = 0;
    for (int i = 0; i < blocks->n && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s x%d", i ? ", " : "",
                                 ot_scheme_name(blocks->group[i].scheme), blocks->group[i].count);
}
