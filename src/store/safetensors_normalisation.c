/* SPDX-License-Identifier: BSD-3-Clause
 * Reads the normalisation of images from the metadata of weights and checkpoints.  A program that
 * loads the weights needs it to prepare images as the training did. */
#include "base/normalisation.h"
#include "store/safetensors.h"

ot_status ot__st_normalisation(const ot__st_file *f, ot_normalisation *out)
{
    const char *const mean = ot__st_metadata(&f->header, OT__KEY_MEAN);
    const char *const deviation = ot__st_metadata(&f->header, OT__KEY_DEVIATION);
    if (mean && deviation) return ot__normalisation_read(f->path, mean, deviation, out);
    if (mean || deviation)
        return ot__fail(OT_EFORMAT,
                        "%s:8: the metadata has one of mean and deviation; both or none are "
                        "expected",
                        f->path);
    *out = ot__normalisation_cifar10;
    out->assumed = true;
    return OT_OK;
}

ot_status ot__st_normalisation_of(const char *path, ot_normalisation *out)
{
    ot__st_file f;
    OT_TRY(ot__st_open(path, &f));
    const ot_status status = ot__st_normalisation(&f, out);
    ot__st_close(&f);
    return status;
}
