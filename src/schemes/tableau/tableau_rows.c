/* SPDX-License-Identifier: BSD-3-Clause
 * Returns parts of a tableau: its rows of weights, its entries, its nodes c, its live stages. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "schemes/tableau/tableau.h"

int ot_tableau_rows(const ot_tableau *t)
{
    return t ? 1 + t->n_embedded : 0;
}

const char *ot_tableau_row_name(const ot_tableau *t, int row)
{
    if (!t || row < 0 || row > t->n_embedded) return NULL;
    return row == 0 ? "b" : t->embedded[row - 1].name;
}

const ot__row *ot__tableau_weights(const ot_tableau *t, int row)
{
    return row == 0 ? &t->b : &t->embedded[row - 1].b;
}

int ot__tableau_claim(const ot_tableau *t, int row)
{
    return row == 0 ? t->order : t->embedded[row - 1].order;
}

/* The text of a number, in memory that the caller releases with free(). */
static char *text_of(const ot__exact *x)
{
    char *text = ot__exact_text(x), *copy = text ? strdup(text) : NULL;
    ot__free(text);
    return copy;
}

char *ot_tableau_a(const ot_tableau *t, int i, int j)
{
    if (!t || i < 0 || i >= t->stages || j < 0 || j >= i) return NULL;
    return text_of(&t->a[i].x[j]);
}

char *ot_tableau_weight(const ot_tableau *t, int row, int i)
{
    if (!t || row < 0 || row > t->n_embedded || i < 0 || i >= t->stages) return NULL;
    return text_of(&ot__tableau_weights(t, row)->x[i]);
}

void ot__tableau_c(const ot_tableau *t, int i, ot__exact *c)
{
    ot__exact_set_int(c, 0);
    for (int j = 0; j < i; j++)
        ot__exact_add(c, c, &t->a[i].x[j]);
}

int ot__tableau_live(const ot_tableau *t, const ot__row *weights, bool live[])
{
    int n = 0;
    for (int i = t->stages - 1; i >= 0; i--) {
        live[i] = ot__exact_sign(&weights->x[i]) != 0;
        for (int later = i + 1; later < t->stages; later++)
            live[i] |= live[later] && ot__exact_sign(&t->a[later].x[i]) != 0;
        n += live[i];
    }
    return n;
}
