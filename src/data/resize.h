/* SPDX-License-Identifier: BSD-3-Clause
 * Scales an image. */
#ifndef OT_DATA_RESIZE_H
#define OT_DATA_RESIZE_H

#include "data/dataset.h"

/* Scales `from` to the size of `to`, which has the same channels.  The bytes are those of Pillow's
 * resize(..., BILINEAR).  OT_ENOMEM. */
ot_status ot__resize(const ot__image *from, const ot__image *to);

#endif
