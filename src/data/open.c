/* SPDX-License-Identifier: BSD-3-Clause
 * Opens a data set.  The source that its place names opens it, or else the first one of sources.def
 * that accepts the place.  A set remembers its source and place, so that test images can
 * be normalised as the training images of the same place. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/workers.h"
#include "data/source.h"

#define OT_SOURCE(name) extern const ot__source ot__source_##name;
#include "data/sources.def"
#undef OT_SOURCE

static const ot__source *const sources[] = {
#define OT_SOURCE(name) &ot__source_##name,
#include "data/sources.def"
#undef OT_SOURCE
};

enum { COUNT = sizeof sources / sizeof sources[0] };

int ot__source_count(void)
{
    return COUNT;
}

const ot__source *ot__source_at(int i)
{
    return i >= 0 && i < COUNT ? sources[i] : NULL;
}

/* OT_ENOENT, with the places that the sources accept. */
static ot_status refuse(const char *where)
{
    char expected[512] = "";
    struct stat st;
    const char *const reason = stat(where, &st) != 0 ? strerror(errno) : "not a directory";
    for (int i = 0; i < COUNT; i++) {
        const size_t n = strlen(expected);
        snprintf(expected + n, sizeof expected - n, "%s%s", i ? " or " : "", sources[i]->place);
    }
    return ot__fail(OT_ENOENT, "%s: %s; %s is expected", where, reason, expected);
}

const char *ot_source_place(int i)
{
    const ot__source *const source = ot__source_at(i);
    return source ? source->place : NULL;
}

/* The place in NAME:PLACE; NULL unless NAME is that of the source. */
static const char *after_name(const ot__source *source, const char *where)
{
    const size_t n = source->name ? strlen(source->name) : 0;
    return n > 0 && strncmp(where, source->name, n) == 0 && where[n] == ':' && where[n + 1]
               ? where + n + 1
               : NULL;
}

const ot__source *ot__source_find(const char *where, const char **place)
{
    for (int i = 0; i < COUNT; i++)
        if ((*place = after_name(sources[i], where))) return sources[i];
    *place = where;
    for (int i = 0; i < COUNT; i++)
        if (sources[i]->accepts && sources[i]->accepts(where)) return sources[i];
    return NULL;
}

/* Completes a set that a source has made from a place, which is the last part of `where`. */
static ot_status complete(ot_dataset *d, const ot__source *source, const char *where,
                          const char *place, ot_split split)
{
    OT_TRY(ot__dataset_identify(d, split));
    d->source = source;
    d->where = ot__strdup(where);
    if (!d->where) return OT_ENOMEM;
    d->place = d->where + (place - where);
    return OT_OK;
}

ot_status ot_dataset_open(const char *where, ot_split split, ot_dataset **out)
{
    OT_TRY(ot__check_given("data set", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("data set", "its place", where));
    OT_TRY(ot__check_choice("data set", "the split", (int)split, OT_SPLIT_TEST));
    OT_TRY(ot__start_threads());
    const char *place;
    const ot__source *const source = ot__source_find(where, &place);
    if (!source) return refuse(where);
    OT_TRY(source->open(place, split, out));
    const ot_status status = complete(*out, source, where, place, split);
    if (status == OT_OK) return OT_OK;
    ot_dataset_free(*out);
    *out = NULL;
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

ot_status ot_dataset_normalisation(const ot_dataset *d, ot_normalisation *out)
{
    bool has_training = false;
    OT_TRY(ot__check_given("data set", "the data set", d));
    OT_TRY(ot__check_given("data set", "where to put the normalisation", out));
    *out = d->normalisation;
    if (out->channels > 0) return OT_OK;
    if (d->source) OT_TRY(d->source->has_split(d->place, OT_SPLIT_TRAIN, &has_training));
    if (has_training) return of_training_images(d->where, out);
    *out = ot__normalisation_of(d);
    return OT_OK;
}
