/* SPDX-License-Identifier: BSD-3-Clause
 * Replaces functions of the C library and jansson (--wrap of the linker), so that a planned call
 * fails. */
#include "cli/commands/wrapped.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const fault_plan *plan;
static fault_log *seen;

/* Returns a hash of the call stack.  Calls with the same stack are at the same place. */
static uint64_t place(void)
{
    void *caller[64];
    const int n = backtrace(caller, 64);
    uint64_t hash = UINT64_C(14695981039346656037);
    for (int i = 0; i < n; i++)
        hash = (hash ^ (uint64_t)(uintptr_t)caller[i]) * UINT64_C(1099511628211);
    return hash;
}

static bool fails(faulty kind)
{
    if (!plan || plan->kind != kind) return false;
    const fault_plan *const now = plan;
    const long n = ++seen->calls;
    plan = NULL; /* later calls are not the program's */
    if (now->n == 0 && n <= MOST_PLACES) seen->place[n - 1] = place();
    plan = now;
    const bool fail = now->n > 0 && (n == now->n || (n > now->n && now->for_ever));
    static const int errors[] = {
        [FAULTY_MEMORY] = ENOMEM, [FAULTY_FILES] = EIO, [FAULTY_SIGNALS] = EINTR
    };
    if (fail) errno = errors[kind];
    return fail;
}

/* Makes the call, or returns `failed` in its place. */
#define CALL(type, name, kind, failed, parameters, arguments)                                      \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails(kind) ? failed : __real_##name arguments;                                     \
    }

/* Whether a system call that signals may interrupt fails. */
static bool fails_or_is_interrupted(void)
{
    return fails(FAULTY_FILES) || fails(FAULTY_SIGNALS);
}

#define SYSTEM(type, name, failed, parameters, arguments)                                          \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails_or_is_interrupted() ? failed : __real_##name arguments;                       \
    }

CALL(void *, calloc, FAULTY_MEMORY, NULL, (size_t n, size_t size), (n, size))
CALL(void *, realloc, FAULTY_MEMORY, NULL, (void *p, size_t n), (p, n))
CALL(void *, reallocarray, FAULTY_MEMORY, NULL, (void *p, size_t n, size_t size), (p, n, size))
CALL(void *, aligned_alloc, FAULTY_MEMORY, NULL, (size_t unit, size_t n), (unit, n))
CALL(char *, strdup, FAULTY_MEMORY, NULL, (const char *s), (s))
CALL(ssize_t, getline, FAULTY_MEMORY, -1, (char **text, size_t *n, FILE *f), (text, n, f))
CALL(ssize_t, __getdelim, FAULTY_MEMORY, -1, (char **text, size_t *n, int end, FILE *f),
     (text, n, end, f))
CALL(FILE *, open_memstream, FAULTY_MEMORY, NULL, (char **text, size_t *n), (text, n))

CALL(FILE *, fopen, FAULTY_FILES, NULL, (const char *path, const char *mode), (path, mode))
CALL(FILE *, fdopen, FAULTY_FILES, NULL, (int fd, const char *mode), (fd, mode))
CALL(int, fflush, FAULTY_FILES, EOF, (FILE * f), (f))
SYSTEM(int, fsync, -1, (int fd), (fd))
SYSTEM(int, fallocate, -1, (int fd, int mode, off_t at, off_t n), (fd, mode, at, n))
SYSTEM(int, ftruncate, -1, (int fd, off_t n), (fd, n))
SYSTEM(int, mkdir, -1, (const char *path, mode_t mode), (path, mode))
SYSTEM(int, mkdirat, -1, (int folder, const char *path, mode_t mode), (folder, path, mode))
SYSTEM(int, flock, -1, (int fd, int operation), (fd, operation))
SYSTEM(char *, mkdtemp, NULL, (char *path), (path))
SYSTEM(int, rename, -1, (const char *from, const char *to), (from, to))
SYSTEM(int, unlink, -1, (const char *path), (path))
SYSTEM(int, renameat, -1, (int a, const char *from, int b, const char *to), (a, from, b, to))
SYSTEM(int, unlinkat, -1, (int folder, const char *path, int flags), (folder, path, flags))
SYSTEM(ssize_t, read, -1, (int fd, void *to, size_t n), (fd, to, n))
SYSTEM(ssize_t, pread, -1, (int fd, void *to, size_t n, off_t at), (fd, to, n, at))
SYSTEM(ssize_t, write, -1, (int fd, const void *from, size_t n), (fd, from, n))

/* A file is closed also if close reports a failure. */
#define CLOSE(name, parameter)                                                                     \
    int __real_##name(parameter);                                                                  \
    int __wrap_##name(parameter);                                                                  \
    int __wrap_##name(parameter file)                                                              \
    {                                                                                              \
        const bool fail = fails(FAULTY_FILES);                                                     \
        const int result = __real_##name(file);                                                    \
        if (fail) errno = EIO;                                                                     \
        return fail ? -1 : result;                                                                 \
    }
CLOSE(close, int)
CLOSE(fclose, FILE *)

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    const int mode = flags & O_CREAT ? va_arg(args, int) : 0;
    va_end(args);
    return fails_or_is_interrupted() ? -1 : __real_open(path, flags, mode);
}

int __real_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    const int mode = flags & O_CREAT ? va_arg(args, int) : 0;
    va_end(args);
    return fails_or_is_interrupted() ? -1 : __real_openat(folder, path, flags, mode);
}

static void *memory_for_json(size_t n)
{
    return fails(FAULTY_MEMORY) ? NULL : malloc(n);
}

/* If memory runs out while jansson reads, writes or copies a value, it may end the process or lose
 * parts of the value silently.  That is its own fault, so here such a call fails as a whole. */
#define WHOLE(type, name, failed, parameters, arguments)                                           \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        if (fails(FAULTY_MEMORY)) return failed;                                                   \
        const fault_plan *const now = plan;                                                        \
        plan = NULL;                                                                               \
        type result = __real_##name arguments;                                                     \
        plan = now;                                                                                \
        return result;                                                                             \
    }
WHOLE(json_t *, json_loadb, NULL, (const char *text, size_t n, size_t flags, json_error_t *why),
      (text, n, flags, why))
WHOLE(char *, json_dumps, NULL, (const json_t *value, size_t flags), (value, flags))
WHOLE(int, json_dumpf, -1, (const json_t *value, FILE *to, size_t flags), (value, to, flags))
WHOLE(json_t *, json_copy, NULL, (json_t * value), (value))
WHOLE(json_t *, json_deep_copy, NULL, (const json_t *value), (value))

void fault_begin(const fault_plan *next, fault_log *log)
{
    json_set_alloc_funcs(memory_for_json, free);
    place(); /* the first call allocates memory */
    seen = log;
    seen->calls = 0;
    plan = next;
}

void fault_end(void)
{
    plan = NULL;
}
