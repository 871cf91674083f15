/* SPDX-License-Identifier: BSD-3-Clause
 * Tests what a page shows from files: names and messages of any bytes, and any numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report/html.h"
#include "cli/frame/ticks.h"
#include "suite.h"

/* Returns the output of cli_html_text, which the caller frees. */
static char *page_text(const char *text)
{
    char *page = NULL;
    size_t size;
    FILE *const to = open_memstream(&page, &size);
    cli_html_text(to, text);
    fclose(to);
    return page;
}

#define NONE "&#xFFFD;"

/* UTF-8 as in RFC 3629: the limits of each length, overlong forms, surrogates, incomplete bytes. */
static const struct {
    const char *text, *page;
} texts[] = {
    { "a<b>&\"c'", "a&lt;b&gt;&amp;&quot;c&#39;" },
    { "one\n\ttwo", "one\n\ttwo" },
    { "\x01\x1F\x7F", NONE NONE NONE },
    { "\r\x1B[31m", NONE NONE "[31m" },
    { "\xC2\xA0\xDF\xBF", "\xC2\xA0\xDF\xBF" },
    { "\xC2\x80\xC2\x9F", NONE NONE }, /* C1 */
    { "\xE2\x80\xAE"
      "abc\xE2\x81\xA6",
      NONE "abc" NONE }, /* text that is reordered */
    { "\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBD", "\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80"
                                                          "\xEF\xBF\xBD" },
    { "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF" },
    { "\x80z\xBFz", NONE "z" NONE "z" },         /* continuation bytes without a first byte */
    { "\xC0\xAF\xC1\xBF", NONE NONE NONE NONE }, /* '/' in two bytes */
    { "\xE0\x9F\xBF", NONE NONE NONE },          /* an overlong form */
    { "\xF0\x8F\xBF\xBF", NONE NONE NONE NONE }, /* the same */
    { "\xED\xA0\x80", NONE NONE NONE },          /* a surrogate */
    { "\xEF\xBF\xBE\xEF\xBF\xBF", NONE NONE },   /* not in XML */
    { "\xF4\x90\x80\x80", NONE NONE NONE NONE }, /* above U+10FFFF */
    { "\xF5\xFF", NONE NONE },
    { "\xC3", NONE }, /* the text ends within a character */
    { "\xC3(", NONE "(" },
    { "\xE2\x82", NONE NONE },
    { "\xE2\x28\xA1", NONE "(" NONE },
    { "\xF0\x9F\x98x", NONE NONE NONE "x" },
};

START_TEST(text_stays_text_and_bytes_that_are_none_are_marked)
{
    char *const page = page_text(texts[_i].text);
    ck_assert_str_eq(page, texts[_i].page);
    free(page);
}
END_TEST

START_TEST(a_page_lacks_something_for_want_of_memory_or_a_disk_and_the_first_reason_counts)
{
    static const ot_status facts[] = { OT_OK, OT_ENOENT, OT_EFORMAT, OT_EINVAL };
    FILE *const to = fopen("/dev/null", "w");
    cli_html_begin();
    cli_html_open(to, "page", 0, "");
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        cli_html_record_failure(facts[i]);
        ck_assert_int_eq(cli_html_failure(), OT_OK);
    }
    cli_html_record_failure(OT_EIO);
    cli_html_record_failure(OT_ENOMEM);
    ck_assert_int_eq(cli_html_failure(), OT_EIO);
    cli_html_begin();
    cli_html_open(to, "the next", 0, "");
    ck_assert_int_eq(cli_html_failure(), OT_OK);
    cli_html_record_failure(OT_ENOMEM);
    cli_html_record_failure(OT_OK);
    ck_assert_int_eq(cli_html_failure(), OT_ENOMEM);
    fclose(to);
}
END_TEST

/* Positions and widths of axes, down to the last bit of a double. */
static const double places[] = { 0, 1, -1, 0.1, 1e-300, 1e9, -1e16, 1e300 };
static const double widths[] = { 0, 1e-320, 1e-17, 2e-16, 1e-12, 0.3, 1, 7, 1e17, 1e301 };
enum { PLACES = sizeof places / sizeof places[0], WIDTHS = sizeof widths / sizeof widths[0] };

START_TEST(an_axis_has_few_marks_within_it_however_narrow_it_is)
{
    const double from = places[_i / WIDTHS], width = widths[_i % WIDTHS];
    const double ends[] = { from + width, from + width * fabs(from), nextafter(from, INFINITY) };
    for (int k = 0; k < 3; k++) {
        const double to = ends[k], step = cli_ticks_step(to - from, 5);
        const cli_ticks t = cli_ticks_of(from, to, step);
        ck_assert(t.n >= 0 && t.n <= 10);
        for (int i = 0; i < t.n; i++) {
            const double at = (t.first + i) * t.step;
            ck_assert(at >= from - 2e-9 * step && at <= to + 2e-9 * step);
        }
        if (k == 0 && width == 0.3 && fabs(from) <= 1) ck_assert_int_ge(t.n, 3);
    }
    ck_assert_int_eq(cli_ticks_of(0, 1e9, 1e-3).n, CLI_TICKS_MOST);
    ck_assert_int_eq(cli_ticks_of(NAN, 1, 1).n, 0);
    ck_assert_int_eq(cli_ticks_of(0, INFINITY, 1).n, CLI_TICKS_MOST);
    ck_assert_int_eq(cli_ticks_of(0, 1, 0).n, 0);
}
END_TEST

static TCase *html_case(void)
{
    TCase *c = tcase_create("html");
    tcase_add_loop_test(c, text_stays_text_and_bytes_that_are_none_are_marked, 0,
                        sizeof texts / sizeof texts[0]);
    tcase_add_loop_test(c, an_axis_has_few_marks_within_it_however_narrow_it_is, 0,
                        PLACES * WIDTHS);
    tcase_add_test(c,
                   a_page_lacks_something_for_want_of_memory_or_a_disk_and_the_first_reason_counts);
    return c;
}

OT_TEST_MAIN("html", html_case)
