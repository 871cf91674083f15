/* SPDX-License-Identifier: BSD-3-Clause
 * Makes a tableau of a text in another notation.  The names of its numbers say what they are; a
 * text without such names is a table.  What is found becomes a text of odetape-tableau(5), which
 * the one parser checks.  Nothing is guessed: a text that can be read in two ways is refused. */
#include "schemes/tableau/import.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/check.h"
#include "base/memory.h"

/* ---- names ---- */

/* Names in lower case, without digits of an index; "_" separates the name of a method before
 * them. */
static const struct {
    const char *name;
    ot__role role;
} names[] = {
    { "a", OT__A },
    { "b", OT__B },
    { "c", OT__C },
    { "nodes", OT__C },
    { "weights", OT__B },
    { "alpha", OT__ALPHA },
    { "\xCE\xB1", OT__ALPHA },
    { "beta", OT__BETA },
    { "\xCE\xB2", OT__BETA },
    { "bhat", OT__HAT },
    { "b_hat", OT__HAT },
    { "bh", OT__HAT },
    { "bstar", OT__HAT },
    { "b_star", OT__HAT },
    { "bembed", OT__HAT },
    { "b_embedded", OT__HAT },
    { "bs", OT__HAT },
    { "\xCE\xB1"
      "eest",
      OT__HAT },
    { "alphaeest", OT__HAT },
};

static const char *const role_names[] = { "a", "b", "c", "alpha", "beta", "embedded weights" };

static ot__role role_of(const char *name, size_t n)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i].name) == n && strncasecmp(names[i].name, name, n) == 0)
            return names[i].role;
    return OT__NO_ROLE;
}

/* "a21" is name a with the digits 21; "_RK8_A" and "rk4_a" are a. */
static ot__role split_name(const char *name, const char **digits)
{
    name += strspn(name, "_");
    size_t n = strlen(name);
    while (n > 0 && (isdigit((unsigned char)name[n - 1]) || name[n - 1] == '_'))
        n--;
    *digits = name + n + strspn(name + n, "_");
    ot__role role = role_of(name, n);
    for (size_t k = n; k-- > 0 && role == OT__NO_ROLE;)
        if (name[k] == '_') role = role_of(name + k + 1, n - k - 1);
    return role;
}

/* ---- what a text has for a role ---- */

typedef struct found {
    const ot__grid *whole; /* a list or rows */
    int elements, first;   /* assignments to elements, and the line of the first */
    bool from_zero;        /* their indices count from 0 */
    const char *text[OT__STAGES_MOST + 1][OT__STAGES_MOST + 1];
    int rows, columns; /* one more than the largest index from 0 */
} found;

typedef struct search {
    ot__import *m;
    found *of; /* of each role */
    bool from_zero;
} search;

/* The first n digits, at most 3, as a number. */
static int number(const char *digits, int n)
{
    int value = 0;
    for (int i = 0; i < n; i++)
        value = 10 * value + (digits[i] - '0');
    return value;
}

/* The digits before and after a place as numbers; false if one of them has zeros before it, as no
 * name has them unless it is padded, a0201. */
static bool split_at(const char *digits, int cut, bool bar, int index[2])
{
    const char *first = digits, *second = digits + cut + bar;
    const bool padded = !bar && cut == 2 && strlen(digits) == 4;
    if (!padded && (*first == '0' || (*second == '0' && second[1]))) return false;
    if (cut > 3 || strlen(second) > 3) return false;
    index[0] = number(first, cut);
    index[1] = number(second, (int)strlen(second));
    return true;
}

/* Splits the digits of a21, a1110 or a2_1 into a row and a column with row > column >= least.
 * Returns the number of ways. */
static int split_digits(const char *digits, int least, int index[2])
{
    const char *const bar = strchr(digits, '_');
    int ways = 0;
    for (int cut = 1; cut < (int)strlen(digits); cut++) {
        int at[2];
        if (bar && cut != (int)(bar - digits)) continue;
        if (!split_at(digits, cut, bar != NULL, at)) continue;
        if (at[0] <= at[1] || at[1] < least) continue;
        memcpy(index, at, sizeof at);
        ways++;
    }
    return ways;
}

