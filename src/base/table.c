/* SPDX-License-Identifier: BSD-3-Clause
 * Prints pages.  The rows of a text are kept until the table ends, since columns are as wide as
 * their longest cell.  If a line of a text that is not wide would be too long, the last column is
 * cut if it is a text, and after that the first column gets narrower: a longer cell there stands on
 * a line of its own.  So no name is ever cut. */
#include "base/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

enum { CELL = 64, LEAST_CUT = 16 };

/* ---- cells ---- */

static const char *text_in(const ot__column *c, const void *row)
{
    return *(const char *const *)((const char *)row + c->offset);
}

static double number_in(const ot__column *c, const void *row)
{
    return *(const double *)((const char *)row + c->offset);
}

static bool flag_in(const ot__column *c, const void *row)
{
    return *(const bool *)((const char *)row + c->offset);
}

static bool is_number(const ot__column *c)
{
    return c->cell == OT__CELL_COUNT || c->cell == OT__CELL_REAL;
}

static void write_number(const ot__column *c, double value, char text[CELL])
{
    if (isnan(value))
        snprintf(text, CELL, "-");
    else if (c->show)
        c->show(value, text, CELL);
    else if (c->format)
        snprintf(text, CELL, c->format, value);
    else
        snprintf(text, CELL, "%s",
                 c->cell == OT__CELL_COUNT ? OT__REAL(value) : OT__ROUNDED(value, 6));
}

/* The cell of a text in new memory, or NULL. */
static char *make_cell(const ot__column *c, const void *row)
{
    char number[CELL];
    if (is_number(c)) write_number(c, number_in(c, row), number);
    const char *const text = is_number(c)               ? number
                             : c->cell == OT__CELL_FLAG ? flag_in(c, row) ? "yes" : "no"
                                                        : text_in(c, row);
    const char *const shown = text ? text : "-";
    char *const copy = ot__new(strlen(shown) + 1, 1);
    if (!copy) return NULL;
    strcpy(copy, shown);
    ot__make_printable(copy);
    return copy;
}

static json_t *json_of_text(const char *text)
{
    json_t *value = NULL;
    const ot_status status = ot__json_text(text, &value);
    return status == OT_EFORMAT ? json_null() : value; /* it is not UTF-8 */
}

static json_t *json_of_number(const ot__column *c, double value)
{
    if (!isfinite(value)) return json_null();
    return c->cell == OT__CELL_COUNT ? json_integer((json_int_t)value) : json_real(value);
}

/* The value of a cell in new memory, or NULL. */
static json_t *make_value(const ot__column *c, const void *row)
{
    if (is_number(c)) return json_of_number(c, number_in(c, row));
    if (c->cell == OT__CELL_FLAG) return json_boolean(flag_in(c, row));
    const char *const text = text_in(c, row);
    if (!text) return json_null();
    return c->cell == OT__CELL_LIST ? json_loads(text, JSON_DECODE_ANY, NULL) : json_of_text(text);
}

static void set_values(json_t **object, const ot__table *t, const void *row)
{
    for (int i = 0; i < t->n; i++)
        if (t->column[i].key)
            ot__json_set(object, t->column[i].key, make_value(&t->column[i], row));
}

/* ---- lines of a text ---- */

/* The columns that a text has, and their widths in characters. */
typedef struct layout {
    int n;
    const ot__column *column[OT__MOST_COLUMNS];
    int width[OT__MOST_COLUMNS];
} layout;

static bool is_left(const ot__column *c)
{
    return c->width < 0;
}

static int gap_before(const layout *l, int i)
{
    return i == 0 ? 0 : is_left(l->column[i]) ? 2 : 1;
}

