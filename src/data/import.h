/* SPDX-License-Identifier: BSD-3-Clause
 * PNG files as images of a data set. */
#ifndef OT_DATA_IMPORT_H
#define OT_DATA_IMPORT_H

#include "data/dataset.h"

/* Checks the options of an import and fills in their defaults.  OT_EINVAL. */
ot_status ot__import_options(const ot_import_opts *opts, ot_import_opts *used);
/* Reads a file into an image of the set: before the background, in its channels, scaled to its
 * size.  Errors of ot__png_read; OT_EFORMAT for a pixel that is not opaque, without a
 * background. */
ot_status ot__import_image(const char *path, const ot_import_opts *o, const ot__image *to);

#endif
