/* SPDX-License-Identifier: BSD-3-Clause
 * AutoAugment's policies for CIFAR-10, as three public codes implement them.  torchvision
 * (transforms/autoaugment.py of 0.12) and DeepVoltaire (github.com/DeepVoltaire/AutoAugment) have
 * the 25 sub-policies that the paper prints.  The authors (tensorflow/models, research/autoaugment)
 * have 95.  The codes also differ in magnitudes.  The tests compare each sub-policy with what
 * Pillow computes. */
#include "data/policy.h"

#include <math.h>
#include <string.h>

#include "data/pixels.h"

enum {
    SHEAR_X,
    SHEAR_Y,
    TRANSLATE_X,
    TRANSLATE_Y,
    ROTATE,
    COLOR,
    CONTRAST,
    BRIGHTNESS,
    SHARPNESS,
    POSTERIZE,
    SOLARIZE,
    AUTOCONTRAST,
    EQUALIZE,
    INVERT,
    CUTOUT,
    OPS
};

/* Table 7 of the paper. */
static const ot__sub_policy paper[] = {
    { { { INVERT, 1, 7 }, { CONTRAST, 2, 6 } } },
    { { { ROTATE, 7, 2 }, { TRANSLATE_X, 3, 9 } } },
    { { { SHARPNESS, 8, 1 }, { SHARPNESS, 9, 3 } } },
    { { { SHEAR_Y, 5, 8 }, { TRANSLATE_Y, 7, 9 } } },
    { { { AUTOCONTRAST, 5, 8 }, { EQUALIZE, 9, 2 } } },
    { { { SHEAR_Y, 2, 7 }, { POSTERIZE, 3, 7 } } },
    { { { COLOR, 4, 3 }, { BRIGHTNESS, 6, 7 } } },
    { { { SHARPNESS, 3, 9 }, { BRIGHTNESS, 7, 9 } } },
    { { { EQUALIZE, 6, 5 }, { EQUALIZE, 5, 1 } } },
    { { { CONTRAST, 6, 7 }, { SHARPNESS, 6, 5 } } },
    { { { COLOR, 7, 7 }, { TRANSLATE_X, 5, 8 } } },
    { { { EQUALIZE, 3, 7 }, { AUTOCONTRAST, 4, 8 } } },
    { { { TRANSLATE_Y, 4, 3 }, { SHARPNESS, 2, 6 } } },
    { { { BRIGHTNESS, 9, 6 }, { COLOR, 2, 8 } } },
    { { { SOLARIZE, 5, 2 }, { INVERT, 0, 3 } } },
    { { { EQUALIZE, 2, 0 }, { AUTOCONTRAST, 6, 0 } } },
    { { { EQUALIZE, 2, 8 }, { EQUALIZE, 6, 4 } } },
    { { { COLOR, 9, 9 }, { EQUALIZE, 6, 6 } } },
    { { { AUTOCONTRAST, 8, 4 }, { SOLARIZE, 2, 8 } } },
    { { { BRIGHTNESS, 1, 3 }, { COLOR, 7, 0 } } },
    { { { SOLARIZE, 4, 5 }, { AUTOCONTRAST, 9, 3 } } },
    { { { TRANSLATE_Y, 9, 9 }, { TRANSLATE_Y, 7, 9 } } },
    { { { AUTOCONTRAST, 9, 2 }, { SOLARIZE, 8, 3 } } },
    { { { EQUALIZE, 8, 8 }, { INVERT, 1, 3 } } },
    { { { TRANSLATE_Y, 7, 9 }, { AUTOCONTRAST, 9, 1 } } },
};

