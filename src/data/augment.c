/* SPDX-License-Identifier: BSD-3-Clause
 * Augments an image in the usual order: policy, crop from the padded image, flip, cutout.  Each
 * step draws random numbers from a stream of its own, so adding a step changes no draws of the
 * others.  Padding is black before normalisation, as in torchvision.  With the policy in the
 * version of AutoAugment's authors it is the mean, as in their code. */
#include "data/augment.h"

#include <math.h>
#include <string.h>

#include "base/normalisation.h"
#include "base/rng.h"
#include "data/policy.h"

ot_status ot__augment_check(const ot_loader_opts *opts)
{
    if (opts->crop_pad < 0 || opts->crop_pad > OT__SIDE)
        return ot__fail(OT_EINVAL,
                        "the padding for random crops is %d pixels; 0 to %d are possible",
                        opts->crop_pad, OT__SIDE);
    if (opts->cutout < 0 || opts->cutout > 2 * OT__SIDE)
        return ot__fail(OT_EINVAL, "the side of the cutout is %d pixels; 0 to %d are possible",
                        opts->cutout, 2 * OT__SIDE);
    if (opts->policy > OT_POLICY_OFF)
        return ot__fail(OT_EINVAL, "the augmentation policy is number %d; there are 0 to %d",
                        (int)opts->policy, OT_POLICY_OFF);
    return OT_OK;
}

ot_loader_opts ot__augment_used(const ot_loader_opts *opts)
{
    ot_loader_opts used = *opts;
    ot__policy_resolve(&used.policy, &used.crop_pad, &used.flip);
    return used;
}

static void policy(const ot_loader_opts *opts, ot__draw draw, ot__image *image)
{
    ot__policy_apply(opts->policy, draw, image);
}

/* Sets a pixel to the bytes nearest to the mean, which are about 0 after normalisation. */
static void paint_mean(const ot_normalisation *n, ot__image *image, int y, int x)
{
    for (int c = 0; c < OT__CHANNELS; c++)
        image->at[y][x][c] = ot__denormalise(n, 0.0f, c);
}

/* Fills the image with the colour of the padding. */
static void pad_with(const ot_loader_opts *opts, ot__image *image)
{
    memset(image, 0, sizeof *image);
    if (opts->policy != OT_POLICY_AUTOAUGMENT_TF) return;
    for (int i = 0; i < OT__SIDE * OT__SIDE; i++)
        paint_mean(&opts->normalisation, image, i / OT__SIDE, i % OT__SIDE);
}

/* Replaces the image by a window, at a random place, of the image with a border of `pad` pixels. */
static void crop(const ot_loader_opts *opts, ot__draw draw, ot__image *image)
{
    const int pad = opts->crop_pad;
    if (pad == 0) return;
    const int dy = (int)ot__below(draw.word[0], 2 * (uint32_t)pad + 1) - pad;
    const int dx = (int)ot__below(draw.word[1], 2 * (uint32_t)pad + 1) - pad;
    const ot__image from = *image;
    pad_with(opts, image);
    for (int y = 0; y < OT__SIDE; y++)
        for (int x = 0; x < OT__SIDE; x++)
            if (y + dy >= 0 && y + dy < OT__SIDE && x + dx >= 0 && x + dx < OT__SIDE)
                memcpy(image->at[y][x], from.at[y + dy][x + dx], OT__CHANNELS);
}

static void flip(const ot_loader_opts *opts, ot__draw draw, ot__image *image)
{
    if (!opts->flip || draw.word[0] >> 31) return;
    const ot__image from = *image;
    for (int y = 0; y < OT__SIDE; y++)
        for (int x = 0; x < OT__SIDE; x++)
            memcpy(image->at[y][x], from.at[y][OT__SIDE - 1 - x], OT__CHANNELS);
}

/* Paints a square with the mean (DeVries and Taylor, 2017).  Its centre is any pixel of the image
 * with equal probability, so part of the square may be outside. */
static void cutout(const ot_loader_opts *opts, ot__draw draw, ot__image *image)
{
    const int top = (int)ot__below(draw.word[0], OT__SIDE) - opts->cutout / 2;
    const int left = (int)ot__below(draw.word[1], OT__SIDE) - opts->cutout / 2;
    for (int y = 0; y < OT__SIDE; y++)
        for (int x = 0; x < OT__SIDE; x++)
            if (y >= top && y < top + opts->cutout && x >= left && x < left + opts->cutout)
                paint_mean(&opts->normalisation, image, y, x);
}

/* In the order in which they are applied.  The stream of a step must never change. */
static const struct step {
    uint32_t stream;
    void (*apply)(const ot_loader_opts *opts, ot__draw draw, ot__image *image);
} steps[] = { { 3, policy }, { 1, crop }, { 2, flip }, { 4, cutout } };

void ot__augment(const ot_loader_opts *opts, int epoch, int index, ot__image *image)
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
    if (opts->normalisation.channels == OT__CHANNELS) return OT_OK;
    return ot__fail(OT_EINVAL, "the normalisation has %d channels and the images have %d",
                    opts->normalisation.channels, OT__CHANNELS);
}

ot__levels ot__levels_make(const ot_normalisation *n)
{
    ot__levels levels;
    for (int c = 0; c < OT__CHANNELS; c++)
        for (int v = 0; v < 256; v++)
            levels.of[c][v] = ((float)v / 255.0f - n->mean[c]) / n->deviation[c];
    return levels;
}

void ot__normalise(const ot__levels *levels, const ot__image *image, float *x)
{
    const uint8_t *v = &image->at[0][0][0];
    for (int i = 0; i < OT__SIDE * OT__SIDE; i++)
        for (int c = 0; c < OT__CHANNELS; c++)
            x[i * OT__CHANNELS + c] = levels->of[c][v[i * OT__CHANNELS + c]];
}

uint8_t ot__denormalise(const ot_normalisation *n, float x, int channel)
{
    const float v = (x * n->deviation[channel] + n->mean[channel]) * 255.0f;
    return (uint8_t)lrintf(fminf(fmaxf(v, 0.0f), 255.0f));
}
