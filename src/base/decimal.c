/* SPDX-License-Identifier: BSD-3-Clause
 * The grammar is checked here; the C library only converts what has passed.  A number is accepted
 * if both end at the same character. */
#include "base/decimal.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

static size_t sign(const char *text)
{
    return *text == '+' || *text == '-';
}

/* The length of the decimal number that a text begins with; 0 if there is none. */
static size_t decimal_length(const char *text)
{
    size_t n = sign(text), before = digits(text + n), after = 0;
    n += before;
    if (text[n] == '.') {
        after = digits(text + n + 1);
        n += 1 + after;
    }
    if (before + after == 0) return 0;
    if (text[n] != 'e' && text[n] != 'E') return n;
    const size_t exponent = n + 1 + sign(text + n + 1), power = digits(text + exponent);
    return power > 0 ? exponent + power : n;
}

bool ot__read_whole(const char **text, long long least, long long most, long long *value)
{
    const size_t n = sign(*text);
    if (digits(*text + n) == 0) return false;
    char *end;
    errno = 0;
    const long long whole = strtoll(*text, &end, 10);
    if (errno != 0 || whole < least || whole > most) return false;
    *value = whole;
    *text = end;
    return true;
}

bool ot__read_count(const char **text, int least, int most, int *value)
{
    long long whole;
    if (sign(*text) > 0 || !ot__read_whole(text, least, most, &whole)) return false;
    *value = (int)whole;
    return true;
}

/* LC_NUMERIC is never set in the program, so strtod reads a point. */
bool ot__read_real(const char **text, double least, double most, double *value)
{
    const size_t n = decimal_length(*text);
    if (n == 0) return false;
    char *end;
    const double real = strtod(*text, &end);
    if (end != *text + n || !isfinite(real) || real < least || real > most) return false;
    *value = real;
    *text = end;
    return true;
}

bool ot__read_seed(const char *text, uint64_t *value)
{
    if (*text == '\0' || text[digits(text)] != '\0') return false;
    errno = 0;
    const unsigned long long seed = strtoull(text, NULL, 10);
    if (errno != 0) return false;
    *value = seed;
    return true;
}

bool ot__read_pair(const char *text, char between, double least, double most, double value[2])
{
    double pair[2];
    if (!ot__read_real(&text, least, most, &pair[0]) || *text++ != between ||
        !ot__read_real(&text, least, most, &pair[1]) || *text != '\0')
        return false;
    memcpy(value, pair, sizeof pair);
    return true;
}

/* Reads a number that is a whole word, unlike the digits at the beginning of a checksum. */
static bool read_word(const char **text, double *value)
{
    const char *end = *text;
    if (!ot__read_real(&end, -DBL_MAX, DBL_MAX, value) || isalnum((unsigned char)*end))
        return false;
    *text = end;
    return true;
}

bool ot__same_decimals(const char *a, const char *b)
{
    for (bool begins = true; *a && *b;) {
        double x, y;
        const char *const before = a;
        if (begins && read_word(&a, &x) && read_word(&b, &y)) {
            if (x != y) return false;
            begins = false;
            continue;
        }
        a = before;
        if (*a != *b++) return false;
        begins = !isalnum((unsigned char)*a++);
    }
    return *a == *b;
}

/* ---- writing ---- */

/* Writes a number with the fewest digits that read back as the same double, and returns their
 * count. */
static int scientific(double value, char *text, size_t size)
{
    int digits = 0;
    do
        snprintf(text, size, "%.*e", digits++, value);
    while (digits < 17 && strtod(text, NULL) != value);
    return digits;
}

/* Drops the sign "+" and the zeros that printf puts before an exponent: "1e-05" is "1e-5". */
static void shorten_exponent(char *text)
{
    char *const e = strchr(text, 'e');
    if (!e) return;
    char *const to = e + 1 + (e[1] == '-'), *from = e + 1;
    from += strspn(from, "+-0");
    memmove(to, from, strlen(from) + 1);
}

/* Makes the decimal mark a point if a program has set another locale. */
static void set_point(char *text)
{
    for (; *text; text++)
        if (!strchr("0123456789-e", *text)) *text = '.';
}

const char *ot__real_text(ot__real *t, double value)
{
    enum { MOST = 17, LEAST = -4 }; /* powers of ten between which no exponent is written */
    snprintf(t->s, sizeof t->s, "%g", isnan(value) ? fabs(value) : value);
    if (!isfinite(value) || value == 0) return t->s;
    const int digits = scientific(value, t->s, sizeof t->s);
    const int power = (int)strtol(strchr(t->s, 'e') + 1, NULL, 10);
    const int after = digits - 1 - power;
    if (power >= LEAST && power < MOST)
        snprintf(t->s, sizeof t->s, "%.*f", after > 0 ? after : 0, value);
    else
        shorten_exponent(t->s);
    set_point(t->s);
    return t->s;
}

const char *ot__rounded_text(ot__real *t, double value, int digits)
{
    snprintf(t->s, sizeof t->s, "%.*e", digits - 1, value);
    return ot__real_text(t, strtod(t->s, NULL));
}

const char *ot__float_text(ot__real *t, float value)
{
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(t->s, sizeof t->s, "%.*e", digits - 1, (double)value);
        if (strtof(t->s, NULL) == value) break;
    }
    return ot__real_text(t, strtod(t->s, NULL));
}

const char *ot__bytes_text(ot__real *t, double bytes)
{
    const double mib = bytes / 1048576;
    if (bytes < 10240)
        snprintf(t->s, sizeof t->s, "%.0f B", bytes);
    else
        snprintf(t->s, sizeof t->s, "%.*f MiB", mib >= 99.95 ? 0 : mib >= 9.995 ? 1 : 2, mib);
    return t->s;
}
