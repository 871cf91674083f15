/* SPDX-License-Identifier: BSD-3-Clause
 * Reading a small file in a test. */
#ifndef OT_TESTS_CLI_TEXT_OF_H
#define OT_TESTS_CLI_TEXT_OF_H

#include <stdio.h>

/* Returns the beginning of a file as text, valid until the next call; "" if there is no file. */
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
