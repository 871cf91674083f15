/* SPDX-License-Identifier: BSD-3-Clause
 * The parts of ot_loader_fill_mixed, for a pass that converts images to double before they are
 * mixed. */
#ifndef OT_DATA_LOADER_H
#define OT_DATA_LOADER_H

#include "data/mixup.h"

/* As ot_loader_fill, also with mixup: the images are not mixed. */
int ot__loader_fill(const ot_loader *l, int b, float *x, int32_t *labels);
/* The same for the images first .. first + n - 1 of batch b, which must exist. */
void ot__loader_fill_part(const ot_loader *l, int b, int first, int n, float *x, int32_t *labels);
/* The number of images of batch b. */
int ot__loader_images(const ot_loader *l, int b);
/* How batch b of the epoch is mixed. */
ot__mix ot__loader_mix(const ot_loader *l, int b);
/* Bytes of the arrays that it owns; 0 if l is NULL. */
size_t ot__loader_bytes(const ot_loader *l);

#endif
