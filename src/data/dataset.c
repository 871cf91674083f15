/* SPDX-License-Identifier: BSD-3-Clause
 * A data set is two arrays: images as bytes, channels last as everywhere in odetape, and labels.
 * Sources (source.h) make data sets from files or compute them; ot_dataset_new makes one from the
 * caller's arrays. */
#include "data/dataset.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/available.h"
#include "base/check.h"
#include "base/memory.h"
#include "base/normalisation.h"
#include "base/workers.h"

static ot_status check_form(const ot_dataset_desc *form)
{
    OT_TRY(ot__check_count("data set", "the height of an image", form->height, 1, OT__MOST_SIDE));
    OT_TRY(ot__check_count("data set", "the width of an image", form->width, 1, OT__MOST_SIDE));
    OT_TRY(
        ot__check_count("data set", "the number of channels", form->channels, 1, OT_MOST_CHANNELS));
    return ot__check_count("data set", "the number of classes", form->classes, 1, OT__MOST_CLASSES);
}

/* Sides and channels are within their limits, so this fits into 31 bits. */
static size_t bytes_of_one(const ot_dataset_desc *form)
{
    return (size_t)form->height * (size_t)form->width * (size_t)form->channels;
}

static ot_status check_product(const ot_dataset_desc *form, int count)
{
    if ((size_t)count <= (SIZE_MAX >> 1) / bytes_of_one(form)) return OT_OK;
    return ot__fail(OT_ENOMEM, "%d images of %dx%dx%d are more than this machine can address",
                    count, form->height, form->width, form->channels);
}

size_t ot__image_bytes(const ot_dataset *d)
{
    return (size_t)d->height * (size_t)d->width * (size_t)d->channels;
}

ot_status ot__dataset_check_memory(size_t bytes, const char *where)
{
    char *what = ot__format("the data set %.300s", where ? where : "from memory");
    if (!what) return OT_ENOMEM;
    const ot_status status = ot__check_memory(bytes, what);
    ot__free(what);
    return status;
}

ot_status ot__dataset_new(const ot_dataset_desc *form, int most, ot_dataset **out)
{
    OT_TRY(check_form(form));
    OT_TRY(check_product(form, most));
    ot_dataset *d = ot__new(1, sizeof *d);
    if (!d) return OT_ENOMEM;
    d->height = form->height;
    d->width = form->width;
    d->channels = form->channels;
    d->classes = form->classes;
    d->image = ot__tensor_memory((size_t)most * ot__image_bytes(d));
    d->label = ot__new((size_t)most, sizeof *d->label);
    d->class_name = ot__new((size_t)d->classes, sizeof *d->class_name);
    if (!d->image || !d->label || !d->class_name) {
        ot_dataset_free(d);
        return OT_ENOMEM;
    }
    *out = d;
    return OT_OK;
}

void ot_dataset_free(ot_dataset *d)
{
    if (!d) return;
    ot__free(d->image);
    ot__free(d->label);
    ot__free(d->class_name);
    ot__part_free(&d->source);
    ot__free(d->where);
    ot__free(d);
}

/* ---- from memory ---- */

static ot_status check_desc(const ot_dataset_desc *desc)
{
    OT_TRY(ot__check_given("data set", "its description", desc));
    OT_TRY(check_form(desc));
    OT_TRY(ot__check_count("data set", "the number of images", desc->count, 1, INT_MAX));
    OT_TRY(ot__check_given("data set", "the images", desc->images));
    OT_TRY(ot__check_given("data set", "the labels", desc->labels));
    for (int i = 0; i < desc->count; i++)
        if (desc->labels[i] < 0 || desc->labels[i] >= desc->classes)
            return ot__fail(OT_EINVAL,
                            "image %d has label %d; with %d classes, 0 to %d are possible", i,
                            desc->labels[i], desc->classes, desc->classes - 1);
    if (desc->normalisation.channels == 0) return OT_OK;
    OT_TRY(ot__normalisation_check(&desc->normalisation));
    if (desc->normalisation.channels == desc->channels) return OT_OK;
    return ot__fail(OT_EINVAL, "the normalisation has %d channels and the images have %d",
                    desc->normalisation.channels, desc->channels);
}

bool ot__class_name_copy(char name[OT__NAME_SIZE], const char *text, size_t n)
{
    if (n == 0 || n >= OT__NAME_SIZE || text[0] == ' ' || text[n - 1] == ' ') return false;
    for (size_t i = 0; i < n; i++)
        if (text[i] < ' ' || text[i] > '~') return false;
    memcpy(name, text, n);
    name[n] = '\0';
    return true;
}

