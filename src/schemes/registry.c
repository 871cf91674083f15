/* SPDX-License-Identifier: BSD-3-Clause
 * The built-in schemes by number and by name.  Each is parsed at its first use and kept until the
 * process ends.  A mutex guards this, not pthread_once, because parsing may run out of memory and
 * is then tried again by the next call. */
#include <pthread.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "schemes/scheme.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ot_scheme **built; /* by number; NULL: not parsed yet */

static ot_status parse_under_lock(int i)
{
    if (!built) built = ot__new((size_t)ot__builtin_count, sizeof *built);
    if (!built) return OT_ENOMEM;
    return built[i] ? OT_OK : ot_scheme_parse(ot__builtin_texts[i], "built-in", &built[i]);
}

int ot_scheme_count(void)
{
    return ot__builtin_count;
}

const ot_scheme *ot_scheme_at(int i)
{
    if (i < 0 || i >= ot__builtin_count) {
        (void)ot__fail(OT_EINVAL, "there is no scheme %d; schemes have the numbers 0 to %d", i,
                       ot__builtin_count - 1);
        return NULL;
    }
    pthread_mutex_lock(&lock);
    const ot_scheme *s = parse_under_lock(i) == OT_OK ? built[i] : NULL;
    pthread_mutex_unlock(&lock);
    return s;
}

static ot_status unknown(const char *name)
{
    const char **names = ot__new((size_t)ot__builtin_count, sizeof *names);
    if (!names) return OT_ENOMEM;
    for (int i = 0; i < ot__builtin_count; i++)
        names[i] = ot_scheme_name(ot_scheme_at(i));
    const char *nearest = ot_nearest(name, ot__builtin_count, names);
    ot__free(names);
    if (nearest)
        return ot__fail(OT_EINVAL, "there is no scheme \"%.40s\"; did you mean \"%s\"?", name,
                        nearest);
    return ot__fail(
        OT_EINVAL, "there is no scheme \"%.40s\"; \"odetape scheme list\" lists all schemes", name);
}

ot_status ot__scheme_lookup(const char *name, const ot_scheme **scheme)
{
    *scheme = NULL;
    OT_TRY(ot__check_given("scheme", "the name", name));
    for (int i = 0; i < ot__builtin_count; i++) {
        *scheme = ot_scheme_at(i);
        if (!*scheme) return OT_ENOMEM;
        if (strcmp(ot_scheme_name(*scheme), name) == 0) return OT_OK;
    }
    *scheme = NULL;
    return unknown(name);
}

const ot_scheme *ot_scheme_find(const char *name)
{
    const ot_scheme *scheme;
    return ot__scheme_lookup(name, &scheme) == OT_OK ? scheme : NULL;
}

/* Names of schemes contain neither '/' nor '.', so a word with one of them is a path. */
bool ot__scheme_is_file(const char *word)
{
    return strpbrk(word, "/.") != NULL;
}

ot_status ot_scheme_open(const char *name_or_file, ot_scheme **out)
{
    const ot_scheme *builtin;
    OT_TRY(ot__check_given("scheme", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("scheme", "the name", name_or_file));
    if (ot__scheme_is_file(name_or_file)) return ot_scheme_read(name_or_file, out);
    OT_TRY(ot__scheme_lookup(name_or_file, &builtin));
    return ot_scheme_from_tableau(builtin->tableau, out);
}
