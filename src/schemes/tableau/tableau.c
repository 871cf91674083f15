/* SPDX-License-Identifier: BSD-3-Clause
 * Parses the text of a tableau.  A line is a key, '=' and a value; a table of keys has the function
 * that reads each value.
 *
 * Rows may come in any order.  So missing rows, superfluous rows and rows of weights with a wrong
 * number of entries are found at the end.  The place where each row begins is stored until then,
 * for the messages. */
#include "schemes/tableau/tableau.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/decimal.h"
#include "schemes/tableau/expr.h"
#include "schemes/tableau/source.h"

enum { TITLE_MOST = 200 };

typedef struct reader reader;

typedef struct key {
    const char *name;
    ot_status (*read)(reader *r); /* reads the rest of the line after the key */
    bool required, repeated;
} key;

enum { N_KEYS = 8, C_KEY = 7 };

struct reader {
    ot__source s;
    ot_tableau *t;
    unsigned long root;              /* the d of Q(sqrt d); 1 until a square root is read */
    const char *word;                /* the key in the current line */
    ot__place here;                  /* place of this key */
    ot__place key[N_KEYS];           /* places of keys; line 0: not read yet */
    ot__place a[OT__STAGES_MOST], b; /* places of rows */
    ot__row c;                       /* the nodes, if they are given */
    ot__place *embedded;             /* places of embedded methods */
    size_t embedded_capacity, places_capacity;
};

static ot_status complain_here(const reader *r, const char *expected)
{
    const ot__place place = ot__place_of(&r->s, r->s.at);
    if (ot__at_end(&r->s)) return ot__complain(place, "%s is missing", expected);
    return ot__complain(place, "%s is expected, not \"%.*s\"", expected, ot__token(r->s.at),
                        r->s.at);
}

static ot_status take(reader *r, char c, const char *expected)
{
    return ot__take(&r->s, c) ? OT_OK : complain_here(r, expected);
}

/* ---- values ---- */

static void clear_entry(ot__row *row, int i)
{
    ot__exact_clear(&row->x[i]);
    ot__free(row->rounding[i].text);
}

static void clear_row(ot__row *row)
{
    for (int i = 0; i < row->n; i++)
        clear_entry(row, i);
    ot__free(row->x);
    ot__free(row->rounding);
}

/* With the denominator 2^m a quotient is a double, with 2^m 5^n a decimal; otherwise, with a
 * denominator r of at least 10^6, it may be the best approximation of another number, whose
 * distance is then below 1/r^2. */
double ot__fraction_unit(const ot__exact *x)
{
    enum { LONG = 1000000 };
    if (x->d > 1 || mpz_cmp_ui(x->r, LONG) < 0) return 0;
    mpz_t rest, five;
    mpz_init(rest);
    mpz_init_set_ui(five, 5);
    const mp_bitcnt_t twos = mpz_scan1(x->r, 0), fives = mpz_remove(rest, x->r, five);
    const mp_bitcnt_t others = mpz_sizeinbase(rest, 2) - 1 - twos;
    mpz_clears(rest, five, NULL);
    if (others > 0) return pow(mpz_get_d(x->r), -2);
    return fives > 0 ? pow(10, -(double)(twos > fives ? twos : fives)) : ldexp(1, -(int)twos);
}

/* Moves the value of a text, which ends before `to`, to entry i of a row. */
static ot_status keep_value(const char *from, const char *to, ot__value *v, ot__row *row, int i)
{
    ot__rounding *const rounding = &row->rounding[i];
    ot__exact_set(&row->x[i], &v->x);
    *rounding = (ot__rounding){
        .unit = v->unit, .coarse = v->coarse, .digits = v->digits, .verbatim = v->coarse > 0
    };
    if (v->coarse == 0) rounding->unit = rounding->coarse = ot__fraction_unit(&v->x);
    while (to > from && strchr(" \t\r", to[-1]))
        to--;
    rounding->text = ot__format("%.*s", (int)(to - from), from);
    return rounding->text ? OT_OK : OT_ENOMEM;
}

static ot_status read_entry(reader *r, ot__row *row, int i)
{
    const char *const from = r->s.at;
    ot__value v;
    ot__value_init(&v);
    ot_status status = ot__expr_read(&r->s, &r->root, &v);
    if (status == OT_OK) status = keep_value(from, r->s.at, &v, row, i);
    ot__value_clear(&v);
    return status;
}

