/* SPDX-License-Identifier: BSD-3-Clause
 * Whole lines count, whatever stands after the last of them. */
#include "base/jsonl.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cases.h"
#include "base/memory.h"
#include "temporary.h"

static char folder[OT_TEMPORARY], path[OT_TEMPORARY + 16];
static int sum, refused_from;

static void make(void)
{
    ot_temporary(folder);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/lines", folder);
    sum = refused_from = 0;
}

static void clean(void)
{
    unlink(path);
    rmdir(folder);
}

static void put(const char *data, size_t size)
{
    FILE *const f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(data, 1, size, f), size);
    ck_assert_int_eq(fclose(f), 0);
}

/* Each line is a list of its own number. */
static ot_status take(void *user, json_t *value, int line)
{
    ck_assert_ptr_eq(user, path);
    if (refused_from > 0 && line >= refused_from) return ot__fail(OT_EINVAL, "refused");
    ck_assert_int_eq(json_integer_value(json_array_get(value, 0)), line);
    sum += line;
    return OT_OK;
}

static ot__jsonl lines_of(size_t longest)
{
    return (ot__jsonl){ .path = path, .longest = longest, .take = take, .user = path };
}

#define LINES "[1]\n[2]\n[3]\n"
#define BYTES(text) text, sizeof(text) - 1

static const struct {
    const char *data;
    size_t size;
    int lines;
    size_t rest;
} whole[] = {
    { BYTES(""), 0, 0 },
    { BYTES("["), 0, 1 },
    { BYTES(LINES), 3, 0 },
    { BYTES(LINES "[4"), 3, 2 },
    { BYTES(LINES "[4]"), 3, 3 },
    { BYTES(LINES "\0\0\0\0"), 3, 4 },
    { BYTES("\0\0"), 0, 2 },
    { BYTES(LINES "[4\0\0"), 3, 4 },
    { BYTES(LINES "\0\0["), 3, 3 },
};

START_TEST(whole_lines_are_taken_and_what_follows_them_is_left_out)
{
    put(whole[_i].data, whole[_i].size);
    ot__jsonl f = lines_of(0);
    ck_ok(ot__jsonl_read(&f));
    ck_assert_int_eq(f.lines, whole[_i].lines);
    ck_assert_int_eq(sum, f.lines * (f.lines + 1) / 2);
    ck_assert_uint_eq(f.rest, whole[_i].rest);
    ck_assert_uint_eq(f.whole + f.rest, whole[_i].size);
    char text[OT_TEMPORARY + 120];
    char *const note = ot__jsonl_note(&f, "it is left out");
    snprintf(text, sizeof text, "%s:%d: the last %zu bytes are not a whole line; it is left out",
             path, f.lines + 1, f.rest);
    ck_assert_str_eq(note, text);
    ot__free(note);
}
END_TEST

static const struct {
    const char *data;
    size_t size;
    const char *place;
} malformed[] = {
    { BYTES("\n"), ":1: it is not JSON" },
    { BYTES("[1]\n[2\n[3]\n"), ":2: it is not JSON" },
    { BYTES("[1]\n{\"a\":1,\"a\":2}\n"), ":2: it is not JSON" },
    { BYTES("[1]\n[2\0]\n"), ":2: it has a zero byte" },
    { BYTES("[1]\n\0\0[2]\n"), ":2: it has a zero byte" },
    { BYTES("[1]\n[2]              \n"), ":2: the line is longer than 16 bytes" },
    { BYTES("[1]\n[2]              "), ":2: the line is longer than 16 bytes" },
};

START_TEST(a_line_that_is_none_is_refused_with_its_place)
{
    put(malformed[_i].data, malformed[_i].size);
    ot__jsonl f = lines_of(16);
    ck_status(ot__jsonl_read(&f), OT_EFORMAT);
    ck_assert_msg(strstr(ot_message(), malformed[_i].place), "%s", ot_message());
    ck_assert_int_eq(sum, f.lines * (f.lines + 1) / 2);
    ck_assert_uint_eq(f.whole, 4 * (size_t)f.lines);
}
END_TEST

