/* SPDX-License-Identifier: BSD-3-Clause
 * A data set is two arrays: images as bytes, channels last as everywhere in odetape, and labels of
 * one byte.  Each source of data sets is a file of its own. */
#include "data/dataset.h"

#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/workers.h"

enum { BUILTIN_SEED = 0, BUILTIN_TRAIN = 10000, BUILTIN_TEST = 2000 };

ot_status ot__dataset_new(int most, ot_dataset **out)
{
    ot_dataset *d = ot__new(1, sizeof *d);
    if (!d) return OT_ENOMEM;
    d->image = ot__tensor_memory((size_t)most * sizeof *d->image);
    d->label = ot__new((size_t)most, sizeof *d->label);
    if (!d->image || !d->label) {
        ot_dataset_free(d);
        return OT_ENOMEM;
    }
    *out = d;
    return OT_OK;
}

static ot_status open_folder(const char *folder, ot_split split, ot_dataset **out)
{
    OT_TRY(ot__cifar_open(folder, split, out));
    if (split == OT_SPLIT_TRAIN) return OT_OK;
    (*out)->folder = ot__strdup(folder);
    return (*out)->folder ? OT_OK : OT_ENOMEM;
}

static ot_status open_builtin(ot_split split, ot_dataset **out)
{
    const int count = split == OT_SPLIT_TRAIN ? BUILTIN_TRAIN : BUILTIN_TEST;
    return ot__shapes_new(BUILTIN_SEED, split, count, out);
}

ot_status ot_dataset_open(const char *where, ot_split split, ot_dataset **out)
{
    OT_TRY(ot__check_given("data set", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("data set", "its place", where));
    OT_TRY(ot__check_choice("data set", "the split", (int)split, OT_SPLIT_TEST));
    OT_TRY(ot__start_threads());
    ot_status status =
        strcmp(where, "builtin") == 0 ? open_builtin(split, out) : open_folder(where, split, out);
    if (status == OT_OK) status = ot__dataset_identify(*out, split);
    if (status == OT_OK && !((*out)->where = ot__strdup(where))) status = OT_ENOMEM;
    if (status == OT_OK) return OT_OK;
    ot_dataset_free(*out);
    *out = NULL;
    return status;
}

void ot_dataset_free(ot_dataset *d)
{
    if (!d) return;
    ot__free(d->image);
    ot__free(d->label);
    ot__free(d->where);
    ot__free(d->folder);
    ot__free(d);
}

int ot_dataset_count(const ot_dataset *d)
{
    return d ? d->count : 0;
}

const char *ot_dataset_where(const ot_dataset *d)
{
    return d ? d->where : NULL;
}

int ot_dataset_classes(const ot_dataset *d)
{
    return d ? OT__CLASSES : 0;
}

const char *ot_dataset_class_name(const ot_dataset *d, int label)
{
    return d && label >= 0 && label < OT__CLASSES ? d->class_name[label] : NULL;
}

const uint8_t *ot_dataset_image(const ot_dataset *d, int i)
{
    return d && i >= 0 && i < d->count ? &d->image[i].at[0][0][0] : NULL;
}

int ot_dataset_label(const ot_dataset *d, int i)
{
    return d && i >= 0 && i < d->count ? d->label[i] : -1;
}

size_t ot_dataset_bytes(const ot_dataset *d)
{
    if (!d) return 0;
    return sizeof *d + (size_t)d->count * (sizeof *d->image + sizeof *d->label);
}
