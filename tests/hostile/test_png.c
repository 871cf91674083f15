/* SPDX-License-Identifier: BSD-3-Clause
 * Malformed PNG files, of every kind that the corpus of the fuzz target has. */
#include <dirent.h>
#include <string.h>

#include "base/memory.h"
#include "data/png.h"
#include "hostile/files.h"
#include "train/fixture.h"

static long accepted;

static void read_png(const bytes *file, void *user)
{
    const char *const path = in_folder("x.png");
    ot__image image = { .at = NULL };
    (void)user;
    put_file(path, file->data, file->size);
    const ot_status status = ot__png_read(path, 0, 0, &image);
    if (status != OT_OK) {
        ck_assert_ptr_null(image.at);
        expect_refusal(status, path);
        return;
    }
    accepted++;
    ck_assert(image.height >= 1 && image.width >= 1 && image.channels == 4);
    ot__free(image.at);
}

START_TEST(malformed_png_files_are_refused_with_their_offset)
{
    char path[600];
    const char *const sources = getenv("srcdir");
    long tried = 0;
    snprintf(path, sizeof path, "%s/tests/fuzz/png", sources ? sources : ".");
    DIR *const d = opendir(path);
    ck_assert_msg(d, "%s: cannot be listed; srcdir must be the source directory", path);
    accepted = 0;
    for (struct dirent *e; (e = readdir(d));) {
        size_t size = 0;
        if (!strstr(e->d_name, ".png")) continue;
        snprintf(path, sizeof path, "%s/tests/fuzz/png/%s", sources ? sources : ".", e->d_name);
        char *const good = get_file(path, &size);
        const subject s = { .good = (const unsigned char *)good,
                            .size = size,
                            .stride = 1,
                            .random = 300,
                            .read = read_png };
        tried += read_variants(&s);
        ot__free(good);
    }
    closedir(d);
    report("PNG files", tried, accepted);
}
END_TEST

TCase *png_case(void)
{
    TCase *c = tcase_create("png");
    tcase_set_timeout(c, 600);
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, malformed_png_files_are_refused_with_their_offset);
    return c;
}
