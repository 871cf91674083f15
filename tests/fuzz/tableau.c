/* SPDX-License-Identifier: BSD-3-Clause
 * Any bytes are a tableau, or refused with a place in a sentence; and the text of a tableau is a
 * tableau with that text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "fuzz/promise.h"
#include "schemes/tableau/tableau.h"

static void check_complaint(size_t size)
{
    int line = 0, column = 0, used = 0;
    promise(sscanf(ot_message(), "f:%d:%d: %n", &line, &column, &used) == 2 && used > 0,
            "a complaint has a place");
    promise(line >= 1 && (size_t)line <= size + 1 && column >= 1 && (size_t)column <= size + 1,
            "the place is in the text");
    promise(strlen(ot_message()) > (size_t)used, "a complaint is a sentence");
}

static void check_round_trip(const ot_tableau *t)
{
    char *text = NULL, *again = NULL;
    ot_tableau *copy = NULL;
    promise(ot__tableau_text(t, &text) == OT_OK, "a tableau has a text");
    promise(ot__tableau_parse(text, strlen(text), "f", &copy) == OT_OK, "which is a tableau");
    promise(ot__tableau_text(copy, &again) == OT_OK, "with a text");
    promise(strcmp(text, again) == 0, "that is the same");
    ot_tableau_free(copy);
    ot__free(text);
    ot__free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = ot__new(size + 1, 1); /* with a zero behind it, as files are read */
    ot_tableau *t = NULL;
    if (!text) return 0;
    memcpy(text, data, size);
    const ot_status status = ot__tableau_parse(text, size, "f", &t);
    promise(status == OT_OK || status == OT_EFORMAT, "a text is good or malformed");
    if (status == OT_OK)
        check_round_trip(t);
    else
        check_complaint(size);
    ot_tableau_free(t);
    ot__free(text);
    return 0;
}
