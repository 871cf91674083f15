/* SPDX-License-Identifier: BSD-3-Clause
 * Finds assignments of numbers in a text: NAME = value, where NAME may have an index and the value
 * is a number or a list.  Everything else, such as types, functions and prose, is passed over.  A
 * text without an assignment is read as a table: a line of numbers is a row. */
#include "schemes/tableau/pasted.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include "schemes/tableau/source.h"

ot_status ot__pasted_complain(const ot__pasted *p, int line, const char *format, ...)
{
    char sentence[256];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    ot__make_printable(sentence); /* a quotation may be cut within a character */
    return ot__complain((ot__place){ p->origin, line, 1 }, "%s", sentence);
}

static void clear_grid(ot__grid *g)
{
    for (int i = 0; g->rows > 0 && i < g->begin[g->rows]; i++)
        ot__free(g->cell[i].text);
    ot__free(g->cell);
}

void ot__pasted_free(ot__pasted *p)
{
    for (int i = 0; i < p->n; i++)
        clear_grid(&p->grid[i]);
    ot__free(p->grid);
    ot__free(p->text);
}

static ot_status add_grid(ot__pasted *p, int line, ot__grid **g)
{
    if (p->n == OT__GRIDS_MOST)
        return ot__pasted_complain(p, line, "more than %d assignments", (int)OT__GRIDS_MOST);
    OT_TRY(ot__grow((void **)&p->grid, &p->capacity, (size_t)p->n + 1, sizeof *p->grid));
    *g = &p->grid[p->n++];
    **g = (ot__grid){ .line = line };
    return OT_OK;
}

/* ---- rows ---- */

ot_status ot__pasted_row(ot__pasted *p, int line, ot__grid *g)
{
    if (g->rows == OT__GRID_ROWS)
        return ot__pasted_complain(p, line, "more than %d rows; a tableau may have %d stages",
                                   g->rows, OT__STAGES_MOST);
    g->begin[g->rows + 1] = g->begin[g->rows];
    g->rows++;
    return OT_OK;
}

ot_status ot__pasted_empty_cell(ot__grid *g, int line)
{
    const size_t n = (size_t)g->begin[g->rows];
    OT_TRY(ot__grow((void **)&g->cell, &g->capacity, n + 1, sizeof *g->cell));
    g->cell[n] = (ot__cell){ .line = line };
    g->begin[g->rows]++;
    return OT_OK;
}

/* ---- places ---- */

static bool is_letter(char c)
{
    return isalpha((unsigned char)c) || c == '_' || (c & 0x80);
}

size_t ot__pasted_letters(const char *at, const char *to)
{
    size_t n = 0;
    if (at < to && !is_letter(*at)) return 0;
    while (at + n < to && (is_letter(at[n]) || isdigit((unsigned char)at[n])))
        n++;
    return n;
}

int ot__pasted_lines(const char *from, const char *to)
{
    int n = 0;
    for (; from < to; from++)
        n += *from == '\n' || *from == '\r';
    return n;
}

static const char *quote_end(const char *at, const char *to)
{
    const char *const end = memchr(at + 1, *at, (size_t)(to - at - 1));
    return end && !memchr(at, '\n', (size_t)(end - at)) ? end : NULL;
}

const char *ot__pasted_match(const char *at, const char *to)
{
    char open[OT__NESTED_MOST];
    int depth = 0;
    if (*at == '"' || *at == '\'') return quote_end(at, to);
    for (; at < to; at++) {
        static const char brackets[] = "([{", closing[] = ")]}";
        const char *const opens = *at ? strchr(brackets, *at) : NULL;
        if (opens) {
            if (depth == OT__NESTED_MOST) return NULL;
            open[depth++] = closing[opens - brackets];
        } else if (*at && strchr(closing, *at)) {
            if (depth == 0 || open[depth - 1] != *at) return NULL;
            if (--depth == 0) return at;
        } else if (*at == '"') {
            at = quote_end(at, to);
            if (!at) return NULL;
        }
    }
    return NULL;
}

/* ---- assignments ---- */

