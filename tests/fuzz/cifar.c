/* SPDX-License-Identifier: BSD-3-Clause
 * Any bytes are a CIFAR-10 batch, or refused with a place; and any are class names, or CIFAR-10's
 * own are taken. */
#include "data/cifar.h"

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

static void check_names(const char *folder, const uint8_t *data, size_t size)
{
    char name[OT__CLASSES][OT__NAME_SIZE];
    fuzz_put(fuzz_path("batches.meta.txt"), data, size);
    promise(ot__cifar_names(folder, name) == OT_OK, "there are names");
    for (int c = 0; c < OT__CLASSES; c++) {
        const size_t n = strnlen(name[c], OT__NAME_SIZE);
        promise(n > 0 && n < OT__NAME_SIZE, "of a length");
        for (size_t i = 0; i < n; i++)
            promise(name[c][i] >= ' ' && name[c][i] <= '~', "that can be printed");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *folder = fuzz_folder();
    check_names(folder, data, size);
    check_batch(folder, data, size);
    return 0;
}
