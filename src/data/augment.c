/* SPDX-License-Identifier: BSD-3-Clause
 * Augments an image in the usual order: policy, crop from the padded image, flip, cutout.  Each
 * step draws random numbers from a stream of its own, so adding a step changes no draws of the
 * others.  All steps work in place, on images of any size; only the policies know a single one.
 * Padding is black before normalisation, as in torchvision, or the mean, which is 0 after it.  With
 * the policy in the version of AutoAugment's authors it is the mean, as in their code. */
#include "data/augment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/normalisation.h"
#include "base/rng.h"
#include "data/policy.h"

const char *const ot_crop_fill_names[] = {
    [OT_CROP_BLACK] = "black",
    [OT_CROP_MEAN] = "mean",
    NULL,
};

ot_status ot__augment_check(const ot_dataset *d, const ot_loader_opts *opts)
{
    const int pad = d->height < d->width ? d->height : d->width;
    const int cutout = 2 * (d->height > d->width ? d->height : d->width);
    if (opts->crop_pad < 0 || opts->crop_pad > pad)
        return ot__fail(OT_EINVAL,
                        "the padding for random crops is %d pixels; 0 to %d are possible",
                        opts->crop_pad, pad);
    OT_TRY(ot__check_choice("crop", "the fill", (int)opts->crop_fill, OT_CROP_MEAN));
    if (opts->cutout < 0 || opts->cutout > cutout)
        return ot__fail(OT_EINVAL, "the side of the cutout is %d pixels; 0 to %d are possible",
                        opts->cutout, cutout);
    if (opts->policy > OT_POLICY_OFF)
        return ot__fail(OT_EINVAL, "the augmentation policy is number %d; there are 0 to %d",
                        (int)opts->policy, OT_POLICY_OFF);
    if (ot__policy_count(opts->policy) == 0 || ot__is_image32(d->height, d->width, d->channels))
        return OT_OK;
    return ot__fail(OT_EINVAL,
                    "the augmentation policy '%s' is for images of %dx%dx%d, and the data set's "
                    "are %dx%dx%d; '%s' works on any",
                    ot_policy_names[opts->policy], OT__SIDE, OT__SIDE, OT__CHANNELS, d->height,
                    d->width, d->channels, ot_policy_names[OT_POLICY_NONE]);
}

ot_loader_opts ot__augment_used(const ot_loader_opts *opts)
{
    ot_loader_opts used = *opts;
    ot__policy_resolve(&used.policy, &used.crop_pad, &used.flip);
    return used;
}

/* A policy has sub-policies only where ot__augment_check found images of its size. */
static void policy(const ot_loader_opts *opts, ot__draw draw, const ot__image *image)
{
    ot__image32 copy;
    if (ot__policy_count(opts->policy) == 0) return;
    memcpy(&copy, image->at, sizeof copy);
    ot__policy_apply(opts->policy, draw, &copy);
    memcpy(image->at, &copy, sizeof copy);
}

/* Sets a pixel to the bytes nearest to the mean, which are about 0 after normalisation. */
static void paint_mean(const ot_normalisation *n, uint8_t *pixel)
{
    for (int c = 0; c < n->channels; c++)
        pixel[c] = ot__denormalise(n, 0.0f, c);
}

/* Fills n pixels of a row with the colour of the padding. */
static void pad_with(const ot_loader_opts *opts, const ot__image *image, uint8_t *pixel, int n)
{
    const size_t channels = (size_t)image->channels;
    memset(pixel, 0, (size_t)n * channels);
    if (opts->crop_fill == OT_CROP_BLACK && opts->policy != OT_POLICY_AUTOAUGMENT_TF) return;
    for (int i = 0; i < n; i++)
        paint_mean(&opts->normalisation, pixel + (size_t)i * channels);
}

/* Moves row y + dy to row y, by dx pixels to the left; where no pixel comes from is padding. */
static void move_row(const ot_loader_opts *opts, const ot__image *image, int y, int dy, int dx)
{
    const int width = image->width, gap = abs(dx) < width ? abs(dx) : width;
    if (y + dy < 0 || y + dy >= image->height || gap == width) {
        pad_with(opts, image, ot__pixel(image, y, 0), width);
        return;
    }
    const int from = dx > 0 ? dx : 0, to = dx > 0 ? 0 : -dx;
    memmove(ot__pixel(image, y, to), ot__pixel(image, y + dy, from),
            (size_t)(width - gap) * (size_t)image->channels);
    pad_with(opts, image, ot__pixel(image, y, dx > 0 ? width - gap : 0), gap);
}