/* The function good_policies() in the authors' code. */
static const ot__sub_policy research[] = {
    { { { INVERT, 1, 7 }, { CONTRAST, 2, 6 } } },
    { { { ROTATE, 7, 2 }, { TRANSLATE_X, 3, 9 } } },
    { { { SHARPNESS, 8, 1 }, { SHARPNESS, 9, 3 } } },
    { { { SHEAR_Y, 5, 8 }, { TRANSLATE_Y, 7, 9 } } },
    { { { AUTOCONTRAST, 5, 8 }, { EQUALIZE, 9, 2 } } },
    { { { SOLARIZE, 4, 5 }, { AUTOCONTRAST, 9, 3 } } },
    { { { TRANSLATE_Y, 9, 9 }, { TRANSLATE_Y, 7, 9 } } },
    { { { AUTOCONTRAST, 9, 2 }, { SOLARIZE, 8, 3 } } },
    { { { EQUALIZE, 8, 8 }, { INVERT, 1, 3 } } },
    { { { TRANSLATE_Y, 7, 9 }, { AUTOCONTRAST, 9, 1 } } },
    { { { SOLARIZE, 4, 5 }, { AUTOCONTRAST, 0, 2 } } },
    { { { TRANSLATE_Y, 7, 9 }, { TRANSLATE_Y, 7, 9 } } },
    { { { AUTOCONTRAST, 9, 0 }, { SOLARIZE, 4, 3 } } },
    { { { EQUALIZE, 7, 5 }, { INVERT, 1, 3 } } },
    { { { TRANSLATE_Y, 7, 9 }, { TRANSLATE_Y, 7, 9 } } },
    { { { SOLARIZE, 4, 5 }, { AUTOCONTRAST, 9, 1 } } },
    { { { TRANSLATE_Y, 8, 9 }, { TRANSLATE_Y, 9, 9 } } },
    { { { AUTOCONTRAST, 8, 0 }, { TRANSLATE_Y, 7, 9 } } },
    { { { TRANSLATE_Y, 2, 7 }, { COLOR, 9, 6 } } },
    { { { EQUALIZE, 7, 6 }, { COLOR, 4, 9 } } },
    { { { SHEAR_Y, 2, 7 }, { POSTERIZE, 3, 7 } } },
    { { { COLOR, 4, 3 }, { BRIGHTNESS, 6, 7 } } },
    { { { SHARPNESS, 3, 9 }, { BRIGHTNESS, 7, 9 } } },
    { { { EQUALIZE, 6, 5 }, { EQUALIZE, 5, 1 } } },
    { { { CONTRAST, 6, 7 }, { SHARPNESS, 6, 5 } } },
    { { { BRIGHTNESS, 3, 7 }, { AUTOCONTRAST, 5, 8 } } },
    { { { AUTOCONTRAST, 9, 4 }, { AUTOCONTRAST, 5, 6 } } },
    { { { SOLARIZE, 3, 5 }, { EQUALIZE, 6, 5 } } },
    { { { TRANSLATE_Y, 2, 4 }, { SHARPNESS, 3, 3 } } },
    { { { BRIGHTNESS, 0, 8 }, { COLOR, 8, 8 } } },
    { { { SOLARIZE, 2, 6 }, { COLOR, 8, 6 } } },
    { { { SOLARIZE, 2, 6 }, { AUTOCONTRAST, 8, 1 } } },
    { { { SOLARIZE, 4, 1 }, { EQUALIZE, 6, 5 } } },
    { { { BRIGHTNESS, 0, 0 }, { SOLARIZE, 5, 2 } } },
    { { { AUTOCONTRAST, 9, 5 }, { BRIGHTNESS, 5, 3 } } },
    { { { CONTRAST, 7, 5 }, { BRIGHTNESS, 0, 2 } } },
    { { { SOLARIZE, 2, 8 }, { SOLARIZE, 1, 5 } } },
    { { { CONTRAST, 5, 1 }, { TRANSLATE_Y, 2, 9 } } },
    { { { AUTOCONTRAST, 6, 5 }, { TRANSLATE_Y, 0, 9 } } },
    { { { AUTOCONTRAST, 9, 4 }, { EQUALIZE, 8, 4 } } },
    { { { BRIGHTNESS, 0, 7 }, { EQUALIZE, 4, 7 } } },
    { { { SOLARIZE, 2, 5 }, { EQUALIZE, 7, 5 } } },
    { { { EQUALIZE, 6, 8 }, { COLOR, 6, 2 } } },
    { { { COLOR, 3, 7 }, { COLOR, 2, 4 } } },
    { { { AUTOCONTRAST, 5, 2 }, { SOLARIZE, 7, 2 } } },
    { { { AUTOCONTRAST, 2, 0 }, { EQUALIZE, 1, 0 } } },
    { { { SHEAR_Y, 6, 5 }, { EQUALIZE, 6, 5 } } },
    { { { BRIGHTNESS, 9, 3 }, { AUTOCONTRAST, 4, 1 } } },
    { { { EQUALIZE, 8, 8 }, { EQUALIZE, 7, 7 } } },
    { { { EQUALIZE, 7, 7 }, { SOLARIZE, 5, 0 } } },
    { { { EQUALIZE, 8, 4 }, { TRANSLATE_Y, 8, 9 } } },
    { { { TRANSLATE_Y, 8, 9 }, { TRANSLATE_Y, 6, 9 } } },
    { { { TRANSLATE_Y, 9, 0 }, { TRANSLATE_Y, 5, 9 } } },
    { { { AUTOCONTRAST, 5, 3 }, { SOLARIZE, 3, 4 } } },
    { { { SOLARIZE, 5, 3 }, { EQUALIZE, 4, 4 } } },
    { { { COLOR, 7, 7 }, { TRANSLATE_X, 5, 8 } } },
    { { { EQUALIZE, 3, 7 }, { AUTOCONTRAST, 4, 8 } } },
    { { { TRANSLATE_Y, 4, 3 }, { SHARPNESS, 2, 6 } } },
    { { { BRIGHTNESS, 9, 6 }, { COLOR, 2, 8 } } },
    { { { SOLARIZE, 5, 2 }, { INVERT, 0, 3 } } },
    { { { AUTOCONTRAST, 1, 5 }, { BRIGHTNESS, 0, 0 } } },
    { { { CUTOUT, 2, 4 }, { EQUALIZE, 1, 1 } } },
    { { { EQUALIZE, 7, 7 }, { AUTOCONTRAST, 6, 4 } } },
    { { { COLOR, 1, 8 }, { SHEAR_Y, 2, 3 } } },
    { { { SHEAR_Y, 4, 2 }, { ROTATE, 7, 0 } } },
    { { { SHEAR_Y, 1, 3 }, { AUTOCONTRAST, 9, 5 } } },
    { { { TRANSLATE_Y, 3, 6 }, { CUTOUT, 3, 3 } } },
    { { { EQUALIZE, 5, 0 }, { SOLARIZE, 6, 6 } } },
    { { { AUTOCONTRAST, 3, 5 }, { ROTATE, 2, 7 } } },
    { { { EQUALIZE, 8, 2 }, { INVERT, 4, 0 } } },
    { { { EQUALIZE, 9, 5 }, { COLOR, 7, 0 } } },
    { { { EQUALIZE, 1, 1 }, { SHEAR_Y, 1, 3 } } },
    { { { AUTOCONTRAST, 7, 3 }, { EQUALIZE, 7, 0 } } },
    { { { BRIGHTNESS, 5, 1 }, { CONTRAST, 1, 7 } } },
    { { { CONTRAST, 1, 4 }, { SOLARIZE, 6, 5 } } },
    { { { SOLARIZE, 2, 3 }, { SHEAR_X, 0, 0 } } },
    { { { TRANSLATE_X, 3, 0 }, { TRANSLATE_X, 6, 0 } } },
    { { { EQUALIZE, 5, 9 }, { TRANSLATE_Y, 6, 7 } } },
    { { { SHEAR_X, 1, 0 }, { SHARPNESS, 5, 1 } } },
    { { { EQUALIZE, 8, 6 }, { INVERT, 3, 6 } } },
    { { { AUTOCONTRAST, 3, 9 }, { CUTOUT, 5, 3 } } },
    { { { SHEAR_X, 4, 4 }, { AUTOCONTRAST, 9, 2 } } },
    { { { SHEAR_X, 0, 3 }, { POSTERIZE, 0, 3 } } },
    { { { SOLARIZE, 4, 3 }, { COLOR, 2, 4 } } },
    { { { EQUALIZE, 1, 4 }, { EQUALIZE, 7, 6 } } },
    { { { EQUALIZE, 3, 8 }, { AUTOCONTRAST, 4, 3 } } },
    { { { SOLARIZE, 6, 4 }, { AUTOCONTRAST, 7, 6 } } },
    { { { AUTOCONTRAST, 2, 9 }, { BRIGHTNESS, 4, 8 } } },
    { { { EQUALIZE, 1, 0 }, { EQUALIZE, 0, 6 } } },
    { { { EQUALIZE, 8, 4 }, { EQUALIZE, 0, 4 } } },
    { { { EQUALIZE, 5, 5 }, { AUTOCONTRAST, 1, 2 } } },
    { { { SOLARIZE, 5, 5 }, { AUTOCONTRAST, 9, 5 } } },
    { { { AUTOCONTRAST, 6, 1 }, { AUTOCONTRAST, 7, 8 } } },
    { { { EQUALIZE, 2, 0 }, { AUTOCONTRAST, 1, 2 } } },
    { { { EQUALIZE, 6, 9 }, { EQUALIZE, 4, 4 } } },
};

