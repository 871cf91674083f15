/* SPDX-License-Identifier: BSD-3-Clause
 * Tests that files describe themselves: a network is built from a file alone, with every option of
 * the tables, even if a C program that passes no metadata has trained it. */
#include <string.h>

#include "base/option.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/small.h"

/* y = x + factor h f(x): a scheme of the user's whose attribute is written with a dot. */
static ot_state scaled_step(ot_block *b, ot_state in)
{
    const double *const factor = ot_block_attributes(b);
    const ot_var f = ot_block_eval(b, in.v[0], NULL);
    const ot_var y = ot_block_sum(b, in.v[0], 1, factor, &f, 1);
    return ot_state_of(1, &y);
}

static const double one = 1;
static const ot_option factor_row[] = {
    { .name = "factor", .kind = OT_OPTION_REAL, .least = 0, .most = 2 }, { 0 }
};
static const ot_scheme_kind scaled = { .about = { .name = "scaled",
                                                  .attributes = factor_row,
                                                  .size = sizeof(double),
                                                  .defaults = &one },
                                       .evaluations = 1,
                                       .flags = OT_SCHEME_STEP,
                                       .step = scaled_step };

/* A value other than the default for each option that a network of this kind may have. */
static const ot_net_opts nets[] = {
    { .blocks = "euler x1", .width = 4, .stem_stride = 2, .batch = 8 },
    { .blocks = "rk4 x1, heun2 x1", .width = 3, .subnet = "vgg", .block_relu = true, .batch = 8 },
    { .blocks = "rk4 x1", .width = 4, .output = OT_OUTPUT_LAST, .head = "pool", .batch = 8 },
    { .blocks = "heun2 x2", .width = 4, .step = OT_STEP_LEARNED, .step_clamp = true, .batch = 8 },
    { .blocks = "rk4 x1", .width = 4, .learn_tableau = true, .project_order = 2, .batch = 8 },
    { .blocks = "rk4 x1", .width = 4, .weights = OT_WEIGHTS_THETA, .image = 16, .batch = 8 },
    { .blocks = "euler x1", .width = 4, .channels = 1, .classes = 3, .batch = 8 },
    { .blocks = "dormand_prince54 x1",
      .width = 4,
      .weights = OT_WEIGHTS_SHARED,
      .step = OT_STEP_CONTROLLED,
      .control = { .tolerance = 0.5, .first = 0.25, .most_steps = 50 },
      .batch = 8 },
    { .blocks = "heun2 x1 + revnet(first=bare) x2 + lm x2",
      .levels = "4,6:2,8:2",
      .down = "connector",
      .stem = "conv-bn-relu",
      .head = "pool",
      .norm = "batch(eps=0.001,momentum=0.01)",
      .branch = "rezero",
      .batch = 8 },
    { .blocks = "scaled(factor=0.25) x2, euler x1", .width = 4, .h = 0.5, .batch = 8 },
};
enum { NETS = sizeof nets / sizeof nets[0] };

static void same_rows(const ot_option *row, const void *a, const void *b)
{
    char x[OT__OPTION_TEXT], y[OT__OPTION_TEXT];
    for (; row->name; row++) {
        ot__option_write(row, a, x, sizeof x);
        ot__option_write(row, b, y, sizeof y);
        ck_assert_msg(strcmp(x, y) == 0, "%s is %s and comes back as %s", row->name, x, y);
    }
}

START_TEST(a_network_that_is_saved_comes_back_with_all_its_options)
{
    ot_net *net = NULL, *back = NULL;
    ot_params *params = NULL, *read = NULL;
    const char *const path = in_folder("net.safetensors");
    const char *const note[][2] = { { "note", "from C" } };
    if (!ot_scheme_find("scaled")) ck_ok(ot_register_scheme(&scaled));
    ck_ok(ot_net_new(&nets[_i], &net));
    ck_ok(ot_params_new(ot_net_tape(net), &params));
    ot_params_init(params, 7);
    ck_ok(ot_net_save(net, params, path, 1, note));
    ck_ok(ot_net_open(path, 8, &back));
    same_rows(ot_net_rows, ot_net_options(net), ot_net_options(back));
    same_rows(ot_net_shape_rows, ot_net_options(net), ot_net_options(back));
    ck_ok(ot_params_new(ot_net_tape(back), &read));
    ck_ok(ot_params_load(read, path));
    ck_assert(same_values(params, read));
    ot_params_free(read);
    ot_params_free(params);
    ot_net_free(back);
    ot_net_free(net);
}
END_TEST

START_TEST(checkpoints_of_a_training_from_c_say_what_was_trained_and_how)
{
    small s = small_new();
    ot_train_result result;
    ot_train_opts read = { 0 };
    ot_net *net = NULL;
    char *newest = NULL;
    ot_run *run = NULL;
    ck_ok(ot_run_open(in_folder(""), &run));
    s.opts.run = run;
    s.opts.milestones = (ot_int_list){ .n = -1 };
    ck_ok(ot_train(&s.opts, &result));
    ck_ok(ot_train_save(&s.opts, "mine.safetensors", 0, NULL));
    ck_ok(ot_run_newest(run, NULL, NULL, &newest));
    const char *const files[] = { newest, in_folder("mine.safetensors") };
    ot_train_defaults(&s.opts);
    for (int i = 0; i < 2; i++) {
        ck_ok(ot_net_open(files[i], 0, &net));
        same_rows(ot_net_rows, ot_net_options(s.net), ot_net_options(net));
        ot_net_free(net);
        read = (ot_train_opts){ .flip = false };
        ck_ok(ot_train_read(files[i], &read));
        same_rows(ot_train_rows, &s.opts, &read);
    }
    free(newest);
    ot_run_close(run);
    small_free(&s);
}
END_TEST

START_TEST(a_file_without_a_description_is_refused_by_its_name)
{
    few f = few_new(3);
    ot_net *net = NULL;
    const char *const path = in_folder("plain.safetensors");
    ck_ok(ot_params_save(f.params, path, 0, NULL));
    ck_status(ot_net_open(path, 0, &net), OT_EFORMAT);
    ck_assert(strstr(ot_message(), "plain.safetensors") && strstr(ot_message(), "net"));
    ck_assert_ptr_null(net);
    few_free(f);
}
END_TEST

TCase *described_case(void)
{
    TCase *c = tcase_create("described");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, a_network_that_is_saved_comes_back_with_all_its_options, 0, NETS);
    tcase_add_test(c, checkpoints_of_a_training_from_c_say_what_was_trained_and_how);
    tcase_add_test(c, a_file_without_a_description_is_refused_by_its_name);
    return c;
}
