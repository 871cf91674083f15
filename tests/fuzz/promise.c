/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz/promise.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "odetape.h"
#include "temporary.h"

void promise(bool kept, const char *what)
{
    if (kept) return;
    fprintf(stderr, "broken: %s (%s)\n", what, ot_message());
    abort();
}

void promise_place(const char *path)
{
    const size_t n = strlen(path);
    int used = 0;
    promise(strncmp(ot_message(), path, n) == 0, "a complaint names its file");
    if (strncmp(ot_message() + n, ": this is ", 10) == 0) return; /* a file of another kind */
    promise(sscanf(ot_message() + n, ":%*u: %n", &used) == 0 && used > 0,
            "a complaint has a place");
    promise(strlen(ot_message() + n) > (size_t)used, "a complaint is a sentence");
}

static char folder[OT_TEMPORARY];

static void remove_folder(void)
{
    char path[OT_TEMPORARY + 300];
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));) {
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        unlink(path); /* fails for . and .. */
    }
    if (d) closedir(d);
    rmdir(folder);
}

const char *fuzz_folder(void)
{
    if (!*folder) {
        ot_temporary_in_memory(folder);
        promise(mkdtemp(folder) != NULL, "there is a place for files");
        atexit(remove_folder);
    }
    return folder;
}

const char *fuzz_path(const char *name)
{
    static char path[4][OT_TEMPORARY + 64];
    static int turn;
    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof path[turn], "%s/%s", fuzz_folder(), name);
    return path[turn];
}

void fuzz_put(const char *path, const uint8_t *data, size_t size)
{
    FILE *f = fopen(path, "wb");
    promise(f && fwrite(data, 1, size, f) == size && fclose(f) == 0, "a file can be written");
}
