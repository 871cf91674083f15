/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/replace.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

void cli_temporary_name(const char *path, char *text, size_t size)
{
    snprintf(text, size, "%.*s.%ld.tmp", PATH_MAX - 64, path, (long)getpid());
}

static bool write_whole(FILE *to, bool (*write)(FILE *to, void *user), void *user)
{
    const bool good = write(to, user) && !ferror(to) && fflush(to) == 0 && fsync(fileno(to)) == 0;
    const int why = errno;
    if (fclose(to) != 0 && good) return false;
    errno = why;
    return good;
}

bool cli_replace(const char *path, bool (*write)(FILE *to, void *user), void *user)
{
    char temporary[PATH_MAX];
    cli_temporary_name(path, temporary, sizeof temporary);
    FILE *const to = fopen(temporary, "we");
    if (!to) return false;
    if (write_whole(to, write, user) && rename(temporary, path) == 0) return true;
    const int why = errno;
    unlink(temporary);
    errno = why;
    return false;
}
