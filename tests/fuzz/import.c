/* SPDX-License-Identifier: BSD-3-Clause
 * Any text is a tableau in another notation, or refused with a line in a sentence; and what is
 * imported has a text that is a tableau. */
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
    promise(line >= 1 && (size_t)line <= size + 1, "the place is in the text");
    promise(strlen(ot_message()) > (size_t)used, "a complaint is a sentence");
}

static void check_text(const ot_tableau *t)
{
    char *text = NULL;
    ot_tableau *copy = NULL;
    promise(ot__tableau_text(t, &text) == OT_OK, "a tableau has a text");
    promise(ot__tableau_parse(text, strlen(text), "f", &copy) == OT_OK, "which is a tableau");
    ot_tableau_free(copy);
    ot__free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *const text = ot__new(size + 1, 1), *notes = NULL;
    ot_tableau *t = NULL;
    if (!text) return 0;
    memcpy(text, data, size);
    const ot_status status = ot_tableau_import(text, "f", "imported", &t, &notes);
    promise(status == OT_OK || status == OT_EFORMAT || status == OT_EINVAL,
            "a text is good or malformed, or too long for a proof");
    if (status == OT_OK)
        check_text(t);
    else if (status == OT_EFORMAT)
        check_complaint(size);
    promise((status == OT_OK) == (notes != NULL), "there are notes if there is a tableau");
    ot_tableau_free(t);
    free(notes);
    ot__free(text);
    return 0;
}
