/* SPDX-License-Identifier: BSD-3-Clause
 * A small font for class names in pictures. */
#ifndef OT_DATA_FONT_H
#define OT_DATA_FONT_H

#include <stdbool.h>
#include <stdint.h>

enum {
    OT__FONT_WIDTH = 6,
    OT__FONT_HEIGHT = 8
}; /* of a character, in dots, with the gap after it */

/* Whether a dot of a character is set; false outside of it, and for a character that is not
 * printable ASCII. */
bool ot__font_dot(char character, int y, int x);

#endif