const uint8_t ot__mean_pixel[OT__CHANNELS] = { 125, 123, 114 };

/* ---- magnitudes ------------------------------------------------------------------------------ */

/* The three functions that follow turn a level from 0 to 9 into a magnitude: from + span * level /
 * 9, or / 10. */

/* As torch.linspace computes it: in float, from both ends. */
static double of_torchvision(double from, double span, int level)
{
    const float first = (float)from, last = (float)(from + span), step = (last - first) / 9;
    return level < 5 ? first + step * (float)level : last - step * (float)(9 - level);
}

static double of_deepvoltaire(double from, double span, int level)
{
    return from + span / 9 * level;
}

static double of_tensorflow(double from, double span, int level)
{
    return from + level * span / 10;
}

typedef enum rounding { EXACT, TRUNCATED, NEAREST } rounding;

/* The magnitudes of an operation. */
typedef struct range {
    double from, span;
    rounding rounding; /* of the magnitude; TRUNCATED: of its difference from `from` */
    bool coin;         /* the sign of the magnitude is drawn */
    double base;       /* is added to the magnitude after its sign */
} range;

/* How a code implements the policy. */
typedef struct mapping {
    const ot__sub_policy *row;
    int rows;
    double (*value)(double from, double span, int level); /* from level to magnitude */
    bool inclusive;   /* an operation is also applied if the number drawn equals its probability */
    bool transparent; /* pixels from outside the image become the mean at the end, unless an
                         operation that looks colours up in a table follows */
    uint8_t fill[OT__CHANNELS]; /* pixels from outside the image */
    ot__resample shear;         /* how shears are interpolated */
    range range[OPS];           /* for the operations that have a magnitude */
} mapping;

