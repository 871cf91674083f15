/* SPDX-License-Identifier: BSD-3-Clause
 * Writes an HTML page piece by piece to a stream.  All text that is not markup is escaped here. */
#include "cli/report/html.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "base/text.h"

/* Words, dashes and numbers carry the meaning, so that a printed page shows as much as a screen.
 * On a dark screen charts are inverted, and their hues turned back.  Wide tables scroll in a box of
 * their own, and shrink in print. */
static const char style[] =
    ":root{color-scheme:light dark}\n"
    "body{font:16px/1.45 sans-serif;color:#000;background:#fff;max-width:74rem;margin:1rem auto;"
    "padding:0 1rem}\n"
    "h1{font-size:1.6rem;overflow-wrap:anywhere}h2{border-bottom:1px solid #888;margin-top:2.2rem}"
    "h3{margin-bottom:.3rem}\n"
    "table{border-collapse:collapse;margin:.5rem 0}caption{text-align:left;font-style:italic}\n"
    "th,td{border:1px solid #bbb;padding:.15rem .5rem;text-align:left;vertical-align:top}\n"
    "th{background:#eee}.n{text-align:right;white-space:nowrap}\n"
    ".path{overflow-wrap:anywhere;min-width:9rem}\n"
    ".wide{overflow-x:auto}.results{font-size:.85rem}.results th,.results td{padding:.15rem .3rem}"
    ".down{writing-mode:vertical-rl;vertical-align:bottom}\n"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f4;border:1px solid #ccc;"
    "padding:.5rem;margin:.4rem 0}\n"
    ".missing{border-left:.3rem solid #888;padding-left:.6rem;font-style:italic}\n"
    ".panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));"
    "gap:1rem}\n"
    "svg,img{max-width:100%;height:auto}.panels svg{width:100%}.panels .legend "
    "svg{width:2.5rem}figure{margin:.5rem "
    "0}\n"
    ".legend{list-style:none;padding:0}.legend svg{vertical-align:middle;margin-right:.5rem}\n"
    ".matrix td{text-align:right;min-width:2.6rem}\n"
    ".lead{font-size:1.2rem}.lead strong{font-size:1.8rem}.best{font-weight:bold;"
    "background:#eef3fa}.note{white-space:pre-line}\n"
    "nav ol{columns:14rem;padding-left:1.6rem}a{color:inherit}\n"
    "var{font-family:serif;font-size:1.06em}.math{font-size:1.05rem}sub,sup{line-height:0;"
    "font-size:.75em}\n"
    ".side{display:flex;flex-wrap:wrap;gap:1rem 2rem;align-items:flex-start}.side *{min-width:0}\n"
    ".chart .drop{stroke:#555;stroke-dasharray:2 3;stroke-width:1.3}\n"
    ".structure{overflow-x:auto}.structure svg{max-width:none}\n"
    "@media screen and (prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}"
    "th{background:#2b2b2b}th,td{border-color:#555}pre{background:#242424;border-color:#555}"
    ".best{background:#26344a}.chart,.drawn{filter:invert(.895) hue-rotate(180deg)}"
    ".legend .chart rect{fill:none}}\n"
    "@media print{body{font-size:10px;max-width:none;margin:0;padding:0}.wide{overflow:visible}"
    "th,td{padding:.05rem .25rem}.results{font-size:8px}.results th,.results td{padding:.05rem "
    ".15rem}.path{min-width:5rem}.panels{grid-template-columns:1fr 1fr}"
    "figure,svg,img,tr,pre,li,.matrix{break-inside:avoid}h2,h3{break-after:avoid}}\n";

enum { MOST_SECTIONS = 32, LONGEST_TITLE = 64 };
static struct {
    int n;
    char title[MOST_SECTIONS][LONGEST_TITLE];
} contents; /* since cli_html_begin */

static ot_status failure; /* the first one since cli_html_begin */

void cli_html_record_failure(ot_status status)
{
    if (failure == OT_OK && (status == OT_ENOMEM || status == OT_EIO)) failure = status;
}

ot_status cli_html_failure(void)
{
    return failure;
}

void cli_html_begin(void)
{
    failure = OT_OK;
    contents.n = 0;
}

void cli_html_open(FILE *to, const char *title, int refresh, const char *more)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n",
          to);
    if (refresh > 0) fprintf(to, "<meta http-equiv=\"refresh\" content=\"%d\"/>\n", refresh);
    cli_html_element(to, "title", "%s", title);
    fprintf(to, "<style>\n%s%s</style>\n</head>\n<body>\n", style, more);
}

void cli_html_section(FILE *to, const char *title)
{
    if (contents.n < MOST_SECTIONS)
        snprintf(contents.title[contents.n++], LONGEST_TITLE, "%s", title);
    fprintf(to, "<h2 id=\"s%d\">", contents.n);
    cli_html_text(to, title);
    fputs("</h2>\n", to);
}

