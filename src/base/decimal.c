/* SPDX-License-Identifier: BSD-3-Clause
 * The grammar is checked here; the C library only converts what has passed.  A number is accepted
 * if both end at the same character. */
#include "base/decimal.h"

#include <errno.h>
#include <math.h>
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
