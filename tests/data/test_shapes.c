/* SPDX-License-Identifier: BSD-3-Clause
 * Compares the images of the generator with geometry: the mean brightness of a class above its
 * background is proportional to the area of the shape, and rings and frames are hollow. */
#include <math.h>
#include <string.h>

#include "data/cases.h"

static ot_dataset *made(uint64_t seed, ot_split split, int n)
{
    ot_dataset *d = NULL;
    ck_ok(ot__shapes_new(seed, split, n, &d));
    return d;
}

START_TEST(the_builtin_set_has_balanced_classes_with_names_that_differ)
{
    static const int size[] = { [OT_SPLIT_TRAIN] = 10000, [OT_SPLIT_TEST] = 2000 };
    for (int split = OT_SPLIT_TRAIN; split <= OT_SPLIT_TEST; split++) {
        ot_dataset *d = open_set("builtin", (ot_split)split);
        int count[10] = { 0 };
        ck_assert_int_eq(ot_dataset_count(d), size[split]);
        for (int i = 0; i < size[split]; i++)
            count[ot_dataset_label(d, i)]++;
        for (int a = 0; a < 10; a++) {
            ck_assert_int_eq(count[a], size[split] / 10);
            for (int b = 0; b < a; b++)
                ck_assert_str_ne(ot_dataset_class_name(d, a), ot_dataset_class_name(d, b));
        }
        ot_dataset_free(d);
    }
}
END_TEST

/* Whether two images have nearly the same colours, as those of one scene with different noise. */
static bool alike(const uint8_t *a, const uint8_t *b)
{
    double difference[3] = { 0 };
    for (int i = 0; i < 3072; i++)
        difference[i % 3] += (a[i] - b[i]) / 1024.0;
    return fabs(difference[0]) < 5 && fabs(difference[1]) < 5 && fabs(difference[2]) < 5;
}

START_TEST(a_set_depends_on_seed_and_split_and_not_on_threads_or_count)
{
    ot_dataset *a = made(5, OT_SPLIT_TRAIN, 300), *longer = made(5, OT_SPLIT_TRAIN, 301);
    for (int threads = 1; threads <= 3; threads++) {
        ck_ok(ot_set_threads(threads));
        ot_dataset *again = made(5, OT_SPLIT_TRAIN, 300);
        ck_assert(same_sets(a, again));
        ot_dataset_free(again);
    }
    ot_dataset *seed = made(6, OT_SPLIT_TRAIN, 300), *split = made(5, OT_SPLIT_TEST, 300);
    int same_seed = 0, same_split = 0, same_index = 0;
    for (int i = 0; i < 300; i++) {
        const uint8_t *v = ot_dataset_image(a, i);
        ck_assert_mem_eq(v, ot_dataset_image(longer, i), 3072);
        same_seed += alike(v, ot_dataset_image(seed, i));
        same_split += alike(v, ot_dataset_image(split, i));
        same_index += alike(v, ot_dataset_image(a, (i + 10) % 300));
    }
    ck_assert_int_le(same_seed, 5); /* of 300: fewer than 1 by chance */
    ck_assert_int_le(same_split, 5);
    ck_assert_int_le(same_index, 5);
    ot_dataset_free(a);
    ot_dataset_free(longer);
    ot_dataset_free(seed);
    ot_dataset_free(split);
}
END_TEST

static double light(const uint8_t *v, int y, int x)
{
    const uint8_t *p = v + (y * 32 + x) * 3;
    return p[0] + p[1] + p[2];
}

/* The brightness of an image above its background, per pixel: of all pixels, and of the middle of
 * the shape. */
