/* SPDX-License-Identifier: BSD-3-Clause
 * Writes classes: numbers and arguments in place of marks, and long lines broken. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "export/pytorch.h"

/* A number of a class in its place: itself, or an argument, which forward functions have as an
 * attribute.  A stride is an argument of a layer, which is left out if it is 1. */
static void write_number(const ot__class *c, int mark, char role, int number, bool forward,
                         FILE *to)
{
    const int a = c->argument[mark];
    if (role == 's' && a == OT__NOWHERE && number == 1) return;
    if (role == 's') fputs(", stride=", to);
    if (a == OT__NOWHERE)
        fprintf(to, "%d", number);
    else
        fprintf(to, "%s%s", forward ? "self." : "", c->argument_name[a]);
}

/* The arguments that the forward function reads become attributes. */
static void write_stored(const ot__class *c, const char *forward, FILE *to)
{
    char role;
    int number, first = c->n_numbers - ot__count_marks(forward);
    for (int a = 0; a < c->n_arguments; a++) {
        const char *at = forward;
        for (int mark = first; ot__next_mark(&at, &role, &number); mark++)
            if (c->argument[mark] == a) {
                fprintf(to, "        self.%s = %s\n", c->argument_name[a], c->argument_name[a]);
                break;
            }
    }
}

static void fill_text(const ot__class *c, FILE *to)
{
    static const char define[] = "\n    def forward(";
    const char *const found = strstr(c->text, define);
    const char *const forward = found ? found : c->text + strlen(c->text);
    int mark = 0;
    for (const char *at = c->text; *at; at++) {
        if (at == strchr(c->text, '\n') + 1) write_stored(c, forward, to);
        if (*at != OT__MARK_BEGIN) {
            fputc(*at, to);
            continue;
        }
        write_number(c, mark++, at[1], ot__leading_number(at + 2), at > forward, to);
        at = strchr(at, OT__MARK_END);
    }
}

/* The text of a class without marks, to be freed. */
static char *fill_in(const ot__class *c)
{
    char *text = NULL;
    size_t size = 0;
    FILE *const to = open_memstream(&text, &size);
    if (!to) return NULL;
    fill_text(c, to);
    return fclose(to) == 0 ? text : NULL;
}

enum { WIDTH = 99 };

/* Whether the first parenthesis of an expression is closed by its last character. */
static bool is_one_call(const char *text, size_t n)
{
    int depth = 0;
    for (size_t i = 0; i < n; i++) {
        depth += (text[i] == '(') - (text[i] == ')');
        if (text[i] == ')' && depth == 0) return i + 1 == n;
    }
    return false;
}

/* Where the right-hand side of a statement begins. */
static size_t right_side(const char *line, size_t n)
{
    const char *const sign = memmem(line, n, " = ", 3), *const ret = memmem(line, n, "return ", 7);
    if (ret && strspn(line, " ") == (size_t)(ret - line)) return (size_t)(ret - line) + 7;
    return sign ? (size_t)(sign - line) + 3 : 0;
}

/* Writes a line; one that is too long is broken at blanks, within parentheses. */
static void write_wrapped(const char *line, size_t n, FILE *to)
{
    const size_t indent = strspn(line, " "), right = right_side(line, n);
    if (n <= WIDTH || right == 0) {
        fprintf(to, "%.*s\n", (int)n, line);
        return;
    }
    const bool call = is_one_call(line + right, n - right);
    fprintf(to, "%.*s%s", (int)right, line, call ? "" : "(\n");
    size_t at = right, column = right;
    if (!call) column = (size_t)fprintf(to, "%*s", (int)indent + 4, "");
    while (at < n) {
        const char *const blank = memchr(line + at + 1, ' ', n - at - 1);
        const size_t end = blank ? (size_t)(blank - line) : n;
        if (column + (end - at) > WIDTH && line[at] == ' ') {
            fputc('\n', to);
            column = (size_t)fprintf(to, "%*s", (int)indent + 4, "");
            at++;
        }
        fprintf(to, "%.*s", (int)(end - at), line + at);
        column += end - at;
        at = end;
    }
    fprintf(to, call ? "\n" : "\n%*s)\n", (int)indent, "");
}

ot_status ot__pytorch_write_class(const ot__pytorch *p, const ot__class *c, FILE *to)
{
    char *const text = fill_in(c);
    (void)p;
    if (!text) return ot__fail(OT_ENOMEM, "out of memory for a class");
    fprintf(to, "\n\nclass %s(nn.Module):\n    def __init__(self", c->name);
    for (int a = 0; a < c->n_arguments; a++)
        fprintf(to, ", %s", c->argument_name[a]);
    fputs("):\n", to);
    for (const char *at = text; *at;) {
        const size_t n = strcspn(at, "\n");
        write_wrapped(at, n, to);
        at += n + (at[n] == '\n');
    }
    free(text);
    return OT_OK;
}
