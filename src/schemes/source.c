/* SPDX-License-Identifier: BSD-3-Clause
 * What a message quotes comes from a text that was checked first, so that it can go to a terminal:
 * UTF-8 as RFC 3629 defines it, and no control character but tab and line ends. */
#include "schemes/source.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

ot__place ot__place_of(const ot__source *s, const char *at)
{
    ot__place place = { s->origin, s->line, 1 };
    for (const char *c = s->start; c < at; c++)
        place.column += ((unsigned char)*c & 0xC0) != 0x80;
    return place;
}

ot_status ot__complain(ot__place place, const char *format, ...)
{
    enum { LONGEST = 160 }; /* of a longer path its end is worth more than its beginning */
    char sentence[384];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    const size_t n = strlen(place.origin);
    const bool cut = n > LONGEST;
    return ot__fail(OT_EFORMAT, "%s%s:%d:%d: %s", cut ? "..." : "",
                    place.origin + (cut ? n - LONGEST : 0), place.line, place.column, sentence);
}

/* Bytes of the UTF-8 character at c, 0 if it is none.  Text behind it may be the final zero. */
static int character(const unsigned char *c)
{
    static const struct { /* first byte, range of the second, bytes in all */
        unsigned char first, last, second_first, second_last, bytes;
    } form[] = {
        { 0x00, 0x7F, 0, 0, 1 },       { 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 },
        { 0xE1, 0xEC, 0x80, 0xBF, 3 }, { 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 },
        { 0xF0, 0xF0, 0x90, 0xBF, 4 }, { 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
    };
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

static bool is_control(const unsigned char *c)
{
    const bool c0 = c[0] < 0x20 && !strchr("\t\r\n", c[0]);
    const bool c1 = c[0] == 0xC2 && c[1] < 0xA0;
    return c[0] == 0 || c0 || c[0] == 0x7F || c1;
}

static ot_status check(ot__source s, const char *end)
{
    while (s.at < end) {
        const unsigned char *c = (const unsigned char *)s.at;
        const int bytes = character(c);
        if (bytes == 0)
            return ot__complain(ot__place_of(&s, s.at),
                                "byte 0x%02x is not UTF-8; a tableau is plain text", c[0]);
        if (is_control(c))
            return ot__complain(ot__place_of(&s, s.at),
                                "a control character (byte 0x%02x); a tableau is plain text",
                                c[bytes - 1]);
        s.at += bytes;
        if (*c == '\n') {
            s.line++;
            s.start = s.at;
        }
    }
    return OT_OK;
}

ot_status ot__source_open(ot__source *s, const char *origin, const char *text, size_t size)
{
    *s = (ot__source){ origin, 1, text, text };
    OT_TRY(check(*s, text + size));
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) s->start = s->at = text + 3; /* byte order mark */
    return OT_OK;
}

bool ot__next_line(ot__source *s)
{
    s->at += strcspn(s->at, "\n");
    if (*s->at == 0) return false;
    s->start = ++s->at;
    s->line++;
    return true;
}

void ot__blanks(ot__source *s)
{
    s->at += strspn(s->at, " \t\r");
}

bool ot__at_end(const ot__source *s)
{
    return *s->at == 0 || *s->at == '\n' || *s->at == '#';
}

bool ot__take(ot__source *s, char c)
{
    ot__blanks(s);
    if (*s->at != c) return false;
    s->at++;
    return true;
}

int ot__token(const char *at)
{
    const size_t word = strspn(at, "abcdefghijklmnopqrstuvwxyz"
                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "0123456789_");
    if (word) return word < 40 ? (int)word : 40;
    return character((const unsigned char *)at);
}