/* The index of an assignment to an element of a role: in brackets or in the digits of the name.
 * Returns the number of indices, 0 if there is none and -1 if it is unclear. */
static int index_of(const ot__grid *g, ot__role role, const char *digits, bool from_zero,
                    int index[2])
{
    index[0] = g->index[0];
    index[1] = g->index[1];
    if (g->n_index) return g->n_index;
    if (!*digits) return 0;
    if (role == OT__A || role == OT__ALPHA || role == OT__BETA) {
        const int ways = split_digits(digits, from_zero ? 0 : 1, index);
        if (ways == 1) return 2;
        if (ways > 1 || strlen(digits) > 1) return -1;
    }
    if (strlen(digits) > 2) return -1;
    index[0] = number(digits, (int)strlen(digits));
    return 1;
}

/* Indices count from 0 if one of them is 0: a[1][0], a20, b[0]. */
static bool counts_from_zero(const ot__pasted *p)
{
    for (int i = 0; i < p->n; i++) {
        const ot__grid *const g = &p->grid[i];
        const char *digits;
        int index[2];
        const ot__role role = split_name(g->name, &digits);
        if (!g->scalar || role == OT__NO_ROLE) continue;
        for (int k = 0; k < g->n_index; k++)
            if (g->index[k] == 0) return true;
        if (g->n_index) continue;
        if (strcmp(digits, "0") == 0) return true;
        if (role == OT__A && *digits && split_digits(digits, 1, index) == 0 &&
            split_digits(digits, 0, index) > 0)
            return true;
    }
    return false;
}

static ot_status take_element(search *s, found *f, const ot__grid *g, int n, const int index[2])
{
    const int row = index[0] - !s->from_zero, column = n == 2 ? index[1] - !s->from_zero : 0;
    if (row < 0 || column < 0 || row > OT__STAGES_MOST || column > OT__STAGES_MOST)
        return ot__pasted_complain(s->m->p, g->line, "\"%s\": an index is not 1 to %d", g->name,
                                   OT__STAGES_MOST);
    const char **const place = n == 2 ? &f->text[row][column] : &f->text[0][row];
    if (*place && strcmp(*place, g->cell[0].text) != 0)
        return ot__pasted_complain(s->m->p, g->line,
                                   "an element of \"%s\" is given twice, with different values",
                                   g->name);
    *place = g->cell[0].text;
    if (f->elements++ == 0) f->first = g->line;
    const int rows = n == 2 ? row + 1 : 1, columns = n == 2 ? column + 1 : row + 1;
    f->rows = rows > f->rows ? rows : f->rows;
    f->columns = columns > f->columns ? columns : f->columns;
    return OT_OK;
}

static ot_status take_grid(search *s, const ot__grid *g, ot__role role, const char *digits)
{
    int index[2];
    found *const f = &s->of[role];
    const int n = g->scalar ? index_of(g, role, digits, s->from_zero, index) : 0;
    if (n < 0)
        return ot__pasted_complain(
            s->m->p, g->line,
            "\"%s\": it is unclear which element this is; write a name such as a12_3", g->name);
    if (g->bad) {
        const char *const why = strstr(g->why, ": "); /* after the place */
        return ot__pasted_complain(s->m->p, g->line, "\"%s\" is no number or list of numbers%s",
                                   g->name, why ? why : "");
    }
    if (n > 0) return take_element(s, f, g, n, index);
    if (f->whole)
        return ot__pasted_complain(
            s->m->p, g->line, "\"%s\" is given again, after line %d; leave one method in the text",
            g->name, f->whole->line);
    f->whole = g;
    return OT_OK;
}

/* Whether a value of this name is one: a1 = 2 in prose is not. */
static ot_status take_all(search *s)
{
    for (int i = 0; i < s->m->p->n; i++) {
        const ot__grid *const g = &s->m->p->grid[i];
        const char *digits;
        const ot__role role = split_name(g->name, &digits);
        if (!g->name[0]) continue;
        const bool list = !g->scalar && !g->bad;
        if (role == OT__NO_ROLE || (list && *digits && !g->n_index)) {
            if (!g->bad)
                OT_TRY(ot__import_note(s->m, "left out: \"%s\" of line %d", g->name, g->line));
            continue;
        }
        OT_TRY(take_grid(s, g, role, digits));
    }
    return OT_OK;
}

