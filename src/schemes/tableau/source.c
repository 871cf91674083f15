/* SPDX-License-Identifier: BSD-3-Clause
 * Reads a text line by line.  The whole text is checked first: it must be UTF-8 (RFC 3629) without
 * control characters except tabs and line ends.  So messages can quote it on a terminal. */
#include "schemes/tableau/source.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

ot__place ot__place_of(const ot__source *s, const char *at)
{
    ot__place place = { s->origin, s->line, 1 };
    for (const char *c = s->start; c < at; c++)
        place.column += ((unsigned char)*c & 0xC0) != 0x80;
    return place;
}

ot_status ot__complain(ot__place place, const char *format, ...)
{
    enum { LONGEST = 160 }; /* of a longer path only the end is shown */
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

static ot_status check(ot__source s, const char *end)
{
    while (s.at < end) {
        const unsigned char *c = (const unsigned char *)s.at;
        bool printable;
        const int bytes = ot__read_character(s.at, &printable);
        if (!printable && bytes == 1 && c[0] >= 0x80)
            return ot__complain(ot__place_of(&s, s.at),
                                "byte 0x%02x is not UTF-8; a tableau is plain text", c[0]);
        if (!printable && (c[0] == 0 || !strchr("\t\r\n", c[0])))
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
    bool printable;
    return ot__read_character(at, &printable);
}
