/* SPDX-License-Identifier: BSD-3-Clause
 * Translates names by the rules of a naming: a rule's pattern is matched against a name from the
 * left, and what its marks stood for is put into the other pattern. */
#include "models/naming.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"

/* What the marks of a pattern stand for in a name. */
typedef struct meaning {
    int level, index; /* -1: the pattern has no such mark */
    const char *rest; /* the text that '*' stands for; it does not end with a zero byte */
    size_t length;    /* of that text, in bytes */
} meaning;

static const struct {
    const char *mark;
    size_t at;
} marks[] = {
    { "{level}", offsetof(meaning, level) },
    { "{index}", offsetof(meaning, index) },
};
enum { MARKS = sizeof marks / sizeof marks[0] };
static const char block_mark[] = "{block}";

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* Reads a number as PyTorch writes it.  With leading zeros two names would mean one tensor. */
static bool read_number(const char **name, int *value)
{
    if ((*name)[0] == '0' && isdigit((unsigned char)(*name)[1])) return false;
    return ot__read_count(name, 0, 1000000, value);
}

/* Reads what the mark at the beginning of the pattern stands for.  Without a mark one character is
 * compared. */
static bool step(const char **pattern, const char **name, meaning *m)
{
    for (int i = 0; i < MARKS; i++) {
        if (!begins_with(*pattern, marks[i].mark)) continue;
        *pattern += strlen(marks[i].mark);
        return read_number(name, (int *)((char *)m + marks[i].at));
    }
    return *(*pattern)++ == *(*name)++;
}

/* Whether the name has this pattern. */
static bool fits(const char *pattern, const char *name, meaning *m)
{
    *m = (meaning){ .level = -1, .index = -1, .rest = "" };
    while (*pattern && *pattern != '*')
        if (!step(&pattern, &name, m)) return false;
    if (!*pattern) return !*name;
    const size_t end = strlen(++pattern), length = strlen(name);
    if (length < end || strcmp(name + length - end, pattern) != 0) return false;
    m->rest = name;
    m->length = length - end;
    return true;
}

static int blocks_of(const ot_net *net, int level)
{
    int n = 0;
    while (ot__net_group(net, level, n))
        n++;
    return n;
}

/* The number in the network of a block of a level, from 0; -1 if there is none. */
static int block_of(const ot_net *net, int level, int index)
{
    if (level < 0 || level >= net->n_levels || index < 0 || index >= blocks_of(net, level))
        return -1;
    for (int before = 0; before < level; before++)
        index += blocks_of(net, before);
    return index;
}

/* Writes the name that has this pattern.  false: there is no such block, or the name is too long
 * for a tensor of a network. */
static bool compose(const char *pattern, const ot_net *net, const meaning *m,
                    char name[OT__NAMING_MOST])
{
    const int block = block_of(net, m->level - 1, m->index);
    size_t used = 0;
    while (*pattern && used < OT__NAMING_MOST) {
        const bool is_block = begins_with(pattern, block_mark);
        char *const to = name + used;
        const size_t room = OT__NAMING_MOST - used;
        if (is_block && block < 0) return false;
        if (is_block)
            used += (size_t)snprintf(to, room, "%d", block);
        else if (*pattern == '*')
            used += (size_t)snprintf(to, room, "%.*s", (int)m->length, m->rest);
        else
            used += (size_t)snprintf(to, room, "%c", *pattern);
        pattern += is_block ? sizeof block_mark - 1 : 1;
    }
    return used < OT__NAMING_MOST;
}

ot__named ot__naming_translate(const ot_naming *naming, const ot_net *net, const char *theirs,
                               char ours[OT__NAMING_MOST])
{
    meaning m;
    if (naming->prefix && begins_with(theirs, naming->prefix)) theirs += strlen(naming->prefix);
    for (const ot_naming_rule *r = naming->rules; r->theirs; r++) {
        if (!fits(r->theirs, theirs, &m)) continue;
        if (!r->ours) return OT__LEFT_OUT;
        return compose(r->ours, net, &m, ours) ? OT__NAMED : OT__UNNAMED;
    }
    return OT__UNNAMED;
}
