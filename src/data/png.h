/* SPDX-License-Identifier: BSD-3-Clause
 * Reads PNG files, which need not be well-formed or meant well. */
#ifndef OT_DATA_PNG_H
#define OT_DATA_PNG_H

#include "data/dataset.h"

enum {
    OT__PNG_MOST_BYTES = 1 << 28, /* of a file */
    OT__PNG_MOST_PIXELS = 1 << 26 /* of an image */
};

/* Reads a file as an image of 4 channels: red, green, blue and opacity, in a byte each.  Its bytes
 * belong to the caller (ot__free).  If height is above 0, an image of another height or width is
 * refused before it is decompressed.  OT_EFORMAT, with the file and the offset in the message;
 * OT_ENOENT; OT_EIO; OT_ENOMEM. */
ot_status ot__png_read(const char *path, int height, int width, ot__image *out);

/* Whether a name ends in ".png", in any case of letters. */
bool ot__png_named(const char *name);

#endif
