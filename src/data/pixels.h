/* SPDX-License-Identifier: BSD-3-Clause
 * Operations on the bytes of one image of 32 x 32 x 3, in place.  Their results have the same bytes
 * as those of Pillow 9.4, whose functions the comments name. */
#ifndef OT_DATA_PIXELS_H
#define OT_DATA_PIXELS_H

#include "data/image32.h"

typedef enum ot__resample { OT__NEAREST, OT__BICUBIC } ot__resample;

/* out(x, y) = in(a[0] x + a[1] y + a[2], a[3] x + a[4] y + a[5]).  The centre of pixel (i, j) is at
 * (i + 1/2, j + 1/2).  Pixels from outside the image are `fill`.  Image.transform with AFFINE. */
void ot__pixels_affine(ot__image32 *image, const double a[6], ot__resample how,
                       const uint8_t fill[OT__CHANNELS]);
/* Rotates counterclockwise about the centre.  Image.rotate. */
void ot__pixels_rotate(ot__image32 *image, double degrees, ot__resample how,
                       const uint8_t fill[OT__CHANNELS]);

/* v becomes d + factor * (v - d), clipped to 0..255, where d is the image in grey (color), its mean
 * grey (contrast), black (brightness), or the smoothed image (sharpness).  ImageEnhance. */
void ot__pixels_color(ot__image32 *image, double factor);
void ot__pixels_contrast(ot__image32 *image, double factor);
void ot__pixels_brightness(ot__image32 *image, double factor);
void ot__pixels_sharpness(ot__image32 *image, double factor);

/* The functions of ImageOps. */
/* Keeps the upper `bits` bits of each byte, 0 to 8; 0 makes the image black. */
void ot__pixels_posterize(ot__image32 *image, int bits);
/* v becomes 255 - v if it is at least the threshold. */
void ot__pixels_solarize(ot__image32 *image, double threshold);
/* Stretches each channel to 0..255. */
void ot__pixels_autocontrast(ot__image32 *image);
/* Flattens the histogram of each channel. */
void ot__pixels_equalize(ot__image32 *image);
/* v becomes 255 - v. */
void ot__pixels_invert(ot__image32 *image);

#endif
