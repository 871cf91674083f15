/* SPDX-License-Identifier: BSD-3-Clause
 * Writes a tableau as text, with the keys of a paragraph aligned.  The inverse of the parser.  A
 * decimal that may be rounded is written as it was read, since its digits say how far. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "schemes/tableau/tableau.h"

typedef struct text {
    char *data;
    size_t size, capacity;
} text;

static ot_status put(text *to, const char *words)
{
    const size_t n = strlen(words);
    OT_TRY(ot__grow((void **)&to->data, &to->capacity, to->size + n + 1, 1));
    memcpy(to->data + to->size, words, n + 1);
    to->size += n;
    return OT_OK;
}

static ot_status put_line(text *to, const char *key, const char *value)
{
    if (!value) return OT_OK;
    OT_TRY(put(to, key));
    OT_TRY(put(to, value));
    return put(to, "\n");
}

static ot_status put_row(text *to, const char *key, const ot__row *row)
{
    OT_TRY(put(to, key));
    for (int i = 0; i < row->n; i++) {
        const ot__rounding *const read = &row->rounding[i];
        char *number = read->verbatim ? ot__format("%s", read->text) : ot__exact_text(&row->x[i]);
        ot_status status = number ? OT_OK : OT_ENOMEM;
        if (status == OT_OK && i > 0) status = put(to, ", ");
        if (status == OT_OK) status = put(to, number);
        ot__free(number);
        OT_TRY(status);
    }
    return put(to, "\n");
}

static ot_status put_head(text *to, const ot_tableau *t)
{
    char order[16];
    snprintf(order, sizeof order, "%d", t->order);
    OT_TRY(put_line(to, "scheme    = ", t->name));
    OT_TRY(put_line(to, "title     = ", t->title));
    OT_TRY(put_line(to, "order     = ", order));
    return put_line(to, "reference = ", t->reference);
}

static ot_status put_rows(text *to, const ot_tableau *t)
{
    char key[80];
    const int width = t->stages < 10 ? 1 : 2;
    for (int i = 1; i < t->stages; i++) {
        snprintf(key, sizeof key, "a%-*d = ", width, i + 1);
        OT_TRY(put_row(to, key, &t->a[i]));
    }
    snprintf(key, sizeof key, "b%*s = ", t->stages > 1 ? width : 0, "");
    OT_TRY(put_row(to, key, &t->b));
    for (int e = 0; e < t->n_embedded; e++) {
        snprintf(key, sizeof key, "embedded %s (order %d) = ", t->embedded[e].name,
                 t->embedded[e].order);
        OT_TRY(put_row(to, key, &t->embedded[e].b));
    }
    return OT_OK;
}

ot_status ot__tableau_text(const ot_tableau *t, char **out)
{
    text to = { 0 };
    ot_status status = put_head(&to, t);
    if (status == OT_OK) status = put_rows(&to, t);
    if (status == OT_OK)
        *out = to.data;
    else
        ot__free(to.data);
    return status;
}
