/* SPDX-License-Identifier: BSD-3-Clause
 * Freezes parameters by their names.  Compilation reads which parameters are frozen
 * (compile/mark.c), and forms no gradient of them.  A statistic is frozen if all parameters that
 * the ops that write it use are frozen; such an op then evaluates, as in an evaluation program. */
#include <string.h>

#include "autograd/params.h"
#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"

/* A piece of a text: n bytes. */
typedef struct piece {
    const char *at;
    size_t n;
} piece;

/* The bytes of the first character of a text, as far as the text goes. */
static size_t character(const char *text)
{
    bool printable;
    return (size_t)ot__read_character(text, &printable);
}

/* Whether a pattern matches a whole name.  After a '*' the rest of the pattern is tried at each
 * later character of the name; only the last '*' need be tried again. */
static bool matches(piece pattern, const char *name)
{
    const char *const end = pattern.at + pattern.n, *p = pattern.at;
    const char *star = NULL, *resume = NULL;
    while (*name) {
        if (p < end && *p == '*') {
            star = ++p;
            resume = name;
        } else if (p < end && *p == '?') {
            p++;
            name += character(name);
        } else if (p < end && *p == *name) {
            p++;
            name++;
        } else if (star) {
            p = star;
            name = ++resume;
        } else {
            return false;
        }
    }
    while (p < end && *p == '*')
        p++;
    return p == end;
}

/* Marks the parameters that a pattern matches, and returns their number. */
static int mark_matches(const ot_params *ps, piece pattern, bool frozen[])
{
    int n = 0;
    for (int i = 0; i < ot_params_count(ps); i++) {
        if (!ot_params_trained(ps, i) || !matches(pattern, ot_params_name(ps, i))) continue;
        frozen[i] = true;
        n++;
    }
    return n;
}

/* ---- the nearest pattern that would match ---- */

typedef struct candidates {
    char **name;
    size_t capacity;
    int n;
} candidates;

static ot_status add_candidate(candidates *c, const char *name, size_t length, const char *end)
{
    OT_TRY(ot__grow((void **)&c->name, &c->capacity, (size_t)c->n + 1, sizeof *c->name));
    c->name[c->n] = ot__format("%.*s%s", (int)length, name, end);
    return c->name[c->n++] ? OT_OK : OT_ENOMEM;
}

/* All names of parameters, and "SCOPE.*" for each scope that they are in. */
static ot_status find_candidates(const ot_params *ps, candidates *c)
{
    for (int i = 0; i < ot_params_count(ps); i++) {
        const char *const name = ot_params_name(ps, i);
        if (!ot_params_trained(ps, i)) continue;
        OT_TRY(add_candidate(c, name, strlen(name), ""));
        for (const char *dot = name; (dot = strchr(dot, '.')) != NULL; dot++)
            OT_TRY(add_candidate(c, name, (size_t)(dot - name), ".*"));
    }
    return OT_OK;
}

static ot_status refuse_pattern(const ot_params *ps, piece pattern)
{
    candidates c = { 0 };
    char word[100];
    snprintf(word, sizeof word, "%.*s", (int)(pattern.n < 99 ? pattern.n : 99), pattern.at);
    ot_status status = find_candidates(ps, &c);
    const char *const near = ot_nearest(word, c.n, (const char *const *)c.name);
    if (status == OT_OK)
        status = ot__fail(OT_EINVAL, "freeze: no parameter matches '%s'; %s '%s'", word,
                          near ? "did you mean" : "a name is for example",
                          near      ? near
                          : c.n > 0 ? c.name[0]
                                    : "");
    for (int i = 0; i < c.n; i++)
        ot__free(c.name[i]);
    ot__free(c.name);
    return status;
}

/* ---- freezing ---- */

/* Marks what any of the patterns matches. */
static ot_status mark_all(const ot_params *ps, const char *patterns, bool frozen[])
{
    for (const char *at = patterns; patterns && *patterns;) {
        const piece pattern = { at, strcspn(at, ",") };
        if (mark_matches(ps, pattern, frozen) == 0) return refuse_pattern(ps, pattern);
        if (at[pattern.n] == '\0') break;
        at += pattern.n + 1;
    }
    return OT_OK;
}

static ot_status check_rest(const ot_params *ps, const char *patterns, const bool frozen[])
{
    int trained = 0, left = 0;
    for (int i = 0; i < ot_params_count(ps); i++) {
        trained += ot_params_trained(ps, i);
        left += ot_params_trained(ps, i) && !frozen[i];
    }
    if (left > 0 || trained == 0) return OT_OK;
    return ot__fail(
        OT_EINVAL, "freeze: '%.100s' matches all %d parameters; at least one must be left to train",
        patterns, trained);
}

/* Marks the statistics of the groups of which every parameter is frozen. */
static void mark_statistics(const ot_params *ps, bool frozen[], bool all[])
{
    const int n = ot_params_count(ps);
    for (int i = 0; i < n; i++)
        if (ot_params_trained(ps, i)) all[ot__params_group(ps, i)] = true;
    for (int i = 0; i < n; i++)
        if (ot_params_trained(ps, i) && !frozen[i]) all[ot__params_group(ps, i)] = false;
    for (int i = 0; i < n; i++)
        if (!ot_params_trained(ps, i)) frozen[i] = all[ot__params_group(ps, i)];
}

ot_status ot_params_freeze(ot_params *ps, const char *patterns)
{
    OT_TRY(ot__check_given("freeze", "the parameters", ps));
    const int n = ot_params_count(ps);
    bool *const frozen = ot__new(2 * (size_t)n + 1, sizeof *frozen);
    if (!frozen) return OT_ENOMEM;
    ot_status status = mark_all(ps, patterns, frozen);
    if (status == OT_OK) status = check_rest(ps, patterns, frozen);
    if (status == OT_OK) {
        mark_statistics(ps, frozen, frozen + n);
        ot__params_set_frozen(ps, frozen);
    }
    ot__free(frozen);
    return status;
}
