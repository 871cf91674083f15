/* SPDX-License-Identifier: BSD-3-Clause
 * Reads values of other languages: lists in brackets, whose elements commas or blanks separate, and
 * expressions, which are rewritten in the notation of odetape-tableau(5).  Only words of the tables
 * below are understood; a value with any other word is refused. */
#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "schemes/tableau/expr.h"
#include "schemes/tableau/pasted.h"

enum { DEPTH_MOST = 50 };

/* ---- places ---- */

static bool is_letter(char c)
{
    return isalpha((unsigned char)c) || c == '_' || (c & 0x80);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *skip(const char *at, const char *to)
{
    while (at < to && is_blank(*at))
        at++;
    return at;
}

static const char *trim(const char *from, const char *to)
{
    while (to > from && is_blank(to[-1]))
        to--;
    return to;
}

/* The next `c` outside of brackets and quotes, or `to`. */
static const char *find_outside(const char *at, const char *to, char c)
{
    for (; at < to && *at != c; at++) {
        const char *const end = strchr("([{\"", *at) && *at ? ot__pasted_match(at, to) : NULL;
        if (end) at = end;
    }
    return at < to ? at : to;
}

/* ---- expressions ---- */

typedef struct writer {
    ot__pasted *p;
    int line, depth;
    size_t n;
    char out[OT__CELL_MOST];
} writer;

static ot_status refuse(const writer *w, const char *what, const char *at, size_t n)
{
    return ot__pasted_complain(w->p, w->line, "%s \"%.*s\"", what, (int)(n < 40 ? n : 40), at);
}

static ot_status put(writer *w, const char *text, size_t n)
{
    if (w->n + n >= sizeof w->out)
        return ot__pasted_complain(w->p, w->line, "a coefficient has more than %d characters",
                                   OT__CELL_MOST);
    memcpy(w->out + w->n, text, n);
    w->n += n;
    w->out[w->n] = 0;
    return OT_OK;
}

static ot_status expression(writer *w, const char *at, const char *to);

static ot_status group(writer *w, const char *from, const char *to)
{
    OT_TRY(put(w, "(", 1));
    OT_TRY(expression(w, from, to));
    return put(w, ")", 1);
}

static const char *digits_end(const char *c, const char *to)
{
    while (c < to && is_digit(*c))
        c++;
    return c;
}

/* The exponent at a place, if there is one: "e-3", "d0". */
static const char *exponent(const char *c, const char *to, const char **end)
{
    const char *digit = c + 1 < to && *c && strchr("eEdDqQ", *c) ? c + 1 : to;
    digit += digit < to && (*digit == '-' || *digit == '+');
    *end = digits_end(digit, to);
    return *end > digit ? c + 1 : NULL;
}

/* A number with an exponent of Fortran and with the letters that set its type: "1.d0", "1.5_wp",
 * "2.0f".  "44275.0" is the whole number that programs write so, and no rounded decimal. */
static ot_status number(writer *w, const char **at, const char *to)
{
    const char *const point = digits_end(*at, to);
    const char *c = point < to && *point == '.' ? digits_end(point + 1, to) : point, *end;
    const char *const power = exponent(c, to, &end);
    const bool none = !power || strspn(power, "+-0") == (size_t)(end - power);
    const size_t zeros = c > point ? strspn(point + 1, "0") : 0;
    const bool whole = none && point > *at && zeros >= (size_t)(c > point ? c - point - 1 : 0);
    OT_TRY(put(w, *at, (size_t)((whole ? point : c) - *at)));
    if (power && !whole) {
        OT_TRY(put(w, "e", 1));
        OT_TRY(put(w, power, (size_t)(end - power)));
    }
    if (power) c = end;
    if (c < to && *c == '_') c += ot__pasted_letters(c, to);
    if (c < to && strchr("fFlL", *c) && !ot__pasted_letters(c + 1, to)) c++;
    *at = c;
    const size_t letters = ot__pasted_letters(c, to);
    return letters ? refuse(w, "an operator is missing before", c, letters) : OT_OK;
}

/* How the arguments of a function become an expression. */
typedef enum call { SAME, QUOTIENT, LAST, ROOT } call;

static const struct {
    const char *name;
    call call;
} functions[] = {
    { "sqrt", ROOT },         { "dsqrt", ROOT },
    { "Fraction", QUOTIENT }, { "Rational", QUOTIENT },
    { "mpq", QUOTIENT },      { "QQ", QUOTIENT },
    { "Ratio", QUOTIENT },    { "convert", LAST },
    { "parse", LAST },        { "T", SAME },
    { "T2", SAME },           { "tType", SAME },
    { "big", SAME },          { "BigFloat", SAME },
    { "BigInt", SAME },       { "Float64", SAME },
    { "Float32", SAME },      { "float", SAME },
    { "float64", SAME },      { "longdouble", SAME },
    { "double", SAME },       { "real", SAME },
    { "dble", SAME },         { "int", SAME },
    { "mpf", SAME },          { "mpfr", SAME },
    { "Decimal", SAME },      { "S", SAME },
    { "sympify", SAME },      { "Integer", SAME },
    { "RCONST", SAME },       { "SUN_RCONST", SAME },
    { "static_cast", SAME },  { "Real", SAME },
    { "scalar", SAME },       { "REAL", SAME },
    { "DBLE", SAME },         { "SQRT", ROOT },
    { "DSQRT", ROOT },        { "rational", QUOTIENT },
};

static ot_status arguments(writer *w, call how, const char *from, const char *to)
{
    const char *const comma = find_outside(from, to, ',');
    const bool two = comma < to;
    if (how == ROOT) OT_TRY(put(w, "sqrt", 4));
    if (!two) return group(w, from, to);
    if (how == LAST) return group(w, comma + 1, to);
    if (how != QUOTIENT)
        return ot__pasted_complain(w->p, w->line, "a number with a comma, \"%.*s\"",
                                   (int)(to - from < 40 ? to - from : 40), from);
    OT_TRY(put(w, "(", 1));
    OT_TRY(group(w, from, comma));
    OT_TRY(put(w, "/", 1));
    OT_TRY(group(w, comma + 1, to));
    return put(w, ")", 1);
}

static ot_status call_of(writer *w, const char *name, size_t n, const char **at, const char *to)
{
    const char *const open = *at, *const close = ot__pasted_match(open, to);
    if (!close) return refuse(w, "a bracket is not closed after", name, n);
    *at = close + 1;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (strlen(functions[i].name) == n && strncmp(name, functions[i].name, n) == 0)
            return arguments(w, functions[i].call, open + 1, close);
    return refuse(w, "unknown function", name, n);
}

/* The number that an earlier line gave a name. */
static ot_status constant(writer *w, const char *name, size_t n)
{
    for (int i = w->p->n - 1; i >= 0; i--) {
        const ot__grid *const g = &w->p->grid[i];
        const bool read = g->scalar && !g->bad && g->begin[1] == 1; /* it may be in its own value */
        if (!read || g->n_index || strlen(g->name) != n || strncmp(g->name, name, n) != 0) continue;
        OT_TRY(put(w, "(", 1));
        OT_TRY(put(w, g->cell[0].text, strlen(g->cell[0].text)));
        return put(w, ")", 1);
    }
    return refuse(w, "no number has the name", name, n);
}

/* "np.sqrt(2)" is sqrt(2), big"0.1" is 0.1. */
static ot_status word(writer *w, const char **at, const char *to)
{
    const char *name = *at;
    size_t n = ot__pasted_letters(name, to);
    while (name + n + 1 < to && name[n] == '.' && ot__pasted_letters(name + n + 1, to)) {
        name += n + 1;
        n = ot__pasted_letters(name, to);
    }
    *at = name + n;
    if (*at < to && (**at == '{' || **at == '<') && n > 0) { /* a type: Rational{BigInt}, cast<T> */
        const char *const end = memchr(*at, **at == '{' ? '}' : '>', (size_t)(to - *at));
        if (end) *at = end + 1;
    }
    if (*at < to && **at == '(') return call_of(w, name, n, at, to);
    if (*at < to && (**at == '"' || **at == '\'')) {
        const char *const end = ot__pasted_match(*at, to);
        if (!end) return refuse(w, "a quote is not closed after", name, n);
        const ot_status status = group(w, *at + 1, end);
        *at = end + 1;
        return status;
    }
    return constant(w, name, n);
}

/* \frac{1}{2}, \frac12 and \sqrt{2} of LaTeX. */
static ot_status braces(writer *w, const char **at, const char *to)
{
    *at = skip(*at, to);
    const char *const close = *at < to && **at == '{' ? ot__pasted_match(*at, to) : NULL;
    const char *const from = close ? *at + 1 : *at, *const end = close ? close : *at + 1;
    if (*at >= to || (!close && !is_digit(**at)))
        return ot__pasted_complain(w->p, w->line, "braces are missing after \\frac or \\sqrt");
    *at = close ? close + 1 : end;
    return group(w, from, end);
}

static ot_status latex(writer *w, const char **at, const char *to)
{
    static const char frac[] = "\\frac", sqrt[] = "\\sqrt";
    const bool is_frac = strncmp(*at, frac, 5) == 0;
    if (!is_frac && strncmp(*at, sqrt, 5) != 0)
        return refuse(w, "unknown command", *at, 1 + ot__pasted_letters(*at + 1, to));
    *at += 5;
    if (!is_frac) {
        OT_TRY(put(w, "sqrt", 4));
        return braces(w, at, to);
    }
    OT_TRY(put(w, "(", 1));
    OT_TRY(braces(w, at, to));
    OT_TRY(put(w, "/", 1));
    OT_TRY(braces(w, at, to));
    return put(w, ")", 1);
}

static ot_status bracket(writer *w, const char **at, const char *to)
{
    const char *const close = ot__pasted_match(*at, to);
    if (!close) return ot__pasted_complain(w->p, w->line, "a bracket is not closed");
    const ot_status status = group(w, *at + 1, close);
    *at = close + 1;
    return status;
}

/* The sign "√" of Julia. */
static ot_status root_sign(writer *w, const char **at, const char *to)
{
    *at += strlen("\xE2\x88\x9A");
    OT_TRY(put(w, "sqrt", 4));
    if (*at < to && **at == '(') return bracket(w, at, to);
    OT_TRY(put(w, "(", 1));
    OT_TRY(number(w, at, to));
    return put(w, ")", 1);
}

static ot_status operand(writer *w, const char **at, const char *to)
{
    if (is_digit(**at) || **at == '.') return number(w, at, to);
    if (strchr("([{", **at)) return bracket(w, at, to);
    if (**at == '\\') return latex(w, at, to);
    if (strncmp(*at, "\xE2\x88\x9A", 3) == 0) return root_sign(w, at, to);
    if (**at == '"' || **at == '\'' || is_letter(**at)) return word(w, at, to);
    return refuse(w, "a number is expected, not", *at, (size_t)ot__token(*at));
}

static ot_status operation(writer *w, const char **at, const char *to)
{
    const char c = **at;
    if (c == '^' || (c == '*' && *at + 1 < to && (*at)[1] == '*'))
        return ot__pasted_complain(w->p, w->line, "a power; write it as a product");
    *at += c == '/' && *at + 1 < to && (*at)[1] == '/' ? 2 : 1;
    return put(w, &c, 1);
}

static ot_status expression(writer *w, const char *at, const char *to)
{
    bool complete = false; /* an operand has been read, so that an operator may follow */
    if (++w->depth > DEPTH_MOST)
        return ot__pasted_complain(w->p, w->line, "nested more than %d deep", DEPTH_MOST);
    for (at = skip(at, to); at < to && *at; at = skip(at, to)) {
        if (strchr("+-*/^", *at)) {
            OT_TRY(operation(w, &at, to));
            complete = false;
            continue;
        }
        if (complete)
            return refuse(w, "an operator or a comma is missing before", at, (size_t)ot__token(at));
        OT_TRY(operand(w, &at, to));
        complete = true;
    }
    w->depth--;
    return OT_OK;
}

/* ---- cells ---- */

static ot_status check_cell(const writer *w)
{
    unsigned long root = 1;
    ot__value value;
    ot__source s = { w->p->origin, w->line, w->out, w->out };
    ot__value_init(&value);
    ot_status status = ot__expr_read(&s, &root, &value);
    ot__value_clear(&value);
    if (status != OT_OK && status != OT_EFORMAT) return status;
    if (status == OT_OK && ot__at_end(&s)) return OT_OK;
    return refuse(w, "no number:", w->out, w->n);
}

ot_status ot__pasted_cell(ot__pasted *p, const char *from, const char *to, int line, ot__grid *g)
{
    writer *const w = ot__new(1, sizeof *w);
    if (!w) return OT_ENOMEM;
    w->p = p;
    w->line = line + ot__pasted_lines(from, skip(from, to));
    ot_status status = OT_OK;
    if (g->begin[g->rows] == OT__GRID_CELLS)
        status = ot__pasted_complain(p, line, "more than %d numbers", (int)OT__GRID_CELLS);
    if (status == OT_OK) status = expression(w, from, to);
    if (status == OT_OK) status = check_cell(w);
    if (status == OT_OK) status = ot__pasted_empty_cell(g, w->line);
    if (status == OT_OK) {
        ot__cell *const cell = &g->cell[g->begin[g->rows] - 1];
        cell->text = ot__strdup(w->out);
        if (!cell->text) status = OT_ENOMEM;
    }
    ot__free(w);
    return status;
}

/* ---- lists ---- */

/* A list: what its brackets enclose. */
typedef struct list {
    const char *from, *to;
    bool square;
} list;

/* Whether the value between two places is a list: np.array([1, 2]), Float64[1 2], {1, 2}, (1, 2).
 * *end becomes the place after it. */
static bool is_list(const char *at, const char *to, list *l, const char **end)
{
    at = skip(at, to);
    at += at < to && *at == '@';
    const char *name = at;
    for (;;) {
        at += ot__pasted_letters(at, to);
        if (at >= to || *at != '.' || !ot__pasted_letters(at + 1, to)) break;
        at++;
    }
    const bool named = at > name;
    at = skip(at, to);
    if (at >= to || !strchr("[{(", *at)) return false;
    const char *const close = ot__pasted_match(at, to);
    if (!close) return false;
    *end = close + 1;
    if (*at == '(' && named) {
        const char *inner_end;
        return is_list(at + 1, close, l, &inner_end);
    }
    *l = (list){ at + 1, close, *at == '[' };
    return *at != '(' || find_outside(at + 1, close, ',') < close;
}

/* The end of an element in a list that blanks separate.  A sign after a blank and before none
 * begins the next element: [1 -2]. */
static const char *blank_element(const char *at, const char *to)
{
    for (bool operand = false; at < to && *at != ';' && *at != '\n'; at++) {
        if (strchr("([{\"", *at)) {
            const char *const end = ot__pasted_match(at, to);
            if (end) at = end;
            operand = true;
        } else if (*at == ' ' || *at == '\t' || *at == '\r') {
            const char *const next = at + strspn(at, " \t\r");
            if (next >= to || *next == ';' || *next == '\n') return at;
            const bool sign = strchr("+-", *next) && next + 1 < to && !is_blank(next[1]);
            if (operand && (!strchr("+-*/", *next) || sign)) return at;
            at = next - 1;
        } else {
            operand = !strchr("+-*/", *at);
        }
    }
    return at;
}

/* A list that is read. */
typedef struct lister {
    ot__pasted *p;
    ot__grid *g;
    int line, depth;
    bool nested; /* a row has been read */
} lister;

static ot_status read_list(lister *r, list l);

/* An element between two places: a number, or a row of numbers. */
static ot_status element(lister *r, const char *at, const char *end)
{
    list inner;
    const char *inner_end;
    end = trim(at, end);
    if (!is_list(at, end, &inner, &inner_end)) return ot__pasted_cell(r->p, at, end, r->line, r->g);
    if (r->depth > 0)
        return ot__pasted_complain(r->p, r->line,
                                   "lists are nested three deep; rows are lists of numbers");
    if (skip(inner_end, end) < end)
        return ot__pasted_complain(r->p, r->line, "a list is followed by more than a comma");
    if (r->nested) OT_TRY(ot__pasted_row(r->p, r->line, r->g));
    r->nested = true;
    lister row = { r->p, r->g, r->line + ot__pasted_lines(at, inner.from), 1, false };
    return read_list(&row, inner);
}

/* Whether an element is an option of a function, such as dtype=float. */
static bool is_option(const lister *r, const char *at, const char *end)
{
    return r->depth == 0 && ot__pasted_letters(at, end) && find_outside(at, end, '=') < end;
}

/* Moves over what separates elements; ';' and, if blanks separate, line ends begin a row. */
static ot_status separators(lister *r, const char **at, const char *to, bool commas)
{
    while (*at < to && (is_blank(**at) || **at == ';')) {
        const bool row = **at == ';' || (**at == '\n' && !commas);
        r->line += ot__pasted_lines(*at, *at + 1);
        ++*at;
        if (row && r->g->begin[r->g->rows] > r->g->begin[r->g->rows - 1] && skip(*at, to) < to)
            OT_TRY(ot__pasted_row(r->p, r->line, r->g));
    }
    return OT_OK;
}

static ot_status read_list(lister *r, list l)
{
    const bool commas = find_outside(l.from, l.to, ',') < l.to || !l.square;
    const char *at = l.from;
    OT_TRY(separators(r, &at, l.to, commas));
    while (at < l.to) {
        const char *const comma = find_outside(at, l.to, ','), *const row =
                                                                   find_outside(at, l.to, ';');
        const char *const end = !commas ? blank_element(at, l.to) : comma < row ? comma : row;
        if (!is_option(r, at, end)) OT_TRY(element(r, at, end));
        r->line += ot__pasted_lines(at, end);
        at = end + (commas && end < l.to && *end == ',');
        OT_TRY(separators(r, &at, l.to, commas));
    }
    return OT_OK;
}

ot_status ot__pasted_value(ot__pasted *p, const char *from, const char *to, int line, ot__grid *g)
{
    list l;
    const char *end;
    OT_TRY(ot__pasted_row(p, line, g));
    to = trim(from, to);
    g->scalar = !is_list(from, to, &l, &end);
    if (g->scalar) return ot__pasted_cell(p, from, to, line, g);
    end = skip(end, to);
    if (end < to && *end != ')')
        return ot__pasted_complain(p, line, "after a list, \"%.*s\" is not understood",
                                   (int)(to - end < 40 ? to - end : 40), end);
    lister r = { p, g, line + ot__pasted_lines(from, l.from), 0, false };
    OT_TRY(read_list(&r, l));
    bool column = !r.nested; /* [1; 2; 3] is a list */
    for (int i = 0; i < g->rows; i++)
        column &= g->begin[i + 1] - g->begin[i] == 1;
    if (column) g->begin[1] = g->begin[g->rows];
    if (column) g->rows = 1;
    return OT_OK;
}
