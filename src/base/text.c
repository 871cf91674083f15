/* SPDX-License-Identifier: BSD-3-Clause
 * Text comes from files and arguments, so it may be any bytes.  One
 * function decides which characters are safe to print. */
#include "base/text.h"

#include <ctype.h>
#include <string.h>

#include "odetape.h"

void ot__skip_blanks(const char **text)
{
    *text += strspn(*text, " \t\r\n");
}

/* The length of a character according to its first byte; 0 for a byte that begins none. */
static int announced_length(unsigned char first)
{
    if (first < 0x80) return 1;
    if (first < 0xC2) return 0; /* a later byte, or a character in more bytes than it needs */
    if (first < 0xE0) return 2;
    if (first < 0xF0) return 3;
    return first < 0xF5 ? 4 : 0;
}

/* Decodes one character of UTF-8 (RFC 3629, section 3).  Returns its length, or 0 if it is
 * incomplete, longer than its code needs, a surrogate or above U+10FFFF. */
static int decode(const unsigned char *s, unsigned *code)
{
    static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const int n = announced_length(*s);
    unsigned c = n < 2 ? *s : *s & (0x7Fu >> n);
    for (int i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80) return 0;
        c = c << 6 | (s[i] & 0x3F);
    }
    *code = c;
    return c < least[n] || (c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF ? 0 : n;
}

/* Whether a character controls a terminal or the order of what is shown. */
static bool is_control(unsigned code)
{
    static const struct {
        unsigned first, last;
    } ranges[] = {
        { 0x00, 0x1F },     /* C0 */
        { 0x7F, 0x9F },     /* DEL and C1 */
        { 0x061C, 0x061C }, /* mark of Arabic letters */
        { 0x200E, 0x200F }, /* marks of directions */
        { 0x2028, 0x202E }, /* line and paragraph separator, embeddings and overrides */
        { 0x2066, 0x2069 }, /* isolates */
        { 0xFFFE, 0xFFFF }, /* no characters */
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (code >= ranges[i].first && code <= ranges[i].last) return true;
    return false;
}

int ot__read_character(const char *text, bool *printable)
{
    unsigned code;
    const int n = decode((const unsigned char *)text, &code);
    *printable = n > 0 && !is_control(code);
    return n > 0 ? n : 1;
}

bool ot__is_printable(const char *text)
{
    bool printable = true;
    while (*text && printable)
        text += ot__read_character(text, &printable);
    return printable;
}

void ot__make_printable(char *text)
{
    char *to = text;
    bool printable;
    for (int n; *text; text += n) {
        n = ot__read_character(text, &printable);
        if (printable)
            for (int i = 0; i < n; i++)
                *to++ = text[i];
        else
            *to++ = '?';
    }
    *to = 0;
}

/* Letters are compared without regard to case, because RK4 means rk4. */
static bool differ(char a, char b)
{
    return tolower((unsigned char)a) != tolower((unsigned char)b);
}

/* Levenshtein distance.  For words longer than the table it is the largest possible one. */
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
            const int substitute = diagonal + differ(a[i - 1], b[j - 1]);
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
    int least = (int)strlen(word) / 2 + 1; /* a larger distance is not a typing error */
    for (int i = 0; i < n; i++) {
        const int d = names[i] ? distance(word, names[i]) : least;
        if (d < least) {
            least = d;
            nearest = names[i];
        }
    }
    return nearest;
}