/* Elements become a grid, so that the forms read one kind of thing. */
static ot_status gather(search *s, ot__role role, ot__grid *made)
{
    found *const f = &s->of[role];
    *made = (ot__grid){ .line = f->first, .n_index = -1 };
    if (f->elements == 0) return OT_OK;
    if (f->whole)
        return ot__pasted_complain(s->m->p, f->first,
                                   "%s is given as a whole in line %d, and by elements here",
                                   role_names[role], f->whole->line);
    snprintf(made->name, sizeof made->name, "%s", role_names[role]);
    for (int i = 0; i < f->rows; i++) {
        OT_TRY(ot__pasted_row(s->m->p, f->first, made));
        for (int j = 0; j < f->columns; j++) {
            OT_TRY(ot__pasted_empty_cell(made, f->first));
            made->cell[made->begin[made->rows] - 1].text = (char *)f->text[i][j];
        }
    }
    f->whole = made;
    return ot__import_note(s->m, "%s: %d elements from line %d on, counted from %d; others are 0",
                           role_names[role], f->elements, f->first, s->from_zero ? 0 : 1);
}

/* ---- a Butcher tableau ---- */

static int total(const ot__grid *g)
{
    return g->begin[g->rows];
}

/* Where entry (i, j) of a is, for s stages. */
typedef const char *entry(const ot__grid *g, int s, int i, int j);

static const char *by_rows(const ot__grid *g, int s, int i, int j)
{
    return ot__grid_text(g, i - (g->rows == s - 1), j);
}

static const char *square(const ot__grid *g, int s, int i, int j)
{
    return ot__grid_text(g, 0, i * s + j);
}

static const char *square_by_columns(const ot__grid *g, int s, int i, int j)
{
    return ot__grid_text(g, 0, j * s + i);
}

static const char *packed(const ot__grid *g, int s, int i, int j)
{
    (void)s;
    return j < i ? ot__grid_text(g, 0, i * (i - 1) / 2 + j) : NULL;
}

static bool is_explicit(const ot__grid *g, int s, entry *of)
{
    for (int i = 0; i < s; i++)
        for (int j = i; j < s; j++)
            if (!ot__is_zero(of(g, s, i, j))) return false;
    return true;
}

/* How a is laid out; NULL if it is unclear or not explicit. */
static entry *layout_of(const ot__grid *g, int s, const char **what)
{
    if (g->rows > 1 || s == 2) {
        const bool fits = g->rows == s || g->rows == s - 1;
        *what = g->rows == s ? "one row for each stage" : "one row for each stage after the first";
        return fits && (g->rows == s ? is_explicit(g, s, by_rows) : is_explicit(g, s, by_rows))
                   ? by_rows
                   : NULL;
    }
    *what = total(g) == s * s ? "a square, row by row" : "packed, row by row below the diagonal";
    if (total(g) == s * (s - 1) / 2) return packed;
    if (total(g) != s * s) return NULL;
    if (is_explicit(g, s, square)) return square;
    *what = "a square, column by column, because only so it is explicit";
    return is_explicit(g, s, square_by_columns) ? square_by_columns : NULL;
}

/* A row that is too short would leave it open which entries are missing. */
static ot_status check_lengths(const ot__import *m, const ot__grid *g, int s, bool elements)
{
    for (int i = 0; i < g->rows && g->rows > 1 && !elements; i++) {
        const int need = i + (g->rows == s - 1), n = ot__grid_columns(g, i);
        if (n < need)
            return ot__pasted_complain(m->p, n ? g->cell[g->begin[i]].line : g->line,
                                       "row %d of \"%s\" has %d entries; stage %d needs %d", i + 1,
                                       g->name, n, need + 1, need);
    }
    return OT_OK;
}

static ot_status take_list(const ot__import *m, const ot__grid *g, int s, const char *row[])
{
    if (g->rows != 1 || total(g) != s)
        return ot__pasted_complain(m->p, g->line, "\"%s\" has %d entries in %d %s; b has %d",
                                   g->name, total(g), g->rows, g->rows == 1 ? "row" : "rows", s);
    for (int j = 0; j < s; j++)
        row[j] = ot__grid_text(g, 0, j);
    return OT_OK;
}

