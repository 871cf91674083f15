/* SPDX-License-Identifier: BSD-3-Clause */
#include "api/misuse.h"

static ot_net *net, *other;
static ot_params *params, *others;
static ot_dataset *data;

static void build(void)
{
    ot_net_opts o = { .blocks = "euler x1", .width = 4, .stem_stride = 2, .batch = 8 };
    ck_ok(ot_net_new(&o, &net));
    ck_ok(ot_params_new(ot_net_tape(net), &params));
    o.width = 8;
    ck_ok(ot_net_new(&o, &other));
    ck_ok(ot_params_new(ot_net_tape(other), &others));
    ck_ok(ot_dataset_open("builtin", OT_SPLIT_TEST, &data));
}

static void discard(void)
{
    ot_dataset_free(data);
    ot_params_free(others);
    ot_net_free(other);
    ot_params_free(params);
    ot_net_free(net);
}

START_TEST(a_data_set_has_answers_outside_it)
{
    ot_dataset *d = NULL;
    ot_normalisation normal;
    REFUSES(ot_dataset_open(NULL, OT_SPLIT_TEST, &d), "NULL");
    REFUSES(ot_dataset_open("builtin", (ot_split)7, &d), "split");
    REFUSES(ot_dataset_open("builtin", OT_SPLIT_TEST, NULL), "NULL");
    const int32_t label = 3;
    const uint8_t pixel = 7;
    ot_dataset_desc desc = { 1, 1, 1, 1, 4, NULL, &pixel, &label, { 0 } };
    REFUSES(ot_dataset_new(NULL, &d), "NULL");
    REFUSES(ot_dataset_new(&desc, NULL), "NULL");
    desc.classes = 3;
    REFUSES(ot_dataset_new(&desc, &d), "image 0 has label 3");
    GIVES(ot_source_at(-1) == NULL && ot_source_at(1 << 30) == NULL);
    GIVES(ot_dataset_height(NULL) == 0 && ot_dataset_width(NULL) == 0);
    GIVES(ot_dataset_channels(NULL) == 0);
    SURVIVES(ot_dataset_free(NULL));
    GIVES(ot_dataset_count(NULL) == 0);
    GIVES(ot_dataset_classes(NULL) == 0);
    GIVES(ot_dataset_class_name(data, 99) == NULL && ot_dataset_class_name(NULL, 0) == NULL);
    GIVES(ot_dataset_image(data, -1) == NULL && ot_dataset_image(NULL, 0) == NULL);
    GIVES(ot_dataset_label(data, 1 << 30) == -1 && ot_dataset_label(NULL, 0) == -1);
    GIVES(ot_dataset_bytes(NULL) == 0);
    GIVES(strlen(ot_dataset_fingerprint(NULL)) == 0);
    REFUSES(ot_dataset_normalisation(NULL, &normal), "NULL");
    REFUSES(ot_dataset_normalisation(data, NULL), "NULL");
    REFUSES(ot_dataset_save(NULL, "x", OT_SPLIT_TEST), "NULL");
    REFUSES(ot_dataset_save(data, NULL, OT_SPLIT_TEST), "NULL");
    REFUSES(ot_dataset_save(data, "x", (ot_split)7), "split");
    REFUSES(ot_dataset_save_all(NULL, data, "x"), "NULL");
    REFUSES(ot_dataset_save_all(data, NULL, "x"), "NULL");
    REFUSES(ot_dataset_save_all(data, data, NULL), "NULL");
}
END_TEST

static ot_status loader(ot_loader_opts o)
{
    ot_loader *l = NULL;
    const ot_status status = ot_loader_new(data, &o, &l);
    ot_loader_free(l);
    return status;
}

