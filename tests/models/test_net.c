/* SPDX-License-Identifier: BSD-3-Clause
 * Parameter counts, names and initial values of networks. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "models/cases.h"

static ot_net *new_net(ot_net_opts opts)
{
    ot_net *net = NULL;
    ck_ok(ot_net_new(&opts, &net));
    return net;
}

/* The paper's counts (18 = 16 convs + stem + linear layer ...): 64-wide convs, the stem's conv, the
 * linear layer, and two numbers per channel for each batch norm inside the blocks.  Verner 8(9)
 * evaluates 14 stages, 28 convs. */
static const struct {
    const char *blocks;
    int convs;
    size_t params;
} counts[] = {
    { "euler x4", 8, 298314 },    { "midpoint x2", 8, 298314 },   { "rk4 x1", 8, 298314 },
    { "euler x8", 16, 594250 },   { "midpoint x4", 16, 594250 },  { "rk4 x2", 16, 594250 },
    { "rk4 x3", 24, 890186 },     { "euler x14", 28, 1038154 },   { "verner89 x1", 28, 1038154 },
    { "euler x28", 56, 2073930 }, { "verner89 x2", 56, 2073930 }, { "rk4 x10", 80, 2961738 },
    { "euler x42", 84, 3109706 }, { "verner89 x3", 84, 3109706 },
};

START_TEST(parameter_counts_are_the_papers)
{
    ot_net *net = new_net((ot_net_opts){ .blocks = counts[_i].blocks, .head = "pool" });
    ot_net_info info = ot_net_describe(net);
    ck_assert_uint_eq(info.params, counts[_i].params);
    ck_assert_int_eq(info.convs, counts[_i].convs);
    ck_assert_uint_eq(info.head_bn, 0);
    ot_net_free(net);
    net = new_net((ot_net_opts){ .blocks = counts[_i].blocks });
    info = ot_net_describe(net);
    ck_assert_uint_eq(info.params, counts[_i].params + 128);
    ck_assert_uint_eq(info.head_bn, 128);
    ot_net_free(net);
}
END_TEST