START_TEST(reading_ends_where_a_line_is_refused)
{
    put(BYTES(LINES));
    refused_from = 2;
    ot__jsonl f = lines_of(0);
    ck_status(ot__jsonl_read(&f), OT_EINVAL);
    ck_assert_int_eq(f.lines, 1);
    ck_assert_uint_eq(f.whole, 4);
}
END_TEST

/* Lines that end at every place around the ends of the pieces that are read. */
START_TEST(lines_may_be_longer_than_what_is_read_at_a_time)
{
    enum { PIECE = 1 << 16 };
    static char text[5 * PIECE];
    for (int gap = PIECE - 9; gap < PIECE + 3; gap++) {
        memset(text, ' ', sizeof text);
        memcpy(text, "[1", 2);
        memcpy(text + gap, "]\n[2", 4);
        memcpy(text + 3 * PIECE + gap, "]\n[3]\n", 6);
        put(text, (size_t)(3 * PIECE + gap + 6));
        sum = 0;
        ot__jsonl f = lines_of(0);
        ck_ok(ot__jsonl_read(&f));
        ck_assert_int_eq(f.lines, 3);
        ck_assert_int_eq(sum, 6);
        ck_assert_uint_eq(f.rest, 0);
    }
}
END_TEST

/* Holes in files read as zeros. */
START_TEST(the_size_of_a_file_is_no_size_of_memory)
{
    put(BYTES(LINES));
    ck_assert_int_eq(truncate(path, 100 << 20), 0);
    ot__jsonl f = lines_of(0);
    ck_ok(ot__jsonl_read(&f));
    ck_assert_int_eq(f.lines, 3);
    ck_assert_uint_eq(f.rest, (100 << 20) - strlen(LINES));
    const int fd = open(path, O_WRONLY | O_APPEND);
    ck_assert_int_eq(write(fd, "[4]\n", 4), 4);
    close(fd);
    ck_status(ot__jsonl_read(&f), OT_EFORMAT);
    ck_assert_msg(strstr(ot_message(), ":4: it has a zero byte"), "%s", ot_message());
    ck_assert_int_eq(truncate(path, (off_t)3 << 30), 0);
    ck_status(ot__jsonl_read(&f), OT_EFORMAT);
    ck_assert_msg(strstr(ot_message(), "3221225472 bytes; at most"), "%s", ot_message());
}
END_TEST

START_TEST(what_is_no_file_is_refused_at_once)
{
    ot__jsonl f = lines_of(0);
    ck_status(ot__jsonl_read(&f), OT_ENOENT);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_status(ot__jsonl_read(&f), OT_ENOENT);
    ck_assert_msg(strstr(ot_message(), "not a regular file"), "%s", ot_message());
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    put(BYTES(LINES "[4"));
    for (long n = 1;; n++) {
        ot__jsonl f = lines_of(0);
        sum = 0;
        ot__fail_allocation(n, _i);
        const ot_status status = ot__jsonl_read(&f);
        const bool failed = ot__fail_allocation(0, 0) >= n;
        ck_assert_int_eq(status, failed ? OT_ENOMEM : OT_OK);
        if (!failed) break;
    }
    ck_assert_int_eq(sum, 6);
}
END_TEST

TCase *jsonl_case(void)
{
    TCase *c = tcase_create("jsonl");
    tcase_add_checked_fixture(c, make, clean);
    tcase_add_loop_test(c, whole_lines_are_taken_and_what_follows_them_is_left_out, 0,
                        (int)(sizeof whole / sizeof whole[0]));
    tcase_add_loop_test(c, a_line_that_is_none_is_refused_with_its_place, 0,
                        (int)(sizeof malformed / sizeof malformed[0]));
    tcase_add_test(c, reading_ends_where_a_line_is_refused);
    tcase_add_test(c, lines_may_be_longer_than_what_is_read_at_a_time);
    tcase_add_test(c, the_size_of_a_file_is_no_size_of_memory);
    tcase_add_test(c, what_is_no_file_is_refused_at_once);
    tcase_add_loop_test(c, each_allocation_may_fail, 0, 2);
    return c;
}
