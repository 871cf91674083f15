/* SPDX-License-Identifier: BSD-3-Clause
 * What every test program shares.  A test program is one directory's test_*.c files and a main.c
 * that names their cases:
 *
 *     OT_TEST_MAIN("base", text_case, rng_case)
 *
 * Check runs every test in a process of its own; the parent must not touch OpenMP or BLIS, since
 * libgomp does not survive a fork.  CK_FORK=no for a debugger. */
#ifndef OT_TESTS_SUITE_H
#define OT_TESTS_SUITE_H

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

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
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define OT_TEST_MAIN(name, ...)                                                                    \
    int main(void)                                                                                 \
    {                                                                                              \
        static const ot_test_case cases[] = { __VA_ARGS__ };                                       \
        return ot_run_suite(name, cases, sizeof cases / sizeof cases[0]);                          \
    }

#endif
