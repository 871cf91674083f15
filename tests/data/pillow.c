/* SPDX-License-Identifier: BSD-3-Clause
 * The images that pillow.py gives to Pillow, the files of import.py, and the hash by which results
 * are compared. */
#include <string.h>

#include "data/cases.h"

static uint8_t pixel(int image, int i, int c)
{
    const int x = i % 32, y = i / 32;
    const int noise = (int)(((uint32_t)(i * 3 + c) * 2654435761u) >> 24);
    const int v[] = { noise,
                      (x * 7 + y * 3 + c * 40 + noise / 8) % 256,
                      90 + noise / 64,
                      77,
                      i == 5 ? 250 : 20 + noise / 16,
                      noise > 128 ? 255 : 0 };
    return (uint8_t)v[image];
}

ot__image32 pillow_image(int image)
{
    ot__image32 made;
    for (int i = 0; i < 3072; i++)
        (&made.at[0][0][0])[i] = pixel(image, i / 3, i % 3);
    return made;
}

uint64_t fnv_of(const uint8_t *data, size_t n)
{
    uint64_t h = 0xCBF29CE484222325u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ data[i]) * 0x100000001B3u;
    return h;
}

uint64_t fnv(const ot__image32 *image)
{
    return fnv_of(&image->at[0][0][0], sizeof *image);
}

FILE *open_vectors(const char *name)
{
    char path[512];
    const char *const where = getenv("srcdir");
    snprintf(path, sizeof path, "%s/tests/data/%s", where ? where : ".", name);
    FILE *f = fopen(path, "r");
    ck_assert_msg(f != NULL, "%s: cannot open; srcdir must be the source directory", path);
    return f;
}

size_t png_file(int i, uint8_t *data, size_t most)
{
    char line[8192];
    int start;
    size_t n = 0;
    FILE *const f = open_vectors("import.txt");
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "file %*s %n", &start) == 0 && strncmp(line, "file ", 5) == 0 && i-- == 0)
            break;
    ck_assert_int_lt(i, 0);
    for (unsigned byte; n < most && sscanf(line + start + 2 * n, "%2x", &byte) == 1; n++)
        data[n] = (uint8_t)byte;
    fclose(f);
    ck_assert(n > 60 && n < most);
    return n;
}
