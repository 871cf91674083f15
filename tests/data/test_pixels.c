/* SPDX-License-Identifier: BSD-3-Clause
 * Compares operations on pixels with Pillow 9.4, whose results pillow.py wrote. */
#include <string.h>

#include "data/cases.h"
#include "data/pixels.h"

static const uint8_t black[3], grey[3] = { 128, 128, 128 };

static void shear_x(ot__image32 *image, double v)
{
    ot__pixels_affine(image, (const double[]){ 1, v, 0, 0, 1, 0 }, OT__NEAREST, black);
}

static void shear_y(ot__image32 *image, double v)
{
    ot__pixels_affine(image, (const double[]){ 1, 0, 0, v, 1, 0 }, OT__NEAREST, black);
}

static void shear_x_bicubic(ot__image32 *image, double v)
{
    ot__pixels_affine(image, (const double[]){ 1, v, 0, 0, 1, 0 }, OT__BICUBIC, grey);
}

static void shear_y_bicubic(ot__image32 *image, double v)
{
    ot__pixels_affine(image, (const double[]){ 1, 0, 0, v, 1, 0 }, OT__BICUBIC, grey);
}

static void translate_x(ot__image32 *image, double v)
{
    ot__pixels_affine(image, (const double[]){ 1, 0, v, 0, 1, 0 }, OT__NEAREST, black);
}

static void translate_y(ot__image32 *image, double v)
{
    ot__pixels_affine(image, (const double[]){ 1, 0, 0, 0, 1, v }, OT__NEAREST, grey);
}

static void rotate(ot__image32 *image, double v)
{
    ot__pixels_rotate(image, v, OT__NEAREST, black);
}

static void rotate_bicubic(ot__image32 *image, double v)
{
    ot__pixels_rotate(image, v, OT__BICUBIC, grey);
}

static void posterize(ot__image32 *image, double v)
{
    ot__pixels_posterize(image, (int)v);
}

static void autocontrast(ot__image32 *image, double v)
{
    (void)v;
    ot__pixels_autocontrast(image);
}

static void equalize(ot__image32 *image, double v)
{
    (void)v;
    ot__pixels_equalize(image);
}

static void invert(ot__image32 *image, double v)
{
    (void)v;
    ot__pixels_invert(image);
}

static const struct {
    const char *name;
    void (*apply)(ot__image32 *image, double v);
} ops[] = {
    { "shear_x", shear_x },
    { "shear_y", shear_y },
    { "shear_x_bicubic", shear_x_bicubic },
    { "shear_y_bicubic", shear_y_bicubic },
    { "translate_x", translate_x },
    { "translate_y", translate_y },
    { "rotate", rotate },
    { "rotate_bicubic", rotate_bicubic },
    { "color", ot__pixels_color },
    { "contrast", ot__pixels_contrast },
    { "brightness", ot__pixels_brightness },
    { "sharpness", ot__pixels_sharpness },
    { "posterize", posterize },
    { "solarize", ot__pixels_solarize },
    { "autocontrast", autocontrast },
    { "equalize", equalize },
    { "invert", invert },
};
enum { OPS = sizeof ops / sizeof ops[0] };

START_TEST(an_operation_gives_the_bytes_of_pillow)
{
    char name[32];
    int image, compared = 0;
    double v;
    unsigned long long expected;
    FILE *f = open_vectors("pillow.txt");
    while (fscanf(f, "%d %31s %lf %llx", &image, name, &v, &expected) == 4) {
        if (strcmp(name, ops[_i].name) != 0) continue;
        ot__image32 made = pillow_image(image);
        ops[_i].apply(&made, v);
        ck_assert_msg(fnv(&made) == expected, "image %d, %s %.17g", image, name, v);
        compared++;
    }
    ck_assert_int_eq(fgetc(f), EOF);
    fclose(f);
    ck_assert_int_ge(compared, 6); /* images */
}
END_TEST

TCase *pixels_case(void)
{
    TCase *c = tcase_create("pixels");
    tcase_add_loop_test(c, an_operation_gives_the_bytes_of_pillow, 0, OPS);
    return c;
}
