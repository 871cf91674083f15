/* SPDX-License-Identifier: BSD-3-Clause
 * Parses coefficients by recursive descent.  The grammar:
 *
 *     sum     = product { ("+" | "-") product }
 *     product = factor { ("*" | "/") factor }
 *     factor  = ( "-" | "+" ) factor | number | "sqrt" "(" sum ")" | "(" sum ")"
 *     number  = decimal [ ( "e" | "E" ) [ "-" | "+" ] digits ]
 *     decimal = digits [ "." [ digits ] ] | "." digits
 *
 * The minus sign of typeset texts, U+2212, is a "-".
 *
 * Each value knows how far its decimals may have moved it.  Digits are read here and not by the C
 * library, so the locale does not matter.  The depth of nesting and the digits of every value are
 * limited, so no text takes much time or memory. */
#include "schemes/tableau/expr.h"

#include <math.h>
#include <string.h>

enum { DEPTH_MOST = 50 };

typedef struct reader {
    ot__source *s;
    unsigned long *root;
    int depth;
} reader;

static ot_status sum(reader *r, ot__value *v);

/* Computes the place only for a message, because to find a column the line is read again. */
#define complain(r, at, ...) ot__complain(ot__place_of((r)->s, at), __VA_ARGS__)

static ot_status check_size(const reader *r, const char *at, const ot__value *v)
{
    if (ot__exact_digits(&v->x) <= OT__DIGITS_MOST) return OT_OK;
    return complain(r, at, "a value grows beyond %d digits", OT__DIGITS_MOST);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

void ot__value_init(ot__value *v)
{
    ot__exact_init(&v->x);
    v->unit = v->coarse = 0;
    v->digits = 0;
}

void ot__value_clear(ot__value *v)
{
    ot__exact_clear(&v->x);
}

/* ---- numbers ---- */

/* Whether x = n/2^m with a small m: 0.125 and 0.4375 are not rounded. */
static bool is_binary(const ot__exact *x)
{
    return mpz_cmp_ui(x->r, 1024) <= 0 && mpz_popcount(x->r) == 1;
}

/* Says how far a decimal with this many significant digits, `places` of them after the point, may
 * be rounded. */
static void note_rounding(ot__value *v, int digits, int places)
{
    enum { LONG = 6, SHORT = 3 };
    const double unit = pow(10, -places);
    if (digits >= LONG) {
        v->unit = v->coarse = unit;
        if (!is_binary(&v->x)) v->digits = digits;
    } else if (digits >= SHORT && !is_binary(&v->x)) {
        v->coarse = unit;
    }
}

static int significant(const char *digits)
{
    return (int)strlen(digits + strspn(digits, "0"));
}

/* The digits of a decimal number, and how many of them come after the point. */
typedef struct decimal {
    char digits[OT__DIGITS_MOST + 1];
    int n, places;
    bool point; /* or an exponent: it is a decimal */
} decimal;

/* Reads "12", "0.25", ".5" or "1." at c.  Returns the end. */
static const char *read_digits(const char *c, decimal *d)
{
    *d = (decimal){ .n = 0 };
    for (; is_digit(*c) || (*c == '.' && !d->point); c++) {
        if (*c == '.') {
            d->point = true;
            continue;
        }
        if (d->n < OT__DIGITS_MOST) d->digits[d->n] = *c;
        d->n++;
        d->places += d->point;
    }
    return c;
}

/* Reads an exponent such as "e-3" at c, if there is one.  Returns the end. */
static const char *read_exponent(const char *c, decimal *d)
{
    enum { MOST = 2 * OT__DIGITS_MOST };
    const char *at = c + 1;
    int exponent = 0;
    if (*c != 'e' && *c != 'E') return c;
    const bool minus = *at == '-';
    at += *at == '-' || *at == '+';
    if (!is_digit(*at)) return c;
    for (; is_digit(*at); at++)
        if (exponent < MOST) exponent = 10 * exponent + (*at - '0');
    d->places += minus ? exponent : -exponent;
    d->point = true;
    return at;
}

/* Whether an exponent of Fortran follows a number: the d0 of 1.d0. */
static bool is_fortran(const char *c)
{
    if (*c != 'd' && *c != 'D') return false;
    return is_digit(c[1 + (c[1] == '-' || c[1] == '+')]);
}

/* 0.25 is 25/100. */
static ot_status number(reader *r, ot__value *v)
{
    const char *const from = r->s->at;
    decimal d;
    const char *const end = read_exponent(read_digits(from, &d), &d);
    if (d.n == 0) return complain(r, from, "a digit must be before or after the point");
    if (d.n > OT__DIGITS_MOST)
        return complain(r, from, "the number has %d digits; it may have %d", d.n, OT__DIGITS_MOST);
    const int zeros = d.places < 0 ? -d.places : 0, places = d.places > 0 ? d.places : 0;
    if (zeros > OT__DIGITS_MOST || places > 2 * OT__DIGITS_MOST)
        return complain(r, from, "a value grows beyond %d digits", OT__DIGITS_MOST);
    if (is_fortran(end)) return complain(r, end, "write an exponent with e: 1e0, not 1d0");
    r->s->at = end;
    ot__exact scale;
    ot__exact_init(&scale);
    ot__exact_set_int(&v->x, 0);
    mpz_set_str(v->x.p, d.digits, 10);
    mpz_ui_pow_ui(scale.p, 10, (unsigned long)zeros);
    mpz_ui_pow_ui(scale.r, 10, (unsigned long)places);
    ot__exact_mul(&v->x, &v->x, &scale);
    ot__exact_clear(&scale);
    if (d.point) note_rounding(v, significant(d.digits), d.places);
    return check_size(r, from, v);
}

static ot_status parenthesis(reader *r, ot__value *v)
{
    if (!ot__take(r->s, '(')) return complain(r, r->s->at, "( must follow sqrt, as in sqrt(2)");
    const char *const opened = r->s->at - 1;
    OT_TRY(sum(r, v));
    if (ot__take(r->s, ')')) return OT_OK;
    return complain(r, r->s->at, ") is missing: ( is in column %d",
                    ot__place_of(r->s, opened).column);
}

/* v = sqrt(v) as a decimal. */
static void rounded_root(ot__value *v)
{
    ot__exact scale;
    ot__exact_init(&scale);
    mpz_ui_pow_ui(scale.p, 10, 2 * OT__ROOT_DIGITS);
    ot__exact_mul(&v->x, &v->x, &scale);
    mpz_tdiv_q(v->x.p, v->x.p, v->x.r);
    mpz_sqrt(v->x.p, v->x.p);
    mpz_ui_pow_ui(v->x.r, 10, OT__ROOT_DIGITS);
    ot__exact_reduce(&v->x);
    ot__exact_clear(&scale);
}

static ot_status square_root(reader *r, ot__value *v)
{
    const char *const at = r->s->at;
    r->s->at += strlen("sqrt");
    OT_TRY(parenthesis(r, v));
    if (v->x.d > 1) return complain(r, at, "square root of an irrational number");
    if (ot__exact_sign(&v->x) < 0) return complain(r, at, "square root of a negative number");
    ot__exact exact;
    ot__exact_init(&exact);
    const bool found = ot__exact_sqrt(&exact, &v->x);
    const double slope = 0.5 / sqrt(ot__exact_double(&v->x));
    v->unit = v->unit > 0 ? v->unit * slope : 0;
    v->coarse = v->coarse > 0 ? v->coarse * slope : 0;
    if (found && (exact.d == 1 || *r->root == 1 || exact.d == *r->root)) {
        ot__exact_set(&v->x, &exact);
        if (exact.d > 1) *r->root = exact.d;
    } else {
        rounded_root(v);
        v->unit += pow(10, -OT__ROOT_DIGITS);
        v->coarse += pow(10, -OT__ROOT_DIGITS);
        if (v->digits == 0 || v->digits > OT__ROOT_DIGITS) v->digits = OT__ROOT_DIGITS;
    }
    ot__exact_clear(&exact);
    return check_size(r, at, v);
}

static ot_status negated(reader *r, ot__value *v);
static ot_status nested_factor(reader *r, ot__value *v);

/* Notations of other languages, and what to write. */
static const struct {
    const char *word, *advice;
} foreign[] = {
    { "/", "a quotient has one slash: 1/2" },
    { "\\frac", "write a fraction as (1)/(2), not as \\frac{1}{2}" },
    { "\\sqrt", "write a square root as sqrt(2), not as \\sqrt{2}" },
    { "$", "write a coefficient without dollar signs" },
};

static ot_status not_a_number(const reader *r, const char *at)
{
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        if (strncmp(at, foreign[i].word, strlen(foreign[i].word)) == 0)
            return complain(r, at, "%s", foreign[i].advice);
    if (ot__at_end(r->s)) return complain(r, at, "a number is missing at the end of the line");
    return complain(r, at, "a number is expected, not \"%.*s\"", ot__token(at), at);
}

/* The bytes of a minus sign at this place; 0 if there is none. */
static size_t minus_at(const char *at)
{
    static const char typeset[] = "\xE2\x88\x92";
    if (*at == '-') return 1;
    return strncmp(at, typeset, 3) == 0 ? 3 : 0;
}

static ot_status factor(reader *r, ot__value *v)
{
    ot__blanks(r->s);
    const char *const at = r->s->at;
    if (minus_at(at)) return negated(r, v);
    if (ot__take(r->s, '+')) return nested_factor(r, v);
    if (is_digit(*at) || *at == '.') return number(r, v);
    if (*at == '(') return parenthesis(r, v);
    if (ot__token(at) == 4 && strncmp(at, "sqrt", 4) == 0) return square_root(r, v);
    return not_a_number(r, at);
}

static ot_status nested_factor(reader *r, ot__value *v)
{
    if (r->depth == DEPTH_MOST)
        return complain(r, r->s->at, "nested more than %d deep", DEPTH_MOST);
    r->depth++;
    const ot_status status = factor(r, v);
    r->depth--;
    return status;
}

static ot_status negated(reader *r, ot__value *v)
{
    r->s->at += minus_at(r->s->at);
    OT_TRY(nested_factor(r, v));
    mpz_neg(v->x.p, v->x.p);
    mpz_neg(v->x.q, v->x.q);
    return OT_OK;
}

/* What an operation does to the roundings u and w of its operands x and y, to first order. */
static double added(double x, double u, double y, double w)
{
    (void)x;
    (void)y;
    return u + w;
}

static double multiplied(double x, double u, double y, double w)
{
    return fabs(y) * u + fabs(x) * w;
}

static double divided(double x, double u, double y, double w)
{
    return u / fabs(y) + fabs(x / y) * (w / fabs(y));
}

typedef struct operation {
    void (*exact)(ot__exact *z, const ot__exact *x, const ot__exact *y);
    double (*rounding)(double x, double u, double y, double w);
} operation;

static const operation add = { ot__exact_add, added }, subtract = { ot__exact_sub, added },
                       multiply = { ot__exact_mul, multiplied },
                       divide = { ot__exact_div, divided };

static void combine_roundings(const operation *op, ot__value *v, const ot__value *y)
{
    if (v->coarse == 0 && y->coarse == 0) return;
    const double a = ot__exact_double(&v->x), b = ot__exact_double(&y->x);
    v->unit = op->rounding(a, v->unit, b, y->unit);
    v->coarse = op->rounding(a, v->coarse, b, y->coarse);
    if (v->digits == 0 || (y->digits > 0 && y->digits < v->digits)) v->digits = y->digits;
}

typedef ot_status operand(reader *r, ot__value *v);

/* Reads the second operand with `next` and computes v = v op operand.  The sign of the operation
 * has just been read. */
static ot_status operate(reader *r, const operation *op, operand *next, ot__value *v)
{
    const char *const at = r->s->at - 1;
    ot__value y;
    ot__value_init(&y);
    ot_status status = next(r, &y);
    if (status == OT_OK && op == &divide && fabs(ot__exact_double(&y.x)) <= y.unit)
        status = complain(r, at, "division by zero");
    if (status == OT_OK) {
        combine_roundings(op, v, &y);
        op->exact(&v->x, &v->x, &y.x);
        status = check_size(r, at, v);
    }
    ot__value_clear(&y);
    return status;
}

static ot_status product(reader *r, ot__value *v)
{
    OT_TRY(nested_factor(r, v));
    for (;;) {
        if (ot__take(r->s, '*'))
            OT_TRY(operate(r, &multiply, nested_factor, v));
        else if (ot__take(r->s, '/'))
            OT_TRY(operate(r, &divide, nested_factor, v));
        else
            return OT_OK;
    }
}

static bool take_minus(reader *r)
{
    ot__blanks(r->s);
    const size_t bytes = minus_at(r->s->at);
    r->s->at += bytes;
    return bytes > 0;
}

static ot_status sum(reader *r, ot__value *v)
{
    OT_TRY(product(r, v));
    for (;;) {
        if (ot__take(r->s, '+'))
            OT_TRY(operate(r, &add, product, v));
        else if (take_minus(r))
            OT_TRY(operate(r, &subtract, product, v));
        else
            return OT_OK;
    }
}

ot_status ot__expr_read(ot__source *s, unsigned long *root, ot__value *value)
{
    return sum(&(reader){ s, root, 0 }, value);
}
