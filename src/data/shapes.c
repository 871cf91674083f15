/* SPDX-License-Identifier: BSD-3-Clause
 * The built-in data set: ten classes of coloured shapes, each rotated, scaled, placed and coloured
 * at random on a shaded background, with noise.  A shape is a function that returns the signed
 * distance of a point from its edge, negative inside.  So edges are smooth at any size and angle.
 *
 * An image is a pure function of (seed, split, index).  It is computed with the basic operations of
 * IEEE arithmetic and sqrt only, so it has the same bytes on any machine. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/available.h"
#include "base/normalisation.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "data/image32.h"
#include "data/shapes.h"

/* Shapes within the unit disc, y up. */

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static double radius(double x, double y)
{
    return sqrt(x * x + y * y);
}

static double box(double x, double y, double half_width, double half_height)
{
    return larger(fabs(x) - half_width, fabs(y) - half_height);
}

static double disc(double x, double y)
{
    return radius(x, y) - 0.85;
}

static double ring(double x, double y)
{
    return fabs(radius(x, y) - 0.75) - 0.2;
}

static double square(double x, double y)
{
    return box(x, y, 0.7, 0.7);
}

static double frame(double x, double y)
{
    return fabs(box(x, y, 0.55, 0.55)) - 0.15;
}

static double triangle(double x, double y)
{
    const double sides = 0.8660254037844386 * fabs(x) + 0.5 * y;
    return larger(sides, -y) - 0.5;
}

static double cross(double x, double y)
{
    return smaller(box(x, y, 0.95, 0.28), box(x, y, 0.28, 0.95));
}

/* A point is in a pentagram if it is on the inner side of at least four of its five lines.  So the
 * second largest of the distances from the lines decides. */
static double star(double x, double y)
{
    static const double normal[5][2] = { { 0, 1 },
                                         { 0.9510565162951535, 0.3090169943749474 },
                                         { 0.5877852522924731, -0.8090169943749475 },
                                         { -0.5877852522924731, -0.8090169943749475 },
                                         { -0.9510565162951535, 0.3090169943749474 } };
    double first = -HUGE_VAL, second = -HUGE_VAL;
    for (int i = 0; i < 5; i++) {
        const double d = normal[i][0] * x + normal[i][1] * y;
        second = larger(second, smaller(first, d));
        first = larger(first, d);
    }
    return second - 0.3090169943749474;
}

/* A square that stands on a corner, with a disc on each of its upper sides. */
static double heart(double x, double y)
{
    const double a = 0.7, half_diagonal = 0.7071067811865476;
    const double corner = (fabs(x) + fabs(y) - a) * half_diagonal;
    return smaller(corner, radius(fabs(x) - a / 2, y - a / 2) - a * half_diagonal);
}

static double moon(double x, double y)
{
    return larger(radius(x, y) - 0.95, 0.75 - radius(x - 0.45, y));
}

static double bars(double x, double y)
{
    return smaller(box(x, y, 0.14, 0.7), box(fabs(x) - 0.55, y, 0.14, 0.7));
}

static const struct shape {
    const char *name;
    double (*distance)(double x, double y);
} shapes[] = {
    { "disc", disc },         { "ring", ring },   { "square", square }, { "frame", frame },
    { "triangle", triangle }, { "cross", cross }, { "star", star },     { "heart", heart },
    { "moon", moon },         { "bars", bars },
};

/* The random parameters of an image, in pixels and grey levels. */
typedef struct scene {
    double x, y, radius, cosine, sine;
    double ground[OT__CHANNELS], paint[OT__CHANNELS];
    double slope_x, slope_y, noise;
} scene;

static double between(uint32_t word, double low, double high)
{
    return low + (high - low) * ot__unit(word);
}

/* Draws an angle without libm.  t = tan(angle/2) is uniform for angles up to an eighth of a turn to
 * either side, so the angle is nearly uniform; then 0 to 3 quarter turns are added. */
static void turn(uint32_t word, scene *s)
{
    const double t = between(word << 2, -0.41421356237309503, 0.41421356237309503);
    const double c = (1 - t * t) / (1 + t * t), n = 2 * t / (1 + t * t);
    const double quarter[5] = { c, n, -c, -n, c };
    s->cosine = quarter[word >> 30];
    s->sine = quarter[(word >> 30) + 1];
}

/* Draws the colours of background and shape.  The shape is lighter by at least 40 levels in every
 * channel, so that even a plain sum over pixels depends on the shape. */
static void colour(ot__draw ground, ot__draw paint, scene *s)
{
    for (int c = 0; c < OT__CHANNELS; c++) {
        s->ground[c] = between(ground.word[c], 16, 136);
        s->paint[c] = between(paint.word[c], s->ground[c] + 40, 240);
    }
}

