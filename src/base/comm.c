/* SPDX-License-Identifier: BSD-3-Clause
 * Joins the processes of a launcher, and exchanges bytes with them; see comm.h. */
#include "base/comm.h"

#include <dlfcn.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/comm_later.h"
#include "base/comm_module.h"
#include "base/decimal.h"
#include "base/memory.h"

/* The state of this process: a training is not run by several threads. */
static struct {
    const ot__comm_module *module; /* NULL: this process is alone */
    int rank, size;
    bool failed;
    int silent;    /* the rank of a process that does not answer; -1: none */
    char why[400]; /* it failed */
    char text[200];
    void *room;
    size_t room_bytes;
    ot__comm_cost cost;
} comm = { .size = 1, .silent = -1 };

ot__comm_cost ot__comm_cost_so_far(void)
{
    return comm.cost;
}

/* All waiting is a part of the seconds in which data travelled. */
ot_sharing ot__comm_sharing(const ot__comm_cost *since, long steps)
{
    const ot__comm_cost *const now = &comm.cost;
    if (comm.size < 2 || steps < 1) return (ot_sharing){ .processes = comm.size };
    const double n = (double)steps, hidden = now->hidden - since->hidden;
    return (ot_sharing){ .processes = comm.size,
                         .bytes = (now->bytes - since->bytes) / n,
                         .exchanges = (now->exchanges - since->exchanges) / n,
                         .seconds = (now->waited - since->waited + hidden) / n,
                         .hidden = hidden / n };
}

/* ---- joining ---- */

/* The first of some variables of the environment that is set, as a number. */
static int first_set(int n, const char *const names[], int otherwise)
{
    for (int i = 0; i < n; i++) {
        const char *value = getenv(names[i]);
        int number;
        if (value && ot__read_count(&value, 0, INT_MAX, &number)) return number;
    }
    return otherwise;
}

/* What a launcher has started, by the variables that it sets: those of Open MPI, and those of the
 * interface that MPICH, Intel MPI and Slurm have in common. */
static int launched_processes(void)
{
    return first_set(2, (const char *const[]){ "OMPI_COMM_WORLD_SIZE", "PMI_SIZE" }, 1);
}

static int launched_rank(void)
{
    return first_set(2, (const char *const[]){ "OMPI_COMM_WORLD_RANK", "PMI_RANK" }, 0);
}

const char *ot_processes_module(void)
{
    const char *const given = getenv("ODETAPE_MPI_MODULE");
    return given && *given ? given : OT_MPI_MODULE;
}

static ot_status load(int n)
{
    const char *const path = ot_processes_module();
    if (!*path)
        return ot__fail(OT_EINVAL,
                        "a launcher has started %d processes, and this odetape was built without "
                        "MPI, so that each would train alone; configure it --with-mpi=yes",
                        n);
    void *const handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    const ot__comm_module *const module = handle ? dlsym(handle, "ot_comm_module") : NULL;
    if (!module)
        return ot__fail(OT_EINVAL, "%s, which calls MPI, cannot be loaded: %s", path,
                        handle ? "it is no module of odetape" : dlerror());
    if (module->version != OT__COMM_MODULE_VERSION)
        return ot__fail(OT_EINVAL, "%s is of another version of odetape", path);
    if (module->start(&comm.rank, &comm.size, comm.text, sizeof comm.text) != 0)
        return ot__fail(OT_EINVAL, "MPI cannot start: %s", comm.text);
    comm.module = module;
    return OT_OK;
}

ot_status ot_processes_join(void)
{
    const int n = launched_processes();
    if (comm.module || n < 2) return OT_OK;
    OT_TRY(load(n));
    if (comm.size <= OT__MOST_PROCESSES) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "%d processes are more than a batch has parts; at most %d can share a training",
                    comm.size, OT__MOST_PROCESSES);
}

void ot_processes_end(bool failed, int code)
{
    if (failed) ot__comm_fail(*ot_message() ? ot_message() : "it failed");
    if (comm.module) comm.module->stop(comm.failed, code);
    comm.module = NULL;
    comm.size = 1;
    comm.rank = 0;
}

int ot_processes_rank(void)
{
    return comm.rank;
}

int ot_processes_count(void)
{
    return comm.size;
}

bool ot_processes_report(void)
{
    const int rank = comm.module ? comm.rank : launched_rank();
    return rank == 0 || (rank == 1 && comm.silent == 0);
}

const char *ot_processes_text(void)
{
    return comm.text;
}

/* ---- failing ---- */

static void give_up(const char *why)
{
    if (comm.failed) return;
    comm.failed = true;
    snprintf(comm.why, sizeof comm.why, "%s", why);
}

void ot__comm_fail(const char *why)
{
    if (!comm.module || comm.failed) return;
    comm.module->fail(why);
    give_up(why);
}

ot_status ot__comm_status(void)
{
    return comm.failed ? ot__fail(OT_EPEER, "%s", comm.why) : OT_OK;
}

/* ---- exchanging ---- */

void *ot__comm_room(size_t bytes)
{
    if (comm.failed) return NULL;
    if (bytes > comm.room_bytes) {
        ot__free(comm.room);
        comm.room = ot__new(bytes, 1);
        comm.room_bytes = comm.room ? bytes : 0;
        if (!comm.room) ot__comm_fail("out of memory for what the processes exchange");
    }
    return comm.room;
}

int ot__comm_test(int request)
{
    char why[sizeof comm.why];
    const int done = comm.failed || request < 0 ? -1 : comm.module->test(request);
    if (done > 0) return done;
    bool silent;
    const int culprit = comm.module->failed(why, sizeof why, &silent);
    if (culprit >= 0 && silent) comm.silent = culprit;
    if (culprit >= 0) give_up(why);
    if (done < 0) give_up("MPI failed to exchange data");
    return comm.failed ? -1 : 0;
}

