/* SPDX-License-Identifier: BSD-3-Clause
 * The expected numbers are counted by hand for y = relu(x w'), L = sum(y): x (2,5), w (3,5). */
#include <stdlib.h>
#include <string.h>

#include "autograd/cases.h"
#include "autograd/program.h"

static ot_tape *t;
static ot_program *p;
static char *text;
static size_t size;

static void new_program(void)
{
    t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(2, 5));
    const ot_var w = ot_param(t, "w", OT_SHAPE(3, 5), ot_init_he(5));
    const ot_var y = ot_relu(t, ot_linear(t, x, w, (ot_var){ 0 }));
    ck_ok(ot_compile(t, ot_sum(t, y), &(ot_compile_opts){ .dtype = OT_F64 }, &p));
}

static void free_program(void)
{
    ot_program_free(p);
    ot_tape_free(t);
    free(text);
}

/* Replaces each run of blanks by one, so that the tests do not depend on the widths of columns. */
static void squeeze(char *s)
{
    char *to = s;
    for (; *s; s++)
        if (*s != ' ' || (to > text && to[-1] != ' ')) *to++ = *s;
    *to = 0;
}

static void plan(bool records)
{
    FILE *out = open_memstream(&text, &size);
    ck_ok(ot_program_plan(p, OT_LIST_WIDE, records, out));
    fclose(out);
    squeeze(text);
}

/* The line that starts with words; valid until the next call. */
static const char *line_of(const char *words)
{
    static char line[200];
    const char *at = strstr(text, words);
    ck_assert_msg(at != NULL, "no %s in\n%s", words, text);
    snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
    return line;
}

/* linear has 2*3*5 multiply-adds forward and at least as many backward, for w alone.  Bytes moved
 * forward: x 80, w 120, y 48.  Backward: x 80, w 120 (passed to the kernel, which may not read it),
 * gy 48, gw 120.  Its result is not kept: the derivative of relu needs only the result of relu,
 * which is 48 bytes. */
START_TEST(totals_are_those_counted_by_hand)
{
    plan(false);
    ck_assert_msg(strncmp(line_of("linear "), "linear 1 2 60 ", 14) == 0, "%s", line_of("linear "));
    ck_assert_msg(strstr(line_of("linear "), " 616 B 0 B 1 reference") != NULL, "%s",
                  line_of("linear "));
    ck_assert_msg(strstr(line_of("relu "), " 48 B 1 reference") != NULL, "%s", line_of("relu "));
}
END_TEST

START_TEST(records_are_listed_on_request_only)
{
    plan(false);
    ck_assert_ptr_null(strstr(text, "\n%3 "));
    free(text);
    plan(true);
    ck_assert_ptr_nonnull(strstr(text, "\n%3 "));
}
END_TEST

START_TEST(the_picture_has_a_column_for_each_step)
{
    plan(false);
    const char *row = strstr(text, "free):\n");
    ck_assert_ptr_nonnull(row);
    int rows = 0;
    for (row = strchr(row, '\n') + 1; rows < 12; row = strchr(row, '\n') + 1, rows++) {
        const char *cells = strchr(row, 'B') + 2;
        ck_assert_int_eq((int)strspn(cells, "vgs."), ot_program_describe(p).calls);
    }
}
END_TEST

/* conv2d has no special kernels for 5 channels; for 16 it has some, on CPUs that have any. */
START_TEST(records_that_fall_back_are_named_with_their_shapes)
{
    ot_program *mixed = NULL;
    const ot_var w = ot_param(t, "w5", OT_SHAPE(16, 5, 3, 3), ot_init_he(45));
    const ot_var v = ot_param(t, "w16", OT_SHAPE(16, 16, 3, 3), ot_init_he(144));
    const ot_var y = ot_conv2d(t, ot_input(t, "image", OT_SHAPE(2, 8, 8, 5)), w, 2, 1);
    const ot_var z = ot_conv2d(t, y, v, 1, 1);
    if (strcmp(ot_machine().best_kernels, "none") == 0) return;
    ck_ok(ot_compile(t, ot_sum(t, z), &(ot_compile_opts){ .tier = OT_TIER_BEST }, &mixed));
    FILE *out = open_memstream(&text, &size);
    ck_ok(ot_program_plan(mixed, OT_LIST_WIDE, true, out));
    fclose(out);
    squeeze(text);
    char odd[64], note[64];
    snprintf(note, sizeof note, "(2,8,8,5) (16,5,3,3): %%%d\n", y.id);
    snprintf(odd, sizeof odd, "\n%%%d conv2d", y.id);
    ck_assert_msg(strstr(text, "1 of 2 records have portable kernels") != NULL, "%s", text);
    ck_assert_msg(strstr(text, note) != NULL, "%s", text);
    ck_assert_msg(strstr(line_of(odd + 1), "1 portable for this shape") != NULL, "%s",
                  line_of(odd + 1));
    snprintf(odd, sizeof odd, "\n%%%d conv2d", z.id);
    ck_assert_msg(strstr(line_of(odd + 1), "1 best") != NULL, "%s", line_of(odd + 1));
    ot_program_free(mixed);
}
END_TEST