/* The number of characters of a text that is cleaned, and so UTF-8. */
static int length_of(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static int greater(int a, int b)
{
    return a > b ? a : b;
}

static layout layout_of(const ot__page *p)
{
    layout l = { .n = 0 };
    for (int i = 0; i < p->table->n && l.n < OT__MOST_COLUMNS; i++) {
        const ot__column *const c = &p->table->column[i];
        if (!c->title || (c->wide && !p->wide)) continue;
        l.column[l.n] = c;
        l.width[l.n++] = greater(abs(c->width), length_of(c->title));
    }
    return l;
}

static int total_width(const layout *l)
{
    int sum = 0;
    for (int i = 0; i < l->n; i++)
        sum += gap_before(l, i) + l->width[i];
    return sum;
}

/* The last column of a table whose rows are printed at once has what the others leave. */
static void spread_last(layout *l)
{
    const int last = l->n - 1, room = OT__PAGE_WIDTH - total_width(l);
    if (last >= 0 && room > 0 && is_left(l->column[last])) l->width[last] += room;
}

/* Takes what is more than OT__PAGE_WIDTH from the last column and then from the first. */
static void fit(layout *l)
{
    const int last = l->n - 1;
    int more = total_width(l) - OT__PAGE_WIDTH;
    if (more <= 0 || last < 1) return;
    if (is_left(l->column[last]) && l->width[last] > LEAST_CUT) {
        const int cut = more < l->width[last] - LEAST_CUT ? more : l->width[last] - LEAST_CUT;
        l->width[last] -= cut;
        more -= cut;
    }
    l->width[0] = greater(l->width[0] - more, length_of(l->column[0]->title));
}

static void print_blanks(FILE *to, int n)
{
    for (int i = 0; i < n; i++)
        fputc(' ', to);
}

/* The text after its first n characters. */
static const char *after(const char *text, int n)
{
    while (*text && n-- > 0)
        for (text++; ((unsigned char)*text & 0xC0) == 0x80;)
            text++;
    return text;
}

/* Prints as much of a text as the width has room for, and dots for the rest. */
static void print_cut(FILE *to, const char *text, int width, bool keep_end)
{
    static const char dots[] = "...";
    const int room = width - (int)sizeof dots + 1;
    if (keep_end)
        fprintf(to, "%s%s", dots, after(text, length_of(text) - room));
    else
        fprintf(to, "%.*s%s", (int)(after(text, room) - text), text, dots);
}

/* Prints cell i of a line of n cells. */
static void print_cell(FILE *to, const layout *l, int i, int n, const char *text, bool wide)
{
    const int room = l->width[i] - length_of(text);
    const bool left = is_left(l->column[i]);
    print_blanks(to, gap_before(l, i));
    if (i == 0 && room < 0 && n > 1) {
        fprintf(to, "%s\n", text);
        print_blanks(to, l->width[0]);
    } else if (room < 0 && i == l->n - 1 && left && !wide) {
        print_cut(to, text, l->width[i], l->column[i]->keep_end);
    } else {
        if (!left) print_blanks(to, room);
        fputs(text, to);
        if (left && i < n - 1) print_blanks(to, room);
    }
}

/* Prints a line without the blanks of empty cells at its end. */
static void print_cells(FILE *to, const layout *l, const char *const cell[], bool wide)
{
    int n = l->n;
    while (n > 1 && !*cell[n - 1])
        n--;
    for (int i = 0; i < n; i++)
        print_cell(to, l, i, n, cell[i], wide);
    fputc('\n', to);
}

static void print_heading(const ot__page *p, const layout *l)
{
    const char *title[OT__MOST_COLUMNS];
    if (l->n == 0) return; /* the table is for JSON alone */
    for (int i = 0; i < l->n; i++)
        title[i] = l->column[i]->title;
    print_cells(p->to, l, title, true);
}

static void print_row(const ot__page *p, const layout *l, char *const cell[])
{
    const char *text[OT__MOST_COLUMNS];
    for (int i = 0; i < l->n; i++)
        text[i] = cell[i];
    print_cells(p->to, l, text, p->wide);
}

/* ---- tables ---- */

static void free_cells(ot__page *p)
{
    for (int i = 0; i < p->n_cells; i++)
        ot__free(p->cell[i]);
    p->n_cells = 0;
}

static void end_table(ot__page *p)
{
    const ot__table *const t = p->table;
    if (!t) return;
    if (!p->json && !t->streamed && !p->failed) {
        layout l = layout_of(p);
        for (int i = 0; i < p->n_cells; i++)
            l.width[i % l.n] = greater(l.width[i % l.n], length_of(p->cell[i]));
        if (!p->wide) fit(&l);
        print_heading(p, &l);
        for (int i = 0; i < p->n_cells; i += l.n)
            print_row(p, &l, p->cell + i);
    }
    free_cells(p);
    p->table = NULL;
}

static bool make_room(ot__page *p, int n)
{
    if (p->n_cells + n <= p->room) return true;
    const int room = 2 * p->room + n;
    char **const more = ot__new((size_t)room, sizeof *more);
    if (!more) return false;
    if (p->n_cells > 0) memcpy(more, p->cell, (size_t)p->n_cells * sizeof *more);
    ot__free(p->cell);
    p->cell = more;
    p->room = room;
    return true;
}

static void add_cells(ot__page *p, const void *row)
{
    layout l = layout_of(p);
    if (l.n == 0) return;
    if (p->table->streamed) spread_last(&l);
    bool made = make_room(p, l.n);
    for (int i = 0; made && i < l.n; i++) {
        p->cell[p->n_cells] = make_cell(l.column[i], row);
        made = p->cell[p->n_cells] != NULL;
        p->n_cells += made;
    }
    p->failed |= !made;
    if (!made || !p->table->streamed) return;
    print_row(p, &l, p->cell);
    fflush(p->to);
    free_cells(p);
}

/* ---- the page ---- */

void ot__page_open(ot__page *p, FILE *to, bool json, bool wide)
{
    *p = (ot__page){ .to = to, .json = json, .wide = wide };
    if (json) p->object = json_object();
    p->failed = json && !p->object;
}

void ot__page_table(ot__page *p, const ot__table *table)
{
    end_table(p);
    p->table = table;
    if (p->json) {
        if (!json_object_get(p->object, table->key))
            ot__json_set(&p->object, table->key, json_array());
    } else if (table->streamed) {
        const layout l = layout_of(p);
        print_heading(p, &l);
    }
}

void ot__page_row(ot__page *p, const void *row)
{
    if (p->failed || !p->table) return;
    if (!p->json) {
        add_cells(p, row);
        return;
    }
    json_t *values = json_object();
    set_values(&values, p->table, row);
    json_t *const rows = json_object_get(p->object, p->table->key);
    p->failed = !values || json_array_append_new(rows, values) != 0;
}

void ot__page_facts(ot__page *p, const ot__table *facts, const void *row)
{
    if (p->json) set_values(&p->object, facts, row);
}

bool ot__page_is_text(ot__page *p)
{
    end_table(p);
    return !p->json;
}

void ot__page_add(ot__page *p, const char *key, const char *text)
{
    if (!p->json || p->failed) return;
    json_t *const other = json_loads(text, 0, NULL);
    if (key)
        p->failed = !other || json_object_set(p->object, key, other) != 0;
    else
        p->failed = !other || json_object_update(p->object, other) != 0;
    json_decref(other);
}

/* ---- JSON ---- */

static bool print_value(FILE *to, const json_t *value);

static bool print_object(FILE *to, const json_t *object)
{
    const char *key, *separator = "";
    const json_t *value;
    bool printed = fputc('{', to) != EOF;
    json_object_foreach((json_t *)object, key, value)
    {
        fprintf(to, "%s\"%s\": ", separator, key);
        printed = printed && print_value(to, value);
        separator = ", ";
    }
    fputc('}', to);
    return printed;
}

/* Each row of a table has a line of its own. */
static bool print_array(FILE *to, const json_t *array)
{
    const bool rows = json_is_object(json_array_get(array, 0));
    const json_t *value;
    size_t i;
    bool printed = fputc('[', to) != EOF;
    json_array_foreach(array, i, value)
    {
        fprintf(to, "%s%s", i > 0 ? "," : "", rows ? "\n " : i > 0 ? " " : "");
        printed = printed && print_value(to, value);
    }
    fputs(rows ? "\n]" : "]", to);
    return printed;
}

/* Returns false for lack of memory. */
static bool print_value(FILE *to, const json_t *value)
{
    if (json_is_object(value)) return print_object(to, value);
    if (json_is_array(value)) return print_array(to, value);
    if (json_is_real(value)) {
        const char *const number = OT__REAL(json_real_value(value));
        fprintf(to, strpbrk(number, ".e") ? "%s" : "%s.0", number);
        return true;
    }
    char *const text = ot__json_dump(value, JSON_ENCODE_ANY);
    if (text) fputs(text, to);
    free(text);
    return text != NULL;
}

/* The page is made in memory, so that it is whole or not printed. */
static bool print_page(const ot__page *p)
{
    char *text = NULL;
    size_t size = 0;
    FILE *const made = open_memstream(&text, &size);
    if (!made) return false;
    const bool printed = print_object(made, p->object);
    const bool whole = fclose(made) == 0 && printed;
    if (whole) fprintf(p->to, "%s\n", text);
    free(text);
    return whole;
}

ot_status ot__page_close(ot__page *p, ot_status status)
{
    p->failed |= p->json && !p->object;
    p->failed |= status != OT_OK;
    end_table(p);
    if (p->json && !p->failed) p->failed = !print_page(p);
    json_decref(p->object);
    ot__free(p->cell);
    const bool no_memory = status == OT_OK && p->failed;
    *p = (ot__page){ .to = p->to, .json = p->json, .wide = p->wide };
    return no_memory ? ot__fail(OT_ENOMEM, "there is no memory for a table") : status;
}
