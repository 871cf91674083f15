/* SPDX-License-Identifier: BSD-3-Clause
 * Makes a data set of single PNG files, whose classes are not known.  All files are counted and the
 * memory of the set is checked before an image is read. */
#include "base/check.h"
#include "base/workers.h"
#include "data/import.h"

static ot_status read_all(int n, const char *const path[], const ot_import_opts *o, ot_dataset *d)
{
    for (int i = 0; i < n; i++) {
        const ot__image to = ot__dataset_at(d, i);
        OT_TRY(ot__check_given("read", "the path of an image", path[i]));
        OT_TRY(ot__import_image(path[i], o, &to));
        d->count++;
    }
    return ot__dataset_identify(d, OT_SPLIT_TEST);
}

ot_status ot_dataset_read(int n, const char *const path[], const ot_import_opts *opts, int classes,
                          ot_dataset **out)
{
    ot_import_opts used;
    OT_TRY(ot__check_given("read", "where to put the images", out));
    *out = NULL;
    OT_TRY(ot__check_list("read", "paths of images", n, path));
    OT_TRY(ot__check_count("read", "the number of images", n, 1, 1L << 30));
    OT_TRY(ot__import_options(opts, &used));
    const ot_dataset_desc form = {
        .height = used.height, .width = used.width, .channels = used.channels, .classes = classes
    };
    const size_t bytes = (size_t)used.height * (size_t)used.width * (size_t)used.channels;
    OT_TRY(ot__start_threads());
    OT_TRY(ot__dataset_check_memory((size_t)n * bytes, NULL));
    ot_dataset *d = NULL;
    OT_TRY(ot__dataset_new(&form, n, &d));
    ot__class_names_number(d);
    const ot_status status = read_all(n, path, &used, d);
    if (status == OT_OK)
        *out = d;
    else
        ot_dataset_free(d);
    return status;
}
