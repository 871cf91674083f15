/* SPDX-License-Identifier: BSD-3-Clause
 * Tests which images are held out for validation, and that a loader with and one without them
 * together deliver the whole set. */
#include <string.h>

#include "base/memory.h"
#include "data/cases.h"
#include "data/split.h"

enum { N = 203 };

/* Marks the listed images. */
static void mark(uint64_t seed, int n, int validation, bool held_out, int marks[])
{
    int32_t *index = NULL;
    ck_ok(ot__split_new(seed, n, validation, held_out, &index));
    const int count = ot__split_count(n, validation, held_out);
    for (int i = 0; i < count; i++) {
        ck_assert_msg(i == 0 || index[i] > index[i - 1], "the list does not ascend");
        ck_assert(index[i] >= 0 && index[i] < n);
        marks[index[i]]++;
    }
    ot__free(index);
}

START_TEST(every_image_is_either_held_out_or_trained_on)
{
    static const int validations[] = { 1, 2, 50, N / 2, N - 1 };
    for (size_t k = 0; k < sizeof validations / sizeof validations[0]; k++) {
        int marks[N] = { 0 }, held_out[N] = { 0 };
        mark(7, N, validations[k], true, held_out);
        mark(7, N, validations[k], true, marks);
        mark(7, N, validations[k], false, marks);
        int n = 0;
        for (int i = 0; i < N; i++) {
            ck_assert_int_eq(marks[i], 1);
            n += held_out[i];
        }
        ck_assert_int_eq(n, validations[k]);
    }
}
END_TEST

START_TEST(the_choice_depends_on_the_seed_and_more_images_include_fewer)
{
    int fewer[N] = { 0 }, more[N] = { 0 }, other[N] = { 0 }, far[N] = { 0 };
    mark(1, N, 40, true, fewer);
    mark(1, N, 80, true, more);
    mark(2, N, 40, true, other);
    mark(1 + (1ull << 32), N, 40, true, far);
    for (int i = 0; i < N; i++)
        ck_assert_int_ge(more[i], fewer[i]);
    ck_assert_int_ne(memcmp(fewer, other, sizeof fewer), 0);
    ck_assert_int_ne(memcmp(fewer, far, sizeof fewer), 0);
}
END_TEST

/* Each image is held out with probability 1/4; over 4000 seeds the deviation of a count is 27. */
START_TEST(every_image_is_held_out_equally_often)
{
    enum { FEW = 20, SEEDS = 4000 };
    int marks[FEW] = { 0 };
    for (int seed = 0; seed < SEEDS; seed++)
        mark((uint64_t)seed, FEW, FEW / 4, true, marks);
    for (int i = 0; i < FEW; i++)
        ck_assert_int_lt(abs(marks[i] - SEEDS / 4), 5 * 27);
}
END_TEST

static ot_dataset *numbered_set(void)
{
    ot_dataset *d = empty_set(N);
    d->count = N;
    for (int i = 0; i < N; i++) {
        memset(&images_of(d)[i], i, sizeof images_of(d)[i]);
        d->label[i] = i % 10;
    }
    return d;
}

/* The images of an epoch as they are delivered.  A number of x follows from byte and place only, so
 * an image is known by its normalised bytes. */
static int deliver(const ot_dataset *d, ot_loader_opts opts, int epoch, float *x, int32_t label[])
{
    ot_loader *l = NULL;
    opts.batch = N;
    ck_ok(ot_loader_new(d, &opts, &l));
    ot_loader_epoch(l, epoch);
    const int n = ot_loader_fill(l, 0, x, label);
    ot_loader_free(l);
    return n;
}

/* Loaders of both parts, without shuffling, against the loader of the whole set.  Augmentation goes
 * by the place in the set, so it is the same in all of them. */
START_TEST(two_loaders_deliver_the_images_of_the_whole_set_augmented_alike)
{
    enum { IMAGE = 3072, VALIDATION = 60 };
    static float whole[N * IMAGE], part[2][N * IMAGE];
    int32_t labels[N], of[2][N], held_out[N] = { 0 };
    int done[2] = { 0 };
    ot_dataset *d = numbered_set();
    ot_loader_opts opts = { .seed = 7, .crop_pad = 4, .flip = true, .cutout = 3 * _i };
    ck_assert_int_eq(deliver(d, opts, _i, whole, labels), N);
    mark(7, N, opts.validation = VALIDATION, true, held_out);
    for (int k = 0; k < 2; k++) {
        opts.held_out = k;
        ck_assert_int_eq(deliver(d, opts, _i, part[k], of[k]), k ? VALIDATION : N - VALIDATION);
    }
    for (int i = 0; i < N; i++) {
        const int k = held_out[i], at = done[k]++;
        ck_assert_int_eq(of[k][at], labels[i]);
        ck_assert_mem_eq(part[k] + at * IMAGE, whole + i * IMAGE, IMAGE * sizeof(float));
    }
    ot_dataset_free(d);
}
END_TEST

START_TEST(shuffling_keeps_held_out_images_apart_in_every_epoch)
{
    enum { IMAGE = 3072, VALIDATION = 60 };
    static float x[N * IMAGE], plain[N * IMAGE];
    int32_t label[N];
    ot_dataset *d = numbered_set();
    int held_out[N] = { 0 };
    mark(9, N, VALIDATION, true, held_out);
    const ot_loader_opts ordered = { .seed = 9 },
                         opts = { .seed = 9, .shuffle = true, .validation = VALIDATION };
    deliver(d, ordered, 0, plain, label);
    for (int epoch = 0; epoch < 3; epoch++) {
        int seen[N] = { 0 };
        const int n = deliver(d, opts, epoch, x, label);
        for (int k = 0; k < n; k++)
            for (int i = 0; i < N; i++)
                seen[i] += memcmp(x + k * IMAGE, plain + i * IMAGE, IMAGE * sizeof *x) == 0;
        for (int i = 0; i < N; i++)
            ck_assert_int_eq(seen[i], !held_out[i]);
    }
    ot_dataset_free(d);
}
END_TEST

START_TEST(a_number_of_images_that_cannot_be_held_out_is_refused)
{
    static const ot_loader_opts bad[] = {
        { .validation = -1 },
        { .validation = N },
        { .validation = N + 1 },
        { .held_out = true },
    };
    ot_dataset *d = numbered_set();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ot_loader *l = NULL;
        ck_status(ot_loader_new(d, &bad[i], &l), OT_EINVAL);
        ck_assert_msg(strstr(ot_message(), "held"), "%s", ot_message());
        ck_assert_ptr_null(l);
    }
    ot_dataset_free(d);
}
END_TEST

TCase *split_case(void)
{
    TCase *c = tcase_create("split");
    tcase_add_test(c, every_image_is_either_held_out_or_trained_on);
    tcase_add_test(c, the_choice_depends_on_the_seed_and_more_images_include_fewer);
    tcase_add_test(c, every_image_is_held_out_equally_often);
    tcase_add_loop_test(c, two_loaders_deliver_the_images_of_the_whole_set_augmented_alike, 0, 3);
    tcase_add_test(c, shuffling_keeps_held_out_images_apart_in_every_epoch);
    tcase_add_test(c, a_number_of_images_that_cannot_be_held_out_is_refused);
    return c;
}
