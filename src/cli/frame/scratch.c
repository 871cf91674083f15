/* SPDX-License-Identifier: BSD-3-Clause
 * mkdtemp chooses a random name and makes a directory that only the user can enter, so no other
 * user can place links in it.  The directory holds files only, no directories. */
#include "cli/frame/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/system.h"

static const char PATTERN[] = "odetape-XXXXXX";

ot_status cli_scratch_make(cli_scratch *s)
{
    const char *const named = getenv("TMPDIR"), *const in = named && *named ? named : "/tmp";
    const int n = snprintf(s->path, sizeof s->path, "%s/%s", in, PATTERN);
    /* The paths of the files in it must fit as well. */
    const bool fits = n + NAME_MAX < (int)sizeof s->path;
    if (fits && ot__sys_mkdtemp(s->path) == 0) return OT_OK;
    const int why = fits ? errno : ENAMETOOLONG;
    s->path[0] = '\0';
    return ot__fail(ot__status_of_errno(why, OT_ECREATE),
                    "a temporary directory in '%.300s'%s cannot be created: %s", in,
                    named && *named ? " (TMPDIR)" : "", strerror(why));
}

static void remove_files(int folder)
{
    DIR *const list = fdopendir(folder);
    if (!list) {
        close(folder);
        return;
    }
    for (const struct dirent *e; (e = readdir(list));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            ot__sys_unlinkat(folder, e->d_name, 0);
    closedir(list);
}

void cli_scratch_remove(cli_scratch *s)
{
    if (!*s->path) return;
    const int folder = ot__sys_open(s->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (folder >= 0) remove_files(folder);
    ot__sys_unlinkat(AT_FDCWD, s->path, AT_REMOVEDIR);
    s->path[0] = '\0';
}