void ot__class_names_number(ot_dataset *d)
{
    for (int k = 0; k < d->classes; k++)
        snprintf(d->class_name[k], OT__NAME_SIZE, "%d", k);
}

static ot_status copy_names(const ot_dataset_desc *desc, ot_dataset *d)
{
    ot__class_names_number(d);
    for (int k = 0; desc->class_names && k < d->classes; k++) {
        const char *const name = desc->class_names[k];
        OT_TRY(ot__check_given("data set", "the name of a class", name));
        if (!ot__class_name_copy(d->class_name[k], name, strnlen(name, OT__NAME_SIZE)))
            return ot__fail(OT_EINVAL,
                            "the name of class %d is '%.40s'; it must have 1 to %d printable ASCII "
                            "characters and no blank at its ends",
                            k, name, OT__NAME_SIZE - 1);
    }
    return OT_OK;
}

static ot_status copy(const ot_dataset_desc *desc, ot_dataset *d)
{
    OT_TRY(copy_names(desc, d));
    d->count = desc->count;
    d->normalisation = desc->normalisation;
    d->computed = d->normalisation.channels == 0;
    memcpy(d->image, desc->images, (size_t)d->count * ot__image_bytes(d));
    memcpy(d->label, desc->labels, (size_t)d->count * sizeof *d->label);
    return ot__dataset_identify(d, OT_SPLIT_TRAIN);
}

ot_status ot_dataset_new(const ot_dataset_desc *desc, ot_dataset **out)
{
    OT_TRY(ot__check_given("data set", "where to put it", out));
    *out = NULL;
    OT_TRY(check_desc(desc));
    OT_TRY(ot__start_threads());
    ot_dataset *d = NULL;
    OT_TRY(check_product(desc, desc->count));
    OT_TRY(ot__dataset_check_memory((size_t)desc->count * bytes_of_one(desc), NULL));
    OT_TRY(ot__dataset_new(desc, desc->count, &d));
    const ot_status status = copy(desc, d);
    if (status == OT_OK)
        *out = d;
    else
        ot_dataset_free(d);
    return status;
}

/* ---- what it holds ---- */

int ot_dataset_count(const ot_dataset *d)
{
    return d ? d->count : 0;
}

int ot_dataset_height(const ot_dataset *d)
{
    return d ? d->height : 0;
}

int ot_dataset_width(const ot_dataset *d)
{
    return d ? d->width : 0;
}

int ot_dataset_channels(const ot_dataset *d)
{
    return d ? d->channels : 0;
}

int ot_dataset_classes(const ot_dataset *d)
{
    return d ? d->classes : 0;
}

const ot_about *ot__dataset_source(const ot_dataset *d)
{
    return d->source.about;
}

const char *ot_dataset_where(const ot_dataset *d)
{
    return d ? d->where : NULL;
}

const char *ot_dataset_class_name(const ot_dataset *d, int label)
{
    return d && label >= 0 && label < d->classes ? d->class_name[label] : NULL;
}

const uint8_t *ot_dataset_image(const ot_dataset *d, int i)
{
    return d && i >= 0 && i < d->count ? d->image + (size_t)i * ot__image_bytes(d) : NULL;
}

ot__image ot__dataset_at(const ot_dataset *d, int i)
{
    return (ot__image){ .height = d->height,
                        .width = d->width,
                        .channels = d->channels,
                        .at = d->image + (size_t)i * ot__image_bytes(d) };
}

int ot_dataset_label(const ot_dataset *d, int i)
{
    return d && i >= 0 && i < d->count ? d->label[i] : -1;
}

ot_status ot__dataset_labels(const ot_dataset *d, void **out, size_t *size)
{
    const size_t n = (size_t)d->count, each = d->classes <= 256 ? 1 : sizeof *d->label;
    uint8_t *const bytes = ot__new(n, each);
    if (!bytes) return OT_ENOMEM;
    if (each > 1) memcpy(bytes, d->label, n * each);
    for (size_t i = 0; each == 1 && i < n; i++)
        bytes[i] = (uint8_t)d->label[i];
    *out = bytes;
    *size = n * each;
    return OT_OK;
}

size_t ot_dataset_bytes(const ot_dataset *d)
{
    if (!d) return 0;
    return sizeof *d + (size_t)d->count * (ot__image_bytes(d) + sizeof *d->label) +
           (size_t)d->classes * sizeof *d->class_name;
}
