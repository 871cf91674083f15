/* SPDX-License-Identifier: BSD-3-Clause
 * In each call that allocates, each allocation fails in turn.  The call returns OT_ENOMEM and
 * leaves no file and no memory. */
#include "base/memory.h"

#include <sys/stat.h>

#include "data/cases.h"

static const ot_loader_opts loader_opts = { .shuffle = true, .crop_pad = 4, .flip = true };
static ot_dataset *set;

static ot_status open_place(const char *source, const char *name)
{
    ot_dataset *d = NULL;
    char where[sizeof folder + 40];
    snprintf(where, sizeof where, "%s:%s/%s", source, folder, name);
    const ot_status status = ot_dataset_open(where, OT_SPLIT_TRAIN, &d);
    ck_assert((status == OT_OK) == (d != NULL));
    ot_dataset_free(d);
    return status;
}

static ot_status open_folder(void)
{
    return open_place("cifar10", ".");
}

static ot_status open_mnist(void)
{
    return open_place("mnist", ".");
}

static ot_status open_file(void)
{
    return open_place("images", "kept.set");
}

static ot_status generate(void)
{
    ot_dataset *d = NULL;
    const ot_status status = ot__shapes_new(1, OT_SPLIT_TEST, 20, &d);
    ck_assert((status == OT_OK) == (d != NULL));
    ot_dataset_free(d);
    return status;
}

static ot_status save(void)
{
    return ot_dataset_save(set, folder, OT_SPLIT_TEST);
}

static ot_status load(void)
{
    ot_loader *l = NULL;
    const ot_status status = ot_loader_new(set, &loader_opts, &l);
    ck_assert((status == OT_OK) == (l != NULL));
    ot_loader_free(l);
    return status;
}

static ot_status draw(void)
{
    return ot_data_sheet(set, &loader_opts, 1, 2, 2, in_folder("sheet.png"));
}

static ot_status write_set(void)
{
    return ot_dataset_write(set, set, in_folder("kept.set"));
}

static ot_status import(void)
{
    static const ot_import_opts opts = {
        .height = 9, .width = 8, .resize = true, .test_fraction = 0.5
    };
    ot_dataset *train = NULL, *test = NULL;
    const ot_status status = ot_dataset_import(folder, &opts, &train, &test);
    ck_assert((status == OT_OK) == (train && test));
    ot_dataset_free(train);
    ot_dataset_free(test);
    return status;
}

/* Two images of a class, for import. */
static void make_class(void)
{
    uint8_t data[600];
    const size_t size = png_file(3, data, sizeof data);
    ck_assert_int_eq(mkdir(in_folder("class"), 0777), 0);
    put_file("class/1.png", data, size);
    put_file("class/2.png", data, size);
}

static ot_status compare(void)
{
    int n;
    return ot_dataset_duplicates(set, set, 0, NULL, &n);
}

static ot_status (*const calls[])(void) = {
    open_folder, generate, save, load, draw, write_set, open_file, open_mnist, import, compare,
};

START_TEST(a_call_without_memory_says_so_and_leaves_nothing)
{
    set = small_set(30);
    ck_ok(ot_dataset_save(set, folder, OT_SPLIT_TRAIN));
    ck_ok(ot_dataset_save(set, folder, OT_SPLIT_TEST));
    ck_ok(ot_dataset_write(set, set, in_folder("kept.set")));
    put_idx(OT_SPLIT_TRAIN, 3, 4, 4);
    put_idx(OT_SPLIT_TEST, 3, 4, 4);
    make_class();
    const int before = files_in_folder();
    long n = 0;
    ot_status status = OT_ENOMEM;
    while (status != OT_OK) {
        ot__fail_allocation(++n, 0);
        status = calls[_i]();
        ot__fail_allocation(0, 0);
        if (status == OT_OK) break;
        ck_assert_int_eq(status, OT_ENOMEM);
        ck_assert_int_eq(files_in_folder(), before);
    }
    ck_assert_int_ge(n, 2);
    ot_dataset_free(set);
}
END_TEST

TCase *memory_case(void)
{
    TCase *c = tcase_create("memory");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, a_call_without_memory_says_so_and_leaves_nothing, 0,
                        sizeof calls / sizeof calls[0]);
    return c;
}
