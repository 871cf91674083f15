/* SPDX-License-Identifier: BSD-3-Clause
 * Tests what a crop is padded with against the two orders of padding and normalisation that
 * training scripts have (crops.py). */
#include <math.h>

#include "base/rng.h"
#include "data/cases.h"
#include "data/crops.h"

enum {
    PLACES = 2 * CROP_PAD + 1,
    NUMBERS = CROP_HEIGHT * CROP_WIDTH * CROP_CHANNELS,
    COUNT = 200,
};

/* COUNT equal images, so that every place of a crop occurs. */
static ot_dataset *images(void)
{
    static uint8_t bytes[COUNT * NUMBERS];
    static const int32_t labels[COUNT];
    ot_dataset *d = NULL;
    for (int i = 0; i < COUNT * NUMBERS; i++)
        bytes[i] = (uint8_t)(37 * (i % NUMBERS) % 256);
    ck_ok(ot_dataset_new(&(ot_dataset_desc){ .count = COUNT,
                                             .height = CROP_HEIGHT,
                                             .width = CROP_WIDTH,
                                             .channels = CROP_CHANNELS,
                                             .classes = 1,
                                             .images = bytes,
                                             .labels = labels },
                         &d));
    return d;
}

/* Which crop of the table image i of epoch 0 gets. */
static int place_of(uint64_t seed, int i)
{
    const ot__draw draw = ot__random(seed, OT__RNG_AUGMENT, 0, (uint32_t)i, 1, 0);
    return (int)(ot__below(draw.word[0], PLACES) * PLACES + ot__below(draw.word[1], PLACES));
}

static void expect_crop(const ot_loader_opts *o, const float *x, const float *expected)
{
    for (int j = 0; j < NUMBERS; j++) {
        /* The mean as the nearest byte is wrong by up to half a byte. */
        const float deviation = o->normalisation.deviation[j % CROP_CHANNELS];
        const float most = expected[j] == 0 ? 0.5f / 255 / deviation : 0;
        ck_assert_msg(fabsf(x[j] - expected[j]) <= most + 1e-6f, "number %d is %g, not %g", j,
                      (double)x[j], (double)expected[j]);
    }
}

START_TEST(crops_are_those_of_scripts_that_pad_before_or_after_normalising)
{
    static float x[COUNT * NUMBERS];
    static int32_t label[COUNT];
    const ot_loader_opts opts = { .batch = COUNT,
                                  .seed = 3,
                                  .crop_pad = CROP_PAD,
                                  .crop_fill = (ot_crop_fill)_i,
                                  .normalisation = { .channels = CROP_CHANNELS,
                                                     .mean = { 0.25f, 0.6f },
                                                     .deviation = { 0.2f, 0.3f } } };
    ot_dataset *d = images();
    ot_loader *l = NULL;
    int places[PLACES * PLACES] = { 0 };
    ck_ok(ot_loader_new(d, &opts, &l));
    ck_assert_int_eq(ot_loader_fill(l, 0, x, label), COUNT);
    for (int i = 0; i < COUNT; i++) {
        const int place = place_of(opts.seed, i);
        expect_crop(&opts, x + i * NUMBERS, crops[_i][place]);
        places[place]++;
    }
    for (int i = 0; i < PLACES * PLACES; i++)
        ck_assert_int_gt(places[i], 0);
    ot_loader_free(l);
    ot_dataset_free(d);
}
END_TEST

TCase *crops_case(void)
{
    TCase *c = tcase_create("crops");
    tcase_add_loop_test(c, crops_are_those_of_scripts_that_pad_before_or_after_normalising,
                        OT_CROP_BLACK, OT_CROP_MEAN + 1);
    return c;
}
