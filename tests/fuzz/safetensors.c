/* SPDX-License-Identifier: BSD-3-Clause
 * Any bytes are a safetensors file or refused with a place; the tensors of one fill its data, each
 * byte once; weights that are taken are, saved again and loaded, the same weights.
 *
 * A length that is wrong hides everything behind it, so the bytes are tried a second time with the
 * length of a header that ends at their last brace. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "fuzz/promise.h"
#include "store/safetensors.h"

enum { LENGTH = 8 };

static ot_params *some_params(void)
{
    ot_params *ps = NULL;
    ot_tape *t = ot_tape_new();
    ot_param(t, "w", OT_SHAPE(2, 3), OT_ONES);
    ot_param(t, "s", OT_SCALAR, OT_ONES);
    ot_stat(t, "running", OT_SHAPE(2), OT_ONES);
    promise(ot_params_new(t, &ps) == OT_OK, "parameters are made");
    ot_tape_free(t);
    return ps;
}

static void check_tensors(const ot__st_file *f, size_t size)
{
    size_t at = 0;
    for (int i = 0; i < f->header.n; i++) {
        const ot__st_tensor *t = &f->header.tensor[i];
        promise(t->begin == at && t->end >= at, "tensors follow each other");
        promise(t->name && t->dtype && t->rank >= 0 && t->rank <= OT__ST_MAX_RANK, "and are whole");
        at = t->end;
    }
    promise(f->data_at + at == size, "to the end of the file");
    const ot_status status = ot__st_check(f);
    promise(status == OT_OK || (status == OT_EFORMAT && f->checksums), "the data can be read");
    if (status != OT_OK) promise_place(f->path);
}

static void check_weights(const char *path, ot_params *loaded, ot_params *again)
{
    const ot_status status = ot_params_load(loaded, path);
    promise(status == OT_OK || status == OT_EFORMAT, "weights are good or malformed");
    if (status != OT_OK) {
        promise_place(path);
        return;
    }
    const char *copy = fuzz_path("copy");
    promise(ot_params_save(loaded, copy, 0, NULL) == OT_OK, "weights can be saved");
    promise(ot_params_load(again, copy) == OT_OK, "and loaded");
    for (int i = 0; i < ot_params_count(loaded); i++)
        promise(memcmp(ot_params_value(loaded, i, OT_F32), ot_params_value(again, i, OT_F32),
                       ot_params_elements(loaded, i) * sizeof(float)) == 0,
                "and are the same");
}

static void check_file(const uint8_t *data, size_t size)
{
    static ot_params *loaded, *again;
    const char *path = fuzz_path("x.safetensors");
    ot__st_file f;
    if (!loaded) {
        loaded = some_params();
        again = some_params();
    }
    fuzz_put(path, data, size);
    const ot_status status = ot__st_open(path, &f);
    promise(status == OT_OK || status == OT_EFORMAT, "a file is good or malformed");
    if (status != OT_OK) {
        promise_place(path);
        return;
    }
    check_tensors(&f, size);
    ot__st_close(&f);
    check_weights(path, loaded, again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_file(data, size);
    const uint8_t *brace = size > LENGTH ? memrchr(data + LENGTH, '}', size - LENGTH) : NULL;
    if (!brace) return 0;
    uint8_t *mended = ot__new(size, 1);
    if (!mended) return 0;
    memcpy(mended, data, size);
    const size_t length = (size_t)(brace + 1 - data) - LENGTH;
    for (int i = 0; i < LENGTH; i++)
        mended[i] = (uint8_t)(length >> 8 * i);
    check_file(mended, size);
    ot__free(mended);
    return 0;
}
