/* SPDX-License-Identifier: BSD-3-Clause
 * Against made-up systems of files, and a limit that is really set. */
#include "base/available.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cases.h"

static char root[OT_TEMPORARY];

static void make_root(void)
{
    ot_temporary(root);
    ck_assert_ptr_nonnull(mkdtemp(root));
}

static void remove_root(void)
{
    char command[OT_TEMPORARY + 32];
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    ck_assert_int_eq(system(command), 0);
}

/* A file under the root, with its directories. */
static void file(const char *path, const char *text)
{
    char at[2 * OT_TEMPORARY];
    snprintf(at, sizeof at, "%s%s", root, path);
    for (char *slash = strchr(at + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(at, 0777);
        *slash = '/';
    }
    FILE *f = fopen(at, "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

static void expect(size_t bytes, const char *word)
{
    const ot__available a = ot__memory_available_in(root);
    ck_assert_uint_eq(a.bytes, bytes);
    ck_assert_msg(strstr(a.why, word) != NULL, "%s", a.why);
}

START_TEST(without_files_nothing_is_known)
{
    expect(SIZE_MAX, "are available");
}
END_TEST

START_TEST(the_system_tells_what_is_free)
{
    file("/proc/meminfo", "MemTotal: 9000 kB\nMemFree: 100 kB\nMemAvailable:    5000 kB\n");
    expect(5000 * 1024, "machine");
}
END_TEST

START_TEST(a_group_of_version_2_has_its_limit_less_what_it_cannot_drop)
{
    file("/proc/meminfo", "MemAvailable: 5000000 kB\n");
    file("/proc/self/cgroup", "0::/user/job\n");
    file("/sys/fs/cgroup/user/job/memory.max", "1000000\n");
    file("/sys/fs/cgroup/user/job/memory.current", "700000\n");
    file("/sys/fs/cgroup/user/job/memory.stat", "anon 5\nfile 300000\ninactive_file 200000\n");
    expect(1000000 - (700000 - 200000), "group");
}
END_TEST

/* Files that are read again and again are dropped as well as others. */
START_TEST(a_group_can_drop_files_that_are_in_use)
{
    file("/proc/self/cgroup", "4:memory:/job\n0::/job\n");
    file("/sys/fs/cgroup/job/memory.max", "9000\n");
    file("/sys/fs/cgroup/job/memory.current", "8000\n");
    file("/sys/fs/cgroup/job/memory.stat", "inactive_file 200\nactive_file 6000\n");
    expect(9000 - (8000 - 6200), "group");
    file("/sys/fs/cgroup/memory/job/memory.limit_in_bytes", "9000\n");
    file("/sys/fs/cgroup/memory/job/memory.usage_in_bytes", "8000\n");
    file("/sys/fs/cgroup/memory/job/memory.stat",
         "inactive_file 1\nactive_file 2\ntotal_inactive_file 300\ntotal_active_file 4000\n");
    expect(9000 - (8000 - 4300), "group");
}
END_TEST

START_TEST(the_limit_of_a_group_above_holds_too)
{
    file("/proc/self/cgroup", "0::/user/job\n");
    file("/sys/fs/cgroup/user/job/memory.max", "max\n");
    file("/sys/fs/cgroup/user/memory.max", "4000\n");
    file("/sys/fs/cgroup/user/memory.current", "1500\n");
    expect(2500, "group");
    file("/sys/fs/cgroup/memory.max", "900\n");
    file("/sys/fs/cgroup/memory.current", "1000\n");
    expect(0, "group");
}
END_TEST

START_TEST(a_group_of_version_1_has_a_limit_too)
{
    file("/proc/self/cgroup", "9:cpu:/\n4:memory:/job\n0::/\n");
    file("/sys/fs/cgroup/memory/job/memory.limit_in_bytes", "8000\n");
    file("/sys/fs/cgroup/memory/job/memory.usage_in_bytes", "3000\n");
    file("/sys/fs/cgroup/memory/job/memory.stat", "inactive_file 1\ntotal_inactive_file 500\n");
    expect(8000 - 2500, "group");
}
END_TEST

START_TEST(without_files_no_quota_is_known)
{
    ck_assert_double_eq(ot__cpu_quota_in(root), 0);
    file("/proc/self/cgroup", "0::/job\n");
    file("/sys/fs/cgroup/job/cpu.max", "max 100000\n");
    ck_assert_double_eq(ot__cpu_quota_in(root), 0);
}
END_TEST

START_TEST(the_least_quota_from_the_own_group_up_holds)
{
    file("/proc/self/cgroup", "0::/user/job\n");
    file("/sys/fs/cgroup/user/job/cpu.max", "150000 100000\n");
    ck_assert_double_eq(ot__cpu_quota_in(root), 1.5);
    file("/sys/fs/cgroup/user/cpu.max", "50000 100000\n");
    ck_assert_double_eq(ot__cpu_quota_in(root), 0.5);
    file("/sys/fs/cgroup/cpu.max", "25000 100000\n");
    ck_assert_double_eq(ot__cpu_quota_in(root), 0.25);
    file("/sys/fs/cgroup/other/cpu.max", "1000 100000\n"); /* is not of this process */
    ck_assert_double_eq(ot__cpu_quota_in(root), 0.25);
}
END_TEST

START_TEST(a_group_of_version_1_has_a_quota_too)
{
    file("/proc/self/cgroup", "5:cpuset:/set\n4:cpu,cpuacct:/job\n0::/\n");
    file("/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "-1\n");
    file("/sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n");
    ck_assert_double_eq(ot__cpu_quota_in(root), 0);
    file("/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "300000\n");
    ck_assert_double_eq(ot__cpu_quota_in(root), 3);
}
END_TEST

START_TEST(a_limit_on_addresses_counts)
{
#ifndef OT_SANITIZED
    const char *fork = getenv("CK_FORK");
    if (fork && strcmp(fork, "no") == 0) return;
    if (!ot_limit_addresses((rlim_t)8 << 30)) return;
    ck_assert_uint_lt(ot__memory_available().bytes, (size_t)8 << 30);
    ck_assert_uint_gt(ot__memory_available().bytes, 0);
#endif
}
END_TEST

TCase *available_case(void)
{
    TCase *c = tcase_create("available");
    tcase_add_checked_fixture(c, make_root, remove_root);
    tcase_add_test(c, without_files_nothing_is_known);
    tcase_add_test(c, the_system_tells_what_is_free);
    tcase_add_test(c, a_group_of_version_2_has_its_limit_less_what_it_cannot_drop);
    tcase_add_test(c, a_group_can_drop_files_that_are_in_use);
    tcase_add_test(c, the_limit_of_a_group_above_holds_too);
    tcase_add_test(c, a_group_of_version_1_has_a_limit_too);
    tcase_add_test(c, without_files_no_quota_is_known);
    tcase_add_test(c, the_least_quota_from_the_own_group_up_holds);
    tcase_add_test(c, a_group_of_version_1_has_a_quota_too);
    tcase_add_test(c, a_limit_on_addresses_counts);
    return c;
}
