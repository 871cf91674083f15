/* SPDX-License-Identifier: BSD-3-Clause
 * fprintf that cleans the texts it prints.  A format is printed piece by piece: its own characters
 * unchanged, and each conversion by fprintf with a format of that conversion alone.  So the texts
 * of %s are cleaned, and nothing else. */
#include "cli/frame/print.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/frame/message.h"
#include "base/decimal.h"

/* One conversion, such as "%-5.3s"; the value of each '*' is written into its text. */
typedef struct conversion {
    char text[64];
    int n;
    char kind;   /* the conversion's letter: 's', 'd', ... */
    char length; /* its last length modifier: 'l', 'z', 'h', or '\0' */
    bool longer; /* the length modifier is "ll" */
} conversion;

static int failed; /* errno of the first write that failed, or 0 */

int cli_print_error(void)
{
    return failed;
}

static void append(conversion *c, char letter)
{
    if (c->n + 1 < (int)sizeof c->text) c->text[c->n++] = letter;
}

/* Reads a conversion and the arguments of its '*'s.  Returns a pointer to the character after
 * it. */
static const char *read_conversion(conversion *c, const char *format, va_list *args)
{
    *c = (conversion){ .n = 0 };
    append(c, *format++);
    for (; *format && !strchr("diouxXeEfFgGcsp%", *format); format++) {
        c->longer = *format == 'l' && c->length == 'l';
        if (strchr("lzh", *format)) c->length = *format;
        if (*format == '*')
            c->n +=
                snprintf(c->text + c->n, sizeof c->text - (size_t)c->n, "%d", va_arg(*args, int));
        else
            append(c, *format);
    }
    c->kind = *format;
    append(c, *format);
    return *format ? format + 1 : format;
}

/* A text that is printed with a precision need not end with a 0 within it, so only that part is
 * read. */
static int print_text(FILE *to, const conversion *c, const char *text)
{
    const char *point = strchr(c->text, '.');
    long long most;
    const bool limited = point++ && ot__read_whole(&point, 0, INT_MAX, &most);
    return fprintf(to, c->text, limited ? cli_shown_part(text, (size_t)most) : cli_shown(text));
}

static int print_whole(FILE *to, const conversion *c, va_list *args)
{
    if (c->longer) return fprintf(to, c->text, va_arg(*args, long long));
    if (c->length == 'l') return fprintf(to, c->text, va_arg(*args, long));
    if (c->length == 'z') return fprintf(to, c->text, va_arg(*args, size_t));
    return fprintf(to, c->text, va_arg(*args, int));
}

static int print_conversion(FILE *to, const conversion *c, va_list *args)
{
    if (c->kind == '%') return fputc('%', to);
    if (c->kind == 's') return print_text(to, c, va_arg(*args, const char *));
    if (c->kind == 'p') return fprintf(to, c->text, va_arg(*args, void *));
    if (strchr("eEfFgG", c->kind)) return fprintf(to, c->text, va_arg(*args, double));
    return print_whole(to, c, args);
}

static void print_pieces(FILE *to, const char *format, va_list *args)
{
    while (*format) {
        conversion c;
        if (*format == '%') {
            format = read_conversion(&c, format, args);
            print_conversion(to, &c, args);
        } else {
            fputc(*format++, to);
        }
    }
}

/* Collects the pieces in memory and writes them at once, since standard error is not buffered.  If
 * there is no memory for that, writes them one by one. */
void cli_print(FILE *to, const char *format, ...)
{
    char *whole = NULL;
    size_t size = 0;
    FILE *const pieces = open_memstream(&whole, &size);
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    if (pieces) print_pieces(pieces, format, &args);
    const bool complete = pieces && fclose(pieces) == 0;
    errno = 0;
    if (complete)
        fputs(whole, to);
    else
        print_pieces(to, format, &again);
    va_end(again);
    va_end(args);
    if (ferror(to) && failed == 0) failed = errno;
    free(whole);
}

void cli_print_lines(FILE *to, const char *text, size_t n, const char *indent)
{
    const char *const end = text + strnlen(text, n);
    while (text < end) {
        const size_t left = (size_t)(end - text), line = strcspn(text, "\n\t");
        cli_print(to, "%s", cli_shown_part(text, line < left ? line : left));
        text += line < left ? line : left;
        if (text == end) break;
        if (*text == '\n')
            cli_print(to, "\n%s", indent);
        else
            fputc('\t', to);
        text++;
    }
}
