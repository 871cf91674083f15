/* SPDX-License-Identifier: BSD-3-Clause
 * Makes tableaux from a text, a file or doubles.  Doubles are written as text first, so that one
 * parser checks everything. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/file.h"
#include "base/kind.h"
#include "base/memory.h"
#include "schemes/tableau/tableau.h"

/* The largest difference in an order condition that counts as rounding.  Rounding errors of 2^-53
 * are multiplied by the coefficients, which reach thousands in Verner's methods; the true residuals
 * of methods in use are larger than this. */
static const double rounding = 1e-12;

ot_status ot_tableau_parse(const char *text, const char *origin, ot_tableau **out)
{
    OT_TRY(ot__check_given("tableau", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("tableau", "the text", text));
    OT_TRY(ot__check_given("tableau", "the origin", origin));
    return ot__tableau_parse(text, strlen(text), origin, out);
}

ot_status ot_tableau_read(const char *path, ot_tableau **out)
{
    char *text = NULL;
    size_t size = 0;
    OT_TRY(ot__check_given("tableau", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("tableau", "the path", path));
    ot_status status = ot__file_read(path, OT__TEXT_MOST, &text, &size);
    if (status == OT_OK) status = ot__tableau_parse(text, size, path, out);
    ot__free(text);
    return ot__name_kind(status, path, OT__EXPECT_TABLEAU);
}

/* ---- doubles ---- */

typedef struct writer {
    char *text;
    size_t used, capacity;
} writer;

static ot_status put(writer *w, const char *words)
{
    const size_t n = strlen(words);
    OT_TRY(ot__grow((void **)&w->text, &w->capacity, w->used + n + 1, 1));
    memcpy(w->text + w->used, words, n + 1);
    w->used += n;
    return OT_OK;
}

static ot_status put_number(writer *w, double x)
{
    ot__exact value;
    if (!isfinite(x)) return ot__fail(OT_EINVAL, "a coefficient is not finite");
    ot__exact_init(&value);
    ot__exact_set_double(&value, x);
    char *text = ot__exact_text(&value);
    const ot_status status = text ? put(w, text) : OT_ENOMEM;
    ot__free(text);
    ot__exact_clear(&value);
    return status;
}

static ot_status put_row(writer *w, const char *key, int n, const double x[])
{
    OT_TRY(put(w, key));
    for (int i = 0; i < n; i++) {
        OT_TRY(put(w, i ? ", " : " = "));
        OT_TRY(put_number(w, x[i]));
    }
    return put(w, "\n");
}

static ot_status put_all(writer *w, const char *name, int stages, const double a[],
                         const double b[])
{
    OT_TRY(put(w, "order = 0\nscheme = "));
    OT_TRY(put(w, name));
    OT_TRY(put(w, "\n"));
    for (int i = 1; i < stages; a += i++) {
        char key[] = { 'a', '0', '0', 0 };
        key[1] = (char)('0' + (i + 1) / 10);
        key[2] = (char)('0' + (i + 1) % 10);
        if (i + 1 < 10) memmove(key + 1, key + 2, 2);
        OT_TRY(put_row(w, key, i, a));
    }
    return put_row(w, "b", stages, b);
}

/* Claims the order that the conditions prove. */
static ot_status claim_order(ot_tableau *t)
{
    ot_order_report report;
    t->tolerance = rounding;
    OT_TRY(ot_tableau_order(t, 1, &report));
    t->order = report.order;
    return OT_OK;
}

static ot_status build(writer *w, const char *name, int stages, const double a[], const double b[],
                       ot_tableau **out)
{
    OT_TRY(put_all(w, name, stages, a, b));
    const ot_status status = ot__tableau_parse(w->text, w->used, name, out);
    if (status == OT_EFORMAT) return ot__fail(OT_EINVAL, "%s", ot_message());
    OT_TRY(status);
    if (strcmp((*out)->name, name) != 0)
        return ot__fail(OT_EINVAL, "a scheme's name is one word, \"%s\"", (*out)->name);
    return claim_order(*out);
}

ot_status ot_tableau_new(const char *name, int stages, const double a[], const double b[],
                         ot_tableau **out)
{
    writer w = { 0 };
    OT_TRY(ot__check_given("tableau", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("tableau", "the name", name));
    if (stages < 1 || stages > OT__STAGES_MOST)
        return ot__fail(OT_EINVAL, "%s: %d stages; a tableau has 1 to %d", name, stages,
                        OT__STAGES_MOST);
    OT_TRY(ot__check_given("tableau", "a", stages > 1 ? a : b));
    OT_TRY(ot__check_given("tableau", "b", b));
    const ot_status status = build(&w, name, stages, a, b, out);
    ot__free(w.text);
    if (status == OT_OK) return OT_OK;
    ot_tableau_free(*out);
    *out = NULL;
    return status;
}
