/* SPDX-License-Identifier: BSD-3-Clause
 * Memory that can still be had, from /proc and /sys/fs/cgroup.  A limit of a control group holds
 * for all below it, so every folder from the process's own up to the root is looked at; files that
 * the group has read and could drop (inactive_file) count as free, as they do in MemAvailable. */
#include "base/available.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* The number behind `key` at the start of a line, times unit; `otherwise` when there is none. */
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

/* How the two versions of control groups name things. */
typedef struct cgroup {
    const char *mount, *controller; /* where, and how its line in /proc/self/cgroup is told */
    const char *limit, *usage, *droppable;
} cgroup;

static const cgroup versions[] = {
    { "/sys/fs/cgroup", "0::", "memory.max", "memory.current", "inactive_file" },
    { "/sys/fs/cgroup/memory", ":memory:", "memory.limit_in_bytes", "memory.usage_in_bytes",
      "total_inactive_file" },
};

static size_t left_in_group(const char *folder, const cgroup *g)
{
    char path[3 * PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, g->limit);
    const size_t limit = number_in(path, "", 1, SIZE_MAX); /* "max" is no number */
    if (limit == SIZE_MAX) return SIZE_MAX;
    snprintf(path, sizeof path, "%s/%s", folder, g->usage);
    const size_t usage = number_in(path, "", 1, 0);
    snprintf(path, sizeof path, "%s/memory.stat", folder);
    const size_t droppable = number_in(path, g->droppable, 1, 0);
    const size_t used = usage > droppable ? usage - droppable : 0;
    return limit > used ? limit - used : 0;
}

/* The group of this process, "/a/b", into path; "/" when it is not told. */
static void own_group(const char *root, const cgroup *g, char *path, size_t size)
{
    char file[PATH_MAX], line[PATH_MAX];
    snprintf(path, size, "/");
    snprintf(file, sizeof file, "%s/proc/self/cgroup", root);
    FILE *f = fopen(file, "re");
    if (!f) return;
    while (fgets(line, sizeof line, f)) {
        const char *at = strstr(line, g->controller);
        if (!at) continue;
        at += strlen(g->controller);
        snprintf(path, size, "%.*s", (int)strcspn(at, "\n"), at);
        break;
    }
    fclose(f);
}

static size_t left_in_groups(const char *root, const cgroup *g)
{
    char own[PATH_MAX], folder[2 * PATH_MAX];
    size_t least = SIZE_MAX;
    own_group(root, g, own, sizeof own);
    for (;;) {
        snprintf(folder, sizeof folder, "%s%s%s", root, g->mount, own);
        const size_t left = left_in_group(folder, g);
        if (left < least) least = left;
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
    ot__available a = { SIZE_MAX, "can be had" };
    snprintf(path, sizeof path, "%s/proc/meminfo", root);
    lower(&a, number_in(path, "MemAvailable:", 1024, SIZE_MAX), "are free on this machine");
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
        lower(&a, left_in_groups(root, &versions[i]), "are left in its control group");
    return a;
}

/* Of the limit on addresses (ulimit -v); SIZE_MAX without one. */
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
    lower(&a, addresses_left(), "are left of the limit on its address space (ulimit -v)");
    return a;
}
