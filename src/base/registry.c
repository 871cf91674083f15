/* SPDX-License-Identifier: BSD-3-Clause
 * One implementation for the registries of all kinds of parts: looking a name up, adding a part,
 * and reading attributes through the rows of ot_option. */
#include "base/registry.h"

#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/option.h"
#include "base/text.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of the parts added to all registries */

int ot__registry_count(const ot__registry *r)
{
    pthread_mutex_lock(&lock);
    const int n = r->n_built_in + r->n_added;
    pthread_mutex_unlock(&lock);
    return n;
}

static const ot_about *at(const ot__registry *r, int i)
{
    return i < r->n_built_in ? r->built_in[i] : r->added[i - r->n_built_in];
}

const ot_about *ot__registry_at(const ot__registry *r, int i)
{
    pthread_mutex_lock(&lock);
    const bool inside = i >= 0 && i < r->n_built_in + r->n_added;
    const ot_about *const about = inside ? at(r, i) : NULL;
    pthread_mutex_unlock(&lock);
    return about;
}

const ot_about *ot__registry_look(const ot__registry *r, const char *name, size_t length)
{
    const ot_about *about;
    for (int i = 0; (about = ot__registry_at(r, i)) != NULL; i++)
        if (strlen(about->name) == length && strncmp(about->name, name, length) == 0) return about;
    return NULL;
}

/* ---- adding ---- */

/* A name ends before the count of blocks in "name x2" and "name2x2"; "x2" at its end would be
 * taken for one. */
static bool is_name(const char *name)
{
    const size_t n = name ? strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") : 0;
    if (n == 0 || n > 40 || name[n] || !islower((unsigned char)*name)) return false;
    const char *const x = strrchr(name, 'x');
    return !x || x == name || !x[1] || x[1 + strspn(x + 1, "0123456789")] != 0;
}

/* The bytes of an attribute in its struct; 0 for a kind that an attribute cannot have. */
static size_t field_size(const ot_option *o)
{
    static const size_t size[] = { [OT_OPTION_SWITCH] = sizeof(bool),
                                   [OT_OPTION_INT] = sizeof(int),
                                   [OT_OPTION_REAL] = sizeof(double),
                                   [OT_OPTION_CHOICE] = sizeof(int) };
    return (size_t)o->kind < sizeof size / sizeof size[0] ? size[o->kind] : 0;
}

static ot_status check_attribute(const ot__registry *r, const ot_about *about, const ot_option *o)
{
    const size_t size = field_size(o);
    if (!o->name[0] || o->name[strspn(o->name, "abcdefghijklmnopqrstuvwxyz0123456789-_")])
        return ot__fail(OT_EINVAL,
                        "%s %s: an attribute cannot be called '%.40s'; a name has lower-case "
                        "letters, digits, - and _",
                        r->what, about->name, o->name);
    if (size == 0)
        return ot__fail(OT_EINVAL,
                        "%s %s: the attribute %s must be a switch, an int, a real or a choice",
                        r->what, about->name, o->name);
    if (about->size < size || o->offset > about->size - size)
        return ot__fail(OT_EINVAL,
                        "%s %s: the attribute %s lies outside of its struct, whose size is said to "
                        "be %zu bytes",
                        r->what, about->name, o->name, about->size);
    if (o->kind == OT_OPTION_CHOICE && (!o->choices || !o->choices[0]))
        return ot__fail(OT_EINVAL, "%s %s: the attribute %s has no choices", r->what, about->name,
                        o->name);
    return OT_OK;
}

static ot_status check_attributes(const ot__registry *r, const ot_about *about)
{
    for (const ot_option *o = about->attributes; o && o->name; o++)
        OT_TRY(check_attribute(r, about, o));
    return OT_OK;
}

ot_status ot__registry_add(ot__registry *r, const ot_about *about)
{
    if (!is_name(about->name))
        return ot__fail(OT_EINVAL,
                        "a %s cannot be called '%.60s'; a name is a lower-case letter and then "
                        "lower-case letters, digits, - and _, and does not end like a count x2",
                        r->what, about->name ? about->name : "");
    if (ot__registry_look(r, about->name, strlen(about->name)))
        return ot__fail(OT_EINVAL, "there is a %s called %s already; choose another name", r->what,
                        about->name);
    OT_TRY(check_attributes(r, about));
    pthread_mutex_lock(&lock);
    const ot_status status =
        ot__grow((void **)&r->added, &r->capacity, (size_t)r->n_added + 1, sizeof *r->added);
    if (status == OT_OK) r->added[r->n_added++] = about;
    pthread_mutex_unlock(&lock);
    return status;
}

/* ---- reading ---- */

