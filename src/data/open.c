/* SPDX-License-Identifier: BSD-3-Clause
 * Opens a data set.  The source that its place names opens it, or else the first one of the
 * registry that accepts the place.  A set remembers its source and place, so that test images
 * can be normalised as the training images of the same place. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/workers.h"
#include "data/mistaken.h"
#include "data/source.h"

/* ---- the registry ---- */

#define OT_PART(id) extern const ot_source_kind ot_source_##id;
#include "data/sources.def"
#undef OT_PART
static const ot_about *const sources[] = {
#define OT_PART(id) &ot_source_##id.about,
#include "data/sources.def"
#undef OT_PART
};

OT__REGISTRY(ot__sources, sources, "source of data sets")

ot_status ot_register_source(const ot_source_kind *kind)
{
    OT_TRY(ot__check_given("register", "the source of data sets", kind));
    const char *const name = kind->about.name ? kind->about.name : "";
    if (!kind->open)
        return ot__fail(OT_EINVAL, "source of data sets %s: the function open is missing", name);
    if (!kind->place || !*kind->place)
        return ot__fail(OT_EINVAL,
                        "source of data sets %s: place is missing; it must say what opens a set, "
                        "as \"%s:DIR\"",
                        name, name);
    return ot__registry_add(ot__sources(), &kind->about);
}

int ot_source_count(void)
{
    return ot__registry_count(ot__sources());
}

const ot_source_kind *ot_source_at(int i)
{
    return (const ot_source_kind *)ot__registry_at(ot__sources(), i);
}

/* ---- choosing a source ---- */

/* The bytes of "name" or "name(attribute=value)" at the beginning of `where`. */
static size_t word_length(const char *where)
{
    const size_t n = strcspn(where, ":(");
    const char *const end = where[n] == '(' ? strchr(where + n, ')') : NULL;
    return end ? (size_t)(end - where) + 1 : n;
}

/* The source that `where` names, with the place in it; NULL if it names none. */
static const ot_about *named(const char *where, const char **place)
{
    const char *const rest = where + word_length(where);
    const ot_about *const about = ot__registry_look(ot__sources(), where, strcspn(where, ":("));
    const bool placed = rest[0] == ':' && rest[1];
    if (!about || !(placed || (!*rest && ((const ot_source_kind *)about)->alone))) return NULL;
    *place = placed ? rest + 1 : rest;
    return about;
}

/* The first source that accepts a place without a name. */
static const ot_about *accepting(const char *where)
{
    const ot_source_kind *kind;
    for (int i = 0; (kind = ot_source_at(i)) != NULL; i++)
        if (kind->accepts && kind->accepts(where)) return &kind->about;
    return NULL;
}

ot_status ot__source_find(const char *where, ot__part *source, const char **place)
{
    *source = (ot__part){ 0 };
    *place = where;
    const ot_about *const about = named(where, place);
    const ot_about *const other = about ? NULL : accepting(where);
    if (!about && !other) return OT_OK;
    char *const word =
        about ? ot__format("%.*s", (int)word_length(where), where) : ot__strdup(other->name);
    if (!word) return OT_ENOMEM;
    const ot_status status = ot__part_read(ot__sources(), word, source);
    ot__free(word);
    return status;
}

/* OT_ENOENT, with the places that the sources accept. */
static ot_status refuse(const char *where)
{
    char expected[1024] = "";
    struct stat st;
    const char *const reason = stat(where, &st) != 0 ? strerror(errno) : "not a data set";
    const ot_source_kind *kind;
    for (int i = 0; (kind = ot_source_at(i)) != NULL; i++) {
        const size_t n = strlen(expected);
        snprintf(expected + n, sizeof expected - n, "%s%s", i ? " or " : "", kind->place);
    }
    return ot__fail(OT_ENOENT, "%s: %s; %s is expected", where, reason, expected);
}

/* ---- opening ---- */

/* Calls the source, which may be a plugin's and return anything. */
static ot_status call(const ot__part *source, const char *place, ot_split split, ot_dataset **out)
{
    const ot_source_kind *const kind = (const ot_source_kind *)source->about;
    const unsigned before = ot__message_count();
    const ot_status status = kind->open(source->attributes, place, split, out);
    if (status == OT_OK && *out) return OT_OK;
    *out = NULL;
    if (status == OT_OK)
        return ot__fail(OT_EINVAL,
                        "%s: open returned success and no data set; it must return one or an error",
                        source->text);
    if (ot__message_count() != before) return status;
    return ot__fail(status, "%s: %s", source->text, ot_strerror(status));
}

/* Completes a set that a source has made from a place, which is the last part of `where`.  A source
 * may have opened it from another place. */
static ot_status complete(ot_dataset *d, ot__part *source, const char *where, const char *place,
                          ot_split split)
{
    ot__part_free(&d->source);
    ot__free(d->where);
    d->source = *source;
    *source = (ot__part){ 0 };
    d->where = ot__strdup(where);
    if (!d->where) return OT_ENOMEM;
    d->place = d->where + (place - where);
    if (d->computed && split == OT_SPLIT_TEST) d->normalisation.channels = 0;
    return ot__dataset_identify(d, split);
}

static ot_status open_from(ot__part *source, const char *where, const char *place, ot_split split,
                           ot_dataset **out)
{
    if (!source->about) return ot__place_mistaken(refuse(where), where);
    OT_TRY(ot__place_mistaken(call(source, place, split, out), place));
    const ot_status status = complete(*out, source, where, place, split);
    if (status == OT_OK) return OT_OK;
    ot_dataset_free(*out);
    *out = NULL;
    return status;
}

ot_status ot_dataset_open(const char *where, ot_split split, ot_dataset **out)
{
    OT_TRY(ot__check_given("data set", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("data set", "its place", where));
    OT_TRY(ot__check_choice("data set", "the split", (int)split, OT_SPLIT_TEST));
    OT_TRY(ot__start_threads());
    ot__part source;
    const char *place;
    OT_TRY(ot__source_find(where, &source, &place));
    const ot_status status = open_from(&source, where, place, split, out);
    ot__part_free(&source);
    return status;
}

static ot_status of_training_images(const char *where, ot_normalisation *out)
{
    ot_dataset *training = NULL;
    OT_TRY(ot_dataset_open(where, OT_SPLIT_TRAIN, &training));
    *out = training->normalisation;
    ot_dataset_free(training);
    return OT_OK;
}

/* Whether the source of a set has training images as well. */
static ot_status has_training_images(const ot_dataset *d, bool *has)
{
    const ot_source_kind *const kind = (const ot_source_kind *)d->source.about;
    *has = kind != NULL;
    if (!kind || !kind->has_split) return OT_OK;
    return kind->has_split(d->source.attributes, d->place, OT_SPLIT_TRAIN, has);
}

ot_status ot_dataset_normalisation(const ot_dataset *d, ot_normalisation *out)
{
    bool has_training = false;
    OT_TRY(ot__check_given("data set", "the data set", d));
    OT_TRY(ot__check_given("data set", "where to put the normalisation", out));
    *out = d->normalisation;
    if (out->channels > 0) return OT_OK;
    OT_TRY(has_training_images(d, &has_training));
    if (has_training) return of_training_images(d->where, out);
    *out = ot__normalisation_of(d);
    return OT_OK;
}
