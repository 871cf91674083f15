/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the learning rates of the schedule. */
#include <math.h>

#include "train/cases.h"
#include "train/schedule.h"

static double rate(double lr, double decay, int n, const int milestones[], int epoch)
{
    ot_train_opts o = { .lr = lr, .decay = decay, .milestones.n = n };
    for (int i = 0; i < n; i++)
        o.milestones.value[i] = milestones[i];
    return ot__schedule_lr(&o, epoch);
}

/* The paper trains 260 epochs: lr 0.1, times 0.1 before epochs 100, 150, 200 and 230. */
START_TEST(the_papers_schedule_has_its_rates)
{
    static const int milestones[] = { 100, 150, 200, 230 };
    static const struct {
        int epoch;
        double lr;
    } expected[] = { { 0, 1e-1 },   { 99, 1e-1 },  { 100, 1e-2 }, { 149, 1e-2 }, { 150, 1e-3 },
                     { 199, 1e-3 }, { 200, 1e-4 }, { 229, 1e-4 }, { 230, 1e-5 }, { 259, 1e-5 } };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const double lr = rate(0.1, 0.1, 4, milestones, expected[i].epoch);
        ck_assert_double_eq_tol(lr / expected[i].lr, 1.0, 1e-15);
    }
}
END_TEST

START_TEST(milestones_may_repeat_and_come_in_any_order)
{
    ck_assert(rate(1.0, 0.5, 3, (const int[]){ 7, 2, 7 }, 6) == 0.5);
    ck_assert(rate(1.0, 0.5, 3, (const int[]){ 7, 2, 7 }, 7) == 0.125);
    ck_assert(rate(0.3, 0.5, 0, NULL, 1000) == 0.3);
}
END_TEST

TCase *schedule_case(void)
{
    TCase *c = tcase_create("schedule");
    tcase_add_test(c, the_papers_schedule_has_its_rates);
    tcase_add_test(c, milestones_may_repeat_and_come_in_any_order);
    return c;
}
