/* SPDX-License-Identifier: BSD-3-Clause
 * Any text describes blocks, or a sentence says why not; and the plain form of blocks describes the
 * same blocks.  Texts that name a file are left to tests/fuzz/tableau.c. */
#include "models/blocks.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "fuzz/promise.h"

static void check_plain_form(const ot__blocks *blocks)
{
    char text[OT__BLOCKS_TEXT_MOST], again[OT__BLOCKS_TEXT_MOST];
    ot__blocks copy;
    int total = 0;
    if (ot__blocks_text(blocks, text) != OT_OK) return; /* it is too long */
    promise(ot__blocks_parse(text, 0, NULL, &copy) == OT_OK, "it is understood");
    promise(copy.n == blocks->n, "as equally many groups");
    for (int i = 0; i < copy.n; i++) {
        promise(copy.group[i].count == blocks->group[i].count, "of equally many blocks");
        promise(copy.group[i].count >= 1, "at least one");
        total += copy.group[i].count;
    }
    promise(total <= OT__MOST_BLOCKS, "and not too many");
    promise(ot__blocks_text(&copy, again) == OT_OK, "and has a plain form");
    promise(strcmp(text, again) == 0, "and has the same plain form");
    ot__blocks_free(&copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ot__blocks blocks;
    char *text = ot__format("%.*s", (int)size, size ? (const char *)data : "");
    if (!text) return 0;
    if (!strpbrk(text, "./")) {
        const ot_status status = ot__blocks_parse(text, 0, NULL, &blocks);
        promise(status == OT_OK || status == OT_EINVAL, "a text is understood or refused");
        if (status == OT_OK) {
            check_plain_form(&blocks);
            ot__blocks_free(&blocks);
        } else {
            promise(strncmp(ot_message(), "net: ", 5) == 0 && ot_message()[5], "with a sentence");
        }
    }
    ot__free(text);
    return 0;
}