void cli_html_contents(FILE *to)
{
    fputs("<nav><ol>\n", to);
    for (int i = 0; i < contents.n; i++) {
        fprintf(to, "<li><a href=\"#s%d\">", i + 1);
        cli_html_text(to, contents.title[i]);
        fputs("</a></li>\n", to);
    }
    fputs("</ol></nav>\n", to);
}

void cli_html_close(FILE *to)
{
    fputs("</body>\n</html>\n", to);
}

static const char *entity(char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void cli_html_text(FILE *to, const char *text)
{
    bool printable;
    for (int n; *text; text += n) {
        n = ot__read_character(text, &printable);
        if (!printable && *text != '\n' && *text != '\t')
            fputs("&#xFFFD;", to);
        else if (entity(*text))
            fputs(entity(*text), to);
        else
            fwrite(text, 1, (size_t)n, to);
    }
}

static void put(FILE *to, const char *format, va_list args)
{
    char text[4096];
    vsnprintf(text, sizeof text, format, args);
    cli_html_text(to, text);
}

void cli_html_put(FILE *to, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put(to, format, args);
    va_end(args);
}

void cli_html_element(FILE *to, const char *tag, const char *format, ...)
{
    va_list args;
    fprintf(to, "<%s>", tag);
    va_start(args, format);
    put(to, format, args);
    va_end(args);
    fprintf(to, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

void cli_html_missing(FILE *to, const char *format, ...)
{
    va_list args;
    fputs("<p class=\"missing\">", to);
    va_start(args, format);
    put(to, format, args);
    va_end(args);
    fputs("</p>\n", to);
}

/* Base64 as in RFC 4648, section 4. */
static void write_base64(FILE *to, const char *data, size_t size)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t n; size > 0; data += n, size -= n) {
        unsigned char in[3] = { 0 };
        n = size < 3 ? size : 3;
        memcpy(in, data, n);
        const unsigned bits = (unsigned)in[0] << 16 | (n > 1 ? (unsigned)in[1] << 8 : 0) |
                              (n > 2 ? (unsigned)in[2] : 0);
        for (size_t i = 0; i < 4; i++)
            fputc(i <= n ? digit[bits >> (18 - 6 * i) & 63] : '=', to);
    }
}

void cli_html_image(FILE *to, const char *type, const char *alt, const char *data, size_t size)
{
    fprintf(to, "<img%s alt=\"", strcmp(type, "image/svg+xml") == 0 ? " class=\"drawn\"" : "");
    cli_html_text(to, alt);
    fprintf(to, "\" src=\"data:%s;base64,", type);
    write_base64(to, data, size);
    fputs("\"/>\n", to);
}

/* ---- formulas ---- */

/* Returns the length of what follows a _ or ^: {...}, or letters and digits. */
static size_t script_length(const char *text)
{
    if (*text == '{') return strcspn(text, "}") + 1;
    size_t n = 0;
    while (isalnum((unsigned char)text[n]))
        n++;
    return n;
}

/* Writes an index or power, without its braces, and returns its length. */
static size_t put_script(FILE *to, const char *tag, const char *text)
{
    const size_t n = script_length(text), brace = *text == '{';
    fprintf(to, "<%s>", tag);
    for (size_t i = brace; i < n - brace && text[i]; i++)
        fputs(text[i] == '-'    ? "\u2212"
              : entity(text[i]) ? entity(text[i])
                                : (char[]){ text[i], 0 },
              to);
    fprintf(to, "</%s>", tag);
    return n;
}

/* Writes a word: a variable if it is one letter, perhaps with a number; the name of a symbol; or a
 * word of a sentence. */
static size_t put_word(FILE *to, const char *text)
{
    static const char *const symbols[][2] = { { "sum", "\u2211" },
                                              { "lambda", "<var>\u03bb</var>" } };
    size_t n = 0;
    while (isalpha((unsigned char)text[n]))
        n++;
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++)
        if (strlen(symbols[i][0]) == n && strncmp(text, symbols[i][0], n) == 0) {
            fputs(symbols[i][1], to);
            return n;
        }
    const bool article = *text == 'a' && text[1] == ' ';
    fprintf(to, n > 1 || article ? "%.*s" : "<var>%.*s</var>", (int)n, text);
    if (n == 1 && isdigit((unsigned char)text[1])) n += put_script(to, "sub", text + 1);
    return n;
}

void cli_html_formula(FILE *to, const char *text)
{
    while (*text) {
        const char one[] = { *text, 0 };
        if (isalpha((unsigned char)*text)) {
            text += put_word(to, text);
        } else if ((*text == '_' || *text == '^') && script_length(text + 1) > 0) {
            text += 1 + put_script(to, *text == '_' ? "sub" : "sup", text + 1);
        } else {
            if (*text == '-')
                fputs("\u2212", to);
            else
                cli_html_text(to, one);
            text++;
        }
    }
}
