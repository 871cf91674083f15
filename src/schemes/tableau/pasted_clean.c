/* SPDX-License-Identifier: BSD-3-Clause
 * Removes what surrounds numbers in programs and in LaTeX.  Each replacement is at most as long as
 * what it replaces, so the result fits memory of the size of the text, and lines keep their
 * numbers. */
#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "schemes/tableau/pasted.h"

typedef struct cleaner {
    const char *start, *at;
    char *out;
    bool latex;
    int arrays; /* environments of LaTeX that have begun */
} cleaner;

static bool starts(const char *at, const char *word)
{
    return strncmp(at, word, strlen(word)) == 0;
}

static char before(const cleaner *c)
{
    const char *at = c->at;
    while (at > c->start && (at[-1] == ' ' || at[-1] == '\t'))
        at--;
    return at > c->start ? at[-1] : '\n';
}

static const char *after_blanks(const char *at)
{
    return at + strspn(at, " \t\r");
}

/* Moves on to `to`.  Line ends are kept. */
static void drop(cleaner *c, const char *to, char line_end)
{
    for (; c->at < to; c->at++)
        if (*c->at == '\n') *c->out++ = line_end;
}

static const char *line_end(const char *at)
{
    return at + strcspn(at, "\n");
}

/* "1//2" is a quotient of Julia; "//" anywhere else begins a comment of C. */
static bool is_rational(const cleaner *c)
{
    const char left = before(c), right = *after_blanks(c->at + 2);
    return (isdigit((unsigned char)left) || left == ')') &&
           (isdigit((unsigned char)right) || right == '(');
}

/* In the fixed form of Fortran, C or * in the first column begins a comment. */
static bool is_fixed_comment(const cleaner *c)
{
    if (c->at > c->start && c->at[-1] != '\n') return false;
    if (*c->at == '*') return true;
    if (*c->at != 'C' && *c->at != 'c') return false;
    return (c->at[1] == ' ' || c->at[1] == '-') && !strchr("=[({:", *after_blanks(c->at + 1));
}

/* The end of a comment at this place; NULL if there is none. */
static const char *comment_end(const cleaner *c)
{
    const char *const at = c->at;
    if (starts(at, "/*")) {
        const char *const end = strstr(at + 2, "*/");
        return end ? end + 2 : at + strlen(at);
    }
    if (starts(at, "\"\"\"") || starts(at, "'''")) {
        const char *const end = strstr(at + 3, *at == '"' ? "\"\"\"" : "'''");
        return end ? end + 3 : at + strlen(at);
    }
    if (starts(at, "//") && !is_rational(c)) return line_end(at);
    if (*at == '#' && !starts(at, "#define ")) return line_end(at);
    if (*at == '!' && at[1] != '=') return line_end(at);
    if (*at == '%' && (at == c->start || at[-1] != '\\')) return line_end(at);
    return is_fixed_comment(c) ? line_end(at) : NULL;
}

/* "#define A21 0.2" is "A21 = 0.2". */
static void define(cleaner *c)
{
    c->at = after_blanks(c->at + strlen("#define "));
    while (isalnum((unsigned char)*c->at) || *c->at == '_')
        *c->out++ = *c->at++;
    *c->out++ = '=';
}

/* ---- LaTeX ---- */

/* Words that change only how a formula looks, and those with a meaning. */
static const struct {
    const char *word, *to;
} words[] = {
    { "\\hline", "" },
    { "\\toprule", "" },
    { "\\midrule", "" },
    { "\\bottomrule", "" },
    { "\\left", "" },
    { "\\right", "" },
    { "\\quad", "" },
    { "\\displaystyle", "" },
    { "\\[", "" },
    { "\\]", "" },
    { "\\,", "" },
    { "\\;", "" },
    { "\\:", "" },
    { "\\!", "" },
    { "\\ ", "" },
    { "\\cdot", "*" },
    { "\\times", "*" },
    { "\\dfrac", "\\frac" },
    { "\\tfrac", "\\frac" },
    { "\\cfrac", "\\frac" },
    { "\\nicefrac", "\\frac" },
    { "\\sfrac", "\\frac" },
};

