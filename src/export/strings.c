/* SPDX-License-Identifier: BSD-3-Clause
 * A list of texts that are freed together. */
#include "export/strings.h"

#include "base/decimal.h"
#include "base/memory.h"

const char *ot__say(ot__strings *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *const text = ot__format_list(format, args);
    va_end(args);
    if (text && ot__grow((void **)&s->of, &s->room, s->n + 1, sizeof *s->of) == OT_OK) {
        s->of[s->n++] = text;
        return text;
    }
    ot__free(text);
    s->failed = true;
    return "";
}

int ot__leading_number(const char *text)
{
    long long value = 0;
    return ot__read_whole(&text, -(1LL << 31), (1LL << 31) - 1, &value) ? (int)value : 0;
}

void ot__strings_free(ot__strings *s)
{
    for (size_t i = 0; i < s->n; i++)
        ot__free(s->of[i]);
    ot__free(s->of);
    *s = (ot__strings){ 0 };
}
