/* SPDX-License-Identifier: BSD-3-Clause
 * Any bytes are an image set or refused with a place.  Since checksums hide all other errors, the
 * bytes are tried a second time with checksums that fit. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "data/dataset.h"
#include "fuzz/promise.h"
#include "hostile/seal.h"

static void check_set(const ot_dataset *d)
{
    for (int i = 0; i < ot_dataset_count(d); i++)
        promise(ot_dataset_class_name(d, ot_dataset_label(d, i)) != NULL, "labels have a class");
    for (int k = 0; k < ot_dataset_classes(d); k++)
        promise(*ot_dataset_class_name(d, k) > ' ' &&
                    strlen(ot_dataset_class_name(d, k)) < OT__NAME_SIZE,
                "classes have a name");
}

static void check_file(const uint8_t *data, size_t size)
{
    char where[600];
    const char *path = fuzz_path("x.set");
    fuzz_put(path, data, size);
    snprintf(where, sizeof where, "images:%s", path);
    for (int split = OT_SPLIT_TRAIN; split <= OT_SPLIT_TEST; split++) {
        ot_dataset *d = NULL;
        const ot_status status = ot_dataset_open(where, (ot_split)split, &d);
        promise(status == OT_OK || status == OT_EFORMAT, "a set is good or malformed");
        if (status == OT_OK)
            check_set(d);
        else
            promise_place(path);
        ot_dataset_free(d);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_file(data, size);
    uint8_t *mended = size >= SEAL_HEADER ? ot__new(size, 1) : NULL;
    if (!mended) return 0;
    memcpy(mended, data, size);
    if (seal(mended, size)) check_file(mended, size);
    ot__free(mended);
    return 0;
}
