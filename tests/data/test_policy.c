/* SPDX-License-Identifier: BSD-3-Clause
 * Compares each sub-policy with what Pillow computes when it is called as the published codes call
 * it. */
#include <string.h>

#include "data/cases.h"
#include "data/policy.h"

static ot_policy policy_of(const char *name)
{
    static const char *const names[] = { "none", "autoaugment", "autoaugment-dv",
                                         "autoaugment-tf" };
    int p = 0;
    while (strcmp(names[p], name) != 0)
        p++;
    return (ot_policy)p;
}

/* The least word that draws row i of n. */
static uint32_t word_of_row(int i, int n)
{
    return (uint32_t)((((uint64_t)i << 32) + (uint64_t)n - 1) / (uint64_t)n);
}

START_TEST(every_sub_policy_gives_the_bytes_of_pillow_with_its_published_magnitudes)
{
    char name[32];
    int i, tenths[2], signs, compared = 0;
    unsigned long long expected;
    FILE *f = open_vectors("policies.txt");
    while (fscanf(f, "%31s %d %d %d %d %llx", name, &i, &tenths[0], &tenths[1], &signs,
                  &expected) == 6) {
        const ot_policy p = policy_of(name);
        const int n = ot__policy_count(p);
        const ot__sub_policy *const row = ot__policy_row(p, i);
        ot__image32 image = pillow_image(1);
        ot__draw draw = { { word_of_row(i, n) } };
        draw.word[3] = (signs & 1 ? 1u << 15 : 0) | (signs & 2 ? 1u << 31 : 0);
        for (int k = 0; k < 2; k++) {
            ck_assert_int_eq(row->choice[k].tenths, tenths[k]);
            if (row->choice[k].op == 14)
                draw.word[1 + k] = UINT32_MAX; /* Cutout, which the file does not have */
        }
        ot__policy_apply(p, draw, &image);
        ck_assert_msg(fnv(&image) == expected, "%s, row %d, signs %d", name, i, signs);
        compared++;
    }
    ck_assert_int_eq(compared, 4 * (25 + 25 + 95));
    fclose(f);
}
END_TEST

static const ot_policy policies[] = { OT_POLICY_AUTOAUGMENT, OT_POLICY_AUTOAUGMENT_DV,
                                      OT_POLICY_AUTOAUGMENT_TF };

/* A hash of the image after a sub-policy with these random words. */
static unsigned long long left_by(ot_policy p, uint32_t row, uint32_t first, uint32_t second)
{
    ot__image32 image = pillow_image(1);
    ot__policy_apply(p, (ot__draw){ { row, first, second, 0 } }, &image);
    return fnv(&image);
}

/* A word stands for a number from 0 to 1.  An operation is applied if that is below its
 * probability. */
START_TEST(an_operation_is_applied_with_its_probability)
{
    const ot_policy p = policies[_i];
    const int n = ot__policy_count(p);
    const ot__image32 plain = pillow_image(1);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 2; k++) {
            const int tenths = ot__policy_row(p, i)->choice[k].tenths;
            const uint32_t edge = (uint32_t)(tenths / 10.0 * 4294967296.0), row = word_of_row(i, n);
            const uint32_t above = edge + 2, below = edge - 2, never = UINT32_MAX;
            ck_assert(left_by(p, row, k ? never : above, k ? above : never) == fnv(&plain));
            if (tenths == 0) continue;
            ck_assert(left_by(p, row, k ? never : below, k ? below : never) ==
                      left_by(p, row, k ? never : 0, k ? 0 : never));
        }
}
END_TEST

/* The condition is rand <= p in torchvision and rand < p in the other codes.  They differ if p is
 * 0. */
START_TEST(only_torchvision_applies_what_has_no_probability_when_zero_is_drawn)
{
    const ot__image32 plain = pillow_image(1);
    const uint32_t invert = word_of_row(14, 25); /* the second of row 14, with probability 0 */
    ck_assert(left_by(OT_POLICY_AUTOAUGMENT, invert, UINT32_MAX, 0) != fnv(&plain));
    ck_assert(left_by(OT_POLICY_AUTOAUGMENT_DV, invert, UINT32_MAX, 0) == fnv(&plain));
}
END_TEST

START_TEST(no_policy_leaves_images_alone)
{
    const ot__image32 plain = pillow_image(1);
    ck_assert_int_eq(ot__policy_count(OT_POLICY_NONE), 0);
    ck_assert(left_by(OT_POLICY_NONE, 0, 0, 0) == fnv(&plain));
}
END_TEST

TCase *policy_case(void)
{
    TCase *c = tcase_create("policy");
    tcase_add_test(c, every_sub_policy_gives_the_bytes_of_pillow_with_its_published_magnitudes);
    tcase_add_loop_test(c, an_operation_is_applied_with_its_probability, 0,
                        sizeof policies / sizeof policies[0]);
    tcase_add_test(c, only_torchvision_applies_what_has_no_probability_when_zero_is_drawn);
    tcase_add_test(c, no_policy_leaves_images_alone);
    return c;
}
