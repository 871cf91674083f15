/* SPDX-License-Identifier: BSD-3-Clause
 * Writes what an import has found as a text of odetape-tableau(5), reads it as a tableau, and lets
 * the tableau claim the orders that are proved. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "schemes/tableau/import.h"

/* ---- notes and grids ---- */

static ot_status append(char **text, size_t *n, size_t *capacity, const char *words)
{
    const size_t length = strlen(words);
    OT_TRY(ot__grow((void **)text, capacity, *n + length + 1, 1));
    memcpy(*text + *n, words, length + 1);
    *n += length;
    return OT_OK;
}

ot_status ot__import_note(ot__import *m, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *const line = ot__format_list(format, args);
    va_end(args);
    ot_status status = line ? append(&m->notes, &m->n_notes, &m->notes_capacity, line) : OT_ENOMEM;
    ot__free(line);
    if (status == OT_OK) status = append(&m->notes, &m->n_notes, &m->notes_capacity, "\n");
    return status;
}

int ot__grid_columns(const ot__grid *g, int row)
{
    return row < g->rows ? g->begin[row + 1] - g->begin[row] : 0;
}

const char *ot__grid_text(const ot__grid *g, int row, int column)
{
    return column < ot__grid_columns(g, row) ? g->cell[g->begin[row] + column].text : NULL;
}

bool ot__is_zero(const char *text)
{
    if (!text) return true;
    const size_t n = strlen(text);
    return strspn(text, "0.()+-") == n || (text[0] == '0' && strcspn(text, "123456789sqrt") == n);
}

bool ot__grid_ends(const ot__grid *g, int row, int column)
{
    for (int j = column; j < ot__grid_columns(g, row); j++)
        if (!ot__is_zero(ot__grid_text(g, row, j))) return false;
    return true;
}

/* ---- texts ---- */

typedef struct output {
    char *data;
    size_t n, capacity;
} output;

static ot_status put(output *to, const char *words)
{
    const size_t n = strlen(words);
    OT_TRY(ot__grow((void **)&to->data, &to->capacity, to->n + n + 1, 1));
    memcpy(to->data + to->n, words, n + 1);
    to->n += n;
    return OT_OK;
}

static ot_status put_row(output *to, const char *key, int n, const char *const row[])
{
    OT_TRY(put(to, key));
    for (int j = 0; j < n; j++) {
        OT_TRY(put(to, j ? ", " : " = "));
        OT_TRY(put(to, row[j] ? row[j] : "0"));
    }
    return put(to, "\n");
}

static ot_status write_text(const ot__import *m, const char *name, output *to)
{
    char key[80];
    OT_TRY(put(to, "order = 0\nscheme = "));
    OT_TRY(put(to, name));
    OT_TRY(put(to, "\n"));
    for (int i = 1; i < m->stages; i++) {
        snprintf(key, sizeof key, "a%d", i + 1);
        OT_TRY(put_row(to, key, i, m->a[i]));
    }
    OT_TRY(put_row(to, "b", m->stages, m->b));
    for (int e = 0; e < m->hats; e++) {
        snprintf(key, sizeof key, "embedded embedded%d (order 0)", e + 1);
        OT_TRY(put_row(to, key, m->stages, m->hat[e]));
    }
    return m->has_c ? put_row(to, "c", m->stages, m->c) : OT_OK;
}

/* The places in a message are those of a text that nobody has seen. */
static ot_status without_place(const char *origin)
{
    const char *sentence = ot_message();
    char copy[384];
    for (int colons = 0; *sentence && colons < 3; sentence++)
        colons += *sentence == ':';
    snprintf(copy, sizeof copy, "%s", sentence + strspn(sentence, " "));
    return ot__complain((ot__place){ origin, 1, 1 }, "%s", copy);
}