/* Words whose arguments are dropped too. */
static const char *const dropped[] = { "\\cline", "\\cmidrule", "\\phantom", "\\vspace", "\\rule",
                                       "\\strut", "\\label",    "\\caption", "\\hspace" };

/* The end of arguments {...} and [...] at this place. */
static const char *arguments_end(const char *at)
{
    while (*at == '{' || *at == '[' || *at == '(') {
        const char *const end = ot__pasted_match(at, line_end(at));
        if (!end) return at;
        at = end + 1;
    }
    return at;
}

static bool environment(cleaner *c)
{
    const bool begins = starts(c->at, "\\begin");
    if (!begins && !starts(c->at, "\\end{")) return false;
    const char *const name = c->at + (begins ? strlen("\\begin{") : strlen("\\end{"));
    const bool table = starts(name, "array") || starts(name, "tabular") ||
                       strstr(name, "matrix") == name || starts(name + 1, "matrix");
    const char *const end = arguments_end(strchr(c->at, '{') ? strchr(c->at, '{') : c->at + 1);
    /* Text before the table is no part of it. */
    c->arrays += begins && table;
    drop(c, end > c->at ? end : c->at + 1, '\r');
    *c->out++ = ';';
    return true;
}

static bool latex_word(cleaner *c)
{
    if (*c->at != '\\') return false;
    if (environment(c)) return true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!starts(c->at, words[i].word)) continue;
        c->at += strlen(words[i].word);
        c->out = stpcpy(c->out, words[i].to);
        return true;
    }
    for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++) {
        if (!starts(c->at, dropped[i])) continue;
        drop(c, arguments_end(c->at + strlen(dropped[i])), '\r');
        return true;
    }
    return false;
}

static bool latex_sign(cleaner *c)
{
    if (starts(c->at, "\\\\")) {
        *c->out++ = ';';
        c->at = arguments_end(c->at + 2);
    } else if (latex_word(c)) {
        return true;
    } else if (*c->at == '&' || *c->at == '$' || *c->at == '\n') {
        *c->out++ = *c->at == '&' ? ',' : *c->at == '$' ? ' ' : '\r';
        c->at++;
    } else {
        return false;
    }
    return true;
}

/* ---- programs ---- */

/* A line of Fortran goes on after '&', one of Python after a backslash. */
static bool continuation(cleaner *c)
{
    if (*c->at != '&' && *c->at != '\\') return false;
    const char *const end = after_blanks(c->at + 1);
    if (*end == '\n') {
        *c->out++ = '\r';
        c->at = end + 1;
        return true;
    }
    if (before(c) != '\n' || *c->at != '&') return false;
    *c->out++ = ' ';
    c->at++;
    return true;
}

static bool program_sign(cleaner *c)
{
    const bool opens = starts(c->at, "(/"), closes = starts(c->at, "/)");
    if (!opens && !closes) return false;
    *c->out++ = opens ? '[' : ']';
    c->at += 2;
    return true;
}

/* ---- all ---- */

static void step(cleaner *c)
{
    static const char minus[] = "\xE2\x88\x92";
    const char *const comment = comment_end(c);
    if (comment && !(c->latex && *c->at != '%'))
        drop(c, comment, '\n');
    else if (starts(c->at, "#define "))
        define(c);
    else if (starts(c->at, minus)) {
        *c->out++ = '-';
        c->at += 3;
    } else if (c->latex ? latex_sign(c) : continuation(c) || program_sign(c)) {
        return;
    } else {
        *c->out++ = *c->at++;
    }
}

char *ot__pasted_clean(const char *text, bool *latex)
{
    char *const out = ot__new(strlen(text) + 2, 1);
    if (!out) return NULL;
    *latex = strstr(text, "\\begin{") || strstr(text, "\\frac") || strstr(text, "\\hline") ||
             strstr(text, "\\\\");
    cleaner c = { .start = text, .at = text, .out = out, .latex = *latex };
    while (*c.at)
        step(&c);
    *c.out = 0;
    return out;
}
