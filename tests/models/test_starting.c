/* SPDX-License-Identifier: BSD-3-Clause
 * How parts with weights of their own kind start, and which rules their parameters have: Fixup,
 * RepVGG, symmetric layers and highways. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/cases.h"

static ot_params *params_of(const ot_net_opts *o, ot_net **net)
{
    ot_params *ps = NULL;
    ck_ok(ot_net_new(o, net));
    ck_ok(ot_params_new(ot_net_tape(*net), &ps));
    ot_params_init(ps, 3);
    return ps;
}

/* The root mean square of a tensor, and its largest element. */
static double size_of(ot_params *ps, const char *name, double *largest)
{
    const int i = ot_params_find(ps, name);
    ck_assert_msg(i >= 0, "%s", name);
    const double *const w = ot_params_value(ps, i, OT_F64);
    const size_t n = ot_params_elements(ps, i);
    double squares = 0;
    *largest = 0;
    for (size_t j = 0; j < n; j++) {
        squares += w[j] * w[j] / (double)n;
        *largest = fmax(*largest, fabs(w[j]));
    }
    return sqrt(squares);
}

#define WIDER                                                                                      \
    {                                                                                              \
        .blocks = "euler x1", .levels = "16,64:2", .down = "B"                                     \
    }
START_TEST(weights_start_as_published)
{
    static const struct {
        ot_net_opts opts;
        const char *name;
        double deviation, most; /* most: of an element; 0: no limit */
    } starts[] = {
        { { .system = "fixup20" }, "blocks.8.stages.0.conv1.weight", 0.0196419, 0 }, /* /sqrt(9) */
        { { .system = "fixup110" }, "blocks.53.stages.0.conv1.weight", 0.00801876, 0 },
        { { .system = "fixup20" }, "blocks.8.stages.0.conv2.weight", 0, 1e-30 },
        { { .system = "fixup20" }, "stem.conv.weight", 0.111111, 0.19245009 }, /* 1/sqrt(27) */
        { { .system = "fixup20" }, "head.fc.weight", 0, 1e-30 },
        { { .system = "repvgg" },
          "blocks.17.stages.0.rbr_dense.conv.weight",
          1 / sqrt(1728),
          1. / 24 },
        { { .system = "repvgg" }, "blocks.17.stages.0.rbr_1x1.conv.weight", 1 / sqrt(192), 1. / 8 },
        { { .system = "leapfrog-net" },
          "blocks.8.stages.0.conv.weight",
          0.0678831,
          0.154303350 }, /* 0.88 sqrt(2/336), and 2 sqrt(2/336) */
        { { .system = "leapfrog-net", .subnet = "sym(init=he)" },
          "blocks.8.stages.0.conv.weight",
          0.0445435,
          0 },
        { { .system = "leapfrog-net" }, "head.fc.weight", 0.088, 0.2 },
        /* sqrt(2 / inputs of a window), however many outputs there are */
        { { .blocks = "euler x1", .width = 64 }, "stem.conv.weight", 0.272166, 0 },
        { WIDER, "blocks.1.stages.0.conv1.weight", 0.117851, 0 },
        { WIDER, "blocks.1.stages.0.conv2.weight", 0.0589256, 0 },
        { WIDER, "blocks.1.down.conv.weight", 0.353553, 0 },
        { WIDER, "head.fc.weight", 0.176777, 0 },
        { { .blocks = "euler x1", .width = 64, .stem = "conv(fan=out)" },
          "stem.conv.weight",
          0.0589256,
          0 }, /* sqrt(2/576) */
        { { .blocks = "euler x1", .width = 64, .stem = "patch" },
          "stem.conv.weight",
          0.0833333,
          0.14433757 }, /* uniform within 1/sqrt(48) */
        { { .blocks = "euler x1", .width = 64, .stem = "patch" }, "stem.position", 0.0176, 0.04 },
        { { .blocks = "euler x1", .width = 64, .head = "norm-pool", .norm = "layer" },
          "head.fc.weight",
          0.0176,
          0.04 }, /* normal with 0.02, cut at 2 deviations */
        { { .system = "highway" }, "blocks.8.stages.0.gate.bias", 1, 1 },
    };
    double largest;
    ot_net *net = NULL;
    ot_params *const ps = params_of(&starts[_i].opts, &net);
    const double size = size_of(ps, starts[_i].name, &largest);
    ck_assert_msg(fabs(size - starts[_i].deviation) <= 0.04 * starts[_i].deviation,
                  "%s is %g large, not %g", starts[_i].name, size, starts[_i].deviation);
    if (starts[_i].most > 0) ck_assert_double_le(largest, starts[_i].most * (1 + 1e-6));
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

static bool contains(const char *name, const char *const words[])
{
    for (; *words; words++)
        if (strstr(name, *words)) return true;
    return false;
}

START_TEST(scalars_of_fixup_learn_at_a_tenth_of_the_rate)
{
    static const char *const slow[] = { "bias", "scale", NULL };
    ot_net *net = NULL;
    ot_params *const ps = params_of(&(ot_net_opts){ .system = "fixup20" }, &net);
    for (int i = 0; i < ot_params_count(ps); i++) {
        if (!ot_params_trained(ps, i)) continue;
        const ot_rule rule = ot_params_rule(ps, i);
        ck_assert_msg(rule.lr == (contains(ot_params_name(ps, i), slow) ? 0.1 : 0) ||
                          (rule.lr == 1 && !contains(ot_params_name(ps, i), slow)),
                      "%s has the factor %g", ot_params_name(ps, i), rule.lr);
        ck_assert(!rule.no_decay);
    }
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

START_TEST(norms_of_the_convolutions_of_repvgg_have_no_decay)
{
    static const char *const free_of_it[] = { "rbr_dense.bn", "rbr_1x1.bn", "rbr_identity.bias",
                                              NULL };
    ot_net *net = NULL;
    ot_params *const ps = params_of(&(ot_net_opts){ .system = "repvgg" }, &net);
    for (int i = 0; i < ot_params_count(ps); i++)
        if (ot_params_trained(ps, i))
            ck_assert_msg(ot_params_rule(ps, i).no_decay ==
                              contains(ot_params_name(ps, i), free_of_it),
                          "%s", ot_params_name(ps, i));
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

/* ---- the first steps of Fixup ---- */

/* Whether a parameter of two levels of two blocks has a gradient in this step, from 0. */
static bool learns(const char *name, int step)
{
    static const char *const second[] = {
        "stem.", "conv2", "bias2b", "head.bias2", "blocks.2.stages.0.bias1a", NULL
    };
    return step == 2 || strstr(name, "head.fc") || (step == 1 && contains(name, second));
}

static double largest_gradient(ot_params *ps, int i)
{
    const double *const g = ot_params_grad(ps, i, OT_F64);
    double largest = 0;
    for (size_t j = 0; j < ot_params_elements(ps, i); j++)
        largest = fmax(largest, fabs(g[j]));
    return largest;
}

static void take_step(ot_params *ps, int step)
{
    for (int i = 0; i < ot_params_count(ps); i++) {
        if (!ot_params_trained(ps, i)) continue;
        ck_assert_msg((largest_gradient(ps, i) > 0) == learns(ot_params_name(ps, i), step),
                      "step %d: %s has a gradient of %g", step, ot_params_name(ps, i),
                      largest_gradient(ps, i));
        const double *const g = ot_params_grad(ps, i, OT_F64);
        double *const w = ot_params_edit(ps, i, OT_F64);
        for (size_t j = 0; j < ot_params_elements(ps, i); j++)
            w[j] -= 0.1 * g[j];
    }
}

START_TEST(the_parameters_of_fixup_begin_to_learn_one_after_the_other)
{
    enum { BATCH = 4, IMAGE = 8, PIXELS = BATCH * IMAGE * IMAGE * 3 };
    ot_net *net = NULL;
    ot_program *p = NULL;
    ot_params *const ps = params_of(&(ot_net_opts){ .system = "fixup20",
                                                    .blocks = "euler x2",
                                                    .levels = "4,8:2",
                                                    .image = IMAGE,
                                                    .batch = BATCH },
                                    &net);
    ck_ok(ot_compile(ot_net_tape(net), ot_net_loss(net),
                     &(ot_compile_opts){ .dtype = OT_F64, .params = ps }, &p));
    double *const x = ot_program_input(p, ot_net_images(net));
    for (int j = 0; j < PIXELS; j++)
        x[j] = sin(0.9 + 0.31 * j);
    int32_t *const labels = ot_program_input(p, ot_net_labels(net));
    for (int i = 0; i < BATCH; i++)
        labels[i] = i;
    for (int step = 0; step < 3; step++) {
        ck_ok(ot_forward(p, BATCH));
        if (step == 0)
            ck_assert_double_eq_tol(*(const double *)ot_program_value(p, ot_net_loss(net)), log(10),
                                    1e-14);
        ck_ok(ot_backward(p, NULL, false));
        take_step(ps, step);
    }
    ot_program_free(p);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

TCase *starting_case(void)
{
    TCase *c = tcase_create("starting");
    tcase_add_loop_test(c, weights_start_as_published, 0, 20);
    tcase_add_test(c, scalars_of_fixup_learn_at_a_tenth_of_the_rate);
    tcase_add_test(c, norms_of_the_convolutions_of_repvgg_have_no_decay);
    tcase_add_test(c, the_parameters_of_fixup_begin_to_learn_one_after_the_other);
    return c;
}
