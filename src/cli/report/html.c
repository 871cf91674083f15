/* SPDX-License-Identifier: BSD-3-Clause
 * Writes an HTML page piece by piece to a stream.  All text that is not markup is escaped here. */
#include "cli/report/html.h"

#include <stdarg.h>
#include <string.h>

#include "base/text.h"

/* Only grey and black are used: words, dashes and numbers carry the meaning, so that a printed page
 * shows as much as a screen.  Wide tables scroll in a box of their own, and shrink in print. */
static const char style[] =
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
    "@media print{body{font-size:10px;max-width:none;margin:0;padding:0}.wide{overflow:visible}"
    "th,td{padding:.05rem .25rem}.results{font-size:8px}.results th,.results td{padding:.05rem "
    ".15rem}.path{min-width:5rem}.panels{grid-template-columns:1fr 1fr}"
    "figure,svg,img,tr,pre,li,.matrix{break-inside:avoid}h2,h3{break-after:avoid}}\n";

static ot_status failure; /* the first one since cli_html_open */

void cli_html_record_failure(ot_status status)
{
    if (failure == OT_OK && (status == OT_ENOMEM || status == OT_EIO)) failure = status;
}

ot_status cli_html_failure(void)
{
    return failure;
}

void cli_html_open(FILE *to, const char *title)
{
    failure = OT_OK;
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n",
          to);
    cli_html_element(to, "title", "%s", title);
    fprintf(to, "<style>\n%s</style>\n</head>\n<body>\n", style);
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
    fputs("<img alt=\"", to);
    cli_html_text(to, alt);
    fprintf(to, "\" src=\"data:%s;base64,", type);
    write_base64(to, data, size);
    fputs("\"/>\n", to);
}
