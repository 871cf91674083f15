/* SPDX-License-Identifier: BSD-3-Clause
 * What every test program shares.  A test program is one directory's test_*.c files and a main.c
 * that names their cases:
 *
 *     OT_TEST_MAIN("base", text_case, rng_case)
 *
 * Check runs every test in a process of its own; the parent must not touch OpenMP or BLIS, since
 * libgomp does not survive a fork.  CK_FORK=no for a debugger.  OT_SKIP ends a test that cannot run
 * here, such as one of kernels that this CPU does not support. */
#ifndef OT_TESTS_SUITE_H
#define OT_TESTS_SUITE_H

#include <check.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "odetape.h"
#include "temporary.h"

/* Sanitizers take all addresses for themselves; gcc says that they are there by macros, clang by
 * features. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OT_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OT_SANITIZED
#endif

/* Valgrind is a hundred times slower, flushes no denormals, and has memory of its own. */
static inline bool ot_in_valgrind(void)
{
    return getenv("OT_VALGRIND") != NULL;
}

/* Limits the addresses of this process; false if the system keeps no such limit, as qemu-user. */
static inline bool ot_limit_addresses(rlim_t bytes)
{
    const struct rlimit limit = { bytes, RLIM_INFINITY };
    struct rlimit kept;
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    return getrlimit(RLIMIT_AS, &kept) == 0 && kept.rlim_cur == limit.rlim_cur;
}

typedef TCase *(*ot_test_case)(void);

/* ---- tests that are skipped ----
 *
 * Check has no skips.  A test that cannot run here writes why into memory that it shares with the
 * parent, and returns.  The parent appends it to the line of TAP that Check prints after each test,
 * as make check counts it: "ok 7 - test_x.c:case:name: Passed # SKIP this CPU has no AVX2". */
typedef struct ot_skips {
    int n;
    char why[200]; /* of the last test; empty if it was not skipped */
} ot_skips;

__attribute__((weak)) ot_skips *ot_skipped; /* one for all files of a program */

/* Ends a test that cannot run here. */
#define OT_SKIP(reason)                                                                            \
    do {                                                                                           \
        ot_note_skip(reason);                                                                      \
        return;                                                                                    \
    } while (0)

static inline void ot_note_skip(const char *why)
{
    if (!ot_skipped) return;
    snprintf(ot_skipped->why, sizeof ot_skipped->why, "%s", why);
    ot_skipped->n++;
}

static FILE *ot_real_stdout;

/* Tests write to standard output itself, and may open it again. */
static inline void ot_restore_stdout(void)
{
    stdout = ot_real_stdout;
}

/* Writes to standard output what Check prints, which is a line at a time. */
static inline ssize_t ot_write_tap(void *cookie, const char *text, size_t n)
{
    const bool ends = ot_skipped->why[0] && n > 0 && text[n - 1] == '\n';
    (void)cookie;
    if (write(STDOUT_FILENO, text, n - ends) < 0) return -1;
    if (!ends) return (ssize_t)n;
    const int written = dprintf(STDOUT_FILENO, " # SKIP %s\n", ot_skipped->why);
    ot_skipped->why[0] = '\0';
    return written < 0 ? -1 : (ssize_t)n;
}

static inline void ot_begin_skips(void)
{
    const char *const tap = getenv("CK_TAP_LOG_FILE_NAME");
    void *const shared =
        mmap(NULL, sizeof *ot_skipped, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return;
    ot_skipped = shared;
    if (!tap || strcmp(tap, "-") != 0) return;
    FILE *const lines = fopencookie(NULL, "w", (cookie_io_functions_t){ .write = ot_write_tap });
    ot_real_stdout = stdout;
    if (!lines || pthread_atfork(NULL, NULL, ot_restore_stdout) != 0) return;
    setvbuf(lines, NULL, _IOLBF, BUFSIZ);
    stdout = lines;
}

static inline void ot_end_skips(void)
{
    const char *const tap = getenv("CK_TAP_LOG_FILE_NAME");
    fflush(stdout);
    if (ot_skipped && ot_skipped->n > 0 && !tap) printf("%d skipped\n", ot_skipped->n);
}

/* Expect OT_OK, and say the message when it is not. */
#define ck_ok(call)                                                                                \
    do {                                                                                           \
        const ot_status ck_status_ = (call);                                                       \
        ck_assert_msg(ck_status_ == OT_OK, "%s: %s: %s", #call, ot_strerror(ck_status_),           \
                      ot_message());                                                               \
    } while (0)

/* Expect one certain failure. */
#define ck_status(call, expected)                                                                  \
    do {                                                                                           \
        const ot_status ck_status_ = (call);                                                       \
        ck_assert_msg(ck_status_ == (expected), "%s: %s instead of %s: %s", #call,                 \
                      ot_strerror(ck_status_), ot_strerror(expected), ot_message());               \
    } while (0)

static inline int ot_run_suite(const char *name, const ot_test_case *cases, size_t n)
{
    Suite *suite = suite_create(name);
    for (size_t i = 0; i < n; i++)
        suite_add_tcase(suite, cases[i]());
    SRunner *runner = srunner_create(suite);
    ot_begin_skips();
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    ot_end_skips();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define OT_TEST_MAIN(name, ...)                                                                    \
    int main(void)                                                                                 \
    {                                                                                              \
        static const ot_test_case cases[] = { __VA_ARGS__ };                                       \
        return ot_run_suite(name, cases, sizeof cases / sizeof cases[0]);                          \
    }

#endif