START_TEST(parameters_have_the_names_pytorch_users_expect)
{
    static const char *const expected[] = {
        "stem.conv.weight",
        "blocks.0.stages.0.bn1.weight",
        "blocks.0.stages.3.bn2.running_mean",
        "blocks.1.stages.2.conv2.weight",
        "head.bn.running_var",
        "head.fc.weight",
        "head.fc.bias",
    };
    ot_net *net = new_net((ot_net_opts){ .blocks = "rk4x2", .width = 4 });
    ot_params *ps = NULL;
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        ck_assert_msg(ot_params_find(ps, expected[i]) >= 0, "%s is missing", expected[i]);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

/* A scheme that evaluates f on halves of the channels gets twice as many; then only the tensors of
 * f can be compared, and numbers of the scheme's own have no partner. */

/* The tensor of an Euler network whose initial values a tensor of another network must have:
 * blocks.b.stages.i.rest -> blocks.(b*s+i).stages.0.rest */
static void euler_name(const char *name, int s, char *text, size_t size)
{
    int b, i, rest = 0;
    if (sscanf(name, "blocks.%d.stages.%d.%n", &b, &i, &rest) == 2)
        snprintf(text, size, "blocks.%d.stages.0.%s", b * s + i, name + rest);
    else
        snprintf(text, size, "%s", name);
}

/* Whether evaluations of a block share a set of weights, as the scheme says. */
static bool shares_weights(const ot_params *ps)
{
    bool shares = false;
    for (int i = 0; i < ot_params_count(ps); i++)
        shares = shares || strstr(ot_params_name(ps, i), ".sets.");
    return shares;
}

START_TEST(every_scheme_starts_from_the_weights_of_as_many_eulers)
{
    const ot_scheme *scheme = ot_scheme_at(_i);
    const int s = ot_scheme_evaluations(scheme);
    if (ot_scheme_table(scheme)->flags & OT_SCHEME_OWN_F) return; /* it has no sub-net */
    const bool halves = ot_scheme_table(scheme)->flags & OT_SCHEME_EVEN;
    char blocks[64], eulers[64];
    snprintf(blocks, sizeof blocks, "%s x2", ot_scheme_name(scheme));
    snprintf(eulers, sizeof eulers, "euler x%d", 2 * s);
    ot_net *net = new_net((ot_net_opts){ .blocks = blocks, .width = halves ? 6 : 3 });
    ot_net *euler = new_net((ot_net_opts){ .blocks = eulers, .width = 3 });
    int compared = 0;
    ot_params *a = NULL, *b = NULL;
    ck_ok(ot_params_new(ot_net_tape(net), &a));
    ck_ok(ot_params_new(ot_net_tape(euler), &b));
    ot_params_init(a, 3);
    ot_params_init(b, 3);
    if (ot_scheme_tableau(scheme)) ck_assert_int_eq(ot_params_count(a), ot_params_count(b));
    for (int i = 0; i < ot_params_count(a); i++) {
        char name[128];
        if (!ot_scheme_tableau(scheme) && !strstr(ot_params_name(a, i), ".stages.")) continue;
        euler_name(ot_params_name(a, i), s, name, sizeof name);
        const int j = ot_params_find(b, name);
        ck_assert_msg(j >= 0, "%s has no partner %s", ot_params_name(a, i), name);
        ck_assert_mem_eq(ot_params_value(a, i, OT_F32), ot_params_value(b, j, OT_F32),
                         ot_params_elements(a, i) * sizeof(float));
        compared++;
    }
    /* Ten tensors in each evaluation of f; without shared weights all are its own. */
    ck_assert_int_ge(compared, shares_weights(a) ? 8 * s : 20 * s);
    ot_params_free(a);
    ot_params_free(b);
    ot_net_free(net);
    ot_net_free(euler);
}
END_TEST

START_TEST(evaluations_start_from_different_weights)
{
    ot_net *net = new_net((ot_net_opts){ .blocks = "rk4", .width = 3 });
    ot_params *ps = NULL;
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    const int a = ot_params_find(ps, "blocks.0.stages.0.conv1.weight");
    const int b = ot_params_find(ps, "blocks.0.stages.1.conv1.weight");
    const int c = ot_params_find(ps, "blocks.0.stages.0.conv2.weight");
    const size_t bytes = ot_params_elements(ps, a) * sizeof(float);
    ck_assert_mem_ne(ot_params_value(ps, a, OT_F32), ot_params_value(ps, b, OT_F32), bytes);
    ck_assert_mem_ne(ot_params_value(ps, a, OT_F32), ot_params_value(ps, c, OT_F32), bytes);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

START_TEST(options_have_defaults_and_shapes_follow_them)
{
    ot_net *net = new_net((ot_net_opts){ .blocks = "euler" });
    const ot_net_opts *o = ot_net_options(net);
    ck_assert_str_eq(o->blocks, "euler x1");
    ck_assert_str_eq(o->subnet, "preact");
    ck_assert(o->width == 64 && o->stem_stride == 1 && o->image == 32 && o->classes == 10);
    ck_assert_int_eq(ot_var_shape(ot_net_tape(net), ot_net_images(net)).dim[3], 3);
    ck_assert_int_eq(ot_var_shape(ot_net_tape(net), ot_net_logits(net)).dim[1], 10);
    ck_assert_int_eq(ot_var_shape(ot_net_tape(net), ot_net_loss(net)).rank, 0);
    ot_net_free(net);
}
END_TEST

static const struct {
    ot_net_opts opts;
    const char *sentence;
} bad[] = {
    { { .blocks = NULL }, "no blocks" },
    { { .blocks = "rk44" }, "rk4" },
    { { .blocks = "rk4", .subnet = "preakt" }, "preact" },
    { { .blocks = "rk4", .width = -1 }, "width" },
    { { .blocks = "rk4", .stem_stride = 3 }, "stem stride" },
    { { .blocks = "rk4", .image = 5000 }, "image size" },
    { { .blocks = "rk4", .classes = 1 }, "classes" },
    { { .blocks = "rk4", .batch = -5 }, "batch" },
    { { .blocks = "rk4", .channels = -5 }, "channels" },
    { { .blocks = "rk4", .width = 4096, .image = 1024, .batch = 1024 }, "elements" },
};

START_TEST(options_out_of_range_are_refused_with_a_sentence)
{
    ot_net *net = NULL;
    const ot_status status = ot_net_new(&bad[_i].opts, &net);
    ck_assert(status == OT_EINVAL || status == OT_ESHAPE);
    ck_assert_ptr_null(net);
    ck_assert_msg(strstr(ot_message(), bad[_i].sentence) != NULL, "%s", ot_message());
}
END_TEST

static const ot_net_opts built[] = {
    { .blocks = "midpoint" },
    { .blocks = "revnet(first=bare) + midpoint",
      .levels = "4,6:2",
      .norm = "batch(eps=1e-3)",
      .branch = "rezero",
      .down = "P",
      .stem = "conv-bn-relu",
      .head = "pool" },
};

START_TEST(building_survives_every_failed_allocation)
{
    for (long n = 1;; n++) {
        ot_net *net = NULL;
        ot__fail_allocation(n, n % 2 == 0);
        const ot_status status = ot_net_new(&built[_i], &net);
        ot__fail_allocation(0, 0);
        ot_net_free(net);
        if (status == OT_OK) break;
        ck_assert_msg(status == OT_ENOMEM, "allocation %ld: %s", n, ot_message());
        ck_assert_int_lt(n, 5000);
    }
}
END_TEST

START_TEST(an_image_smaller_than_the_window_is_pooled_whole)
{
    ot_net_free(new_net((ot_net_opts){
        .blocks = "euler", .levels = "2,2:2,2:2", .down = "maxpool", .image = 4, .batch = 2 }));
}
END_TEST

TCase *net_case(void)
{
    TCase *c = tcase_create("net");
    tcase_add_loop_test(c, parameter_counts_are_the_papers, 0,
                        (int)(sizeof counts / sizeof counts[0]));
    tcase_add_test(c, parameters_have_the_names_pytorch_users_expect);
    tcase_add_loop_test(c, every_scheme_starts_from_the_weights_of_as_many_eulers, 0,
                        ot_scheme_count());
    tcase_add_test(c, evaluations_start_from_different_weights);
    tcase_add_test(c, options_have_defaults_and_shapes_follow_them);
    tcase_add_loop_test(c, options_out_of_range_are_refused_with_a_sentence, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(c, an_image_smaller_than_the_window_is_pooled_whole);
    tcase_add_loop_test(c, building_survives_every_failed_allocation, 0,
                        (int)(sizeof built / sizeof built[0]));
    return c;
}