START_TEST(a_loader_refuses_options_out_of_range)
{
    ot_loader *l = NULL;
    static float x[8 * 32 * 32 * 3];
    int32_t labels[8];
    REFUSES(ot_loader_new(NULL, NULL, &l), "NULL");
    REFUSES(ot_loader_new(data, NULL, NULL), "NULL");
    REFUSES(loader((ot_loader_opts){ .batch = -1 }), "batch");
    REFUSES(loader((ot_loader_opts){ .crop_pad = -1 }), "crop");
    REFUSES(loader((ot_loader_opts){ .cutout = -1 }), "cutout");
    REFUSES(loader((ot_loader_opts){ .crop_fill = (ot_crop_fill)7 }), "fill");
    REFUSES(loader((ot_loader_opts){ .validation = -1 }), "held out");
    REFUSES(loader((ot_loader_opts){ .held_out = true }), "held-out");
    REFUSES(loader((ot_loader_opts){ .policy = (ot_policy)9 }), "policy");
    REFUSES(loader((ot_loader_opts){ .mixup = -1 }), "mixup");
    REFUSES(loader((ot_loader_opts){ .mixup = 0.2, .batch = 1 }), "batch");
    ck_ok(ot_loader_new(data, &(ot_loader_opts){ .batch = 8 }, &l));
    SURVIVES(ot_loader_free(NULL));
    SURVIVES(ot_loader_epoch(NULL, 1));
    GIVES(ot_loader_batches(NULL) == 0);
    GIVES(ot_loader_fill(l, -1, x, labels) == 0 && ot_loader_fill(NULL, 0, x, labels) == 0);
    GIVES(ot_loader_fill(l, 1 << 30, x, labels) == 0);
    GIVES(ot_loader_fill(l, 0, NULL, labels) == 0 && ot_loader_fill(l, 0, x, NULL) == 0);
    GIVES(ot_loader_fill_mixed(NULL, 0, x, labels, labels, x) == 0);
    GIVES(ot_loader_fill_mixed(l, -1, x, labels, labels, x) == 0);
    GIVES(ot_loader_fill_mixed(l, 0, x, labels, NULL, x) == 0);
    GIVES(ot_loader_fill_mixed(l, 0, x, labels, labels, NULL) == 0);
    ot_loader_free(l);
    REFUSES(ot_data_sheet(NULL, NULL, 0, 1, 1, "x.png"), "NULL");
    REFUSES(ot_data_sheet(data, NULL, 0, 0, 1, "x.png"), "rows");
    REFUSES(ot_data_sheet(data, NULL, 0, 1, -1, "x.png"), "columns");
    REFUSES(ot_data_sheet(data, NULL, 0, 1, 1, NULL), "NULL");
}
END_TEST

START_TEST(importing_and_writing_sets_refuses_wrong_arguments)
{
    ot_dataset *train = NULL, *test = NULL;
    ot_duplicate found;
    int n;
    const ot_import_opts none = { 0 }, good = { .height = 1, .width = 1 };
    REFUSES(ot_dataset_import(NULL, &good, &train, &test), "NULL");
    REFUSES(ot_dataset_import(".", NULL, &train, &test), "NULL");
    REFUSES(ot_dataset_import(".", &good, NULL, &test), "NULL");
    REFUSES(ot_dataset_import(".", &good, &train, NULL), "NULL");
    REFUSES(ot_dataset_import(".", &none, &train, &test), "height");
    const char *const path[] = { NULL };
    REFUSES(ot_dataset_read(1, NULL, &good, 2, &test), "NULL");
    REFUSES(ot_dataset_read(0, path, &good, 2, &test), "number of images");
    REFUSES(ot_dataset_read(1, path, NULL, 2, &test), "NULL");
    REFUSES(ot_dataset_read(1, path, &none, 2, &test), "height");
    REFUSES(ot_dataset_read(1, path, &good, 0, &test), "classes");
    REFUSES(ot_dataset_read(1, path, &good, 2, &test), "path");
    REFUSES(ot_dataset_read(1, path, &good, 2, NULL), "NULL");
    REFUSES(ot_dataset_write(NULL, data, "x"), "NULL");
    REFUSES(ot_dataset_write(data, NULL, "x"), "NULL");
    REFUSES(ot_dataset_write(data, data, NULL), "NULL");
    REFUSES(ot_dataset_duplicates(NULL, data, 1, &found, &n), "NULL");
    REFUSES(ot_dataset_duplicates(data, NULL, 1, &found, &n), "NULL");
    REFUSES(ot_dataset_duplicates(data, data, 1, NULL, &n), "NULL");
    REFUSES(ot_dataset_duplicates(data, data, -1, &found, &n), "-1");
    REFUSES(ot_dataset_duplicates(data, data, 1, &found, NULL), "NULL");
}
END_TEST

