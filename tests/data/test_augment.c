/* SPDX-License-Identifier: BSD-3-Clause
 * Compares what the loader delivers with the plain method: pad the whole image, cut a window at
 * every possible place, mirror it or not, and find the one that is equal. */
#include <math.h>
#include <string.h>

#include "base/normalisation.h"
#include "base/rng.h"
#include "data/augment.h"
#include "data/cases.h"

enum { SIDE = 32, MOST_PAD = 32 };

static void augment(const ot_loader_opts *opts, int epoch, int index, ot__image32 *image)
{
    const ot__image view = view_of(image);
    ot__augment(opts, epoch, index, &view);
}

static void window(const uint8_t *v, int pad, int top, int left, bool mirrored, uint8_t *out)
{
    static uint8_t padded[SIDE + 2 * MOST_PAD][SIDE + 2 * MOST_PAD][3];
    memset(padded, 0, sizeof padded);
    for (int i = 0; i < SIDE * SIDE; i++)
        memcpy(padded[pad + i / SIDE][pad + i % SIDE], v + 3 * i, 3);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            memcpy(out + 3 * (y * SIDE + x), padded[top + y][left + (mirrored ? SIDE - 1 - x : x)],
                   3);
}

/* The number of the window that equals the image; -1 if none does.  The test fails if several
 * do. */
static int which_window(const uint8_t *v, int pad, const ot__image32 *image)
{
    uint8_t candidate[3072];
    const int places = 2 * pad + 1;
    int found = -1;
    for (int w = 0; w < 2 * places * places; w++) {
        window(v, pad, w / 2 / places, w / 2 % places, w % 2, candidate);
        if (memcmp(candidate, image, sizeof candidate) != 0) continue;
        ck_assert_int_eq(found, -1);
        found = w;
    }
    return found;
}

static const struct {
    int pad;
    bool flip;
} options[] = { { 0, false }, { 0, true }, { 1, false }, { 1, true }, { 2, true } };

START_TEST(every_crop_and_flip_is_a_window_and_all_windows_are_as_frequent)
{
    const int pad = options[_i].pad, places = 2 * pad + 1;
    const bool flip = options[_i].flip;
    const int windows = places * places * (flip ? 2 : 1), draws = 40 * windows;
    int count[2 * 5 * 5] = { 0 };
    ot_dataset *d = small_set(10);
    const ot_loader_opts opts = { .seed = 9, .crop_pad = pad, .flip = flip };
    for (int i = 0; i < draws; i++) {
        ot__image32 image = images_of(d)[i % 10];
        augment(&opts, i / 10, i % 10, &image);
        const int w = which_window(ot_dataset_image(d, i % 10), pad, &image);
        ck_assert_int_ge(w, 0);
        count[w]++;
    }
    for (int w = 0; w < 2 * places * places; w++) {
        if (w % 2 && !flip)
            ck_assert_int_eq(count[w], 0);
        else /* 40 expected, standard deviation below 6.4 */
            ck_assert_msg(abs(count[w] - draws / windows) < 28, "window %d: %d times", w, count[w]);
    }
    ot_dataset_free(d);
}
END_TEST

START_TEST(the_largest_crop_leaves_a_quarter_of_the_image_on_average)
{
    /* Shifts of -32..32 leave 32*32/65 of 32 rows on average, and of the columns. */
    enum { EPOCHS = 600 };
    const double expected = (32.0 / 65) * (32.0 / 65);
    double left = 0;
    ot_dataset *d = small_set(1);
    memset(images_of(d), 200, sizeof *images_of(d));
    const ot_loader_opts opts = { .seed = 1, .crop_pad = MOST_PAD };
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        ot__image32 image = images_of(d)[0];
        augment(&opts, epoch, 0, &image);
        for (size_t i = 0; i < sizeof image; i++)
            left += (&image.at[0][0][0])[i] != 0;
    }
    ck_assert_double_lt(fabs(left / (EPOCHS * 3072.0) - expected), 0.04);
    ot_dataset_free(d);
}
END_TEST

START_TEST(augmentation_depends_on_seed_epoch_and_image)
{
    /* There is only one image, so a different result means different random numbers. */
    ot_dataset *d = small_set(1);
    int differ[3] = { 0 };
    for (int k = 0; k < 50; k++) {
        ot_loader_opts opts = { .seed = 1000, .crop_pad = 4, .flip = true };
        ot__image32 base = images_of(d)[0], again = base, seed = base, epoch = base, index = base;
        augment(&opts, 1, k, &base);
        augment(&opts, 1, k, &again);
        augment(&opts, 2, k, &epoch);
        augment(&opts, 1, k + 50, &index);
        opts.seed += 1ull << 32;
        augment(&opts, 1, k, &seed);
        ck_assert_mem_eq(&base, &again, sizeof base);
        differ[0] += memcmp(&base, &epoch, sizeof base) != 0;
        differ[1] += memcmp(&base, &index, sizeof base) != 0;
        differ[2] += memcmp(&base, &seed, sizeof base) != 0;
    }
    for (int i = 0; i < 3; i++)
        ck_assert_int_ge(differ[i], 45); /* 1 in 162 is the same by chance */
    ot_dataset_free(d);
}
END_TEST

/* Which window it is follows from the image that is augmented with the same seed and no policy.  In
 * an image that the policy made uniform, all windows would look the same. */