typedef struct scan {
    ot__pasted *p;
    const char *at, *end;
    int line;
} scan;

static const char *blanks(const char *at)
{
    return at + strspn(at, " \t\r");
}

/* Reads the numbers of an index up to its bracket.  Returns false if they are no numbers, as in
 * a[i][j] and in a declaration a[STAGES][STAGES]. */
static bool read_numbers(const char *at, char close, ot__grid *g)
{
    do {
        at = blanks(at + 1);
        if (g->n_index == 2 || !ot__read_count(&at, 0, 999, &g->index[g->n_index])) return false;
        g->n_index++;
        at = blanks(at);
    } while (*at == ',');
    return *at == close;
}

/* Reads an index, "[2][1]", "[2, 1]" or "(2, 1)", if there is one.  Returns the place after it. */
static const char *read_index(const char *at, ot__grid *g)
{
    g->n_index = 0;
    while (*at == '[' || *at == '(') {
        const char *const close = ot__pasted_match(at, at + strcspn(at, "\n"));
        if (!close) return at;
        g->symbolic |= !read_numbers(at, *close, g);
        at = blanks(close + 1);
    }
    if (g->symbolic) g->n_index = 0;
    return at;
}

/* "a_{21}" is a21. */
static const char *read_subscript(const char *at, ot__grid *g)
{
    const size_t n = strlen(g->name), digits = *at == '{' ? strspn(at + 1, "0123456789,") : 0;
    if (digits == 0 || at[1 + digits] != '}' || n + digits > OT__NAME_MOST) return at;
    for (size_t i = 0; i < digits; i++)
        g->name[n + i] = at[1 + i] == ',' ? '_' : at[1 + i];
    g->name[n + digits] = 0;
    return at + digits + 2;
}

/* The end of a value: a comma, a semicolon, a line end or a bracket that was opened before it. */
static const char *value_end(const char *at, const char *end)
{
    for (; at < end && !strchr(",;\n)]}", *at); at++) {
        const char *const close = strchr("([{\"", *at) ? ot__pasted_match(at, end) : NULL;
        if (close) at = close;
    }
    return at;
}

/* Whether an assignment begins at this place; *value becomes the place of its value. */
static bool is_assignment(const char *at, ot__grid *g, const char **value)
{
    const size_t n = ot__pasted_letters(at, at + strlen(at));
    if (n == 0 || n > OT__NAME_MOST) return false;
    memcpy(g->name, at, n);
    g->name[n] = 0;
    at = blanks(read_index(blanks(read_subscript(at + n, g)), g));
    if (at[0] == ':' && at[1] == '=') at++;
    const char *const next = blanks(at + (*at == '"' || *at == '\''));
    if (*next == ':' && strchr("[{", *blanks(next + 1)) && *blanks(next + 1))
        *value = next + 1; /* JSON and YAML */
    else if (*at == '=' && at[1] != '=')
        *value = at + 1;
    else
        return false;
    return true;
}

/* A list may begin on the next line. */
static const char *list_below(const char *value)
{
    const char *const next = value + strspn(value, " \t\r\n");
    return *next && strchr("[{(", *next) ? next : value;
}

static ot_status read_assignment(scan *s, ot__grid found, const char *value)
{
    ot__grid *g;
    OT_TRY(add_grid(s->p, s->line, &g));
    found.line = s->line;
    *g = found;
    const char *const begin = list_below(value);
    const int line = s->line + ot__pasted_lines(s->at, begin);
    const char *const end = value_end(begin, s->end);
    const ot_status status = ot__pasted_value(s->p, begin, end, line, g);
    if (status == OT_EFORMAT) {
        g->bad = true;
        snprintf(g->why, sizeof g->why, "%s", ot_message());
    } else {
        OT_TRY(status);
    }
    if (g->symbolic && (g->scalar || g->bad)) g->name[0] = 0; /* a[i][j] = 0 in a loop */
    s->line += ot__pasted_lines(s->at, end);
    s->at = end;
    return OT_OK;
}