/* Grids of elements have been noted when they were gathered. */
static bool named_by_role(const ot__grid *g)
{
    return g->capacity > 0 && !g->scalar && g->n_index < 0;
}

/* b may be rows: the weights, then embedded ones. */
static ot_status take_weights(ot__import *m, const ot__grid *b)
{
    const int s = ot__grid_columns(b, 0);
    if (s < 1 || s > OT__STAGES_MOST || b->rows > OT__HATS_MOST)
        return ot__pasted_complain(m->p, b->line,
                                   "\"%s\" has %d entries; a tableau has 1 to %d stages", b->name,
                                   s, OT__STAGES_MOST);
    m->stages = s;
    for (int row = 0; row < b->rows; row++) {
        if (ot__grid_columns(b, row) != s)
            return ot__pasted_complain(m->p, b->line, "the rows of \"%s\" have different lengths",
                                       b->name);
        for (int j = 0; j < s; j++)
            (row == 0 ? m->b : m->hat[row - 1])[j] = ot__grid_text(b, row, j);
    }
    m->hats = b->rows - 1;
    if (named_by_role(b)) return OT_OK;
    return ot__import_note(m, "b: \"%s\" of line %d%s", b->name, b->line,
                           b->rows > 1 ? "; its further rows are embedded weights" : "");
}

static ot_status take_butcher(search *s, const ot__grid *a, const ot__grid *b)
{
    ot__import *const m = s->m;
    const char *what = "";
    OT_TRY(take_weights(m, b));
    const int n = m->stages;
    if (!a && n > 1)
        return ot__pasted_complain(m->p, b->line, "\"%s\" has %d weights, but there is no a",
                                   b->name, n);
    if (!a || n == 1) return OT_OK;
    OT_TRY(check_lengths(m, a, n, s->of[OT__A].elements > 0));
    entry *const of = s->of[OT__A].elements
                          ? (is_explicit(a, n, by_rows) && a->rows <= n ? by_rows : NULL)
                          : layout_of(a, n, &what);
    if (!of)
        return ot__pasted_complain(
            m->p, a->line,
            "\"%s\" with %d numbers in %d %s is no explicit tableau of %d stages: it may be a "
            "square with zeros from the diagonal on, rows below the diagonal, or these packed",
            a->name, total(a), a->rows, a->rows == 1 ? "row" : "rows", n);
    for (int i = 1; i < n; i++)
        for (int j = 0; j < i; j++)
            m->a[i][j] = s->of[OT__A].elements ? ot__grid_text(a, i, j) : of(a, n, i, j);
    return s->of[OT__A].elements
               ? OT_OK
               : ot__import_note(m, "a: \"%s\" of line %d, %s", a->name, a->line, what);
}

/* ---- forms ---- */

static ot_status take_rest(search *s, bool butcher)
{
    ot__import *const m = s->m;
    const ot__grid *const c = s->of[OT__C].whole, *const hat = s->of[OT__HAT].whole;
    if (c && c->rows == 1 && total(c) == m->stages) {
        m->has_c = true;
        OT_TRY(take_list(m, c, m->stages, m->c));
        if (!named_by_role(c))
            OT_TRY(ot__import_note(m, "c: \"%s\" of line %d, as a check of the row sums", c->name,
                                   c->line));
    } else if (c) {
        OT_TRY(ot__import_note(m, "left out: \"%s\" of line %d, which has %d entries for %d stages",
                               c->name, c->line, total(c), m->stages));
    }
    if (!hat) return OT_OK;
    if (!butcher || m->hats == OT__HATS_MOST)
        return ot__import_note(m, "left out: \"%s\" of line %d", hat->name, hat->line);
    OT_TRY(take_list(m, hat, m->stages, m->hat[m->hats++]));
    if (named_by_role(hat)) return OT_OK;
    return ot__import_note(m, "embedded weights: \"%s\" of line %d", hat->name, hat->line);
}