#define ROWS(list) .row = list, .rows = sizeof(list) / sizeof(list)[0]
#define PIXELS (150.0 / 331.0 * OT__SIDE) /* the largest shift: on ImageNet, 150 of 331 pixels */

/* The ranges in the paper's table.  Those of shifts and solarize differ between the codes. */
#define PAPER_RANGES                                                                               \
    [SHEAR_X] = { 0, 0.3, EXACT, true, 0 }, [SHEAR_Y] = { 0, 0.3, EXACT, true, 0 },                \
    [ROTATE] = { 0, 30, EXACT, true, 0 }, [COLOR] = { 0, 0.9, EXACT, true, 1 },                    \
    [CONTRAST] = { 0, 0.9, EXACT, true, 1 }, [BRIGHTNESS] = { 0, 0.9, EXACT, true, 1 },            \
    [SHARPNESS] = { 0, 0.9, EXACT, true, 1 }, [POSTERIZE] = { 8, -4, NEAREST, false, 0 }

static const mapping torchvision = {
    ROWS(paper),
    .value = of_torchvision,
    .inclusive = true,
    .range = {
        PAPER_RANGES,
        [TRANSLATE_X] = { 0, PIXELS, TRUNCATED, true, 0 },
        [TRANSLATE_Y] = { 0, PIXELS, TRUNCATED, true, 0 },
        [SOLARIZE] = { 255, -255, EXACT, false, 0 },
    },
};

static const mapping deepvoltaire = {
    ROWS(paper),
    .value = of_deepvoltaire,
    .fill = { 128, 128, 128 },
    .shear = OT__BICUBIC,
    .range = {
        PAPER_RANGES,
        [TRANSLATE_X] = { 0, PIXELS, EXACT, true, 0 },
        [TRANSLATE_Y] = { 0, PIXELS, EXACT, true, 0 },
        [SOLARIZE] = { 256, -256, EXACT, false, 0 },
    },
};

