/* SPDX-License-Identifier: BSD-3-Clause
 * CPU features, tiers, threads and denormals. */
#include "base/machine.h"

#include <blis.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cases.h"
#include "base/memory.h"
#include "base/parallel.h"

START_TEST(the_machine_names_its_kernels_and_threads)
{
    const ot_machine_info m = ot_machine();
    ck_assert_int_ge(m.cpus, 1);
    ck_assert_int_ge(m.threads, 1);
    ck_assert_str_ne(m.blis_kernels, "");
    ck_assert_str_ne(m.blis_version, "");
}
END_TEST

START_TEST(a_cpu_with_vectors_is_never_left_on_generic_blis_kernels)
{
    const ot__cpu *const f = ot__cpu_features();
    if (getenv("BLIS_ARCH_TYPE")) OT_SKIP("BLIS_ARCH_TYPE chooses the kernels");
    if (!(f->avx2 && f->fma) && !f->neon) OT_SKIP("this CPU has no AVX2");
    ck_assert_str_ne(ot_machine().blis_kernels, "generic");
}
END_TEST

START_TEST(avx512_can_be_hidden_and_nothing_else_is)
{
#if defined(__x86_64__)
    const char *fork = getenv("CK_FORK"); /* features are read once per process */
    if (fork && strcmp(fork, "no") == 0) return;
    ck_assert_int_eq(setenv("ODETAPE_CPU", "avx2", 1), 0);
    const ot__cpu *const f = ot__cpu_features();
    ck_assert(!f->avx512);
    ck_assert_int_eq(f->avx2, __builtin_cpu_supports("avx2") != 0);
    ck_assert_int_eq(f->fma, __builtin_cpu_supports("fma") != 0);
    const ot_machine_info m = ot_machine();
    ck_assert_ptr_null(strstr(m.cpu_features, "avx512"));
    if (!getenv("BLIS_ARCH_TYPE")) ck_assert_str_ne(m.blis_kernels, "skx");
#endif
}
END_TEST

/* Features are read once per process, so each setting is tried in a process of its own. */
static const struct {
    const char *cpu, *kernels, *says; /* says NULL: the setting is accepted */
} settings[] = {
    { "baseline", "best", "ODETAPE_KERNELS is best" },
    { "baseline", "portable", NULL },
    { "baseline", "", NULL },
    { "z80", "", "ODETAPE_CPU is 'z80'" },
    { "", "fast", "ODETAPE_KERNELS is 'fast'" },
    { "", "reference", NULL },
#if defined(__aarch64__)
    { "neon", "best", NULL },
    { "avx2", "portable", "ODETAPE_CPU is avx2, but this CPU has no avx2" },
#elif defined(__x86_64__)
    { "avx2", "portable", NULL }, /* where it is tested, AVX2 is there */
    { "neon", "portable", "ODETAPE_CPU is neon, but this CPU has no neon" },
#endif
};

/* Variables that hold numbers. */
static const struct {
    const char *name, *value, *says;
} numbers[] = {
    { "OMP_NUM_THREADS", "1024", NULL },
    { "OMP_NUM_THREADS", "2,1", NULL },
    { "OMP_NUM_THREADS", "", NULL },
    { "OMP_NUM_THREADS", "0", "OMP_NUM_THREADS is '0'; it must be a whole number from 1 to 1024" },
    { "OMP_NUM_THREADS", "1025", "OMP_NUM_THREADS is '1025'" },
    { "OMP_NUM_THREADS", "2,", "OMP_NUM_THREADS is '2,'" },
    { "OMP_NUM_THREADS", "0x2", "OMP_NUM_THREADS is '0x2'" },
    { "OMP_NUM_THREADS", "2 ", "OMP_NUM_THREADS is '2 '" },
    { "BLIS_ARCH_TYPE", "0", NULL },
    { "BLIS_ARCH_TYPE", "0,1", "BLIS_ARCH_TYPE is '0,1'; it must be a whole number" },
    { "BLIS_ARCH_TYPE", "haswell", "BLIS_ARCH_TYPE is 'haswell'" },
    { "BLIS_ARCH_TYPE", "-1", "BLIS_ARCH_TYPE is '-1'" },
    { "BLIS_ARCH_TYPE", "1e400", "BLIS_ARCH_TYPE is '1e400'" },
};
enum { NUMBERS = sizeof numbers / sizeof numbers[0] };

START_TEST(a_variable_that_should_be_a_number_and_is_none_is_refused)
{
    const char *fork = getenv("CK_FORK");
    if (fork && strcmp(fork, "no") == 0) return;
    ck_assert_int_eq(setenv(numbers[_i].name, numbers[_i].value, 1), 0);
    const ot_status status = ot_machine_check();
    if (!numbers[_i].says) ck_ok(status);
    if (numbers[_i].says) ck_status(status, OT_EINVAL);
    if (numbers[_i].says)
        ck_assert_msg(strstr(ot_message(), numbers[_i].says) != NULL, "%s", ot_message());
}
END_TEST

enum { SETTINGS = sizeof settings / sizeof settings[0] };

START_TEST(a_setting_that_this_cpu_does_not_support_is_refused_by_name)
{
    const char *fork = getenv("CK_FORK");
    if (fork && strcmp(fork, "no") == 0) return;
    ck_assert_int_eq(setenv("ODETAPE_CPU", settings[_i].cpu, 1), 0);
    ck_assert_int_eq(setenv("ODETAPE_KERNELS", settings[_i].kernels, 1), 0);
    const ot_status status = ot_machine_check();
    if (!settings[_i].says) ck_ok(status);
    if (settings[_i].says) ck_status(status, OT_EINVAL);
    if (settings[_i].says)
        ck_assert_msg(strstr(ot_message(), settings[_i].says) != NULL, "%s", ot_message());
}
END_TEST

