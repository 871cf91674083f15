/* SPDX-License-Identifier: BSD-3-Clause
 * Parses hundreds of malformed tableaux: each built-in, damaged in each way of a list, at several
 * places.  All must be refused in limited time, with a sentence and a place that is in the text. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/memory.h"
#include "base/rng.h"
#include "schemes/cases.h"
#include "schemes/scheme.h"

enum { ROOM = 64 << 10, PLACES = 3 };

/* A text that is being damaged, with random numbers u. */
typedef struct sample {
    char *text; /* has ROOM */
    size_t size;
    const uint32_t *u;
} sample;

/* Replaces `drop` bytes by n others. */
static void splice(sample *s, size_t at, size_t drop, const char *bytes, size_t n)
{
    ck_assert_uint_lt(s->size + n, ROOM);
    memmove(s->text + at + n, s->text + at + drop, s->size - at - drop + 1);
    memcpy(s->text + at, bytes, n);
    s->size += n - drop;
}

static void insert(sample *s, size_t at, const char *words)
{
    splice(s, at, 0, words, strlen(words));
}

static size_t row_b(const sample *s)
{
    return (size_t)(strstr(s->text, "\nb") + 1 - s->text);
}

/* Finds where the entries of b begin and where its line ends. */
static size_t b_entries(const sample *s)
{
    return (size_t)(strchr(s->text + row_b(s), '=') + 2 - s->text);
}

static size_t b_end(const sample *s)
{
    return row_b(s) + strcspn(s->text + row_b(s), "\n");
}

/* A place after a random digit of b. */
static size_t b_digit(const sample *s)
{
    const size_t from = b_entries(s), n = b_end(s) - from;
    for (size_t k = 0;; k++) {
        const size_t at = from + (s->u[0] + k) % n;
        if (s->text[at] >= '0' && s->text[at] <= '9') return at + 1;
    }
}

static size_t some_line(const sample *s)
{
    const char *at = s->text + s->u[0] % s->size;
    while (at > s->text && at[-1] != '\n')
        at--;
    return (size_t)(at - s->text);
}

/* ---- ways to damage ---- */

#define INSERT_IN_B(name, words)                                                                   \
    static void name(sample *s)                                                                    \
    {                                                                                              \
        insert(s, b_digit(s), words);                                                              \
    }
INSERT_IN_B(letter, "x")
INSERT_IN_B(second_number, " 2")
INSERT_IN_B(empty_entry, ",,")
INSERT_IN_B(open_parenthesis, "*(1 + 2")
INSERT_IN_B(close_parenthesis, ")")
INSERT_IN_B(exponent, "d-3")
INSERT_IN_B(hexadecimal, " + 0x10")
INSERT_IN_B(infinity, " + inf")
INSERT_IN_B(not_a_number, " + nan")
INSERT_IN_B(large_exponent, " + 1e400")
INSERT_IN_B(power, "^2")
INSERT_IN_B(zero_denominator, "/0*1")
INSERT_IN_B(hidden_zero_denominator, "/(sqrt(8) - 2*sqrt(2))")
INSERT_IN_B(root_without_number, "*sqrt()")
INSERT_IN_B(root_of_negative, "*sqrt(-2)")
INSERT_IN_B(two_slashes, "*1//2")
INSERT_IN_B(trailing_operator, "+,")
INSERT_IN_B(point_without_digit, " + .*1")
INSERT_IN_B(not_utf8, "\xFF")
INSERT_IN_B(escape, "\033[31m")

static void zero_byte(sample *s)
{
    splice(s, s->u[0] % s->size, 0, "", 1);
}

static void ten_thousand_digits(sample *s)
{
    char digits[10000];
    memset(digits, '7', sizeof digits);
    splice(s, b_digit(s), 0, digits, sizeof digits);
}

static void deep_nesting(sample *s)
{
    char nest[1000];
    memset(nest, '(', sizeof nest);
    splice(s, b_entries(s), 0, nest, sizeof nest);
}

static void many_stages(sample *s)
{
    for (int i = 0; i < 200; i++)
        insert(s, b_end(s), ", 1");
}

static void far_stage(sample *s)
{
    insert(s, some_line(s), "a200 = 1\n");
}

static void no_equals(sample *s)
{
    splice(s, b_entries(s) - 2, 1, "", 0);
}

static void unknown_key(sample *s)
{
    insert(s, some_line(s), "wieghts = 1\n");
}

static void implicit(sample *s) /* an entry on the diagonal, if there is a second stage */
{
    const char *a = strstr(s->text, "\na");
    if (a)
        insert(s, (size_t)(a - s->text) + 1 + strcspn(a + 1, "\n"), ", 1/2");
    else
        insert(s, b_end(s), "\na1 = 1/2");
}

static void entry_more(sample *s)
{
    insert(s, b_end(s), ", 1");
}

static void row_more(sample *s)
{
    insert(s, s->size, "a64 = ");
    for (int i = 0; i < 63; i++)
        insert(s, s->size, i ? ", 0" : "0");
}

static void b_twice(sample *s)
{
    insert(s, s->size, "b = 1\n");
}

static void typed_c(sample *s)
{
    insert(s, some_line(s), "c = 7\n");
}

static void no_order(sample *s)
{
    splice(s, (size_t)(strstr(s->text, "\norder") + 1 - s->text), 0, "#", 1);
}

static void no_name(sample *s)
{
    splice(s, 0, strcspn(s->text, "\n"), "scheme =", 8);
}

static void name_like_a_count(sample *s)
{
    insert(s, strcspn(s->text, "\n"), "x2");
}

static void cut_in_b(sample *s)
{
    s->size = b_digit(s);
    s->text[s->size] = 0;
    insert(s, s->size, "/");
}