static scene draw_scene(uint64_t seed, ot_split split, uint32_t index)
{
    ot__draw d[4];
    for (uint32_t i = 0; i < 4; i++)
        d[i] = ot__random(seed, OT__RNG_SHAPES, (uint32_t)split, index, i, 0);
    scene s = { .radius = between(d[0].word[0], 6.5, 13) };
    const double centre = (OT__SIDE - 1) / 2.0, room = centre - s.radius;
    s.x = centre + between(d[0].word[1], -room, room);
    s.y = centre + between(d[0].word[2], -room, room);
    turn(d[0].word[3], &s);
    colour(d[1], d[2], &s);
    s.slope_x = between(d[3].word[0], -1, 1);
    s.slope_y = between(d[3].word[1], -1, 1);
    s.noise = between(d[3].word[2], 8, 40);
    return s;
}

/* Nearly a standard normal number: the sum of four bytes, shifted and scaled. */
static double noise(uint32_t word)
{
    const int sum = (int)((word & 255) + (word >> 8 & 255) + (word >> 16 & 255) + (word >> 24));
    return (sum - 510) * (1 / 147.8);
}

static uint8_t level(double v)
{
    return (uint8_t)(v <= 0 ? 0 : v >= 255 ? 255 : v + 0.5);
}

/* The fraction of a pixel that the shape covers. */
static double coverage(const struct shape *shape, const scene *s, int px, int py)
{
    const double dx = (px - s->x) / s->radius, dy = (s->y - py) / s->radius;
    const double x = s->cosine * dx + s->sine * dy, y = s->cosine * dy - s->sine * dx;
    const double inside = 0.5 - s->radius * shape->distance(x, y);
    return inside <= 0 ? 0 : inside >= 1 ? 1 : inside;
}

static void paint_image(uint64_t seed, ot_split split, uint32_t index, int label, uint8_t *v)
{
    const scene s = draw_scene(seed, split, index);
    for (int y = 0; y < OT__SIDE; y++)
        for (int x = 0; x < OT__SIDE; x++) {
            const double cover = coverage(&shapes[label], &s, x, y);
            const double shade = s.slope_x * (x - 16) + s.slope_y * (y - 16);
            const ot__draw grain = ot__random(seed, OT__RNG_SHAPES, (uint32_t)split, index, 4,
                                              (uint32_t)(y * OT__SIDE + x));
            for (int c = 0; c < OT__CHANNELS; c++)
                *v++ = level(s.ground[c] + shade + cover * (s.paint[c] - s.ground[c]) +
                             s.noise * noise(grain.word[c]));
        }
}

enum { CLASSES = sizeof shapes / sizeof shapes[0] };

ot_status ot__shapes_new(uint64_t seed, ot_split split, int count, ot_dataset **out)
{
    const ot_dataset_desc form = {
        .height = OT__SIDE, .width = OT__SIDE, .channels = OT__CHANNELS, .classes = CLASSES
    };
    OT_TRY(ot__check_memory((size_t)count * sizeof(ot__image32), "the built-in data set"));
    OT_TRY(ot__dataset_new(&form, count, out));
    ot_dataset *d = *out;
    d->count = count;
    d->normalisation = ot__normalisation_cifar10; /* as in all earlier versions */
    for (int c = 0; c < CLASSES; c++)
        snprintf(d->class_name[c], OT__NAME_SIZE, "%s", shapes[c].name);
    OT__PARALLEL_FOR
    for (int i = 0; i < count; i++) {
        d->label[i] = i % CLASSES;
        paint_image(seed, split, (uint32_t)i, d->label[i], ot__dataset_at(d, i).at);
    }
    return OT_OK;
}

/* ---- the source ---- */

enum { SEED = 0, TRAIN_IMAGES = 10000, TEST_IMAGES = 2000 };

/* The set has one place, its name alone. */
static ot_status open_builtin(const void *attributes, const char *place, ot_split split,
                              ot_dataset **out)
{
    (void)attributes;
    if (*place)
        return ot__fail(OT_ENOENT, "builtin:%s: builtin has no places; write --data builtin",
                        place);
    return ot__shapes_new(SEED, split, split == OT_SPLIT_TRAIN ? TRAIN_IMAGES : TEST_IMAGES, out);
}

const ot_source_kind ot_source_shapes = {
    .about.name = "builtin",
    .about.equation = "ten classes of coloured shapes",
    .place = "\"builtin\"",
    .alone = true,
    .open = open_builtin,
};
