/* SPDX-License-Identifier: BSD-3-Clause
 * Any bytes are images and labels of MNIST or refused with a place.  The bytes are tried as a file
 * of images with labels that fit, and as a file of labels with images that fit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/dataset.h"
#include "fuzz/promise.h"

enum { MOST = 1 << 16 };

static const char *const names[][2] = {
    { "train-images-idx3-ubyte", "train-labels-idx1-ubyte" },
    { "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte" },
};

static uint32_t count_in(const uint8_t *data, size_t size)
{
    const uint32_t n = size < 8 ? 1
                                : (uint32_t)data[4] << 24 | (uint32_t)data[5] << 16 |
                                      (uint32_t)data[6] << 8 | data[7];
    return n < MOST ? n : MOST;
}

/* n images of one pixel, or n labels. */
static void put_fitting(const char *name, int k, uint32_t n)
{
    static uint8_t file[16 + MOST];
    memcpy(file, k ? "\0\0\10\1\0\0\0\0" : "\0\0\10\3\0\0\0\0\0\0\0\1\0\0\0\1", k ? 8 : 16);
    for (int i = 0; i < 4; i++)
        file[4 + i] = (uint8_t)(n >> (24 - 8 * i));
    fuzz_put(fuzz_path(name), file, (k ? 8 : 16) + n);
}

static void check_as(int k, const uint8_t *data, size_t size)
{
    char where[600];
    ot_dataset *d = NULL;
    snprintf(where, sizeof where, "mnist:%s", fuzz_folder());
    put_fitting(names[0][!k], !k, count_in(data, size));
    fuzz_put(fuzz_path(names[0][k]), data, size);
    const ot_status status = ot_dataset_open(where, OT_SPLIT_TRAIN, &d);
    promise(status == OT_OK || status == OT_EFORMAT, "a file is good or malformed");
    if (status != OT_OK) {
        promise_place(fuzz_path(
            strstr(ot_message(), names[0][0]) &&
                    (!strstr(ot_message(), names[0][1]) ||
                     strstr(ot_message(), names[0][0]) < strstr(ot_message(), names[0][1]))
                ? names[0][0]
                : names[0][1]));
        return;
    }
    for (int i = 0; i < ot_dataset_count(d); i++)
        promise(ot_dataset_label(d, i) >= 0 && ot_dataset_label(d, i) < 10, "labels are digits");
    ot_dataset_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int k = 0; k < 2; k++)
        put_fitting(names[1][k], k, 1);
    check_as(0, data, size);
    check_as(1, data, size);
    return 0;
}