START_TEST(a_policy_comes_before_crop_and_flip_and_leaves_their_draws_alone)
{
    static const ot_policy policies[] = { OT_POLICY_AUTOAUGMENT, OT_POLICY_AUTOAUGMENT_DV };
    enum { PAD = 2, IMAGES = 40 };
    uint8_t expected[3072];
    ot_dataset *d = small_set(IMAGES);
    int changed = 0;
    for (int i = 0; i < IMAGES; i++) {
        ot_loader_opts opts = {
            .seed = 9, .crop_pad = PAD, .flip = true, .normalisation = ot__normalisation_cifar10
        };
        ot__image32 plain = images_of(d)[i], whole = plain, policy = plain;
        augment(&opts, 3, i, &plain);
        const int w = which_window(ot_dataset_image(d, i), PAD, &plain);
        const int places = 2 * PAD + 1;
        opts.policy = policies[i % 2];
        augment(&opts, 3, i, &whole);
        opts.crop_pad = 0;
        opts.flip = false;
        augment(&opts, 3, i, &policy);
        changed += memcmp(&policy, &images_of(d)[i], sizeof policy) != 0;
        window(&policy.at[0][0][0], PAD, w / 2 / places, w / 2 % places, w % 2, expected);
        ck_assert_mem_eq(&whole, expected, sizeof expected);
    }
    ck_assert_int_ge(changed, IMAGES / 2);
    ot_dataset_free(d);
}
END_TEST

static const uint8_t mean_byte[] = { 125, 123, 114 };

START_TEST(a_cutout_is_a_square_about_every_pixel_and_is_cut_last)
{
    static const int sides[] = { 1, 7, 16, 64 };
    const int side = sides[_i];
    enum { DRAWS = 1000 };
    int rows[SIDE] = { 0 }, columns[SIDE] = { 0 }, wrong = 0;
    ot_loader_opts opts = { .seed = 4,
                            .crop_pad = 4,
                            .flip = true,
                            .cutout = side,
                            .normalisation = ot__normalisation_cifar10 };
    ot_loader_opts rest = opts;
    rest.cutout = 0;
    for (int i = 0; i < DRAWS; i++) {
        ot__image32 cut, uncut;
        memset(&cut, 9, sizeof cut);
        uncut = cut;
        augment(&opts, 0, i, &cut);
        augment(&rest, 0, i, &uncut);
        const ot__draw draw = ot__random(opts.seed, OT__RNG_AUGMENT, 0, (uint32_t)i, 4, 0);
        const int y = (int)ot__below(draw.word[0], SIDE), x = (int)ot__below(draw.word[1], SIDE);
        rows[y]++;
        columns[x]++;
        for (int p = 0; p < SIDE * SIDE; p++) {
            const int dy = p / SIDE - y + side / 2, dx = p % SIDE - x + side / 2;
            const bool inside = dy >= 0 && dy < side && dx >= 0 && dx < side;
            const uint8_t *const expected = inside ? mean_byte : uncut.at[p / SIDE][p % SIDE];
            wrong += memcmp(cut.at[p / SIDE][p % SIDE], expected, 3) != 0;
        }
    }
    ck_assert_int_eq(wrong, 0);
    for (int i = 0; i < SIDE; i++) { /* 31 expected, standard deviation 5.5 */
        ck_assert_int_lt(abs(rows[i] - DRAWS / SIDE), 28);
        ck_assert_int_lt(abs(columns[i] - DRAWS / SIDE), 28);
    }
}
END_TEST

START_TEST(the_mean_byte_is_about_zero_to_the_network)
{
    const ot__levels levels = ot__levels_make(&ot__normalisation_cifar10);
    for (int c = 0; c < 3; c++)
        for (int v = 0; v < 256; v++)
            ck_assert_double_ge(fabs(levels.of[c][v]), fabs(levels.of[c][mean_byte[c]]));
}
END_TEST

START_TEST(normalisation_is_that_of_torchvision)
{
    static const double mean[] = { .4914, .4822, .4465 }, deviation[] = { .2470, .2435, .2616 };
    const ot__levels levels = ot__levels_make(&ot__normalisation_cifar10);
    for (int v = 0; v < 256; v++) {
        ot__image32 image;
        float x[3072];
        memset(&image, v, sizeof image);
        const ot__image view = view_of(&image);
        ot__normalise(&levels, &view, x);
        ck_assert_mem_eq(x, x + 3, sizeof x - 3 * sizeof *x); /* all pixels are equal */
        for (int c = 0; c < 3; c++) {
            const double expected = (v / 255.0 - mean[c]) / deviation[c];
            ck_assert_double_le(fabs(x[c] - expected), 5e-7);
            ck_assert_uint_eq(ot__denormalise(&ot__normalisation_cifar10, x[c], c), (unsigned)v);
        }
    }
}
END_TEST

TCase *augment_case(void)
{
    TCase *c = tcase_create("augment");
    tcase_add_loop_test(c, every_crop_and_flip_is_a_window_and_all_windows_are_as_frequent, 0,
                        sizeof options / sizeof options[0]);
    tcase_add_test(c, the_largest_crop_leaves_a_quarter_of_the_image_on_average);
    tcase_add_test(c, augmentation_depends_on_seed_epoch_and_image);
    tcase_add_test(c, a_policy_comes_before_crop_and_flip_and_leaves_their_draws_alone);
    tcase_add_loop_test(c, a_cutout_is_a_square_about_every_pixel_and_is_cut_last, 0, 4);
    tcase_add_test(c, the_mean_byte_is_about_zero_to_the_network);
    tcase_add_test(c, normalisation_is_that_of_torchvision);
    return c;
}