static void empty(sample *s)
{
    s->size = 0;
    s->text[0] = 0;
}

typedef void damage(sample *s);
static damage *const damages[] = {
    letter,
    second_number,
    empty_entry,
    open_parenthesis,
    close_parenthesis,
    exponent,
    hexadecimal,
    infinity,
    not_a_number,
    large_exponent,
    power,
    zero_denominator,
    hidden_zero_denominator,
    root_without_number,
    root_of_negative,
    two_slashes,
    trailing_operator,
    point_without_digit,
    not_utf8,
    escape,
    zero_byte,
    ten_thousand_digits,
    deep_nesting,
    many_stages,
    far_stage,
    no_equals,
    unknown_key,
    implicit,
    entry_more,
    row_more,
    b_twice,
    typed_c,
    no_order,
    no_name,
    name_like_a_count,
    cut_in_b,
    empty,
};
enum { DAMAGES = sizeof damages / sizeof damages[0] };

/* Whether line and column are those of a character of the text or directly after a line. */
static void check_place(const sample *s, const char *of)
{
    int line = 0, column = 0, used = 0;
    ck_assert_msg(sscanf(ot_message(), "f:%d:%d: %n", &line, &column, &used) == 2 && used > 0,
                  "%s: no place in: %s", of, ot_message());
    const char *at = s->text, *const end = s->text + s->size;
    for (int k = 1; k < line; k++) {
        at = memchr(at, '\n', (size_t)(end - at));
        ck_assert_msg(at != NULL, "%s: line %d is not there: %s", of, line, ot_message());
        at++;
    }
    const char *line_end = memchr(at, '\n', (size_t)(end - at));
    const long length = (line_end ? line_end : end) - at;
    ck_assert_msg(column >= 1 && column <= length + 1, "%s: column %d is not there: %s", of, column,
                  ot_message());
    ck_assert_msg(strlen(ot_message() + used) > 10, "%s: no sentence: %s", of, ot_message());
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static long resident(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

START_TEST(every_damage_of_every_built_in_is_refused_with_its_place)
{
    const double began = seconds();
    const long before = resident();
    char *memory = ot__new(ROOM, 1);
    int refused = 0;
    for (int i = 0; i < ot__builtin_count; i++)
        for (int place = 0; place < PLACES; place++) {
            const ot__draw u =
                ot__random(6, OT__RNG_INIT, (uint32_t)i, (uint32_t)place, (uint32_t)_i, 0);
            sample s = { memory, strlen(ot__builtin_texts[i]), u.word };
            ot_tableau *t = NULL;
            memcpy(s.text, ot__builtin_texts[i], s.size + 1);
            damages[_i](&s);
            const ot_status status = ot__tableau_parse(s.text, s.size, "f", &t);
            ck_assert_msg(status == OT_EFORMAT, "damage %d of %s was accepted:\n%.600s", _i,
                          ot_scheme_name(ot_scheme_at(i)), s.text);
            ck_assert_ptr_null(t);
            check_place(&s, ot_scheme_name(ot_scheme_at(i)));
            refused++;
        }
    ck_assert_int_ge(refused * DAMAGES, 1000); /* in all tests of the loop */
    ck_assert_double_lt(seconds() - began, 20);
    ck_assert_int_lt(resident() - before, 64 << 10); /* KiB */
    ot__free(memory);
}
END_TEST

/* Unusual but valid texts. */
START_TEST(what_only_looks_damaged_is_read)
{
    static const char *const texts[] = {
        "\xEF\xBB\xBFscheme = a\r\norder = 1\r\nb = 1\r\n",
        "b=1#\norder=0\nscheme=a",
        "\n\n\t\nscheme = a\norder = 1\nb = --1\n",
        "scheme = a\norder = 1\nb = ((((1))))/(2 - 1)\n",
        "scheme = a\norder = 1\nb = 0.5 + sqrt(1/4)\n",
        "scheme = a\norder = 1\nb = sqrt(8)*sqrt(2)/4\ntitle = \xE2\x88\x9A\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ot_tableau *t = NULL;
        ck_ok(ot_tableau_parse(texts[i], "f", &t));
        ck_assert_int_eq(ot__exact_compare(&t->b.x[0], &t->b.x[0]), 0);
        ck_assert_double_eq(ot__exact_double(&t->b.x[0]), 1);
        ot_tableau_free(t);
    }
}
END_TEST

/* One more than each limit. */
START_TEST(there_may_be_a_thousand_embedded_rows_and_no_more_than_1024)
{
    for (int rows = 1000; rows <= 1025; rows += 25) {
        char *text = ot__new(ROOM, 1), *at = text;
        ot_tableau *t = NULL;
        at += sprintf(at, "scheme = a\norder = 1\nb = 1\n");
        for (int i = 0; i < rows; i++)
            at += sprintf(at, "embedded e%d (order 1) = 1\n", i);
        const ot_status status = ot_tableau_parse(text, "f", &t);
        ck_assert_int_eq(status, rows <= 1024 ? OT_OK : OT_EFORMAT);
        if (status == OT_OK) {
            ck_assert_int_eq(ot_tableau_rows(t), rows + 1);
            ck_assert_str_eq(ot_tableau_row_name(t, rows), "e999");
        }
        ot_tableau_free(t);
        ot__free(text);
    }
}
END_TEST

TCase *malformed_case(void)
{
    TCase *c = tcase_create("malformed");
    tcase_add_loop_test(c, every_damage_of_every_built_in_is_refused_with_its_place, 0, DAMAGES);
    tcase_add_test(c, what_only_looks_damaged_is_read);
    tcase_add_test(c, there_may_be_a_thousand_embedded_rows_and_no_more_than_1024);
    return c;
}