static ot_status optimiser(ot_optimiser_opts opts)
{
    ot_optimiser *o = NULL;
    return ot_optimiser_new(params, OT_F32, &opts, &o);
}

START_TEST(an_optimiser_refuses_what_it_cannot_move)
{
    ot_optimiser *o = NULL;
    REFUSES(ot_optimiser_new(NULL, OT_F32, NULL, &o), "NULL");
    REFUSES(ot_optimiser_new(params, OT_F32, NULL, NULL), "NULL");
    REFUSES(ot_optimiser_new(params, (ot_dtype)5, NULL, &o), "dtype");
    REFUSES(ot_optimiser_new(params, OT_F32, NULL, &o), "gradient");
    REFUSES(optimiser((ot_optimiser_opts){ .momentum = NAN }), "momentum");
    REFUSES(optimiser((ot_optimiser_opts){ .momentum = 1 }), "momentum");
    REFUSES(optimiser((ot_optimiser_opts){ .weight_decay = -1 }), "weight decay");
    REFUSES(optimiser((ot_optimiser_opts){ .clip_norm = -1 }), "clip");
    REFUSES(optimiser((ot_optimiser_opts){ .clamp = -1 }), "clamp");
    REFUSES(optimiser((ot_optimiser_opts){ .name = "sdg" }), "sgd");
    SURVIVES(ot_optimiser_free(NULL));
    SURVIVES(ot_optimiser_step(NULL, 0.1));
    GIVES(ot_optimiser_bytes(NULL) == 0);
}
END_TEST

START_TEST(tables_of_trainings_are_checked)
{
    REFUSES(ot_register_optimiser(NULL), "NULL");
    REFUSES(ot_register_schedule(NULL), "NULL");
    REFUSES(ot_register_optimiser(&(ot_optimiser_kind){ .about.name = "o" }), "step_f32");
    REFUSES(ot_register_schedule(&(ot_schedule_kind){ .about.name = "s" }), "rate");
    GIVES(!ot_optimiser_kind_at(-1) && !ot_optimiser_kind_at(10000));
    GIVES(!ot_schedule_kind_at(-1) && !ot_schedule_kind_at(10000));
}
END_TEST

START_TEST(recipes_that_do_not_exist_are_refused)
{
    REFUSES(ot_recipe_apply(NULL), "NULL");
    REFUSES(ot_recipe_apply(&(ot_train_opts){ .recipe = "resnet21-v1" }), "did you mean");
    REFUSES(ot_train_settle(NULL, NULL, NULL), "NULL");
    REFUSES(ot_train_settle(&(ot_train_opts){ .crop_fill = (ot_crop_fill)-1 }, NULL, NULL),
            "crop-fill is -1");
    REFUSES(ot_train_settle(
                &(ot_train_opts){ .schedule = "cosine", .milestones.n = OT_INT_LIST_MOST + 1 },
                NULL, NULL),
            "milestones is 0,0");
    GIVES(!ot_recipe_at(-1) && !ot_recipe_at(10000));
    GIVES(!ot_recipe_find(NULL) && !ot_recipe_find(""));
}
END_TEST

static ot_status train(ot_train_opts o)
{
    o.net = net;
    if (!o.params) o.params = params;
    o.train = o.test = data;
    if (o.epochs == 0) o.epochs = 1;
    return ot_train(&o, NULL);
}