/* Whether lists a and b are those of a 2N form: as many entries, or a without its first, 0. */
static ot_status is_2n(const ot__import *m, const ot__grid *a, const ot__grid *b, bool *yes)
{
    const int s = b ? total(b) : 0, n = a ? total(a) : 0;
    *yes = a && b && a->rows == 1 && b->rows == 1 && s > 1 && s <= OT__STAGES_MOST &&
           (n == s - 1 || (n == s && ot__is_zero(ot__grid_text(a, 0, 0))));
    if (*yes && n == s - 1 && n == s * (s - 1) / 2)
        return ot__pasted_complain(m->p, a->line,
                                   "\"%s\" and \"%s\" may be a tableau or a 2N form; write the "
                                   "rows of a tableau in brackets of their own",
                                   a->name, b->name);
    return OT_OK;
}

static ot_status take_named(search *s)
{
    const ot__grid *const a = s->of[OT__A].whole, *b = s->of[OT__B].whole;
    const ot__grid *const alpha = s->of[OT__ALPHA].whole, *const beta = s->of[OT__BETA].whole;
    bool two_n = false;
    if (a && !b && alpha && alpha->rows == 1) b = alpha;
    if (alpha && beta && !a) {
        OT_TRY(ot__import_note(s->m, "Shu-Osher form: \"%s\" of line %d and \"%s\" of line %d",
                               alpha->name, alpha->line, beta->name, beta->line));
        OT_TRY(ot__import_shu_osher(s->m, alpha, beta));
        return take_rest(s, false);
    }
    if (s->of[OT__A].elements == 0 || a->rows == 1) OT_TRY(is_2n(s->m, a, b, &two_n));
    if (two_n) {
        OT_TRY(ot__import_note(s->m, "2N form: \"%s\" of line %d and \"%s\" of line %d", a->name,
                               a->line, b->name, b->line));
        OT_TRY(ot__import_2n(s->m, a, b));
        return take_rest(s, false);
    }
    if (!b && a && a->rows > 1 && s->of[OT__A].elements == 0) return ot__import_layout(s->m, a);
    if (!b)
        return ot__pasted_complain(s->m->p,
                                   a       ? a->line
                                   : alpha ? alpha->line
                                           : beta->line,
                                   "there are no weights: a list b beside a, beta beside alpha, or "
                                   "B beside A of a 2N form");
    OT_TRY(take_butcher(s, a, b));
    return take_rest(s, true);
}

/* The only table of a text without known names. */
static ot_status take_table(search *s)
{
    ot__pasted *const p = s->m->p;
    const ot__grid *table = NULL;
    for (int i = 0; i < p->n; i++) {
        if (p->grid[i].bad || p->grid[i].rows < 2) continue;
        if (table)
            return ot__pasted_complain(
                p, p->grid[i].line,
                "a second table, after that of line %d; leave one method in the text", table->line);
        table = &p->grid[i];
    }
    if (!table && p->n > 0 && p->grid[p->n - 1].rows == 1) table = &p->grid[p->n - 1];
    if (!table)
        return ot__pasted_complain(
            p, 1, "there is no table of numbers, and no a, b, alpha or beta%s%.150s",
            p->why[0] ? "; the last line that is none: " : "", p->why);
    if (p->skipped)
        OT_TRY(ot__import_note(s->m, "left out: %d lines that are no rows of numbers", p->skipped));
    return ot__import_layout(s->m, table);
}

static ot_status take_roles(search *s, ot__grid made[])
{
    bool any = false;
    s->from_zero = counts_from_zero(s->m->p);
    OT_TRY(take_all(s));
    for (int role = 0; role < OT__NO_ROLE; role++) {
        OT_TRY(gather(s, (ot__role)role, &made[role]));
        any |= s->of[role].whole && role != OT__C && role != OT__HAT;
    }
    return any ? take_named(s) : take_table(s);
}

ot_status ot__import_find(ot__import *m)
{
    ot__grid made[OT__NO_ROLE] = { { .line = 0 } };
    search s = { .m = m, .of = ot__new(OT__NO_ROLE, sizeof *s.of) };
    if (!s.of) return OT_ENOMEM;
    const ot_status status = take_roles(&s, made);
    for (int role = 0; role < OT__NO_ROLE; role++)
        ot__free(made[role].cell); /* the texts belong to other grids */
    ot__free(s.of);
    return status;
}
