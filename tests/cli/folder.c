/* SPDX-License-Identifier: BSD-3-Clause
 * Copies, clears and checks directories with nftw. */
#include "cli/folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <xxhash.h>

#include "odetape.h"

/* What the callbacks of nftw work with, since nftw passes them no pointer. */
static struct {
    const char *to, *suffix;
    uint64_t sum;
    char broken[512];
} now;

static int clear_entry(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    if (where->level > 0) remove(path);
    return 0;
}

void folder_clear(const char *path)
{
    nftw(path, clear_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static int copy_file(const char *from, const char *to)
{
    char buffer[4096];
    FILE *const in = fopen(from, "rb"), *const out = fopen(to, "wb");
    if (!in || !out) return -1;
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, in)) > 0;)
        fwrite(buffer, 1, n, out);
    fclose(in);
    return fclose(out);
}

static int copy_entry(const char *path, const struct stat *st, int type, struct FTW *where)
{
    char to[512];
    (void)st;
    (void)where;
    snprintf(to, sizeof to, "%s/%s", now.to, path);
    return type == FTW_D ? mkdir(to, 0777) : copy_file(path, to);
}

int folder_copy(const char *from, const char *to)
{
    now.to = to;
    return nftw(from, copy_entry, 16, FTW_PHYS);
}

static bool ends_with(const char *name, const char *suffix)
{
    const size_t n = strlen(name), k = strlen(suffix);
    return n >= k && strcmp(name + n - k, suffix) == 0;
}

/* The sum does not depend on the order of the files. */
static int add_entry(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)where;
    if (type != FTW_F || !ends_with(path, now.suffix)) return 0;
    char *const bytes = malloc((size_t)st->st_size + 1);
    FILE *const f = fopen(path, "rb");
    if (!bytes || !f) abort();
    const size_t n = fread(bytes, 1, (size_t)st->st_size, f);
    now.sum += XXH3_64bits_withSeed(bytes, n, XXH3_64bits(path, strlen(path)));
    fclose(f);
    free(bytes);
    return 0;
}

uint64_t folder_sum(const char *path, const char *suffix)
{
    now.suffix = suffix;
    now.sum = 0;
    nftw(path, add_entry, 16, FTW_PHYS);
    return now.sum;
}

static bool is_whole(const char *path)
{
    ot_safetensors *f = NULL;
    ot_status status = ot_safetensors_open(path, &f);
    for (int i = 0; status == OT_OK && i < ot_safetensors_count(f); i++) {
        void *const values = malloc(ot_safetensors_tensor(f, i).bytes + 1);
        status = ot_safetensors_read(f, i, values);
        free(values);
    }
    ot_safetensors_close(f);
    return status == OT_OK;
}

static int check_entry(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)where;
    if (type != FTW_F || !ends_with(path, ".safetensors") || is_whole(path)) return 0;
    snprintf(now.broken, sizeof now.broken, "%s", path);
    return 1;
}

bool folder_is_whole(const char *path, const char **broken)
{
    *broken = now.broken;
    return nftw(path, check_entry, 16, FTW_PHYS) == 0;
}