START_TEST(a_training_refuses_options_out_of_range)
{
    REFUSES(ot_train(NULL, NULL), "options");
    REFUSES(ot_train(&(ot_train_opts){ .epochs = 1 }, NULL), "network");
    REFUSES(train((ot_train_opts){ .params = others }), "another");
    REFUSES(train((ot_train_opts){ .epochs = -1 }), "epochs");
    REFUSES(train((ot_train_opts){ .batch = -1 }), "batch");
    REFUSES(train((ot_train_opts){ .lr = NAN }), "rate");
    REFUSES(train((ot_train_opts){ .lr = -1 }), "rate");
    REFUSES(train((ot_train_opts){ .momentum = NAN }), "momentum");
    REFUSES(train((ot_train_opts){ .weight_decay = -1 }), "weight decay");
    REFUSES(train((ot_train_opts){ .decay = NAN }), "decay");
    REFUSES(train((ot_train_opts){ .milestones.n = OT_INT_LIST_MOST + 1 }), "milestones");
    REFUSES(train((ot_train_opts){ .milestones.n = -2 }), "milestones");
    REFUSES(train((ot_train_opts){ .milestones = { 2, { 2, 1 } } }), "milestone 1");
    REFUSES(train((ot_train_opts){ .policy = (ot_policy)-1 }), "policy");
    REFUSES(train((ot_train_opts){ .crop_pad = -1 }), "crop");
    REFUSES(train((ot_train_opts){ .tier = (ot_tier)9 }), "tier");
    REFUSES(train((ot_train_opts){ .crop_fill = (ot_crop_fill)-1 }), "fill");
    REFUSES(train((ot_train_opts){ .validation = 1 << 30 }), "held out");
    REFUSES(train((ot_train_opts){ .average = 1 }), "average");
    REFUSES(train((ot_train_opts){ .average = NAN }), "average");
    REFUSES(train((ot_train_opts){ .max_seconds = NAN }), "seconds");
    REFUSES(train((ot_train_opts){ .keep = -1 }), "checkpoints");
    REFUSES(train((ot_train_opts){ .n_metadata = 1 }), "metadata");
    REFUSES(train((ot_train_opts){ .sync = (ot_sync)9 }), "sync");
}
END_TEST

START_TEST(a_process_alone_is_the_only_one)
{
    int number = 5;
    REFUSES(ot_processes_copy(NULL, 1), "NULL");
    ck_assert_int_eq(ot_processes_join(), OT_OK);
    ck_assert_int_eq(ot_processes_copy(&number, sizeof number), OT_OK);
    ot_processes_end(false, 0);
    GIVES(number == 5 && ot_processes_rank() == 0 && ot_processes_count() == 1);
    GIVES(ot_processes_report() && ot_processes_module() && !*ot_processes_text());
}
END_TEST

START_TEST(an_evaluation_refuses_what_does_not_belong_together)
{
    ot_eval_result r;
    REFUSES(ot_evaluate(NULL, params, data, 8, OT_TIER_DEFAULT, &r), "network");
    REFUSES(ot_evaluate(net, others, data, 8, OT_TIER_DEFAULT, &r), "another");
    REFUSES(ot_evaluate(net, params, data, -1, OT_TIER_DEFAULT, &r), "batch");
    REFUSES(ot_evaluate(net, params, data, 8, (ot_tier)9, &r), "tier");
    REFUSES(ot_evaluate(net, params, data, 8, OT_TIER_DEFAULT, NULL), "result");
    int32_t classes[1];
    REFUSES(ot_predict(NULL, params, data, 8, OT_TIER_DEFAULT, classes, NULL), "network");
    REFUSES(ot_predict(net, others, data, 8, OT_TIER_DEFAULT, classes, NULL), "another");
    REFUSES(ot_predict(net, params, NULL, 8, OT_TIER_DEFAULT, classes, NULL), "data set");
    REFUSES(ot_predict(net, params, data, -1, OT_TIER_DEFAULT, classes, NULL), "batch");
    const ot_predictions out = { .classes = classes };
    REFUSES(ot_predict_into(NULL, params, data, 8, OT_TIER_DEFAULT, &out), "network");
    REFUSES(ot_predict_into(net, others, data, 8, OT_TIER_DEFAULT, &out), "another");
    REFUSES(ot_predict_into(net, params, data, 8, OT_TIER_DEFAULT, NULL), "results");
}
END_TEST

