/* SPDX-License-Identifier: BSD-3-Clause
 * Operations on the bytes of one image, in place, equal to Pillow 9.4 bit for bit. */
#ifndef OT_DATA_PIXELS_H
#define OT_DATA_PIXELS_H

#include "data/dataset.h"

typedef enum ot__resample { OT__NEAREST, OT__BICUBIC } ot__resample;

/* out(x, y) = in(a[0] x + a[1] y + a[2], a[3] x + a[4] y + a[5]), pixel centres at + 1/2; fill
 * where that lies outside.  Image.transform with AFFINE. */
void ot__pixels_affine(ot__image *image, const double a[6], ot__resample how,
                       const uint8_t fill[OT__CHANNELS]);
/* About the centre, counterclockwise.  Image.rotate. */
void ot__pixels_rotate(ot__image *image, double degrees, ot__resample how,
                       const uint8_t fill[OT__CHANNELS]);

/* d + factor * (v - d), clipped, where d is the image in grey (color), its mean grey (contrast),
 * black (brightness), the image smoothed (sharpness).  ImageEnhance. */
void ot__pixels_color(ot__image *image, double factor);
void ot__pixels_contrast(ot__image *image, double factor);
void ot__pixels_brightness(ot__image *image, double factor);
void ot__pixels_sharpness(ot__image *image, double factor);

/* ImageOps: keep the upper bits, 0 to 8 (0: black); 255 - v from the threshold on; stretch each
 * channel to 0..255; flatten each channel's histogram; 255 - v. */
void ot__pixels_posterize(ot__image *image, int bits);
void ot__pixels_solarize(ot__image *image, double threshold);
void ot__pixels_autocontrast(ot__image *image);
void ot__pixels_equalize(ot__image *image);
void ot__pixels_invert(ot__image *image);

#endif
