/* SPDX-License-Identifier: BSD-3-Clause
 * Compares scaled images with Pillow 9.4, whose results import.py wrote. */
#include "data/resize.h"

#include <string.h>

#include "base/memory.h"
#include "data/cases.h"

/* The image that import.py makes. */
static ot__image pattern(int height, int width, int channels)
{
    const ot__image image = { height, width, channels, ot__new((size_t)(height * width), 4) };
    for (int i = 0; i < height * width * channels; i++)
        image.at[i] = (uint8_t)((uint32_t)(i + 1) * 2654435761u >> 24);
    return image;
}

START_TEST(scaled_images_have_the_bytes_of_pillow)
{
    char line[8192];
    int channels, from[2], to[2], n = 0;
    unsigned long long hash;
    FILE *const f = open_vectors("import.txt");
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "size %d %d %d %d %d %llx", &channels, &from[0], &from[1], &to[0], &to[1],
                   &hash) != 6)
            continue;
        ot__image in = pattern(from[0], from[1], channels), out = pattern(to[0], to[1], channels);
        ck_ok(ot__resize(&in, &out));
        ck_assert_msg(fnv_of(out.at, (size_t)(to[0] * to[1] * channels)) == hash, "%s", line);
        ot__free(in.at);
        ot__free(out.at);
        n++;
    }
    fclose(f);
    ck_assert_int_ge(n, 26);
}
END_TEST

START_TEST(an_image_of_the_same_size_stays_as_it_is)
{
    ot__image in = pattern(9, 13, 2), out = pattern(9, 13, 2);
    memset(out.at, 0, 9 * 13 * 2);
    ck_ok(ot__resize(&in, &out));
    ck_assert_mem_eq(in.at, out.at, 9 * 13 * 2);
    ot__free(in.at);
    ot__free(out.at);
}
END_TEST

START_TEST(an_even_image_stays_even)
{
    ot__image in = pattern(31, 7, 3), out = pattern(5, 50, 3);
    memset(in.at, 255, 31 * 7 * 3);
    ck_ok(ot__resize(&in, &out));
    for (int i = 0; i < 5 * 50 * 3; i++)
        ck_assert_int_eq(out.at[i], 255);
    ot__free(in.at);
    ot__free(out.at);
}
END_TEST

TCase *resize_case(void)
{
    TCase *c = tcase_create("resize");
    tcase_add_test(c, scaled_images_have_the_bytes_of_pillow);
    tcase_add_test(c, an_image_of_the_same_size_stays_as_it_is);
    tcase_add_test(c, an_even_image_stays_even);
    return c;
}
