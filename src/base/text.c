/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/text.h"

#include <string.h>

#include "odetape.h"

bool ot__read_int(const char **text, long lo, long hi, long *value)
{
    const char *p = *text;
    long n = 0;
    if (*p < '0' || *p > '9') return false;
    for (; *p >= '0' && *p <= '9'; p++) {
        n = n * 10 + (*p - '0');
        if (n > hi) return false;
    }
    if (n < lo) return false;
    *value = n;
    *text = p;
    return true;
}

void ot__skip_blanks(const char **text)
{
    *text += strspn(*text, " \t\r\n");
}

/* RFC 3629: the first byte of a character says how many there are, and narrows the second. */
int ot__utf8_character(const char *text)
{
    static const struct { /* first byte, range of the second, bytes in all */
        unsigned char first, last, second_first, second_last, bytes;
    } form[] = {
        { 0x00, 0x7F, 0, 0, 1 },       { 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 },
        { 0xE1, 0xEC, 0x80, 0xBF, 3 }, { 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 },
        { 0xF0, 0xF0, 0x90, 0xBF, 4 }, { 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
    };
    const unsigned char *const c = (const unsigned char *)text;
    for (size_t i = 0; i < sizeof form / sizeof form[0]; i++) {
        if (c[0] < form[i].first || c[0] > form[i].last) continue;
        if (form[i].bytes == 1) return 1;
        if (c[1] < form[i].second_first || c[1] > form[i].second_last) return 0;
        for (int k = 2; k < form[i].bytes; k++)
            if ((c[k] & 0xC0) != 0x80) return 0;
        return form[i].bytes;
    }
    return 0;
}

bool ot__is_control(const char *text)
{
    const unsigned char *const c = (const unsigned char *)text;
    return c[0] < 0x20 || c[0] == 0x7F || (c[0] == 0xC2 && c[1] < 0xA0);
}

/* Levenshtein distance; words longer than the table are as far as can be. */
static int distance(const char *a, const char *b)
{
    enum { LONGEST = 63 };
    int row[LONGEST + 1];
    const int n = (int)strlen(a), m = (int)strlen(b);
    if (n > LONGEST || m > LONGEST) return LONGEST;
    for (int j = 0; j <= m; j++)
        row[j] = j;
    for (int i = 1; i <= n; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= m; j++) {
            const int substitute = diagonal + (a[i - 1] != b[j - 1]);
            const int insert = row[j - 1] + 1, erase = row[j] + 1;
            diagonal = row[j];
            row[j] = substitute < insert ? substitute : insert;
            if (erase < row[j]) row[j] = erase;
        }
    }
    return row[m];
}

const char *ot_nearest(const char *word, int n, const char *const names[])
{
    const char *nearest = NULL;
    if (!word || !names) return NULL;
    int least = (int)strlen(word) / 2 + 1; /* farther than that is not a typing error */
    for (int i = 0; i < n; i++) {
        const int d = names[i] ? distance(word, names[i]) : least;
        if (d < least) {
            least = d;
            nearest = names[i];
        }
    }
    return nearest;
}
