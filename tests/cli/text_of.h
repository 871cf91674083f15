/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef OT_TESTS_CLI_TEXT_OF_H
#define OT_TESTS_CLI_TEXT_OF_H

#include <stdio.h>

/* The text of a file, its beginning if it is long, until the next call; "" where there is none. */
static inline const char *text_of(const char *path)
{
    static char text[1 << 16];
    FILE *const f = fopen(path, "r");
    const size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
    if (f) fclose(f);
    text[n] = 0;
    return text;
}

#endif
