/* SPDX-License-Identifier: BSD-3-Clause
 * Reads /proc and /sys/fs/cgroup.  A limit of a control group also holds for the groups below it,
 * so all groups from the process's own up to the root are read.  Cached files that the group could
 * drop count as available, as they do in the system's MemAvailable. */
#include "base/available.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/decimal.h"

/* The number after `key` at the start of a line, times unit; `otherwise` if there is none. */
static size_t number_in(const char *path, const char *key, size_t unit, size_t otherwise)
{
    char line[256];
    size_t value = otherwise;
    unsigned long long n;
    FILE *f = fopen(path, "re");
    if (!f) return otherwise;
    while (value == otherwise && fgets(line, sizeof line, f))
        if (strncmp(line, key, strlen(key)) == 0 && sscanf(line + strlen(key), "%llu", &n) == 1)
            value = n < SIZE_MAX / unit ? (size_t)n * unit : SIZE_MAX;
    fclose(f);
    return value;
}

/* Where the control groups of a controller are. */
typedef struct hierarchy {
    const char *mount;      /* the directory of the root group */
    const char *controller; /* its name in the list of controllers, between the two colons of a line
                               of /proc/self/cgroup; "" in version 2 */
} hierarchy;

/* The names of the files in which a version of control groups reports memory. */
typedef struct memory_names {
    hierarchy at;
    const char *limit, *usage;
    const char *droppable[2]; /* the keys in memory.stat of cached files; a page is active once it
                                 was read twice, and the group can drop both kinds */
} memory_names;

static const memory_names memory_versions[] = {
    { { "/sys/fs/cgroup", "" },
      "memory.max",
      "memory.current",
      { "inactive_file ", "active_file " } },
    { { "/sys/fs/cgroup/memory", "memory" },
      "memory.limit_in_bytes",
      "memory.usage_in_bytes",
      { "total_inactive_file ", "total_active_file " } },
};

/* The memory that one group may still use. */
static double memory_left(const char *folder, const void *names)
{
    const memory_names *const g = names;
    char path[3 * PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, g->limit);
    const size_t limit = number_in(path, "", 1, SIZE_MAX); /* "max" is no number */
    if (limit == SIZE_MAX) return INFINITY;
    snprintf(path, sizeof path, "%s/%s", folder, g->usage);
    const size_t usage = number_in(path, "", 1, 0);
    snprintf(path, sizeof path, "%s/memory.stat", folder);
    const size_t droppable =
        number_in(path, g->droppable[0], 1, 0) + number_in(path, g->droppable[1], 1, 0);
    const size_t used = usage > droppable ? usage - droppable : 0;
    return limit > used ? (double)(limit - used) : 0;
}

/* The quota in cores; INFINITY if there is none. */
static double share(double quota, double period)
{
    return quota > 0 && period > 0 ? quota / period : INFINITY;
}

/* Version 2: "50000 100000", or "max 100000". */
static double cpus_in_one_file(const char *folder, const void *unused)
{
    (void)unused;
    char path[3 * PATH_MAX];
    double quota = 0, period = 0;
    snprintf(path, sizeof path, "%s/cpu.max", folder);
    FILE *f = fopen(path, "re");
    if (!f) return INFINITY;
    const int n = fscanf(f, "%lf %lf", &quota, &period);
    fclose(f);
    return n == 2 ? share(quota, period) : INFINITY;
}

/* Version 1.  The quota -1, which number_in reads as SIZE_MAX, means no limit. */
static double cpus_in_two_files(const char *folder, const void *unused)
{
    (void)unused;
    char path[3 * PATH_MAX];
    snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", folder);
    const size_t quota = number_in(path, "", 1, 0);
    snprintf(path, sizeof path, "%s/cpu.cfs_period_us", folder);
    return quota < SIZE_MAX ? share((double)quota, (double)number_in(path, "", 1, 0)) : INFINITY;
}

/* Whether the list "cpu,cpuacct" between colons names the controller. */
static bool names_controller(const char *list, const char *end, const char *controller)
{
    const size_t n = strlen(controller);
    for (;;) {
        const size_t length = strcspn(list, ",:");
        if (length == n && strncmp(list, controller, n) == 0) return true;
        list += length;
        if (list >= end) return false;
        list++;
    }
}

