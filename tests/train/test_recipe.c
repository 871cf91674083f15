/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the recipes: each can be trained with, options that are set win, and the recipe of
 * ResNet-20 is the published one. */
#include <string.h>

#include "train/cases.h"
#include "train/small.h"

START_TEST(every_recipe_names_options_of_a_training_and_passes_their_checks)
{
    for (int i = 0; i < ot_recipe_count(); i++) {
        const ot_recipe *const r = ot_recipe_at(i);
        ck_assert_ptr_eq(ot_recipe_find(r->name), r);
        for (const char *const(*pair)[2] = r->options; (*pair)[0]; pair++) {
            const ot_option *row = ot_train_rows;
            while (row->name && strcmp(row->name, (*pair)[0]) != 0)
                row++;
            ck_assert_msg(row->name != NULL, "%s: there is no option %s", r->name, (*pair)[0]);
        }
        small s = small_for(r->name);
        ot_train_opts o = { .net = s.net,
                            .params = s.params,
                            .train = s.train,
                            .test = s.test,
                            .recipe = r->name,
                            .epochs = 1 };
        ck_ok(ot_train(&o, NULL));
        small_free(&s);
    }
}
END_TEST

START_TEST(the_recipe_of_resnet20_is_the_published_one)
{
    ot_train_opts o = { .recipe = "resnet20-v1" };
    ck_ok(ot_recipe_apply(&o));
    ck_assert_ptr_null(o.recipe);
    ck_assert_int_eq(o.epochs, 200);
    ck_assert_int_eq(o.batch, 128);
    ck_assert(o.lr == 0.1 && o.momentum == 0.9 && o.weight_decay == 1e-4 && o.decay == 0.1);
    ck_assert_int_eq(o.milestones.n, 2);
    ck_assert_int_eq(o.milestones.value[0], 100);
    ck_assert_int_eq(o.milestones.value[1], 150);
    ck_assert(o.crop_pad == 4 && o.flip && o.policy == OT_POLICY_NONE);
    ck_assert(o.decay_on == OT_DECAY_ON_ALL && o.optimiser == NULL && o.schedule == NULL);
}
END_TEST

START_TEST(the_recipe_of_revnet_decays_weights_alone)
{
    static const char *const names[] = { "revnet-38", "revnet-110" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ot_train_opts o = { .recipe = names[i] };
        ck_ok(ot_recipe_apply(&o));
        /* 80,000 steps of 100 of 50,000 images, and a tenth of the rate after 40,000 and 60,000 */
        ck_assert_int_eq(o.epochs, 80000 * 100 / 50000);
        ck_assert_int_eq(o.batch, 100);
        ck_assert(o.lr == 0.1 && o.momentum == 0.9 && o.weight_decay == 2e-4 && o.decay == 0.1);
        ck_assert(o.milestones.n == 2 && o.milestones.value[0] == 80 &&
                  o.milestones.value[1] == 120);
        ck_assert(o.crop_pad == 2 && o.flip && o.decay_on == OT_DECAY_ON_WEIGHTS);
    }
}
END_TEST

START_TEST(options_that_are_set_win_and_milestones_move_with_the_epochs)
{
    ot_train_opts o = { .recipe = "resnet20-v1", .lr = 0.5, .epochs = 20 };
    ck_ok(ot_recipe_apply(&o));
    ck_assert(o.lr == 0.5 && o.epochs == 20 && o.momentum == 0.9);
    ck_assert_int_eq(o.milestones.n, 2);
    ck_assert_int_eq(o.milestones.value[0], 10);
    ck_assert_int_eq(o.milestones.value[1], 15);
    o = (ot_train_opts){ .recipe = "resnet20-v1", .epochs = 20, .milestones = { 1, { 7 } } };
    ck_ok(ot_recipe_apply(&o));
    ck_assert(o.milestones.n == 1 && o.milestones.value[0] == 7);
}
END_TEST

START_TEST(an_unknown_recipe_is_answered_with_the_nearest)
{
    ck_status(ot_recipe_apply(&(ot_train_opts){ .recipe = "resnet20-v3" }), OT_EINVAL);
    ck_assert_ptr_nonnull(strstr(ot_message(), "resnet20-v1"));
}
END_TEST

TCase *recipe_case(void)
{
    TCase *c = tcase_create("recipe");
    tcase_add_test(c, every_recipe_names_options_of_a_training_and_passes_their_checks);
    tcase_add_test(c, the_recipe_of_resnet20_is_the_published_one);
    tcase_add_test(c, the_recipe_of_revnet_decays_weights_alone);
    tcase_add_test(c, options_that_are_set_win_and_milestones_move_with_the_epochs);
    tcase_add_test(c, an_unknown_recipe_is_answered_with_the_nearest);
    return c;
}
