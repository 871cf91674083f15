/* SPDX-License-Identifier: BSD-3-Clause
 * A data set is two arrays: images as bytes, channels last as everywhere in odetape, and labels of
 * one byte.  Sources (source.h) make data sets. */
#include "data/dataset.h"

#include "base/memory.h"

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

void ot_dataset_free(ot_dataset *d)
{
    if (!d) return;
    ot__free(d->image);
    ot__free(d->label);
    ot__free(d->where);
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
