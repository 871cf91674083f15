/* SPDX-License-Identifier: BSD-3-Clause
 * Parses the description of a network's blocks.  Its grammar is
 *   blocks = level { "+" level }      level = group { "," group }
 *   group  = name [ "(" attributes ")" ] [ [":"] "x" count ] | path [ ":x" count ]
 * with any blanks between.  A name may end in digits, so the count of a name follows the last x.  A
 * path has a slash or a dot, which no name has.  It may contain any character except a comma and a
 * "+" after a blank, so its count follows the last ":x". */
#include "models/blocks.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/decimal.h"
#include "base/text.h"
#include "schemes/scheme.h"

static void trim(char *text)
{
    const char *from = text;
    ot__skip_blanks(&from);
    memmove(text, from, strlen(from) + 1);
    size_t n = strlen(text);
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        text[--n] = 0;
}

/* The x of "x12" at the end of a group, or NULL.  After a path it must follow a colon. */
static char *find_count(char *group)
{
    char *x = strrchr(group, 'x');
    const size_t digits = x ? strspn(x + 1, "0123456789") : 0;
    if (!x || x == group || x[1 + digits] != 0 || digits == 0) return NULL;
    return x[-1] == ':' || !ot__scheme_is_file(group) ? x : NULL;
}

/* Cuts the count off the end of a group.  The count is 1 if there is none. */
static ot_status cut_count(char *group, int *count)
{
    char *x = find_count(group);
    *count = 1;
    if (!x) return OT_OK;
    const char *number = x + 1;
    if (!ot__read_count(&number, 1, OT__MOST_BLOCKS, count))
        return ot__fail(OT_EINVAL, "net: '%.80s': the count of blocks must be 1 to %d", group,
                        (int)OT__MOST_BLOCKS);
    x[x[-1] == ':' ? -1 : 0] = 0;
    trim(group);
    return OT_OK;
}

static ot_status find_scheme(const char *word, int n_own, const ot_scheme *const own[],
                             ot_scheme **scheme)
{
    for (int i = 0; i < n_own; i++)
        if (strcmp(ot_scheme_name(own[i]), word) == 0) return ot__scheme_copy(own[i], scheme);
    const ot_status status = ot_scheme_open(word, scheme);
    return status == OT_OK ? OT_OK : ot__fail(status, "net: %s", ot_message());
}

static ot_status parse_group(char *text, int n_own, const ot_scheme *const own[], ot__group *group)
{
    trim(text);
    if (!*text)
        return ot__fail(OT_EINVAL, "net: a scheme is missing; write for example 'rk4x2' or "
                                   "'euler x4, ./mine.tableau:x1'");
    OT_TRY(cut_count(text, &group->count));
    if (!*text) return ot__fail(OT_EINVAL, "net: a scheme is missing before ':x'");
    return find_scheme(text, n_own, own, &group->scheme);
}

bool ot__same_scheme(const ot_scheme *a, const ot_scheme *b)
{
    const char *const of_a = ot_scheme_text(a), *const of_b = ot_scheme_text(b);
    if (strcmp(ot_scheme_name(a), ot_scheme_name(b)) != 0) return false;
    return of_a && of_b ? strcmp(of_a, of_b) == 0 : !of_a && !of_b;
}

/* Checks that two different schemes have different names, since from here on the name identifies a
 * scheme. */
static ot_status check_names(const ot__blocks *blocks)
{
    const ot_scheme *const last = blocks->group[blocks->n - 1].scheme;
    for (int i = 0; i < blocks->n - 1; i++) {
        const ot_scheme *const other = blocks->group[i].scheme;
        if (strcmp(ot_scheme_name(other), ot_scheme_name(last)) == 0 &&
            !ot__same_scheme(other, last))
            return ot__fail(OT_EINVAL,
                            "net: two different schemes are called %s; give one another name",
                            ot_scheme_name(last));
    }
    return OT_OK;
}

/* Parses the group that consists of `length` bytes from `text`. */
static ot_status add_group(ot__blocks *blocks, const char *text, size_t length, int n_own,
                           const ot_scheme *const own[])
{
    if (blocks->n == OT__MOST_GROUPS)
        return ot__fail(OT_EINVAL, "net: more than %d groups of blocks", (int)OT__MOST_GROUPS);
    if (length > 4096)
        return ot__fail(OT_EINVAL, "net: '%.20s...' is too long for a scheme and a count", text);
    char *copy = ot__format("%.*s", (int)length, text);
    if (!copy) return OT_ENOMEM;
    ot__group *const group = &blocks->group[blocks->n];
    const ot_status status = parse_group(copy, n_own, own, group);
    ot__free(copy);
    OT_TRY(status);
    group->part = blocks->parts - 1;
    blocks->n++;
    return check_names(blocks);
}

/* The end of the group that begins at `from`: the first comma or plus outside of parentheses.  A
 * plus within a path belongs to the path. */
static const char *group_end(const char *from)
{
    bool path = false;
    int depth = 0;
    const char *at = from;
    for (; *at; at++) {
        depth += (*at == '(') - (*at == ')');
        if (depth > 0) continue;
        path |= *at == '/' || *at == '.';
        if (*at == ',') break;
        if (*at == '+' && (!path || isspace((unsigned char)at[-1]))) break;
    }
    return at;
}

static ot_status parse_all(const char *text, int n_own, const ot_scheme *const own[],
                           ot__blocks *blocks)
{
    int total = 0;
    blocks->parts = 1;
    for (const char *from = text;; from++) {
        const char *const end = group_end(from);
        OT_TRY(add_group(blocks, from, (size_t)(end - from), n_own, own));
        total += blocks->group[blocks->n - 1].count;
        if (total > OT__MOST_BLOCKS)
            return ot__fail(OT_EINVAL, "net: more than %d blocks", (int)OT__MOST_BLOCKS);
        if (!*end) return OT_OK;
        blocks->parts += *end == '+';
        from = end;
    }
}

ot_status ot__blocks_parse(const char *text, int n_own, const ot_scheme *const own[],
                           ot__blocks *blocks)
{
    *blocks = (ot__blocks){ .n = 0 };
    const ot_status status = parse_all(text, n_own, own, blocks);
    if (status != OT_OK) ot__blocks_free(blocks);
    return status;
}

void ot__blocks_free(ot__blocks *blocks)
{
    for (int i = 0; i < blocks->n; i++)
        ot_scheme_free(blocks->group[i].scheme);
    blocks->n = 0;
}

ot_status ot__blocks_text(const ot__blocks *blocks, char text[OT__BLOCKS_TEXT_MOST])
{
    size_t used = 0;
    text[0] = 0;
    for (int i = 0; i < blocks->n; i++) {
        const ot__group *const g = &blocks->group[i];
        const char *between = i == 0 ? "" : g->part == g[-1].part ? ", " : " + ";
        const int n = snprintf(text + used, OT__BLOCKS_TEXT_MOST - used, "%s%s x%d", between,
                               ot_scheme_name(g->scheme), g->count);
        used += (size_t)n;
        if (used >= OT__BLOCKS_TEXT_MOST)
            return ot__fail(OT_EINVAL, "net: the description is longer than %d bytes",
                            (int)OT__BLOCKS_TEXT_MOST - 1);
    }
    return OT_OK;
}
