/* SPDX-License-Identifier: BSD-3-Clause
 * Computes what Pillow computes, including its rounding: fixed-point coordinates with 16 bits of
 * fraction for nearest neighbours, float for blends, double for autocontrast and bicubic
 * interpolation, and truncation to bytes.  See Pillow's Geometry.c, Blend.c, Filter.c, Convert.c,
 * ImageOps.py and ImageEnhance.py.  The tests compare with the results of Pillow 9.4. */
#include "data/pixels.h"

#include <math.h>
#include <string.h>

enum { BYTES = (int)sizeof(ot__image32), LEVELS = 256 };

/* Products are rounded before they are added, also on machines with fused multiply-adds. */
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#else
#pragma GCC optimize("fp-contract=off")
#endif

static uint8_t clip(double v)
{
    return v <= 0 ? 0 : v >= 255 ? 255 : (uint8_t)v;
}

static bool inside(int x, int y)
{
    return x >= 0 && x < OT__SIDE && y >= 0 && y < OT__SIDE;
}

static int nearest_inside(int i)
{
    return i < 0 ? 0 : i < OT__SIDE ? i : OT__SIDE - 1;
}

/* ---- affine maps ----------------------------------------------------------------------------- */

static void translate(const ot__image32 *from, const double a[6], ot__image32 *to)
{
    for (int y = 0; y < OT__SIDE; y++)
        for (int x = 0; x < OT__SIDE; x++) {
            const int xin = (int)floor(x + a[2] + 0.5), yin = (int)floor(y + a[5] + 0.5);
            if (inside(xin, yin)) memcpy(to->at[y][x], from->at[yin][xin], OT__CHANNELS);
        }
}

static int fixed(double v)
{
    return (int)floor(v * 65536.0 + 0.5);
}

static void nearest(const ot__image32 *from, const double a[6], ot__image32 *to)
{
    const int ax = fixed(a[0]), bx = fixed(a[1]), cx = fixed(a[2] + a[0] * 0.5 + a[1] * 0.5);
    const int ay = fixed(a[3]), by = fixed(a[4]), cy = fixed(a[5] + a[3] * 0.5 + a[4] * 0.5);
    for (int y = 0; y < OT__SIDE; y++)
        for (int x = 0; x < OT__SIDE; x++) {
            const int xin = (cx + bx * y + ax * x) >> 16, yin = (cy + by * y + ay * x) >> 16;
            if (inside(xin, yin)) memcpy(to->at[y][x], from->at[yin][xin], OT__CHANNELS);
        }
}

/* Interpolates between v[1] (d = 0) and v[2] (d = 1) with Keys' cubic, a = -1. */
static double cubic(const double v[4], double d)
{
    const double p2 = -v[0] + v[2], p3 = 2 * (v[0] - v[1]) + v[2] - v[3];
    const double p4 = -v[0] + v[1] - v[2] + v[3];
    return v[1] + d * (p2 + d * (p3 + d * p4));
}

static void cubic_pixel(const ot__image32 *from, double xin, double yin, uint8_t *pixel)
{
    if (!(xin >= 0 && xin < OT__SIDE && yin >= 0 && yin < OT__SIDE)) return;
    const double left = floor(xin - 0.5), top = floor(yin - 0.5);
    for (int c = 0; c < OT__CHANNELS; c++) {
        double row[4];
        for (int j = 0; j < 4; j++) {
            double v[4];
            for (int i = 0; i < 4; i++)
                v[i] = from->at[nearest_inside((int)top - 1 + j)][nearest_inside((int)left - 1 + i)]
                               [c];
            row[j] = cubic(v, xin - 0.5 - left);
        }
        pixel[c] = clip(cubic(row, yin - 0.5 - top));
    }
}

static void bicubic(const ot__image32 *from, const double a[6], ot__image32 *to)
{
    for (int y = 0; y < OT__SIDE; y++)
        for (int x = 0; x < OT__SIDE; x++)
            cubic_pixel(from, a[0] * (x + 0.5) + a[1] * (y + 0.5) + a[2],
                        a[3] * (x + 0.5) + a[4] * (y + 0.5) + a[5], to->at[y][x]);
}

void ot__pixels_affine(ot__image32 *image, const double a[6], ot__resample how,
                       const uint8_t fill[OT__CHANNELS])
{
    const ot__image32 from = *image;
    const bool shifts = a[0] == 1 && a[1] == 0 && a[3] == 0 && a[4] == 1;
    for (int i = 0; i < OT__SIDE * OT__SIDE; i++)
        memcpy(image->at[i / OT__SIDE][i % OT__SIDE], fill, OT__CHANNELS);
    (how == OT__BICUBIC ? bicubic : shifts ? translate : nearest)(&from, a, image);
}

/* Rounds to 15 decimals, as Image.rotate does. */
static double rounded(double v)
{
    return rint(v * 1e15) / 1e15;
}

void ot__pixels_rotate(ot__image32 *image, double degrees, ot__resample how,
                       const uint8_t fill[OT__CHANNELS])
{
    static const double radians = 3.14159265358979323846 / 180, centre = OT__SIDE / 2.0;
    const double angle = -(fmod(degrees + 360, 360) * radians);
    const double c = rounded(cos(angle)), s = rounded(sin(angle));
    const double a[6] = { c,  s, c * -centre + s * -centre + centre,
                          -s, c, -s * -centre + c * -centre + centre };
    ot__pixels_affine(image, a, how, fill);
}