static ot_status unknown_part(const ot__registry *r, const char *name, int length)
{
    const int n = ot__registry_count(r);
    char *word = ot__format("%.*s", length, name);
    const char **names = ot__new((size_t)n + 1, sizeof *names);
    const bool ready = word && names;
    for (int i = 0; ready && i < n; i++)
        names[i] = ot__registry_at(r, i)->name;
    const char *nearest = ready ? ot_nearest(word, n, names) : NULL;
    if (ready && !nearest && n > 0) nearest = names[0];
    ot__free(names);
    ot__free(word);
    if (!ready) return OT_ENOMEM;
    return ot__fail(OT_EINVAL, "there is no %s '%.*s'%s%s%s", r->what, length > 60 ? 60 : length,
                    name, nearest ? "; did you mean '" : "", nearest ? nearest : "",
                    nearest ? "'?" : "");
}

static ot_status unknown_attribute(const ot_about *about, const char *key)
{
    const char *names[32];
    int n = 0;
    for (const ot_option *o = about->attributes; o && o->name && n < 32; o++)
        names[n++] = o->name;
    if (n == 0)
        return ot__fail(OT_EINVAL, "%s has no attributes, so it has no %.40s", about->name, key);
    const char *const nearest = ot_nearest(key, n, names);
    return ot__fail(OT_EINVAL, "%s has no attribute '%.40s'; did you mean '%s'?", about->name, key,
                    nearest ? nearest : names[0]);
}

/* Cuts off blanks on both sides. */
static char *trimmed(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    for (size_t n = strlen(text); n > 0 && isspace((unsigned char)text[n - 1]); n--)
        text[n - 1] = 0;
    return text;
}

/* Reads "key=value" into the attributes. */
static ot_status read_attribute(const ot__part *part, char *text)
{
    char *const equals = strchr(text, '=');
    if (!equals)
        return ot__fail(OT_EINVAL, "%s: '%.40s' is not an attribute; write name=value",
                        part->about->name, trimmed(text));
    *equals = 0;
    const char *const key = trimmed(text);
    const ot_option *o = part->about->attributes;
    while (o && o->name && strcmp(o->name, key) != 0)
        o++;
    if (!o || !o->name) return unknown_attribute(part->about, key);
    const ot_status status = ot__option_read(o, trimmed(equals + 1), part->attributes);
    return status == OT_OK ? OT_OK : ot__fail(status, "%s: %s", part->about->name, ot_message());
}

/* Reads "a=1, b=2", which is changed. */
static ot_status read_attributes(const ot__part *part, char *text)
{
    if (!*trimmed(text)) return OT_OK;
    for (char *from = text; from;) {
        char *const comma = strchr(from, ',');
        if (comma) *comma = 0;
        OT_TRY(read_attribute(part, from));
        from = comma ? comma + 1 : NULL;
    }
    return OT_OK;
}

static ot_status write_text(ot__part *part)
{
    char text[1024], value[OT__OPTION_TEXT], usual[OT__OPTION_TEXT];
    size_t used = (size_t)snprintf(text, sizeof text, "%s", part->about->name);
    bool any = false;
    for (const ot_option *o = part->about->attributes; o && o->name; o++) {
        ot__option_write(o, part->attributes, value, sizeof value);
        if (part->about->defaults) {
            ot__option_write(o, part->about->defaults, usual, sizeof usual);
            if (strcmp(value, usual) == 0) continue;
        }
        const int n =
            snprintf(text + used, sizeof text - used, "%s%s=%s", any ? "," : "(", o->name, value);
        if (n < 0 || (size_t)n + 2 > sizeof text - used)
            return ot__fail(OT_EINVAL, "%s: its attributes are too long", part->about->name);
        used += (size_t)n;
        any = true;
    }
    part->text = ot__format("%s%s", text, any ? ")" : "");
    return part->text ? OT_OK : OT_ENOMEM;
}

/* Reads the whole description "name(...)", which is changed. */
static ot_status read_part(const ot__registry *r, char *text, ot__part *part)
{
    char *const word = trimmed(text), *const open = strchr(word, '(');
    const size_t length = open ? (size_t)(open - word) : strlen(word), whole = strlen(word);
    if (open && word[whole - 1] != ')')
        return ot__fail(OT_EINVAL, "%s '%.60s': ')' is missing at the end", r->what, word);
    if (open) *open = 0;
    const char *const name = trimmed(word);
    part->about = ot__registry_look(r, name, strlen(name));
    if (!part->about) return unknown_part(r, name, (int)length);
    if (part->about->attributes) {
        part->attributes = ot__new(1, part->about->size);
        if (!part->attributes) return OT_ENOMEM;
        if (part->about->defaults)
            memcpy(part->attributes, part->about->defaults, part->about->size);
    }
    if (open) {
        word[whole - 1] = 0;
        OT_TRY(read_attributes(part, open + 1));
    }
    return write_text(part);
}

ot_status ot__part_read(const ot__registry *r, const char *text, ot__part *out)
{
    *out = (ot__part){ 0 };
    char *copy = ot__strdup(text);
    if (!copy) return OT_ENOMEM;
    const ot_status status = read_part(r, copy, out);
    ot__free(copy);
    if (status != OT_OK) ot__part_free(out);
    return status;
}

void ot__part_free(ot__part *part)
{
    ot__free(part->attributes);
    ot__free(part->text);
    *part = (ot__part){ 0 };
}