static ot_status landscape(ot_landscape_opts o)
{
    ot_landscape *l = NULL;
    if (!o.params) o.params = params;
    o.net = net;
    o.data = data;
    o.journal = "/nonexistent/points.jsonl";
    const ot_status status = ot_landscape_new(&o, &l);
    ot_landscape_free(l);
    return status;
}

START_TEST(a_landscape_refuses_what_it_cannot_draw)
{
    ot_direction *d = NULL, *foreign = NULL;
    ot_trajectory *t = NULL;
    ot_landscape *l = NULL;
    REFUSES(ot_direction_random(NULL, OT_NORM_FILTER, 1, 0, &d), "NULL");
    REFUSES(ot_direction_random(params, (ot_norm)9, 1, 0, &d), "norm");
    REFUSES(ot_direction_random(params, OT_NORM_FILTER, 1, 0, NULL), "NULL");
    REFUSES(ot_direction_towards(NULL, params, &d), "NULL");
    REFUSES(ot_direction_towards(params, NULL, &d), "NULL");
    GIVES(ot_direction_towards(params, others, &d) == OT_ESHAPE);
    ck_ok(ot_direction_random(params, OT_NORM_FILTER, 1, 0, &d));
    ck_ok(ot_direction_random(others, OT_NORM_FILTER, 1, 0, &foreign));
    SURVIVES(ot_direction_free(NULL));
    GIVES(ot_direction_at(d, -1, 0) == 0 && ot_direction_at(NULL, 0, 0) == 0);
    GIVES(ot_direction_dot(NULL, d) == 0);
    SURVIVES(ot_trajectory_free(NULL));
    REFUSES(ot_trajectory_new(NULL, 3, NULL, &t), "NULL");
    REFUSES(ot_trajectory_new(net, 2, NULL, &t), "");
    REFUSES(ot_trajectory_new(net, 3, NULL, &t), "NULL");
    REFUSES(ot_landscape_new(NULL, &l), "");
    REFUSES(landscape((ot_landscape_opts){ .n_axes = 0 }), "axes");
    REFUSES(landscape((ot_landscape_opts){ .n_axes = 1 }), "axis");
    REFUSES(landscape((ot_landscape_opts){ .n_axes = 1, .axis = { { d, NAN, 1, 3 } } }), "axis");
    REFUSES(landscape((ot_landscape_opts){ .n_axes = 1, .axis = { { d, -1, 1, 0 } } }), "");
    REFUSES(landscape((ot_landscape_opts){ .n_axes = 1, .axis = { { d, -1, 1, 3 } }, .bn = 9 }),
            "");
    REFUSES(landscape(
                (ot_landscape_opts){ .n_axes = 1, .axis = { { d, -1, 1, 3 } }, .params = others }),
            "another");
    GIVES(landscape((ot_landscape_opts){ .n_axes = 1, .axis = { { foreign, -1, 1, 3 } } }) !=
          OT_OK);
    SURVIVES(ot_landscape_free(NULL));
    REFUSES(ot_landscape_save(NULL, "."), "NULL");
    ot_direction_free(foreign);
    ot_direction_free(d);
}
END_TEST

TCase *trainings_case(void)
{
    TCase *c = tcase_create("trainings");
    tcase_add_checked_fixture(c, build, discard);
    tcase_add_test(c, a_data_set_has_answers_outside_it);
    tcase_add_test(c, a_loader_refuses_options_out_of_range);
    tcase_add_test(c, importing_and_writing_sets_refuses_wrong_arguments);
    tcase_add_test(c, an_optimiser_refuses_what_it_cannot_move);
    tcase_add_test(c, tables_of_trainings_are_checked);
    tcase_add_test(c, recipes_that_do_not_exist_are_refused);
    tcase_add_test(c, a_training_refuses_options_out_of_range);
    tcase_add_test(c, a_process_alone_is_the_only_one);
    tcase_add_test(c, an_evaluation_refuses_what_does_not_belong_together);
    tcase_add_test(c, a_landscape_refuses_what_it_cannot_draw);
    return c;
}
