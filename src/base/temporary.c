/* SPDX-License-Identifier: BSD-3-Clause
 * One process may remove old temporary files just when another has created one and not yet locked
 * it.  Then the remover holds the lock or has already removed the file.  The creator checks for
 * both and tries another name. */
#include "base/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/system.h"

static const char SYMBOLS[] = "abcdefghijklmnopqrstuvwxyz234567", END[] = ".tmp";
enum { RANDOM = 8, SYMBOL_BITS = 5, ATTEMPTS = 100 };

/* Writes .NAME.XXXXXXXX.tmp to `temporary`.  false, with errno, if there are no random numbers. */
static bool make_name(const char *name, char *temporary)
{
    uint64_t bits;
    char symbol[RANDOM + 1] = "";
    if (getrandom(&bits, sizeof bits, 0) != (ssize_t)sizeof bits) return false;
    for (int i = 0; i < RANDOM; i++, bits >>= SYMBOL_BITS)
        symbol[i] = SYMBOLS[bits % (1u << SYMBOL_BITS)];
    sprintf(temporary, ".%s.%s%s", name, symbol, END);
    return true;
}

/* Writes NAME to `name` if `temporary` is .NAME.XXXXXXXX.tmp; false for other names. */
static bool read_name(const char *temporary, char name[NAME_MAX + 1])
{
    const size_t n = strlen(temporary);
    if (n <= OT__TEMPORARY_EXTRA || n > NAME_MAX || temporary[0] != '.') return false;
    const char *const symbol = temporary + n - strlen(END) - RANDOM;
    if (symbol[-1] != '.' || strspn(symbol, SYMBOLS) != RANDOM || strcmp(symbol + RANDOM, END) != 0)
        return false;
    snprintf(name, NAME_MAX + 1, "%.*s", (int)(n - OT__TEMPORARY_EXTRA), temporary + 1);
    return true;
}

/* Locks a new file.  false if another process has locked it to remove it, or has removed it.  On a
 * file system without locks no process removes such files, so this succeeds. */
static bool lock_new(int fd)
{
    struct stat st;
    if (ot__sys_flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return false;
    return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

int ot__temporary_create(int folder, const char *name, char *temporary)
{
    for (int i = 0; i < ATTEMPTS; i++) {
        if (!make_name(name, temporary)) return -1;
        const int fd = ot__sys_openat(folder, temporary, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY);
        if (fd < 0 && errno != EEXIST) return -1;
        if (fd >= 0 && lock_new(fd)) return fd;
        if (fd >= 0) close(fd);
    }
    errno = EEXIST;
    return -1;
}

/* Removes a temporary file if no process has locked it. */
static void remove_dead(int folder, const char *temporary)
{
    struct stat st;
    const int fd =
        ot__sys_open_to_read(folder, temporary, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && ot__sys_flock(fd, LOCK_EX | LOCK_NB) == 0)
        ot__sys_unlinkat(folder, temporary, 0);
    close(fd);
}

void ot__temporary_clean(int folder, bool (*wanted)(const char *name, const void *user),
                         const void *user)
{
    char name[NAME_MAX + 1];
    const int fd = ot__sys_open_to_read(folder, ".", O_DIRECTORY);
    DIR *const d = fd < 0 ? NULL : fdopendir(fd);
    for (const struct dirent *e; d && (e = readdir(d));)
        if (read_name(e->d_name, name) && wanted(name, user)) remove_dead(folder, e->d_name);
    if (d)
        closedir(d);
    else if (fd >= 0)
        close(fd);
}