static const mapping tensorflow = {
    ROWS(research),
    .value = of_tensorflow,
    .transparent = true,
    .range = {
        [SHEAR_X] = { 0, 0.3, EXACT, true, 0 },
        [SHEAR_Y] = { 0, 0.3, EXACT, true, 0 },
        [TRANSLATE_X] = { 0, 10, TRUNCATED, true, 0 },
        [TRANSLATE_Y] = { 0, 10, TRUNCATED, true, 0 },
        [ROTATE] = { 0, 30, TRUNCATED, true, 0 },
        [COLOR] = { 0.1, 1.8, EXACT, false, 0 },
        [CONTRAST] = { 0.1, 1.8, EXACT, false, 0 },
        [BRIGHTNESS] = { 0.1, 1.8, EXACT, false, 0 },
        [SHARPNESS] = { 0.1, 1.8, EXACT, false, 0 },
        [POSTERIZE] = { 4, -4, TRUNCATED, false, 0 },
        [SOLARIZE] = { 256, -256, TRUNCATED, false, 0 },
        [CUTOUT] = { 0, 20, TRUNCATED, false, 0 },
    },
};

const char *const ot_policy_names[] = {
    [OT_POLICY_NONE] = "standard",
    [OT_POLICY_AUTOAUGMENT] = "autoaugment",
    [OT_POLICY_AUTOAUGMENT_DV] = "autoaugment-dv",
    [OT_POLICY_AUTOAUGMENT_TF] = "autoaugment-tf",
    [OT_POLICY_OFF] = "none",
    NULL,
};

static const mapping *const mappings[] = {
    [OT_POLICY_NONE] = &(const mapping){ 0 },   [OT_POLICY_AUTOAUGMENT] = &torchvision,
    [OT_POLICY_AUTOAUGMENT_DV] = &deepvoltaire, [OT_POLICY_AUTOAUGMENT_TF] = &tensorflow,
    [OT_POLICY_OFF] = &(const mapping){ 0 },
};

void ot__policy_resolve(ot_policy *policy, int *crop_pad, bool *flip)
{
    if (*policy != OT_POLICY_OFF) return;
    *policy = OT_POLICY_NONE;
    *crop_pad = 0;
    *flip = false;
}

static double magnitude(const mapping *m, const ot__choice *c, bool negative)
{
    const range *const r = &m->range[c->op];
    double v = m->value(r->from, r->span, c->level);
    if (r->rounding == TRUNCATED) v = r->from + trunc(v - r->from);
    if (r->rounding == NEAREST) v = rint(v);
    return r->base + (r->coin && negative ? -v : v);
}

/* ---- operations ------------------------------------------------------------------------------ */

typedef struct canvas {
    ot__image32 image;
    ot__image32 cover; /* 255 where a pixel is from the image, 0 where it is from outside */
} canvas;

static void move(canvas *c, const mapping *m, const double a[6], ot__resample how)
{
    ot__pixels_affine(&c->image, a, how, m->fill);
    if (m->transparent) ot__pixels_affine(&c->cover, a, how, m->fill);
}

static void shear_x(canvas *c, const mapping *m, double v, uint32_t bits)
{
    (void)bits;
    move(c, m, (const double[]){ 1, v, 0, 0, 1, 0 }, m->shear);
}

static void shear_y(canvas *c, const mapping *m, double v, uint32_t bits)
{
    (void)bits;
    move(c, m, (const double[]){ 1, 0, 0, v, 1, 0 }, m->shear);
}

static void translate_x(canvas *c, const mapping *m, double v, uint32_t bits)
{
    (void)bits;
    move(c, m, (const double[]){ 1, 0, v, 0, 1, 0 }, OT__NEAREST);
}

static void translate_y(canvas *c, const mapping *m, double v, uint32_t bits)
{
    (void)bits;
    move(c, m, (const double[]){ 1, 0, 0, 0, 1, v }, OT__NEAREST);
}

static void rotate(canvas *c, const mapping *m, double v, uint32_t bits)
{
    (void)bits;
    ot__pixels_rotate(&c->image, v, OT__NEAREST, m->fill);
    if (m->transparent) ot__pixels_rotate(&c->cover, v, OT__NEAREST, m->fill);
}