/* Each of 3 runs of 2 images: linear does 2*3*5 multiply-adds and moves 248 bytes forward. */
START_TEST(a_profile_has_the_times_of_what_ran)
{
    ck_status(ot_program_profile(p, NULL, 0, OT_LIST_WIDE, true, stdout), OT_EINVAL);
    ck_ok(ot_program_measure(p, true));
    memset(ot_program_input(p, (ot_var){ 1 }), 0, 10 * sizeof(double));
    for (int i = 0; i < 3; i++) {
        ck_ok(ot_forward(p, 2));
        ck_ok(ot_backward(p, NULL, false));
    }
    double sum = 0;
    for (int s = 0; s < p->n_steps; s++) {
        ck_assert_double_gt(p->spent[s].seconds, 0);
        ck_assert_int_eq(p->spent[s].images, 6);
        sum += p->spent[s].seconds;
    }
    FILE *out = open_memstream(&text, &size);
    ck_ok(ot_program_profile(p, &(ot_peaks){ 1e9, 1e9 }, 4 * sum, OT_LIST_WIDE, true, out));
    fclose(out);
    squeeze(text);
    const char *record = strstr(text, "linear forward");
    double seconds, share, flops, bytes, roof;
    ck_assert_ptr_nonnull(record);
    ck_assert_int_eq(sscanf(record, "linear forward %lf %lf %lf %lf %lf", &seconds, &share, &flops,
                            &bytes, &roof),
                     5);
    ck_assert_double_eq_tol(share, 100 * p->spent[0].seconds / sum, 0.06);
    ck_assert_double_eq_tol(roof, 3 * 248e-9 / p->spent[0].seconds, 0.006);
    record = strstr(text, "outside of calls");
    ck_assert_ptr_nonnull(record);
    ck_assert_int_eq(sscanf(record, "outside of calls %lf %lf", &seconds, &share), 2);
    ck_assert_double_eq_tol(seconds, 3 * sum, 0.001);
    ck_assert_double_eq_tol(share, 75, 0.06);
    ck_ok(ot_program_measure(p, false));
    ck_status(ot_program_profile(p, NULL, 0, OT_LIST_WIDE, true, stdout), OT_EINVAL);
}
END_TEST

START_TEST(alike_records_share_a_line_of_a_profile)
{
    ot_program *twice = NULL;
    const ot_var x = ot_input(t, "x2", OT_SHAPE(2, 5));
    const ot_var y = ot_relu(t, ot_mul(t, ot_relu(t, x), x));
    ck_ok(ot_compile(t, ot_sum(t, y), &(ot_compile_opts){ .dtype = OT_F64, .forward_only = true },
                     &twice));
    ck_ok(ot_program_measure(twice, true));
    FILE *out = open_memstream(&text, &size);
    ck_ok(ot_program_profile(twice, NULL, 0, OT_LIST_WIDE, false, out));
    fclose(out);
    squeeze(text);
    ck_assert_msg(strstr(text, "\n2 relu forward") || strstr(text, "\n 2 relu forward"), "%s",
                  text);
    ot_program_free(twice);
}
END_TEST

START_TEST(a_full_disk_is_noticed)
{
    FILE *full = fopen("/dev/full", "w");
    if (!full) return;
    ck_status(ot_program_plan(p, OT_LIST_WIDE, false, full), OT_EIO);
    fclose(full);
}
END_TEST

TCase *report_case(void)
{
    TCase *c = tcase_create("report");
    tcase_add_checked_fixture(c, new_program, free_program);
    tcase_add_test(c, totals_are_those_counted_by_hand);
    tcase_add_test(c, records_are_listed_on_request_only);
    tcase_add_test(c, the_picture_has_a_column_for_each_step);
    tcase_add_test(c, records_that_fall_back_are_named_with_their_shapes);
    tcase_add_test(c, a_profile_has_the_times_of_what_ran);
    tcase_add_test(c, alike_records_share_a_line_of_a_profile);
    tcase_add_test(c, a_full_disk_is_noticed);
    return c;
}