static void measure(const uint8_t *v, double *all, double *middle)
{
    double ground = 0, sum = 0, sum_x = 0, sum_y = 0;
    for (int i = 0; i < 32; i++)
        ground += light(v, 0, i) + light(v, 31, i) + light(v, i, 0) + light(v, i, 31);
    ground /= 4 * 32;
    /* The shade of the background is an odd function about the centre.  Its slope is fitted along
     * the border and subtracted. */
    double slope_x = 0, slope_y = 0;
    for (int i = 0; i < 32; i++) {
        slope_x += (light(v, i, 31) - light(v, i, 0)) / (31 * 32);
        slope_y += (light(v, 31, i) - light(v, 0, i)) / (31 * 32);
    }
#define EXCESS(y, x) (light(v, y, x) - ground - slope_x * ((x)-15.5) - slope_y * ((y)-15.5))
    for (int y = 0; y < 32; y++)
        for (int x = 0; x < 32; x++) {
            sum += EXCESS(y, x);
            sum_x += x * EXCESS(y, x);
            sum_y += y * EXCESS(y, x);
        }
    const int x = (int)lrint(fmin(fmax(sum_x / sum, 1), 30));
    const int y = (int)lrint(fmin(fmax(sum_y / sum, 1), 30));
    *all = sum / (32 * 32);
    *middle = EXCESS(y, x);
#undef EXCESS
}

/* The area of a disc of radius R without its part in a disc of radius r whose centre is d away. */
static double moon_area(double R, double r, double d)
{
    const double a = acos((d * d + R * R - r * r) / (2 * d * R));
    const double b = acos((d * d + r * r - R * R) / (2 * d * r));
    const double lens = R * R * (a - sin(2 * a) / 2) + r * r * (b - sin(2 * b) / 2);
    return M_PI * R * R - lens;
}

START_TEST(every_class_has_the_area_of_its_shape_and_hollow_ones_are_hollow)
{
    /* In the order of the classes, for shapes in the unit disc. */
    const double spikes = 5 * sin(M_PI / 5) * cos(2 * M_PI / 5) / cos(M_PI / 5);
    const double area[10] = {
        M_PI * 0.85 * 0.85,
        M_PI * (0.95 * 0.95 - 0.55 * 0.55),
        1.4 * 1.4,
        1.4 * 1.4 - 0.8 * 0.8,
        3 * sqrt(3) / 4,
        2 * 1.9 * 0.56 - 0.56 * 0.56,
        spikes,
        2 * 0.7 * 0.7 + M_PI * 0.7 * 0.7 / 2,
        moon_area(0.95, 0.75, 0.45),
        3 * 0.28 * 1.4,
    };
    static const char *const names[10] = { "disc",  "ring", "square", "frame", "triangle",
                                           "cross", "star", "heart",  "moon",  "bars" };
    enum { N = 20000 };
    ot_dataset *d = made(11, OT_SPLIT_TRAIN, N);
    double all[10] = { 0 }, middle[10] = { 0 }, total = 0, total_area = 0;
    for (int i = 0; i < N; i++) {
        double a, m;
        measure(ot_dataset_image(d, i), &a, &m);
        all[ot_dataset_label(d, i)] += a;
        middle[ot_dataset_label(d, i)] += m;
    }
    for (int c = 0; c < 10; c++) {
        total += all[c];
        total_area += area[c];
        ck_assert_str_eq(ot_dataset_class_name(d, c), names[c]);
    }
    for (int c = 0; c < 10; c++) {
        const double measured = all[c] / total * total_area;
        ck_assert_msg(fabs(measured / area[c] - 1) < 0.06, "%s: area %.3f instead of %.3f",
                      names[c], measured, area[c]);
        const bool hollow = c == 1 || c == 3;
        const double filled = middle[c] / middle[0];
        if (c != 8) /* the middle of a moon is on its edge */
            ck_assert_msg(hollow ? filled < 0.15 : filled > 0.7, "%s: middle %.3f of a disc's",
                          names[c], filled);
    }
    ot_dataset_free(d);
}
END_TEST

TCase *shapes_case(void)
{
    TCase *c = tcase_create("shapes");
    tcase_add_test(c, the_builtin_set_has_balanced_classes_with_names_that_differ);
    tcase_add_test(c, a_set_depends_on_seed_and_split_and_not_on_threads_or_count);
    tcase_add_test(c, every_class_has_the_area_of_its_shape_and_hollow_ones_are_hollow);
    return c;
}