#define BLEND(name)                                                                                \
    static void name(canvas *c, const mapping *m, double v, uint32_t bits)                         \
    {                                                                                              \
        (void)m, (void)bits;                                                                       \
        ot__pixels_##name(&c->image, v);                                                           \
    }
BLEND(color)
BLEND(contrast)
BLEND(brightness)
BLEND(sharpness)

/* Pillow cannot look colours up in a table for transparent images.  They are made opaque first, so
 * that all pixels count as pixels of the image from then on. */
#define TABLE(name, ...)                                                                           \
    static void name(canvas *c, const mapping *m, double v, uint32_t bits)                         \
    {                                                                                              \
        (void)m, (void)v, (void)bits;                                                              \
        ot__pixels_##name(&c->image __VA_ARGS__);                                                  \
        memset(&c->cover, 255, sizeof c->cover);                                                   \
    }
TABLE(posterize, , (int)v)
TABLE(solarize, , v)
TABLE(autocontrast)
TABLE(equalize)
TABLE(invert)

/* As in the authors' code: a square about a random place is meant, but rows and columns both run
 * from the first row of that square to its last column.  So it may be empty. */
static void cutout(canvas *c, const mapping *m, double v, uint32_t bits)
{
    (void)m;
    static const uint8_t colour[OT__CHANNELS] = { 125, 122, 113 };
    const int half = (int)v / 2, row = (int)(bits & 31), column = (int)(bits >> 5 & 31);
    const int from = row > half ? row - half : 0;
    const int to = column + half < OT__SIDE ? column + half : OT__SIDE;
    for (int y = from; y < to; y++)
        for (int x = from; x < to; x++) {
            memcpy(c->image.at[y][x], colour, OT__CHANNELS);
            memset(c->cover.at[y][x], 0, OT__CHANNELS);
        }
}

static void (*const apply[OPS])(canvas *c, const mapping *m, double v, uint32_t bits) = {
    [SHEAR_X] = shear_x,         [SHEAR_Y] = shear_y,       [TRANSLATE_X] = translate_x,
    [TRANSLATE_Y] = translate_y, [ROTATE] = rotate,         [COLOR] = color,
    [CONTRAST] = contrast,       [BRIGHTNESS] = brightness, [SHARPNESS] = sharpness,
    [POSTERIZE] = posterize,     [SOLARIZE] = solarize,     [AUTOCONTRAST] = autocontrast,
    [EQUALIZE] = equalize,       [INVERT] = invert,         [CUTOUT] = cutout,
};

/* ---- policies -------------------------------------------------------------------------------- */

int ot__policy_count(ot_policy policy)
{
    return mappings[policy]->rows;
}

const ot__sub_policy *ot__policy_row(ot_policy policy, int i)
{
    return &mappings[policy]->row[i];
}

static bool passes(const mapping *m, const ot__choice *c, uint32_t word)
{
    const double drawn = ot__unit(word), probability = c->tenths / 10.0;
    return drawn < probability || (m->inclusive && drawn == probability);
}

/* Paints the pixels that are from outside the image with the mean. */
static void uncover(canvas *c)
{
    for (int i = 0; i < OT__SIDE * OT__SIDE; i++)
        if (c->cover.at[i / OT__SIDE][i % OT__SIDE][0] == 0)
            memcpy(c->image.at[i / OT__SIDE][i % OT__SIDE], ot__mean_pixel, OT__CHANNELS);
}

void ot__policy_apply(ot_policy policy, ot__draw draw, ot__image32 *image)
{
    const mapping *const m = mappings[policy];
    if (m->rows == 0) return;
    const ot__sub_policy *const row = &m->row[ot__below(draw.word[0], (uint32_t)m->rows)];
    canvas c = { .image = *image };
    memset(&c.cover, 255, sizeof c.cover);
    for (int i = 0; i < 2; i++) {
        const ot__choice *const choice = &row->choice[i];
        const uint32_t bits = draw.word[3] >> 16 * i & 0xFFFF;
        if (!passes(m, choice, draw.word[1 + i])) continue;
        apply[choice->op](&c, m, magnitude(m, choice, bits >> 15), bits);
    }
    if (m->transparent) uncover(&c);
    *image = c.image;
}