void ot__comm_progress(void)
{
    if (comm.module && !comm.failed) comm.module->progress();
}

ot_status ot__comm_wait(int request)
{
    enum { SPIN = 2000 }; /* tests before other processes may use this core */
    const double start = ot__now();
    int done, tests = 0;
    while ((done = ot__comm_test(request)) == 0)
        if (++tests > SPIN) sched_yield();
    comm.cost.waited += ot__now() - start;
    return done > 0 ? OT_OK : ot__comm_status();
}

/* Where the parts of a buffer begin.  false: it has 2 GiB or more, which MPI-3 cannot count. */
static bool lay_out(const size_t bytes[], int n[], int at[])
{
    size_t end = 0;
    for (int r = 0; r < comm.size; r++) {
        if (bytes[r] > INT_MAX || end > INT_MAX) return false;
        n[r] = (int)bytes[r];
        at[r] = (int)end;
        end += bytes[r];
    }
    return end <= INT_MAX;
}

void ot__comm_count(double bytes)
{
    comm.cost.bytes += bytes;
    comm.cost.exchanges++;
}

void ot__comm_count_later(double seconds, double waited)
{
    comm.cost.later += seconds;
    comm.cost.hidden += seconds - waited;
}

int ot__comm_start_gather(void *buffer, const size_t bytes[])
{
    int n[OT__MOST_PROCESSES], at[OT__MOST_PROCESSES];
    if (comm.failed) return -1;
    if (!lay_out(bytes, n, at)) {
        ot__comm_fail("a sum over the batch has 2 GiB or more; processes cannot exchange it");
        return -1;
    }
    ot__comm_count((double)bytes[comm.rank]);
    return comm.module->gather(buffer, n, at);
}

int ot__comm_start_scatter(const void *from, const size_t from_bytes[], void *to,
                           const size_t to_bytes[])
{
    int n[OT__MOST_PROCESSES], at[OT__MOST_PROCESSES];
    int to_n[OT__MOST_PROCESSES], to_at[OT__MOST_PROCESSES];
    if (comm.failed || !lay_out(from_bytes, n, at) || !lay_out(to_bytes, to_n, to_at)) return -1;
    for (int r = 0; r < comm.size; r++)
        if (r != comm.rank) ot__comm_count((double)from_bytes[r]);
    return comm.module->scatter(from, n, at, to, to_n, to_at);
}

ot_status ot__comm_gather(void *buffer, const size_t bytes[])
{
    return comm.size < 2 ? OT_OK : ot__comm_wait(ot__comm_start_gather(buffer, bytes));
}

ot_status ot_processes_copy(void *bytes, size_t n)
{
    const size_t part[OT__MOST_PROCESSES] = { n };
    return bytes ? ot__comm_gather(bytes, part)
                 : ot__fail(OT_EINVAL, "ot_processes_copy: bytes is NULL");
}

/* Gathers as many bytes of each process.  *all becomes what they had, one after the other. */
static ot_status gather_alike(const void *mine, size_t n, void **all)
{
    size_t bytes[OT__MOST_PROCESSES];
    char *const room = ot__comm_room((size_t)comm.size * n);
    if (!room) return ot__comm_status();
    for (int r = 0; r < comm.size; r++)
        bytes[r] = n;
    memcpy(room + (size_t)comm.rank * n, mine, n);
    *all = room;
    return ot__comm_gather(room, bytes);
}

/* Combines n numbers of each process. */
static ot_status reduce(long long *numbers, int n, long long (*combine)(long long, long long))
{
    void *gathered;
    if (comm.size < 2) return OT_OK;
    OT_TRY(gather_alike(numbers, (size_t)n * sizeof *numbers, &gathered));
    const long long *const all = gathered;
    for (int i = 0; i < n; i++) {
        numbers[i] = all[i];
        for (int r = 1; r < comm.size; r++)
            numbers[i] = combine(numbers[i], all[r * n + i]);
    }
    return OT_OK;
}

static long long sum_of(long long a, long long b)
{
    return a + b;
}

static long long larger_of(long long a, long long b)
{
    return a > b ? a : b;
}

ot_status ot__comm_add(long long *numbers, int n)
{
    return reduce(numbers, n, sum_of);
}

ot_status ot__comm_most(long long *numbers, int n)
{
    return reduce(numbers, n, larger_of);
}

ot_status ot__comm_add_reals(double *numbers, size_t n)
{
    void *gathered;
    if (comm.size < 2) return OT_OK;
    OT_TRY(gather_alike(numbers, n * sizeof *numbers, &gathered));
    const double *const all = gathered;
    memset(numbers, 0, n * sizeof *numbers);
    for (int r = 0; r < comm.size; r++)
        for (size_t i = 0; i < n; i++)
            numbers[i] += all[(size_t)r * n + i];
    return OT_OK;
}

ot_status ot__comm_same(const char *text, bool *same, int *other)
{
    enum { MOST = 64 };
    char mine[MOST] = "";
    void *gathered;
    *same = true;
    if (comm.size < 2) return OT_OK;
    snprintf(mine, sizeof mine, "%s", text);
    OT_TRY(gather_alike(mine, sizeof mine, &gathered));
    const char *const all = gathered;
    for (int r = comm.size - 1; r > 0; r--)
        if (strcmp(all, all + (size_t)r * MOST) != 0) *same = false, *other = r;
    return OT_OK;
}