START_TEST(a_cpu_without_vectors_has_portable_kernels_unless_more_is_asked_for)
{
    const char *fork = getenv("CK_FORK");
    if (fork && strcmp(fork, "no") == 0) return;
    ck_assert_int_eq(setenv("ODETAPE_CPU", "baseline", 1), 0);
    ck_assert_int_eq(unsetenv("ODETAPE_KERNELS"), 0);
    const ot_machine_info m = ot_machine();
    ck_assert_int_eq(m.tier, OT_TIER_PORTABLE);
    ck_assert_str_eq(m.best_kernels, "none");
    ck_ok(ot__check_tier(OT_TIER_DEFAULT));
    ck_status(ot__check_tier(OT_TIER_BEST), OT_EINVAL);
}
END_TEST

/* Each CPU is tried in a process of its own, as above. */
START_TEST(the_peaks_of_each_kind_of_cpu_are_numbers)
{
    if (ot_in_valgrind()) return;
    static const char *const cpus[] = { "", "avx2", "baseline" };
    const char *fork = getenv("CK_FORK");
    if (fork && strcmp(fork, "no") == 0) return;
    ck_assert_int_eq(setenv("ODETAPE_CPU", cpus[_i], 1), 0);
    ot_peaks peaks;
    ck_ok(ot_machine_peaks(&peaks));
    ck_assert(isfinite(peaks.flops) && peaks.flops > 1e8);
    ck_assert(isfinite(peaks.bytes) && peaks.bytes > 1e8);
    ot__fail_allocation(1, 0);
    ck_status(ot_machine_peaks(&peaks), OT_ENOMEM);
    ot__fail_allocation(0, 0);
}
END_TEST

START_TEST(a_cpu_that_the_user_chose_for_blis_is_left_to_it)
{
    const char *fork = getenv("CK_FORK");
    if (fork && strcmp(fork, "no") == 0) return;
#if defined(__x86_64__)
    const arch_t family = BLIS_ARCH_HASWELL;
#else
    const arch_t family = bli_arch_query_id(); /* BLIS may have no other */
#endif
    char number[16];
    snprintf(number, sizeof number, "%d", (int)family);
    ck_assert_int_eq(setenv("BLIS_ARCH_TYPE", number, 1), 0);
    ck_assert_str_eq(ot_machine().blis_kernels, bli_arch_string(family));
    ck_assert_str_eq(ot_machine().blis_reason, "as BLIS_ARCH_TYPE says");
}
END_TEST

START_TEST(an_impossible_number_of_threads_is_refused)
{
    const int before = ot__threads();
    ck_status(ot_set_threads(0), OT_EINVAL);
    ck_status(ot_set_threads(-3), OT_EINVAL);
    ck_status(ot_set_threads(100000), OT_EINVAL);
    ck_assert_int_eq(ot__threads(), before);
    ck_ok(ot_set_threads(3));
    ck_assert_int_eq(ot_machine().threads, 3);
}
END_TEST

START_TEST(denormals_are_flushed_in_every_thread_until_the_end)
{
#if defined(__x86_64__) || defined(__aarch64__)
    if (ot_in_valgrind()) return;
    volatile float tiny = 1e-38f, small = 1e-3f;
    float flushed[3] = { 1, 1, 1 };
    ck_ok(ot_set_threads(3));
    ot__float32_begin();
    OT__PARALLEL_FOR
    for (int i = 0; i < 3; i++)
        flushed[i] = tiny * small;
    ot__float32_end();
    volatile float kept = tiny * small;
    for (int i = 0; i < 3; i++)
        ck_assert(flushed[i] == 0.0f);
    ck_assert(kept > 0.0f);
#endif
}
END_TEST

START_TEST(every_status_has_a_text)
{
    for (int s = OT_OK; s <= OT_EBUG; s++)
        ck_assert_str_ne(ot_strerror((ot_status)s), "unknown status");
    ck_assert_str_eq(ot_strerror((ot_status)99), "unknown status");
}
END_TEST

TCase *machine_case(void)
{
    TCase *c = tcase_create("machine");
    tcase_add_test(c, the_machine_names_its_kernels_and_threads);
    tcase_add_test(c, a_cpu_with_vectors_is_never_left_on_generic_blis_kernels);
    tcase_add_test(c, avx512_can_be_hidden_and_nothing_else_is);
    tcase_add_loop_test(c, a_setting_that_this_cpu_does_not_support_is_refused_by_name, 0,
                        SETTINGS);
    tcase_add_loop_test(c, a_variable_that_should_be_a_number_and_is_none_is_refused, 0, NUMBERS);
    tcase_add_test(c, a_cpu_without_vectors_has_portable_kernels_unless_more_is_asked_for);
    tcase_add_loop_test(c, the_peaks_of_each_kind_of_cpu_are_numbers, 0, 3);
    tcase_add_test(c, a_cpu_that_the_user_chose_for_blis_is_left_to_it);
    tcase_add_test(c, an_impossible_number_of_threads_is_refused);
    tcase_add_test(c, denormals_are_flushed_in_every_thread_until_the_end);
    tcase_add_test(c, every_status_has_a_text);
    return c;
}
