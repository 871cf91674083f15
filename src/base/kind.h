/* SPDX-License-Identifier: BSD-3-Clause
 * Names the kind of a file that a reader does not understand.  Files of other programs are often
 * given by mistake, and the reader's own sentence would be about bytes. */
#ifndef OT_BASE_KIND_H
#define OT_BASE_KIND_H

#include "base/status.h"

/* What a reader expects. */
typedef enum ot__expected {
    OT__EXPECT_WEIGHTS,    /* a safetensors file */
    OT__EXPECT_TABLEAU,    /* the text of a tableau */
    OT__EXPECT_EXPERIMENT, /* an experiment file */
    OT__EXPECT_LINES,      /* lines of JSON */
    OT__EXPECT_IMAGES,     /* a data set */
    OT__EXPECT_PNG,        /* a picture */
} ot__expected;

/* Returns its status.  A reader calls it with the status of its reading.  If the content was wrong
 * and the file begins like one of another known kind, the new message says what the file is and
 * what would be right.  Errors of memory and of the disk keep their message. */
OT_PRIVATE ot_status ot__name_kind(ot_status status, const char *path, ot__expected expected);

#endif
