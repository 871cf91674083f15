/* SPDX-License-Identifier: BSD-3-Clause
 * A preset is applied through the rows of ot_option, in which its options are words. */
#include "base/preset.h"

#include <string.h>

#include "base/memory.h"
#include "base/option.h"

const ot_preset *ot__preset_find(const char *what, const char *name, int n,
                                 const ot_preset *const list[])
{
    const char **names = ot__new((size_t)n, sizeof *names);
    for (int i = 0; i < n; i++) {
        if (names) names[i] = list[i]->name;
        if (!name || strcmp(name, list[i]->name) != 0) continue;
        ot__free(names);
        return list[i];
    }
    const char *nearest = name && names ? ot_nearest(name, n, names) : NULL;
    ot__free(names);
    (void)ot__fail(OT_EINVAL, "there is no %s '%.40s'; did you mean '%s'?", what, name ? name : "",
                   nearest ? nearest : list[0]->name);
    return NULL;
}

static const ot_option *row_of(const ot_option *rows, const char *name)
{
    while (rows->name && strcmp(rows->name, name) != 0)
        rows++;
    return rows;
}

ot_status ot__preset_apply(const ot_preset *preset, const ot_option *rows, void *to,
                           bool (*leave)(const ot_option *row, const void *user), const void *user)
{
    for (const char *const(*pair)[2] = preset->options; (*pair)[0]; pair++) {
        const ot_option *const row = row_of(rows, (*pair)[0]);
        if (row->name && !leave(row, user)) OT_TRY(ot__option_read(row, (*pair)[1], to));
    }
    return OT_OK;
}

bool ot__preset_is_same(const ot_option *row, const void *a, const void *b)
{
    char one[OT__OPTION_TEXT], two[OT__OPTION_TEXT];
    ot__option_write(row, a, one, sizeof one);
    ot__option_write(row, b, two, sizeof two);
    return strcmp(one, two) == 0;
}
