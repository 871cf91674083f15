/* SPDX-License-Identifier: BSD-3-Clause
 * Any bytes are records of CIFAR-10 and CIFAR-100, or refused with a place; and any are class
 * names, or CIFAR-10's own and numbers are taken. */
#include "data/cifar.h"

#include <stdio.h>
#include <string.h>

#include "fuzz/promise.h"

static void check_batch(const char *folder, const uint8_t *data, size_t size)
{
    const char *path = fuzz_path("data_batch_1.bin");
    ot_dataset *d = NULL;
    static const uint8_t image[OT__RECORD];
    fuzz_put(fuzz_path("test_batch.bin"), image, sizeof image); /* or it is half a set */
    fuzz_put(path, data, size);
    const ot_status status = ot_dataset_open(folder, OT_SPLIT_TRAIN, &d);
    promise(status == OT_OK || status == OT_EFORMAT, "a batch is good or malformed");
    if (status != OT_OK) {
        promise_place(path);
        return;
    }
    promise((size_t)ot_dataset_count(d) * OT__RECORD == size, "all records are taken");
    for (int i = 0; i < d->count; i++) {
        promise(d->label[i] == data[(size_t)i * OT__RECORD], "with their labels");
        promise(ot_dataset_image(d, i)[1 * 3 + 2] ==
                    data[(size_t)i * OT__RECORD + 1 + 2 * 1024 + 1],
                "and planes");
    }
    ot_dataset_free(d);
}

static void check_name(const char *name)
{
    const size_t n = strnlen(name, OT__NAME_SIZE);
    promise(n > 0 && n < OT__NAME_SIZE, "a name of a length");
    for (size_t i = 0; i < n; i++)
        promise(name[i] >= ' ' && name[i] <= '~', "that can be printed");
}

/* The bytes are training images and names of both labels. */
static void check_cifar100(const char *folder, const uint8_t *data, size_t size)
{
    enum { RECORD = 3074 };
    static const char *const labels[] = { "cifar100-coarse", "cifar100" };
    static const uint8_t image[RECORD];
    fuzz_put(fuzz_path("test.bin"), image, sizeof image);
    fuzz_put(fuzz_path("train.bin"), data, size);
    fuzz_put(fuzz_path("fine_label_names.txt"), data, size);
    fuzz_put(fuzz_path("coarse_label_names.txt"), data, size);
    for (int k = 0; k < 2; k++) {
        char where[600];
        ot_dataset *d = NULL;
        snprintf(where, sizeof where, "%s:%s", labels[k], folder);
        for (int split = OT_SPLIT_TRAIN; split <= OT_SPLIT_TEST; split++) {
            const ot_status status = ot_dataset_open(where, (ot_split)split, &d);
            promise(status == OT_OK || (status == OT_EFORMAT && split == OT_SPLIT_TRAIN),
                    "a file is good or malformed");
            if (status != OT_OK) promise_place(fuzz_path("train.bin"));
            for (int i = 0; split == OT_SPLIT_TRAIN && i < ot_dataset_count(d); i++)
                promise(ot_dataset_label(d, i) == data[(size_t)i * RECORD + (size_t)k],
                        "with its labels");
            for (int c = 0; c < ot_dataset_classes(d); c++)
                check_name(ot_dataset_class_name(d, c));
            ot_dataset_free(d);
            d = NULL;
        }
    }
}

static void check_names(const char *folder, const uint8_t *data, size_t size)
{
    char name[OT__CLASSES][OT__NAME_SIZE];
    fuzz_put(fuzz_path("batches.meta.txt"), data, size);
    promise(ot__cifar_names(folder, name) == OT_OK, "there are names");
    for (int c = 0; c < OT__CLASSES; c++)
        check_name(name[c]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *folder = fuzz_folder();
    check_names(folder, data, size);
    check_batch(folder, data, size);
    check_cifar100(folder, data, size);
    return 0;
}