static ot_status read_assignments(scan *s)
{
    while (s->at < s->end) {
        const char *value;
        ot__grid found = { .line = 0 };
        const size_t letters = ot__pasted_letters(s->at, s->end);
        if (letters && is_assignment(s->at, &found, &value)) {
            OT_TRY(read_assignment(s, found, value));
            continue;
        }
        s->line += ot__pasted_lines(s->at, s->at + 1);
        s->at += letters ? letters : 1;
    }
    return OT_OK;
}

/* ---- tables without names ---- */

static bool has_number(const char *from, const char *to)
{
    for (; from < to; from++)
        if (isdigit((unsigned char)*from)) return true;
    return false;
}

/* The end of a cell: a bar, a comma, and in a text that is no LaTeX a blank. */
static const char *cell_end(const ot__pasted *p, const char *at, const char *to)
{
    for (; at < to && *at != '|' && *at != ',' && *at != '\t'; at++) {
        const char *const close = strchr("([{", *at) ? ot__pasted_match(at, to) : NULL;
        if (close) at = close;
        if (!p->latex && *at == ' ') break;
    }
    return at;
}

/* Reads a line into the last row of the grid.  A bar or a comma before the first number is an empty
 * cell. */
static ot_status read_cells(ot__pasted *p, const char *at, const char *to, int line, ot__grid *g)
{
    bool separated = true;
    for (;;) {
        at += strspn(at, p->latex ? " \r" : " \r");
        if (at >= to) return OT_OK;
        if (*at == '|' || *at == ',' || *at == '\t') {
            if (separated && *at != '|')
                OT_TRY(ot__pasted_empty_cell(g, line));
            else if (separated && g->begin[g->rows] == g->begin[g->rows - 1])
                OT_TRY(ot__pasted_empty_cell(g, line));
            separated = true;
            at++;
            continue;
        }
        const char *const end = cell_end(p, at, to);
        OT_TRY(ot__pasted_cell(p, at, end, line, g));
        separated = false;
        at = end;
    }
}

static ot_status read_row(ot__pasted *p, const char *at, const char *to, int line, ot__grid *g)
{
    if (!has_number(at, to)) return OT_OK;
    if (g->rows == 0) g->line = line;
    OT_TRY(ot__pasted_row(p, line, g));
    const ot_status status = read_cells(p, at, to, line, g);
    if (status != OT_EFORMAT) return status;
    while (g->begin[g->rows] > g->begin[g->rows - 1])
        ot__free(g->cell[--g->begin[g->rows]].text);
    g->rows--;
    snprintf(p->why, sizeof p->why, "%s", ot_message());
    p->skipped++;
    return OT_OK;
}

static ot_status read_table(ot__pasted *p)
{
    ot__grid *g;
    int line = 1;
    OT_TRY(add_grid(p, 1, &g));
    for (const char *at = p->text; *at;) {
        const char *const end = at + strcspn(at, ";\n");
        const char *const from = at + strspn(at, " \t\r");
        const int first = line + (from < end ? ot__pasted_lines(at, from) : 0);
        OT_TRY(read_row(p, p->latex && from < end ? from : at, end, first, g));
        line += ot__pasted_lines(at, end + (*end != 0));
        at = end + (*end != 0);
    }
    return OT_OK;
}

ot_status ot__pasted_read(const char *text, size_t size, const char *origin, ot__pasted *p)
{
    ot__source s;
    *p = (ot__pasted){ .origin = origin };
    if (size > OT__TEXT_MOST)
        return ot__pasted_complain(p, 1, "the text has %zu bytes; it may have %d", size,
                                   (int)OT__TEXT_MOST);
    OT_TRY(ot__source_open(&s, origin, text, size));
    p->text = ot__pasted_clean(s.at, &p->latex);
    if (!p->text) return OT_ENOMEM;
    OT_TRY(read_assignments(&(scan){ p, p->text, p->text + strlen(p->text), 1 }));
    bool numbers = false;
    for (int i = 0; i < p->n; i++)
        numbers |= !p->grid[i].bad;
    return numbers ? OT_OK : read_table(p);
}