/* ---- blends ---------------------------------------------------------------------------------- */

static void blend(ot__image32 *image, const ot__image32 *from, double factor)
{
    uint8_t *v = &image->at[0][0][0];
    const uint8_t *d = &from->at[0][0][0];
    const float f = (float)factor;
    for (int i = 0; i < BYTES; i++)
        v[i] = clip((float)d[i] + f * (float)(v[i] - d[i]));
}

/* Luma by ITU-R 601-2, with 16 bits of fraction. */
static uint8_t grey(const uint8_t v[OT__CHANNELS])
{
    return (uint8_t)((v[0] * 19595 + v[1] * 38470 + v[2] * 7471 + 0x8000) >> 16);
}

void ot__pixels_color(ot__image32 *image, double factor)
{
    ot__image32 d;
    for (int y = 0; y < OT__SIDE; y++)
        for (int x = 0; x < OT__SIDE; x++)
            memset(d.at[y][x], grey(image->at[y][x]), OT__CHANNELS);
    blend(image, &d, factor);
}

void ot__pixels_contrast(ot__image32 *image, double factor)
{
    ot__image32 d;
    int sum = 0;
    for (int y = 0; y < OT__SIDE; y++)
        for (int x = 0; x < OT__SIDE; x++)
            sum += grey(image->at[y][x]);
    memset(&d, (2 * sum + OT__SIDE * OT__SIDE) / (2 * OT__SIDE * OT__SIDE), sizeof d);
    blend(image, &d, factor);
}

void ot__pixels_brightness(ot__image32 *image, double factor)
{
    blend(image, &(const ot__image32){ 0 }, factor);
}

/* (sum of the eight neighbours + 5 v) / 13, rounded.  A thirteenth is never halfway between two
 * bytes. */
static uint8_t smooth(const ot__image32 *image, int y, int x, int c)
{
    int sum = 4 * image->at[y][x][c];
    for (int j = -1; j <= 1; j++)
        for (int i = -1; i <= 1; i++)
            sum += image->at[y + j][x + i][c];
    return (uint8_t)((2 * sum + 13) / 26);
}

void ot__pixels_sharpness(ot__image32 *image, double factor)
{
    ot__image32 d = *image; /* pixels of the border are not smoothed */
    for (int y = 1; y < OT__SIDE - 1; y++)
        for (int x = 1; x < OT__SIDE - 1; x++)
            for (int c = 0; c < OT__CHANNELS; c++)
                d.at[y][x][c] = smooth(image, y, x, c);
    blend(image, &d, factor);
}

/* ---- tables ---------------------------------------------------------------------------------- */

static void look_up(ot__image32 *image, int channel, const uint8_t table[LEVELS])
{
    uint8_t *v = &image->at[0][0][0];
    for (int i = channel; i < BYTES; i += OT__CHANNELS)
        v[i] = table[v[i]];
}

static void look_all_up(ot__image32 *image, const uint8_t table[LEVELS])
{
    for (int c = 0; c < OT__CHANNELS; c++)
        look_up(image, c, table);
}

static void count(const ot__image32 *image, int channel, int histogram[LEVELS])
{
    const uint8_t *v = &image->at[0][0][0];
    memset(histogram, 0, LEVELS * sizeof *histogram);
    for (int i = channel; i < BYTES; i += OT__CHANNELS)
        histogram[v[i]]++;
}

void ot__pixels_posterize(ot__image32 *image, int bits)
{
    uint8_t table[LEVELS];
    for (int v = 0; v < LEVELS; v++)
        table[v] = (uint8_t)(v & ~((1 << (8 - bits)) - 1));
    look_all_up(image, table);
}

void ot__pixels_solarize(ot__image32 *image, double threshold)
{
    uint8_t table[LEVELS];
    for (int v = 0; v < LEVELS; v++)
        table[v] = (uint8_t)(v < threshold ? v : 255 - v);
    look_all_up(image, table);
}

void ot__pixels_invert(ot__image32 *image)
{
    ot__pixels_solarize(image, 0);
}

void ot__pixels_autocontrast(ot__image32 *image)
{
    for (int c = 0; c < OT__CHANNELS; c++) {
        int histogram[LEVELS], low = 0, high = LEVELS - 1;
        uint8_t table[LEVELS];
        count(image, c, histogram);
        while (histogram[low] == 0)
            low++;
        while (histogram[high] == 0)
            high--;
        if (high <= low) continue;
        const double scale = 255.0 / (high - low), offset = -low * scale;
        for (int v = 0; v < LEVELS; v++)
            table[v] = clip(v * scale + offset);
        look_up(image, c, table);
    }
}

void ot__pixels_equalize(ot__image32 *image)
{
    for (int c = 0; c < OT__CHANNELS; c++) {
        int histogram[LEVELS], high = LEVELS - 1;
        uint8_t table[LEVELS];
        count(image, c, histogram);
        while (histogram[high] == 0)
            high--;
        const int step = (OT__SIDE * OT__SIDE - histogram[high]) / 255;
        if (step == 0) continue; /* as with a single level */
        for (int v = 0, n = step / 2; v < LEVELS; n += histogram[v++])
            table[v] = clip(n / step);
        look_up(image, c, table);
    }
}
