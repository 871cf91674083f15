/* SPDX-License-Identifier: BSD-3-Clause
 * Parses coefficients by recursive descent.  The grammar:
 *
 *     sum     = product { ("+" | "-") product }
 *     product = factor { ("*" | "/") factor }
 *     factor  = "-" factor | number | "sqrt" "(" sum ")" | "(" sum ")"
 *     number  = digits [ "." digits ]
 *
 * Digits are read here and not by the C library, so the locale does not matter.  The depth of
 * nesting and the digits of every value are limited, so no text takes much time or memory. */
#include "schemes/tableau/expr.h"

#include <string.h>

enum { DEPTH_MOST = 50 };

typedef struct reader {
    ot__source *s;
    unsigned long *root;
    int depth;
} reader;

static ot_status sum(reader *r, ot__exact *v);

/* Computes the place only for a message, because to find a column the line is read again. */
#define complain(r, at, ...) ot__complain(ot__place_of((r)->s, at), __VA_ARGS__)

static ot_status check_size(const reader *r, const char *at, const ot__exact *v)
{
    if (ot__exact_digits(v) <= OT__DIGITS_MOST) return OT_OK;
    return complain(r, at, "a value grows beyond %d digits", OT__DIGITS_MOST);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* 0.25 is 25/100. */
static ot_status number(reader *r, ot__exact *v)
{
    const char *const from = r->s->at, *c = from, *point = NULL;
    char digits[OT__DIGITS_MOST + 1];
    int n = 0;
    for (; is_digit(*c) || (*c == '.' && !point); c++) {
        if (*c == '.')
            point = c;
        else if (n++ < OT__DIGITS_MOST)
            digits[n - 1] = *c;
    }
    if (point == c - 1) return complain(r, point, "a digit must follow the point");
    if (n > OT__DIGITS_MOST)
        return complain(r, from, "the number has %d digits; it may have %d", n, OT__DIGITS_MOST);
    digits[n] = 0;
    r->s->at = c;
    ot__exact scale;
    ot__exact_init(&scale);
    mpz_ui_pow_ui(scale.p, 10, point ? (unsigned long)(c - point - 1) : 0);
    ot__exact_set_int(v, 0);
    mpz_set_str(v->p, digits, 10);
    ot__exact_div(v, v, &scale);
    ot__exact_clear(&scale);
    return check_size(r, from, v);
}

static ot_status parenthesis(reader *r, ot__exact *v)
{
    if (!ot__take(r->s, '(')) return complain(r, r->s->at, "( must follow sqrt, as in sqrt(2)");
    const char *const opened = r->s->at - 1;
    OT_TRY(sum(r, v));
    if (ot__take(r->s, ')')) return OT_OK;
    return complain(r, r->s->at, ") is missing: ( is in column %d",
                    ot__place_of(r->s, opened).column);
}

static ot_status square_root(reader *r, ot__exact *v)
{
    const char *const at = r->s->at;
    r->s->at += strlen("sqrt");
    OT_TRY(parenthesis(r, v));
    if (v->d > 1) return complain(r, at, "square root of an irrational number");
    if (ot__exact_sign(v) < 0) return complain(r, at, "square root of a negative number");
    if (!ot__exact_sqrt(v, v))
        return complain(r, at, "sqrt(n/m) needs n*m up to %lu, unless n and m are perfect squares",
                        OT__SQRT_MOST);
    if (v->d > 1 && *r->root > 1 && v->d != *r->root)
        return complain(r, at,
                        "sqrt(%lu) beside sqrt(%lu); a tableau may have one square root only", v->d,
                        *r->root);
    if (v->d > 1) *r->root = v->d;
    return OT_OK;
}

static ot_status negated(reader *r, ot__exact *v);

static ot_status factor(reader *r, ot__exact *v)
{
    ot__blanks(r->s);
    const char *const at = r->s->at;
    const int length = ot__token(at);
    if (*at == '-') return negated(r, v);
    if (is_digit(*at)) return number(r, v);
    if (*at == '(') return parenthesis(r, v);
    if (length == 4 && strncmp(at, "sqrt", 4) == 0) return square_root(r, v);
    if (ot__at_end(r->s)) return complain(r, at, "a number is missing at the end of the line");
    return complain(r, at, "a number is expected, not \"%.*s\"", length, at);
}

static ot_status nested_factor(reader *r, ot__exact *v)
{
    if (r->depth == DEPTH_MOST)
        return complain(r, r->s->at, "nested more than %d deep", DEPTH_MOST);
    r->depth++;
    const ot_status status = factor(r, v);
    r->depth--;
    return status;
}

static ot_status negated(reader *r, ot__exact *v)
{
    r->s->at++;
    OT_TRY(nested_factor(r, v));
    mpz_neg(v->p, v->p);
    mpz_neg(v->q, v->q);
    return OT_OK;
}

typedef void operation(ot__exact *z, const ot__exact *x, const ot__exact *y);
typedef ot_status operand(reader *r, ot__exact *v);

/* Reads the second operand with `next` and computes v = v op operand.  The sign of the operation
 * has just been read. */
static ot_status operate(reader *r, operation *op, operand *next, ot__exact *v)
{
    const char *const at = r->s->at - 1;
    ot__exact y;
    ot__exact_init(&y);
    ot_status status = next(r, &y);
    if (status == OT_OK && op == ot__exact_div && ot__exact_sign(&y) == 0)
        status = complain(r, at, "division by zero");
    if (status == OT_OK) {
        op(v, v, &y);
        status = check_size(r, at, v);
    }
    ot__exact_clear(&y);
    return status;
}

static ot_status product(reader *r, ot__exact *v)
{
    OT_TRY(nested_factor(r, v));
    for (;;) {
        if (ot__take(r->s, '*'))
            OT_TRY(operate(r, ot__exact_mul, nested_factor, v));
        else if (ot__take(r->s, '/'))
            OT_TRY(operate(r, ot__exact_div, nested_factor, v));
        else
            return OT_OK;
    }
}

static ot_status sum(reader *r, ot__exact *v)
{
    OT_TRY(product(r, v));
    for (;;) {
        if (ot__take(r->s, '+'))
            OT_TRY(operate(r, ot__exact_add, product, v));
        else if (ot__take(r->s, '-'))
            OT_TRY(operate(r, ot__exact_sub, product, v));
        else
            return OT_OK;
    }
}

ot_status ot__expr_read(ot__source *s, unsigned long *root, ot__exact *value)
{
    return sum(&(reader){ s, root, 0 }, value);
}
