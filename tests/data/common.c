/* SPDX-License-Identifier: BSD-3-Clause
 * What the cases of src/data share (cases.h). */
#include <dirent.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "data/cases.h"

char folder[OT_TEMPORARY];

void make_folder(void)
{
    ot_temporary(folder);
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

const char *in_folder(const char *name)
{
    static char path[2][600];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *place)
{
    (void)st, (void)kind, (void)place;
    return remove(path);
}

static int each_file(bool remove_it)
{
    DIR *d = opendir(folder);
    ck_assert_ptr_nonnull(d);
    int n = 0;
    for (struct dirent *e; (e = readdir(d));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        if (remove_it) nftw(in_folder(e->d_name), remove_one, 8, FTW_DEPTH | FTW_PHYS);
        n += strcmp(e->d_name, ".lock") != 0; /* the lock is never removed */
    }
    closedir(d);
    return n;
}

int files_in_folder(void)
{
    return each_file(false);
}

void empty_folder(void)
{
    each_file(true);
}

void remove_folder(void)
{
    empty_folder();
    rmdir(folder);
}

void put_file(const char *name, const void *data, size_t size)
{
    FILE *f = fopen(in_folder(name), "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(data, 1, size, f), size);
    ck_assert_int_eq(fclose(f), 0);
}

size_t get_file(const char *name, uint8_t *data, size_t most)
{
    FILE *f = fopen(in_folder(name), "rb");
    ck_assert_msg(f, "%s is missing", name);
    const size_t size = fread(data, 1, most, f);
    fclose(f);
    return size;
}

uint8_t byte_of(int image, int channel, int y, int x)
{
    return (uint8_t)(31 * image + 101 * channel + 7 * y + 3 * x + (image >> 3) * y * x);
}

void put_records(const char *name, int seed, int n)
{
    uint8_t *data = calloc((size_t)n, RECORD), *p = data;
    ck_assert_ptr_nonnull(data);
    for (int i = seed; i < seed + n; i++) {
        *p++ = (uint8_t)(i % 10);
        for (int c = 0; c < 3; c++)
            for (int y = 0; y < 32; y++)
                for (int x = 0; x < 32; x++)
                    *p++ = byte_of(i, c, y, x);
    }
    put_file(name, data, (size_t)n * RECORD);
    free(data);
}

void put_records100(const char *name, int seed, int n)
{
    uint8_t *data = calloc((size_t)n, RECORD100), *p = data;
    ck_assert_ptr_nonnull(data);
    for (int i = seed; i < seed + n; i++) {
        *p++ = (uint8_t)(i % 20);
        *p++ = (uint8_t)(i % 100);
        for (int k = 0; k < 3072; k++)
            *p++ = byte_of(i, k / 1024, k / 32 % 32, k % 32);
    }
    put_file(name, data, (size_t)n * RECORD100);
    free(data);
}

void put_idx(ot_split split, int n, int height, int width)
{
    const bool train = split == OT_SPLIT_TRAIN;
    const size_t size = (size_t)(n * height * width);
    uint8_t *const data = calloc(16 + size, 1);
    ck_assert_ptr_nonnull(data);
    const int images[] = { 2051, n, height, width }, labels[] = { 2049, n };
    for (int i = 0; i < 16; i++)
        data[i] = (uint8_t)(images[i / 4] >> (24 - 8 * (i % 4)));
    for (size_t i = 0; i < size; i++)
        data[16 + i] =
            (uint8_t)(31 * (i / (size_t)(height * width)) + i % (size_t)(height * width));
    put_file(train ? "train-images-idx3-ubyte" : "t10k-images-idx3-ubyte", data, 16 + size);
    for (int i = 0; i < 8; i++)
        data[i] = (uint8_t)(labels[i / 4] >> (24 - 8 * (i % 4)));
    for (int i = 0; i < n; i++)
        data[8 + i] = (uint8_t)(i % 10);
    put_file(train ? "train-labels-idx1-ubyte" : "t10k-labels-idx1-ubyte", data, 8 + (size_t)n);
    free(data);
}

void limit_files(size_t bytes)
{
    signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit = { bytes, bytes };
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Gives the other split one image if it has no file, because half a set is refused. */
static void complete(ot_split split)
{
    const char *const name = split == OT_SPLIT_TEST ? "data_batch_1.bin" : "test_batch.bin";
    if (access(in_folder(name), F_OK) != 0) put_records(name, 0, 1);
}

ot_dataset *open_set(const char *where, ot_split split)
{
    if (strcmp(where, folder) == 0) complete(split);
    ot_dataset *d = NULL;
    ck_ok(ot_dataset_open(where, split, &d));
    return d;
}

ot_dataset *small_set(int n)
{
    ot_dataset *d = NULL;
    ck_ok(ot__shapes_new(3, OT_SPLIT_TRAIN, n, &d));
    return d;
}

ot_dataset *empty_set(int n)
{
    ot_dataset *d = NULL;
    ck_ok(ot__dataset_new(
        &(ot_dataset_desc){ .height = 32, .width = 32, .channels = 3, .classes = 10 }, n, &d));
    return d;
}

ot__image32 *images_of(const ot_dataset *d)
{
    return (ot__image32 *)(void *)d->image;
}

ot__image view_of(ot__image32 *image)
{
    return (ot__image){ .height = 32, .width = 32, .channels = 3, .at = &image->at[0][0][0] };
}

bool same_sets(const ot_dataset *a, const ot_dataset *b)
{
    if (ot_dataset_count(a) != ot_dataset_count(b)) return false;
    for (int c = 0; c < 10; c++)
        if (strcmp(ot_dataset_class_name(a, c), ot_dataset_class_name(b, c)) != 0) return false;
    for (int i = 0; i < ot_dataset_count(a); i++)
        if (ot_dataset_label(a, i) != ot_dataset_label(b, i) ||
            memcmp(ot_dataset_image(a, i), ot_dataset_image(b, i), 3072) != 0)
            return false;
    return true;
}
