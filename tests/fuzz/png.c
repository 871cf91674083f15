/* SPDX-License-Identifier: BSD-3-Clause
 * Any bytes are a PNG file or refused with a place; what is accepted has memory for its pixels. */
#include "data/png.h"

#include "base/memory.h"
#include "fuzz/promise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static volatile uint8_t sum;
    const char *path = fuzz_path("x.png");
    ot__image image = { .at = NULL };
    fuzz_put(path, data, size);
    const ot_status status = ot__png_read(path, 0, 0, &image);
    promise(status == OT_OK || status == OT_EFORMAT, "a file is good or malformed");
    if (status != OT_OK) {
        promise_place(path);
        promise(!image.at, "nothing is left of a malformed file");
        return 0;
    }
    promise(image.height >= 1 && image.width >= 1 && image.channels == 4, "an image has pixels");
    promise(image.height <= OT__MOST_SIDE && image.width <= OT__MOST_SIDE, "not too many");
    for (size_t i = 0; i < (size_t)image.height * (size_t)image.width * 4; i++)
        sum = (uint8_t)(sum + image.at[i]);
    ot__free(image.at);
    return 0;
}
