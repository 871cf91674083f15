/* SPDX-License-Identifier: BSD-3-Clause
 * AutoAugment's policies, row by row, against what Pillow gave when driven as their authors do. */
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
        ot__image image = pillow_image(1);
        ot__draw draw = { { (uint32_t)((((uint64_t)i << 32) + (uint64_t)n - 1) / (uint64_t)n) } };
        draw.word[3] = (signs & 1 ? 1u << 15 : 0) | (signs & 2 ? 1u << 31 : 0);
        for (int k = 0; k < 2; k++) {
            ck_assert_int_eq(row->choice[k].tenths, tenths[k]);
            if (row->choice[k].op == 14)
                draw.word[1 + k] = UINT32_MAX; /* Cutout: not in the file */
        }
        ot__policy_apply(p, draw, &image);
        ck_assert_msg(fnv(&image) == expected, "%s, row %d, signs %d", name, i, signs);
        compared++;
    }
    ck_assert_int_eq(compared, 4 * (25 + 25 + 95));
    fclose(f);
}
END_TEST

TCase *policy_case(void)
{
    TCase *c = tcase_create("policy");
    tcase_add_test(c, every_sub_policy_gives_the_bytes_of_pillow_with_its_published_magnitudes);
    return c;
}