/* Reads entries separated by commas and appends them to the row. */
static ot_status read_entries(reader *r, ot__row *row)
{
    size_t capacity = 0, roundings = 0;
    do {
        ot__blanks(&r->s);
        if (row->n == OT__STAGES_MOST)
            return ot__complain(ot__place_of(&r->s, r->s.at),
                                "more than %d entries; a tableau may have %d stages", row->n,
                                OT__STAGES_MOST);
        const size_t n = (size_t)row->n + 1;
        OT_TRY(ot__grow((void **)&row->x, &capacity, n, sizeof *row->x));
        OT_TRY(ot__grow((void **)&row->rounding, &roundings, n, sizeof *row->rounding));
        ot__exact_init(&row->x[row->n]);
        row->rounding[row->n++] = (ot__rounding){ .unit = 0 };
        OT_TRY(read_entry(r, row, row->n - 1));
    } while (ot__take(&r->s, ','));
    return ot__at_end(&r->s) ? OT_OK : complain_here(r, "a comma or an operator");
}

/* Reads a name: a lower-case letter, then lower-case letters, digits and underscores.  A name such
 * as "rk4x2" is refused, because in the description of a network it means two blocks of rk4. */
static ot_status read_identifier(reader *r, char name[OT__NAME_MOST + 1])
{
    ot__blanks(&r->s);
    const ot__place place = ot__place_of(&r->s, r->s.at);
    const size_t n = strspn(r->s.at, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (n == 0 || r->s.at[0] < 'a' || (r->s.at[n] >= 'A' && r->s.at[n] <= 'Z'))
        return complain_here(r, "a name of lower-case letters, digits and underscores");
    if (n > OT__NAME_MOST)
        return ot__complain(place, "the name has %zu characters; it may have %d", n, OT__NAME_MOST);
    memcpy(name, r->s.at, n);
    name[n] = 0;
    r->s.at += n;
    const char *x = strrchr(name, 'x');
    if (x && x[1] && strspn(x + 1, "0123456789") == strlen(x + 1))
        return ot__complain(place, "a name may not end in \"%s\", which means a number of blocks",
                            x);
    return OT_OK;
}

static ot_status read_order_number(reader *r, int *order)
{
    ot__blanks(&r->s);
    const ot__place place = ot__place_of(&r->s, r->s.at);
    if (!ot__read_count(&r->s.at, 0, OT__ORDER_MOST, order))
        return ot__complain(place, "an order from 0 to %d is expected, not \"%.*s\"",
                            OT__ORDER_MOST, ot__token(r->s.at), r->s.at);
    return OT_OK;
}

static ot_status read_words(reader *r, char **words)
{
    ot__blanks(&r->s);
    const char *from = r->s.at;
    size_t n = strcspn(from, "#\n");
    r->s.at += n;
    while (n && strchr(" \t\r", from[n - 1]))
        n--;
    if (n == 0) return complain_here(r, "some text");
    if (n > TITLE_MOST)
        return ot__complain(ot__place_of(&r->s, from), "%zu bytes of text; there may be %d", n,
                            TITLE_MOST);
    *words = ot__new(n + 1, 1);
    if (!*words) return OT_ENOMEM;
    memcpy(*words, from, n);
    return OT_OK;
}

/* ---- keys ---- */

static ot_status read_scheme(reader *r)
{
    OT_TRY(take(r, '=', "="));
    return read_identifier(r, r->t->name);
}

static ot_status read_title(reader *r)
{
    OT_TRY(take(r, '=', "="));
    return read_words(r, &r->t->title);
}

static ot_status read_reference(reader *r)
{
    OT_TRY(take(r, '=', "="));
    return read_words(r, &r->t->reference);
}

static ot_status read_order(reader *r)
{
    OT_TRY(take(r, '=', "="));
    return read_order_number(r, &r->t->order);
}

/* Whether the line has a comma between two digits, as a decimal of many languages has it. */
static bool has_decimal_comma(const char *line)
{
    for (const char *c = line; *c && *c != '\n' && *c != '#'; c++)
        if (*c == ',' && c > line && isdigit((unsigned char)c[-1]) && isdigit((unsigned char)c[1]))
            return true;
    return false;
}

/* Published tables are often square.  Cuts the zeros from the diagonal on off row i. */
static ot_status cut_square(reader *r, int i)
{
    ot__row *const row = &r->t->a[i];
    for (int j = i; j < row->n; j++)
        if (ot__exact_sign(&row->x[j]))
            return ot__complain(r->here,
                                "row a%d has %d entries; it may have %d: with more, stage %d would "
                                "depend on itself or a later stage, an implicit scheme, and only "
                                "explicit ones are run%s",
                                i + 1, row->n, i, i + 1,
                                has_decimal_comma(r->word) ? "; or is 0,5 meant as 0.5?" : "");
    for (; row->n > i; row->n--)
        clear_entry(row, row->n - 1);
    return OT_OK;
}

static ot_status read_a(reader *r)
{
    const char *digits = r->word + 1;
    int stage = 0;
    if (!ot__read_count(&digits, 1, OT__STAGES_MOST, &stage))
        return ot__complain(r->here, "a tableau has stages 1 to %d", OT__STAGES_MOST);
    const int i = stage - 1;
    if (r->a[i].line)
        return ot__complain(r->here, "a%d is given twice, first in line %d", stage, r->a[i].line);
    r->a[i] = r->here;
    OT_TRY(take(r, '=', "="));
    OT_TRY(read_entries(r, &r->t->a[i]));
    if (r->t->a[i].n > i) return cut_square(r, i);
    if (r->t->a[i].n == i) return OT_OK;
    return ot__complain(r->here,
                        "row a%d has %d %s; it must have %d, one for each stage before it "
                        "(0 if it does not read that stage)",
                        stage, r->t->a[i].n, r->t->a[i].n == 1 ? "entry" : "entries", i);
}

static ot_status read_b(reader *r)
{
    r->b = r->here;
    OT_TRY(take(r, '=', "="));
    OT_TRY(read_entries(r, &r->t->b));
    r->t->stages = r->t->b.n;
    for (int i = 0; i < r->t->stages; i++)
        if (ot__exact_sign(&r->t->b.x[i])) return OT_OK;
    return ot__complain(r->here, "all weights are 0; the step would do nothing");
}

/* c follows from a; if a text has it, it must agree (check_nodes). */
static ot_status read_c(reader *r)
{
    OT_TRY(take(r, '=', "="));
    return read_entries(r, &r->c);
}

/* embedded NAME (order N) = ... */
static ot_status read_embedded(reader *r)
{
    if (r->t->n_embedded == OT__EMBEDDED_MOST)
        return ot__complain(r->here, "more than %d embedded methods", OT__EMBEDDED_MOST);
    const size_t n = (size_t)r->t->n_embedded;
    OT_TRY(
        ot__grow((void **)&r->t->embedded, &r->embedded_capacity, n + 1, sizeof *r->t->embedded));
    OT_TRY(ot__grow((void **)&r->embedded, &r->places_capacity, n + 1, sizeof *r->embedded));
    ot__embedded *const e = &r->t->embedded[r->t->n_embedded];
    r->embedded[r->t->n_embedded++] = r->here;
    OT_TRY(read_identifier(r, e->name));
    for (ot__embedded *other = r->t->embedded; other < e; other++)
        if (strcmp(other->name, e->name) == 0)
            return ot__complain(r->here, "embedded %s is given twice, first in line %d", e->name,
                                r->embedded[other - r->t->embedded].line);
    OT_TRY(take(r, '(', "(order N)"));
    ot__blanks(&r->s);
    if (strncmp(r->s.at, "order", 5) != 0) return complain_here(r, "order, as in (order 4),");
    r->s.at += 5;
    OT_TRY(read_order_number(r, &e->order));
    OT_TRY(take(r, ')', ")"));
    OT_TRY(take(r, '=', "="));
    return read_entries(r, &e->b);
}

static const key keys[N_KEYS] = {
    { .name = "scheme", .read = read_scheme, .required = true },
    { .name = "title", .read = read_title },
    { .name = "order", .read = read_order, .required = true },
    { .name = "reference", .read = read_reference },
    { .name = "a2", .read = read_a, .repeated = true }, /* and a3, a4, ... */
    { .name = "b", .read = read_b, .required = true },
    { .name = "embedded", .read = read_embedded, .repeated = true },
    [C_KEY] = { .name = "c", .read = read_c },
};

/* ---- lines ---- */

static bool is_row(const char *word, int length)
{
    return length > 1 && word[0] == 'a' && word[1] != '0' &&
           (int)strspn(word + 1, "0123456789") == length - 1;
}

static const key *find_key(const char *word, int length)
{
    for (const key *k = keys; k < keys + N_KEYS; k++) {
        if (k->read == read_a && is_row(word, length)) return k;
        if ((int)strlen(k->name) == length && strncmp(word, k->name, (size_t)length) == 0) return k;
    }
    return NULL;
}

static ot_status unknown_key(const reader *r, int length)
{
    const char *names[N_KEYS];
    char word[64];
    for (int i = 0; i < N_KEYS; i++)
        names[i] = keys[i].name;
    memcpy(word, r->word, (size_t)length);
    word[length] = 0;
    const char *nearest = ot_nearest(word, N_KEYS, names);
    if (nearest)
        return ot__complain(r->here, "unknown key \"%s\"; did you mean \"%s\"?", word, nearest);
    return ot__complain(r->here,
                        "unknown key \"%s\"; keys are scheme, title, order, reference, "
                        "a2, a3, ..., b and embedded",
                        word);
}

static ot_status read_line(reader *r)
{
    ot__blanks(&r->s);
    if (ot__at_end(&r->s)) return OT_OK;
    r->word = r->s.at;
    r->here = ot__place_of(&r->s, r->s.at);
    const int length = ot__token(r->s.at);
    const key *k = find_key(r->word, length);
    if (!k) return unknown_key(r, length);
    ot__place *given = &r->key[k - keys];
    if (given->line && !k->repeated)
        return ot__complain(r->here, "%s is given twice, first in line %d", k->name, given->line);
    *given = r->here;
    r->s.at += length;
    OT_TRY(k->read(r));
    ot__blanks(&r->s);
    return ot__at_end(&r->s) ? OT_OK : complain_here(r, "the end of the line");
}

/* ---- the whole text ---- */

/* How far the rounding of its entries moves the sum of a row. */
static double sum_unit(const ot__row *row)
{
    double sum = 0;
    for (int j = 0; j < row->n; j++)
        sum += row->rounding[j].coarse;
    return sum;
}

/* Complains of a node that is not the sum of its row. */
static ot_status check_node(const reader *r, int i, const ot__exact *sum)
{
    ot__exact difference;
    ot__exact_init(&difference);
    ot__exact_sub(&difference, &r->c.x[i], sum);
    const double by = fabs(ot__exact_double(&difference));
    ot__exact_clear(&difference);
    if (by <= r->c.rounding[i].coarse + sum_unit(&r->t->a[i])) return OT_OK;
    return ot__complain(r->key[C_KEY],
                        "node %d of c is %.10g, but row a%d adds up to %.10g; one of the two has "
                        "an error",
                        i + 1, ot__exact_double(&r->c.x[i]), i + 1, ot__exact_double(sum));
}

static ot_status check_nodes(const reader *r)
{
    ot_status status = OT_OK;
    if (r->c.n == 0) return OT_OK;
    if (r->c.n != r->t->stages)
        return ot__complain(r->key[C_KEY], "c has %d %s; it must have %d as b has", r->c.n,
                            r->c.n == 1 ? "entry" : "entries", r->t->stages);
    ot__exact sum;
    ot__exact_init(&sum);
    for (int i = 0; i < r->c.n && status == OT_OK; i++) {
        ot__tableau_c(r->t, i, &sum);
        status = check_node(r, i, &sum);
    }
    ot__exact_clear(&sum);
    return status;
}

static ot_status check_whole(const reader *r)
{
    const ot_tableau *t = r->t;
    const int s = t->stages;
    for (int k = 0; k < N_KEYS; k++)
        if (keys[k].required && !r->key[k].line)
            return ot__complain(ot__place_of(&r->s, r->s.at), "there is no line \"%s = ...\"",
                                keys[k].name);
    for (int i = 1; i < s; i++)
        if (!r->a[i].line)
            return ot__complain(r->b, "b has %d entries, so there are %d stages, but no row a%d", s,
                                s, i + 1);
    for (int i = s; i < OT__STAGES_MOST; i++)
        if (r->a[i].line)
            return ot__complain(r->a[i],
                                "there is a row a%d of stage %d, but b in line %d has only %d %s",
                                i + 1, i + 1, r->b.line, s, s == 1 ? "entry" : "entries");
    for (int e = 0; e < t->n_embedded; e++)
        if (t->embedded[e].b.n != s)
            return ot__complain(r->embedded[e], "embedded %s has %d %s; it must have %d as b has",
                                t->embedded[e].name, t->embedded[e].b.n,
                                t->embedded[e].b.n == 1 ? "entry" : "entries", s);
    return check_nodes(r);
}

static ot_status read_text(reader *r, const char *origin, const char *text, size_t size)
{
    if (size > OT__TEXT_MOST)
        return ot__fail(OT_EFORMAT, "%s:1:1: the text has %zu bytes; a tableau may have %d", origin,
                        size, OT__TEXT_MOST);
    OT_TRY(ot__source_open(&r->s, origin, text, size));
    do
        OT_TRY(read_line(r));
    while (ot__next_line(&r->s));
    return check_whole(r);
}

ot_status ot__tableau_parse(const char *text, size_t size, const char *origin, ot_tableau **out)
{
    reader r = { .t = ot__new(1, sizeof *r.t), .root = 1 };
    if (!r.t) return OT_ENOMEM;
    const ot_status status = read_text(&r, origin, text, size);
    ot__free(r.embedded);
    clear_row(&r.c);
    if (status == OT_OK)
        *out = r.t;
    else
        ot_tableau_free(r.t);
    return status;
}

void ot_tableau_free(ot_tableau *t)
{
    if (!t) return;
    for (int i = 0; i < OT__STAGES_MOST; i++)
        clear_row(&t->a[i]);
    clear_row(&t->b);
    for (int e = 0; e < t->n_embedded; e++)
        clear_row(&t->embedded[e].b);
    ot__free(t->embedded);
    ot__free(t->title);
    ot__free(t->reference);
    ot__free(t);
}
