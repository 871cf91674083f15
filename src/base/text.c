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
    int least = (int)strlen(word) / 2 + 1; /* farther than that is not a typing error */
    for (int i = 0; i < n; i++) {
        const int d = distance(word, names[i]);
        if (d < least) {
            least = d;
            nearest = names[i];
        }
    }
    return nearest;
}