/* Writes the group of this process, "/a/b", to path; "/" if it is not known. */
static void own_group(const char *root, const hierarchy *h, char *path, size_t size)
{
    char file[PATH_MAX], line[PATH_MAX];
    snprintf(path, size, "/");
    snprintf(file, sizeof file, "%s/proc/self/cgroup", root);
    FILE *f = fopen(file, "re");
    if (!f) return;
    while (fgets(line, sizeof line, f)) { /* "4:cpu,cpuacct:/a/b" */
        const char *const list = strchr(line, ':'), *const at = list ? strchr(list + 1, ':') : NULL;
        if (!at || !names_controller(list + 1, at, h->controller)) continue;
        snprintf(path, size, "%.*s", (int)strcspn(at + 1, "\n"), at + 1);
        break;
    }
    fclose(f);
}

/* The smallest of `left` over all groups from the process's own up to the root; INFINITY: no
 * limit. */
static double least_in_groups(const char *root, const hierarchy *h,
                              double (*left)(const char *folder, const void *names),
                              const void *names)
{
    char own[PATH_MAX], folder[2 * PATH_MAX];
    double least = INFINITY;
    own_group(root, h, own, sizeof own);
    for (;;) {
        snprintf(folder, sizeof folder, "%s%s%s", root, h->mount, own);
        least = fmin(least, left(folder, names));
        char *slash = strrchr(own, '/');
        if (!slash) return least;
        *slash = 0;
    }
}

static void lower(ot__available *a, size_t bytes, const char *why)
{
    if (bytes < a->bytes) *a = (ot__available){ bytes, why };
}

ot__available ot__memory_available_in(const char *root)
{
    char path[PATH_MAX];
    ot__available a = { SIZE_MAX, "are available" };
    snprintf(path, sizeof path, "%s/proc/meminfo", root);
    lower(&a, number_in(path, "MemAvailable:", 1024, SIZE_MAX), "are available on this machine");
    for (size_t i = 0; i < sizeof memory_versions / sizeof memory_versions[0]; i++) {
        const memory_names *const g = &memory_versions[i];
        const double left = least_in_groups(root, &g->at, memory_left, g);
        if (left < (double)SIZE_MAX)
            lower(&a, (size_t)left, "are left in the control group of this process");
    }
    return a;
}

double ot__cpu_quota_in(const char *root)
{
    static const hierarchy one = { "/sys/fs/cgroup/cpu", "cpu" }, two = { "/sys/fs/cgroup", "" };
    const double least = fmin(least_in_groups(root, &one, cpus_in_two_files, NULL),
                              least_in_groups(root, &two, cpus_in_one_file, NULL));
    return isinf(least) ? 0 : least;
}

double ot__cpu_quota(void)
{
    return ot__cpu_quota_in("");
}

/* The rest of the limit on the address space (ulimit -v); SIZE_MAX if there is no limit. */
static size_t addresses_left(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return SIZE_MAX;
    const size_t used = number_in("/proc/self/status", "VmSize:", 1024, 0);
    return limit.rlim_cur > used ? (size_t)limit.rlim_cur - used : 0;
}

ot__available ot__memory_available(void)
{
    ot__available a = ot__memory_available_in("");
    lower(&a, addresses_left(),
          "are left of the limit on the address space of this process (ulimit -v)");
    return a;
}

/* Bytes for messages, stacks, and the rounding of large blocks. */
static const size_t SMALL_THINGS = 4 << 20;

ot_status ot__check_memory(size_t bytes, const char *what)
{
    if (bytes < (size_t)1 << 20) return OT_OK;
    const ot__available there = ot__memory_available();
    if (there.bytes >= SMALL_THINGS && bytes <= there.bytes - SMALL_THINGS) return OT_OK;
    return ot__fail(OT_ENOMEM, "%s needs %s and %s %s", what, OT__BYTES(bytes),
                    OT__BYTES(there.bytes), there.why);
}
