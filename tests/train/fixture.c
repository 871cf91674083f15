/* SPDX-License-Identifier: BSD-3-Clause
 * Directories, files and parameters for tests that train or read files. */
#include "train/fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "store/safetensors.h"

static char folder[OT_TEMPORARY];

void make_folder(void)
{
    ot_temporary_in_memory(folder);
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

/* A temporary file that is left from a replacement is an error. */
void remove_files(void)
{
    DIR *d = opendir(folder);
    ck_assert_ptr_nonnull(d);
    for (struct dirent *e; (e = readdir(d));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        ck_assert_msg(!strstr(e->d_name, ".tmp") || strstr(e->d_name, ".tmpx"),
                      "%s was left behind", e->d_name);
        unlink(in_folder(e->d_name));
    }
    closedir(d);
}

void remove_folder(void)
{
    remove_files();
    ck_assert_int_eq(rmdir(folder), 0);
}

const char *in_folder(const char *name)
{
    static char path[4][600];
    static int turn;
    char *p = path[turn++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", folder, name);
    return p;
}

void put_file(const char *path, const void *data, size_t size)
{
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(data, 1, size, f), size);
    ck_assert_int_eq(fclose(f), 0);
}

char *get_file(const char *path, size_t *size)
{
    char *data = NULL;
    ck_ok(ot__file_read(path, 100 << 20, &data, size));
    return data;
}

static size_t header_size(const char *file)
{
    size_t n = 0;
    for (int i = 8; i-- > 0;)
        n = n << 8 | (unsigned char)file[i];
    return n;
}

json_t *header_of(const char *file)
{
    json_t *const header = json_loadb(file + 8, header_size(file), 0, NULL);
    ck_assert_ptr_nonnull(header);
    return header;
}

void put_with_header(const char *path, const char *file, size_t size, json_t *header)
{
    json_t *const metadata = json_object_get(header, "__metadata__");
    if (json_object_get(metadata, OT__ST_CHECKSUM))
        json_object_set_new(metadata, OT__ST_CHECKSUM,
                            json_string(ot__st_header_checksum(header).text));
    char *const text = json_dumps(header, JSON_COMPACT | JSON_SORT_KEYS);
    const size_t n = strlen(text), data = 8 + header_size(file), rest = size - data;
    char *const bytes = ot__new(8 + n + rest, 1);
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(n >> 8 * i);
    memcpy(bytes + 8, text, n);
    memcpy(bytes + 8 + n, file + data, rest);
    put_file(path, bytes, 8 + n + rest);
    ot__free(bytes);
    free(text);
}

few few_new(uint64_t seed)
{
    few f = { .tape = ot_tape_new() };
    const ot_init normal = { .kind = OT_INIT_NORMAL, .value = 1.0 };
    ot_param(f.tape, "w", OT_SHAPE(2, 3), normal);
    ot_param(f.tape, "s", OT_SCALAR, normal);
    ot_stat(f.tape, "running", OT_SHAPE(2), normal);
    ck_ok(ot_params_new(f.tape, &f.params));
    ot_params_init(f.params, seed);
    return f;
}

void few_free(few f)
{
    ot_params_free(f.params);
    ot_tape_free(f.tape);
}

bool same_values(ot_params *a, ot_params *b)
{
    bool same = ot_params_count(a) == ot_params_count(b);
    for (int i = 0; same && i < ot_params_count(a); i++)
        same = memcmp(ot_params_value(a, i, OT_F32), ot_params_value(b, i, OT_F32),
                      ot_params_elements(a, i) * sizeof(float)) == 0;
    return same;
}