/* Replaces the image by a window, at a random place, of the image with a border of `pad` pixels.
 * Rows are moved in the order in which none is overwritten before it has moved. */
static void crop(const ot_loader_opts *opts, ot__draw draw, const ot__image *image)
{
    const int pad = opts->crop_pad, rows = image->height;
    if (pad == 0) return;
    const int dy = (int)ot__below(draw.word[0], 2 * (uint32_t)pad + 1) - pad;
    const int dx = (int)ot__below(draw.word[1], 2 * (uint32_t)pad + 1) - pad;
    for (int i = 0; i < rows; i++)
        move_row(opts, image, dy >= 0 ? i : rows - 1 - i, dy, dx);
}

static void flip(const ot_loader_opts *opts, ot__draw draw, const ot__image *image)
{
    if (!opts->flip || draw.word[0] >> 31) return;
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width / 2; x++) {
            uint8_t *const a = ot__pixel(image, y, x);
            uint8_t *const b = ot__pixel(image, y, image->width - 1 - x);
            for (int c = 0; c < image->channels; c++) {
                const uint8_t kept = a[c];
                a[c] = b[c];
                b[c] = kept;
            }
        }
}

/* Paints a square with the mean (DeVries and Taylor, 2017).  Its centre is any pixel of the image
 * with equal probability, so part of the square may be outside. */
static void cutout(const ot_loader_opts *opts, ot__draw draw, const ot__image *image)
{
    const int side = opts->cutout;
    const int top = (int)ot__below(draw.word[0], (uint32_t)image->height) - side / 2;
    const int left = (int)ot__below(draw.word[1], (uint32_t)image->width) - side / 2;
    for (int y = top > 0 ? top : 0; y < image->height && y < top + side; y++)
        for (int x = left > 0 ? left : 0; x < image->width && x < left + side; x++)
            paint_mean(&opts->normalisation, ot__pixel(image, y, x));
}

/* In the order in which they are applied.  The stream of a step must never change. */
static const struct step {
    uint32_t stream;
    void (*apply)(const ot_loader_opts *opts, ot__draw draw, const ot__image *image);
} steps[] = { { 3, policy }, { 1, crop }, { 2, flip }, { 4, cutout } };

void ot__augment(const ot_loader_opts *opts, int epoch, int index, const ot__image *image)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        steps[i].apply(opts,
                       ot__random(opts->seed, OT__RNG_AUGMENT, (uint32_t)epoch, (uint32_t)index,
                                  steps[i].stream, 0),
                       image);
}

ot_status ot__loader_normalisation(const ot_dataset *d, ot_loader_opts *opts)
{
    if (opts->normalisation.channels == 0)
        OT_TRY(ot_dataset_normalisation(d, &opts->normalisation));
    OT_TRY(ot__normalisation_check(&opts->normalisation));
    if (opts->normalisation.channels == d->channels) return OT_OK;
    return ot__fail(OT_EINVAL, "the normalisation has %d channels and the images have %d",
                    opts->normalisation.channels, d->channels);
}

ot__levels ot__levels_make(const ot_normalisation *n)
{
    ot__levels levels;
    for (int c = 0; c < n->channels; c++)
        for (int v = 0; v < 256; v++)
            levels.of[c][v] = ((float)v / 255.0f - n->mean[c]) / n->deviation[c];
    return levels;
}

/* Writing number i overwrites no byte after byte i, if the bytes are the last ones of x. */
void ot__normalise(const ot__levels *levels, const ot__image *image, float *x)
{
    const size_t pixels = (size_t)image->height * (size_t)image->width;
    const uint8_t *v = image->at;
    for (size_t i = 0; i < pixels; i++)
        for (int c = 0; c < image->channels; c++)
            *x++ = levels->of[c][*v++];
}

uint8_t ot__denormalise(const ot_normalisation *n, float x, int channel)
{
    const float v = (x * n->deviation[channel] + n->mean[channel]) * 255.0f;
    return (uint8_t)lrintf(fminf(fmaxf(v, 0.0f), 255.0f));
}