/* Gives an embedded method without a name of its own the name "order4", unless another has it. */
static void name_by_order(ot_tableau *t, int e)
{
    char name[OT__NAME_MOST + 1];
    if (strncmp(t->embedded[e].name, "embedded", 8) != 0) return;
    snprintf(name, sizeof name, "order%d", t->embedded[e].order);
    for (int other = 0; other < t->n_embedded; other++)
        if (strcmp(t->embedded[other].name, name) == 0) return;
    strcpy(t->embedded[e].name, name);
}

/* The orders within the rounding of decimals. */
static ot_status claim_orders(ot_tableau *t)
{
    const int rows = ot_tableau_rows(t);
    ot_order_report *const report = ot__new((size_t)rows, sizeof *report);
    if (!report) return OT_ENOMEM;
    const ot_status status = ot_tableau_order(t, rows, report);
    for (int row = 0; row < rows && status == OT_OK; row++)
        *(row ? &t->embedded[row - 1].order : &t->order) = report[row].rounded;
    for (int e = 0; e < t->n_embedded && status == OT_OK; e++)
        name_by_order(t, e);
    ot__free(report);
    return status;
}

static ot_status make(ot__import *m, const char *origin, const char *name, ot_tableau **out)
{
    output t = { 0 };
    ot_status status = write_text(m, name, &t);
    if (status == OT_OK) {
        status = ot__tableau_parse(t.data, t.n, "import", out);
        if (status == OT_EFORMAT) status = without_place(origin);
    }
    ot__free(t.data);
    OT_TRY(status);
    return claim_orders(*out);
}

/* A text that is a tableau already keeps its name and gets the proved orders. */
static ot_status read_ours(const char *text, ot_tableau **out)
{
    OT_TRY(ot__tableau_parse(text, strlen(text), "import", out));
    return claim_orders(*out);
}

static void clear(ot__import *m)
{
    for (size_t i = 0; i < m->n_owned; i++)
        ot__free(m->owned[i]);
    ot__free(m->owned);
    ot__pasted_free(m->p);
}

/* Reads the smallest tableau of this name. */
static ot_status check_name(const char *name)
{
    output t = { 0 };
    ot_tableau *named = NULL;
    ot_status status = write_text(&(ot__import){ .stages = 1, .b = { "1" } }, name, &t);
    if (status == OT_OK) status = ot__tableau_parse(t.data, t.n, "name", &named);
    if (status == OT_EFORMAT)
        status = ot__fail(OT_EINVAL, "%s", ot_message());
    else if (status == OT_OK && strcmp(named->name, name) != 0)
        status = ot__fail(OT_EINVAL, "the name of a tableau is one word, \"%s\"", named->name);
    ot_tableau_free(named);
    ot__free(t.data);
    return status;
}

ot_status ot_tableau_import(const char *text, const char *origin, const char *name,
                            ot_tableau **out, char **notes)
{
    ot__pasted p = { 0 };
    OT_TRY(ot__check_given("tableau", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("tableau", "where to put the notes", notes));
    *notes = NULL;
    OT_TRY(ot__check_given("tableau", "the text", text));
    OT_TRY(ot__check_given("tableau", "the origin", origin));
    OT_TRY(ot__check_given("tableau", "the name", name));
    OT_TRY(check_name(name));
    ot_status status = read_ours(text, out);
    if (status == OT_OK) {
        *notes = strdup("the text is a tableau of odetape already");
        return *notes ? OT_OK : ot__fail(OT_ENOMEM, "out of memory for notes");
    }
    if (status != OT_EFORMAT) return status;
    ot__import *const m = ot__new(1, sizeof *m);
    if (!m) return OT_ENOMEM;
    m->p = &p;
    status = ot__pasted_read(text, strlen(text), origin, &p);
    if (status == OT_OK) status = ot__import_find(m);
    if (status == OT_OK) status = make(m, origin, name, out);
    if (status == OT_OK) {
        *notes = strdup(m->notes ? m->notes : "");
        if (!*notes) status = ot__fail(OT_ENOMEM, "out of memory for notes");
    }
    if (status != OT_OK) {
        ot_tableau_free(*out);
        *out = NULL;
    }
    clear(m);
    ot__free(m->notes);
    ot__free(m);
    return status;
}
