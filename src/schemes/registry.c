/* SPDX-License-Identifier: BSD-3-Clause
 * All schemes by number and by name or alias: first the built-in tableaux, then the schemes of the
 * registry that have no tableau, with the defaults of their attributes.  Each is made at its first
 * use and kept until the process ends.  A mutex guards this, not pthread_once, because making one
 * may run out of memory and is then tried again by the next call. */
#include <pthread.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "schemes/scheme.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ot_scheme **made; /* by number; NULL: not made yet */
static size_t capacity;

/* The table of the scheme of number ot__builtin_count + i.  Number 0 of the registry is
 * Runge-Kutta, whose schemes are the tableaux. */
static const ot_about *about_of(int i)
{
    return ot__registry_at(ot__schemes(), 1 + i - ot__builtin_count);
}

static ot_status make_under_lock(int i)
{
    OT_TRY(ot__grow((void **)&made, &capacity, (size_t)i + 1, sizeof *made));
    if (made[i]) return OT_OK;
    if (i < ot__builtin_count) return ot_scheme_parse(ot__builtin_texts[i], "built-in", &made[i]);
    return ot__scheme_of_kind(about_of(i)->name, &made[i]);
}

int ot_scheme_count(void)
{
    return ot__builtin_count + ot__registry_count(ot__schemes()) - 1;
}

const ot_scheme *ot_scheme_at(int i)
{
    const int n = ot_scheme_count();
    if (i < 0 || i >= n) {
        (void)ot__fail(OT_EINVAL, "there is no scheme %d; schemes have the numbers 0 to %d", i,
                       n - 1);
        return NULL;
    }
    pthread_mutex_lock(&lock);
    const ot_scheme *s = make_under_lock(i) == OT_OK ? made[i] : NULL;
    pthread_mutex_unlock(&lock);
    return s;
}

/* Sets names to those of all schemes, followed by all aliases.  Returns their number. */
static int all_names(const char *names[])
{
    const int n = ot_scheme_count();
    for (int i = 0; i < n; i++)
        names[i] = ot_scheme_name(ot_scheme_at(i));
    for (int i = 0; i < ot__alias_count; i++)
        names[n + i] = ot__aliases[i].name;
    return n + ot__alias_count;
}

static ot_status unknown(const char *name)
{
    const char *const several = ot__candidates(name);
    if (several)
        return ot__fail(OT_EINVAL, "\"%.40s\" may mean several schemes: %s", name, several);
    const char **names = ot__new((size_t)(ot_scheme_count() + ot__alias_count), sizeof *names);
    if (!names) return OT_ENOMEM;
    const char *nearest = ot_nearest(name, all_names(names), names);
    ot__free(names);
    if (nearest)
        return ot__fail(OT_EINVAL, "there is no scheme \"%.40s\"; did you mean \"%s\"?", name,
                        nearest);
    return ot__fail(
        OT_EINVAL, "there is no scheme \"%.40s\"; \"odetape scheme list\" lists all schemes", name);
}

/* Sets *scheme to the scheme of a name, or to NULL if there is none. */
static ot_status look_up(const char *name, const ot_scheme **scheme)
{
    const int n = ot_scheme_count();
    for (int i = 0; i < n; i++) {
        *scheme = ot_scheme_at(i);
        if (!*scheme) return OT_ENOMEM;
        if (strcmp(ot_scheme_name(*scheme), name) == 0) return OT_OK;
    }
    *scheme = NULL;
    return OT_OK;
}

ot_status ot__scheme_lookup(const char *name, const ot_scheme **scheme)
{
    *scheme = NULL;
    OT_TRY(ot__check_given("scheme", "the name", name));
    OT_TRY(look_up(name, scheme));
    for (int i = 0; i < ot__alias_count && !*scheme; i++)
        if (strcmp(ot__aliases[i].name, name) == 0) OT_TRY(look_up(ot__aliases[i].scheme, scheme));
    return *scheme ? OT_OK : unknown(name);
}

const ot_scheme *ot_scheme_find(const char *name)
{
    const ot_scheme *scheme;
    return ot__scheme_lookup(name, &scheme) == OT_OK ? scheme : NULL;
}

/* Names of schemes contain neither '/' nor '.', so a word with one of them, outside of attributes,
 * is a path. */
bool ot__scheme_is_file(const char *word)
{
    return word[strcspn(word, "/.(")] != 0 && word[strcspn(word, "/.(")] != '(';
}

/* Opens "name(attribute=value)".  An unknown name is answered with the nearest of all schemes. */
static ot_status open_with_attributes(const char *text, ot_scheme **out)
{
    const ot_scheme *found;
    size_t n = strcspn(text, "(");
    while (n > 0 && text[n - 1] == ' ')
        n--;
    char *const name = ot__format("%.*s", (int)n, text);
    if (!name) return OT_ENOMEM;
    const ot_status status = ot__scheme_lookup(name, &found);
    ot__free(name);
    OT_TRY(status);
    if (!found->tableau) return ot__scheme_of_kind(text, out);
    return ot__fail(OT_EINVAL, "%s is a tableau, which has no attributes; leave out '%.60s'",
                    ot_scheme_name(found), strchr(text, '('));
}

ot_status ot_scheme_open(const char *name_or_file, ot_scheme **out)
{
    const ot_scheme *found;
    OT_TRY(ot__check_given("scheme", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("scheme", "the name", name_or_file));
    if (ot__scheme_is_file(name_or_file)) return ot_scheme_read(name_or_file, out);
    if (strchr(name_or_file, '(')) return open_with_attributes(name_or_file, out);
    OT_TRY(ot__scheme_lookup(name_or_file, &found));
    return ot__scheme_copy(found, out);
}
