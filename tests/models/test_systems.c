/* SPDX-License-Identifier: BSD-3-Clause
 * Named systems and the parts they are made of: numbers of parameters, and properties that define a
 * part.  Scaled branches start as the identity, a scale of 1 changes no bit, and attention does not
 * see where a pixel is. */
#include <math.h>
#include <string.h>

#include "models/cases.h"
#include "models/passes.h"

/* ---- numbers of parameters ---- */

/* Published, or counted by hand. */
static const struct {
    const char *system;
    size_t params;
} systems[] = {
    { "resnet20-v1", 269722 },
    { "resnet20-v1-b", 272474 },
    { "resnet32-v1", 464154 },
    { "resnet44-v1", 658586 },
    { "resnet56-v1", 853018 },
    { "resnet110-v1", 1727962 },
    { "resnet20-v2", 269722 },
    { "resnet32-v2", 464154 },
    { "resnet44-v2", 658586 },
    { "resnet56-v2", 853018 },
    { "resnet110-v2", 1727962 },
    { "resnet164-v2", 1704778 },
    { "revnet-38", 464890 },
    { "revnet-110", 1729194 },
    { "lm-resnet20", 272384 },
    { "ab2", 269722 },
    { "polynet-poly2", 3962 + 291648 },
    { "polynet-mpoly2", 3962 + 2 * 291648 },
    { "polynet-way2", 3962 + 2 * 291648 },
    { "rezero-resnet", 272474 + 9 },
    { "layerscale-resnet", 269722 + 3 * (16 + 32 + 64) },
    { "skipinit", 269034 + 9 },
    { "vit-tiny-cifar", 12 * 444288 + 9408 + 12288 + 384 + 1930 },
};

START_TEST(a_system_has_the_published_number_of_parameters)
{
    ot_net *net = NULL;
    ck_ok(ot_net_new(&(ot_net_opts){ .system = systems[_i].system, .batch = 1 }, &net));
    ck_assert_msg(ot_net_describe(net).params == systems[_i].params, "%s: %zu parameters, not %zu",
                  systems[_i].system, ot_net_describe(net).params, systems[_i].params);
    ot_net_free(net);
}
END_TEST

START_TEST(every_system_is_a_network_and_says_what_it_is)
{
    const ot_system *const s = ot_system_at(_i);
    ot_net *net = NULL;
    ck_assert_ptr_eq(ot_system_find(s->name), s);
    ck_assert(s->summary && *s->summary && s->reference && *s->reference);
    ck_ok(ot_net_new(&(ot_net_opts){ .system = s->name, .batch = 1 }, &net));
    ck_assert_ptr_null(ot_net_options(net)->system);
    ot_net_free(net);
}
END_TEST

/* Parameters of one evaluation of f with 64 channels. */
static const struct {
    const char *subnet, *norm;
    size_t params;
} evaluations[] = {
    { "preact", "batch", 73984 },
    { "bottleneck", "batch", 4544 },
    { "mlp", "layer", 33216 },
    { "mlp(activation=gelu)", "batch", 33216 },
    { "attention", "layer", 16576 },
    { "attention(heads=4)", "group", 16576 },
    { "vit", "layer", 16576 + 33216 },
    { "bottleneck(expansion=2)", "tv", 13568 },
    { "preact", "tv(scale=false)", 73856 },
};

START_TEST(a_sub_net_has_the_known_number_of_parameters)
{
    const char *const subnet = evaluations[_i].subnet;
    const bool two = strcmp(subnet, "vit") == 0;
    pass p = pass_new(&(ot_net_opts){ .blocks = two ? "euler x2" : "euler",
                                      .subnet = subnet,
                                      .norm = evaluations[_i].norm,
                                      .image = 4,
                                      .batch = 1 },
                      OT_F64, 0);
    ck_assert_uint_eq(pass_count(&p, "blocks."), evaluations[_i].params);
    pass_free(&p);
}
END_TEST

/* ---- scaled branches ---- */

static const ot_net_opts small = {
    .blocks = "rk4, midpoint x2", .levels = "4,8:2", .image = 8, .batch = 3, .classes = 5
};

/* Networks whose blocks start as the identity, and the name of a scale of theirs. */
static const struct {
    ot_net_opts opts;
    const char *scale;
} identities[] = {
    { { .branch = "rezero" }, "blocks.1.stages.1.alpha" },
    { { .branch = "layerscale(start=0)" }, "blocks.1.stages.1.lambda" },
    { { .norm = "none", .step = OT_STEP_LEARNED_OUTPUT, .step_start = "0" }, "blocks.1.h" },
    { { .step = OT_STEP_CHANNEL, .step_start = "0" }, "blocks.1.h" },
};

static ot_net_opts identity(int i)
{
    ot_net_opts o = small;
    o.branch = identities[i].opts.branch;
    o.norm = identities[i].opts.norm;
    o.step = identities[i].opts.step;
    o.step_start = identities[i].opts.step_start;
    return o;
}

/* Copies the values of all parameters and statistics that both have. */
static void copy_values(const pass *from, const pass *to)
{
    const size_t size = from->dtype == OT_F64 ? sizeof(double) : sizeof(float);
    for (int i = 0; i < ot_params_count(to->params); i++) {
        const int k = ot_params_find(from->params, ot_params_name(to->params, i));
        if (k < 0) continue;
        memcpy(ot_params_edit(to->params, i, to->dtype),
               ot_params_value(from->params, k, from->dtype),
               size * ot_params_elements(to->params, i));
    }
}

/* Sets the last convolution of each evaluation to 0, so that f = 0. */
static void erase_f(const pass *p)
{
    for (int i = 0; i < ot_params_count(p->params); i++) {
        const char *const name = ot_params_name(p->params, i);
        if (!strstr(name, ".conv2.")) continue;
        const size_t size = p->dtype == OT_F64 ? sizeof(double) : sizeof(float);
        memset(ot_params_edit(p->params, i, p->dtype), 0, size * ot_params_elements(p->params, i));
    }
}

START_TEST(with_a_scale_of_zero_the_trunk_is_the_stem_to_the_bit)
{
    const ot_dtype dtype = _i % 2 ? OT_F32 : OT_F64;
    ot_net_opts o = identity(_i / 2);
    pass p = pass_new(&o, dtype, 5);
    o.branch = o.step_start = NULL;
    o.step = OT_STEP_FIXED;
    pass q = pass_new(&o, dtype, 5);
    copy_values(&p, &q);
    erase_f(&q);
    const double loss = pass_forward(&p), stem = pass_forward(&q);
    ck_assert_msg(loss == stem, "%.17g instead of %.17g", loss, stem);
    pass_free(&p);
    pass_free(&q);
}
END_TEST

/* At a scale of 0 its derivative is <g, f(x)>, by central differences, and not 0. */
START_TEST(a_scale_of_zero_has_a_gradient)
{
    const ot_net_opts o = identity(_i);
    pass p = pass_new(&o, OT_F64, 5);
    pass_forward(&p);
    pass_backward(&p);
    const double g = *pass_gradient(&p, identities[_i].scale), d = 1e-5;
    double *const scale = pass_edit(&p, identities[_i].scale);
    *scale = d;
    const double above = pass_forward(&p);
    *pass_edit(&p, identities[_i].scale) = -d;
    const double below = pass_forward(&p);
    ck_assert_double_gt(fabs(g), 1e-6);
    ck_assert_double_eq_tol((above - below) / (2 * d), g, 1e-7);
    pass_free(&p);
}
END_TEST

START_TEST(a_layer_scale_of_one_changes_no_bit)
{
    ot_net_opts o = small;
    const ot_dtype dtype = _i ? OT_F32 : OT_F64;
    const size_t size = _i ? sizeof(float) : sizeof(double);
    pass p = pass_new(&o, dtype, 2);
    o.branch = "layerscale(start=1)";
    pass q = pass_new(&o, dtype, 2);
    ck_assert(pass_forward(&p) == pass_forward(&q));
    pass_backward(&p);
    pass_backward(&q);
    for (int i = 0; i < ot_params_count(p.params); i++) {
        const char *const name = ot_params_name(p.params, i);
        const int k = pass_find(&q, name);
        if (!ot_params_trained(p.params, i)) continue;
        ck_assert_msg(memcmp(ot_params_grad(p.params, i, dtype), ot_params_grad(q.params, k, dtype),
                             size * ot_params_elements(p.params, i)) == 0,
                      "%s", name);
    }
    pass_free(&p);
    pass_free(&q);
}
END_TEST

/* Numbers that the published trainings leave out of weight decay. */
START_TEST(layer_scales_and_positions_have_no_weight_decay)
{
    static const char *const names[] = { "blocks.0.stages.0.lambda", "stem.position" };
    pass p = pass_new(&(ot_net_opts){ .blocks = "euler x2",
                                      .subnet = "vit",
                                      .stem = "patch",
                                      .branch = "layerscale",
                                      .width = 4,
                                      .image = 8,
                                      .batch = 1 },
                      OT_F64, 0);
    for (size_t i = 0; i < 2; i++)
        ck_assert(ot_params_rule(p.params, pass_find(&p, names[i])).no_decay);
    ck_assert(!ot_params_rule(p.params, pass_find(&p, "stem.conv.weight")).no_decay);
    pass_free(&p);
}
END_TEST

/* ---- attention ---- */

static const ot_net_opts vision = { .blocks = "euler x4",
                                    .subnet = "vit(heads=2)",
                                    .norm = "layer",
                                    .stem = "patch(size=1)",
                                    .head = "norm-pool",
                                    .width = 6,
                                    .image = 5,
                                    .batch = 2,
                                    .classes = 4 };

/* Exchanges the pixels of all images by a permutation. */
static void permute_pixels(const pass *p)
{
    enum { PIXELS = 25, CHANNELS = 3 };
    double before[2 * PIXELS * CHANNELS];
    double *const x = ot_program_input(p->program, ot_net_images(p->net));
    memcpy(before, x, sizeof before);
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < PIXELS; k++)
            memcpy(x + (i * PIXELS + k) * CHANNELS,
                   before + (i * PIXELS + 7 * k % PIXELS) * CHANNELS, CHANNELS * sizeof *x);
}

START_TEST(attention_does_not_see_where_a_pixel_is_without_position_numbers)
{
    pass p = pass_new(&vision, OT_F64, 3);
    /* Of the size of the images, so that their effect is one. */
    double *const position = pass_edit(&p, "stem.position");
    for (int j = 0; j < 25 * 6; j++)
        position[j] = _i ? sin(1.3 * j) : 0;
    const double loss = pass_forward(&p);
    permute_pixels(&p);
    const double permuted = pass_forward(&p);
    if (_i)
        ck_assert_double_gt(fabs(permuted - loss), 1e-5);
    else
        ck_assert_double_eq_tol(permuted, loss, 1e-13);
    pass_free(&p);
}
END_TEST

/* With q = 0 all weights are equal, so f(x) is the same in all pixels: y = f(x) and its mean over
 * the pixels of each image are one, and k does not matter. */
START_TEST(attention_without_queries_does_not_read_the_keys)
{
    ot_net_opts o = vision;
    o.blocks = "plain";
    o.subnet = "attention(heads=2)";
    pass p = pass_new(&o, OT_F64, 3);
    double *w = pass_edit(&p, "blocks.0.stages.0.qkv.weight");
    memset(w, 0, 6 * 6 * sizeof *w);
    const double loss = pass_forward(&p);
    w = pass_edit(&p, "blocks.0.stages.0.qkv.weight");
    for (int j = 0; j < 6 * 6; j++)
        w[6 * 6 + j] = 1e4 * sin(2.1 * j);
    ck_assert_double_eq_tol(pass_forward(&p), loss, 1e-14);
    pass_backward(&p);
    const double *const g = pass_gradient(&p, "blocks.0.stages.0.qkv.weight");
    for (int j = 0; j < 3 * 6 * 6; j++)
        ck_assert(isfinite(g[j]));
    pass_free(&p);
}
END_TEST

START_TEST(attention_with_logits_of_ten_thousand_is_finite)
{
    const ot_dtype dtype = _i ? OT_F32 : OT_F64;
    pass p = pass_new(&vision, dtype, 3);
    const int i = pass_find(&p, "blocks.0.stages.0.qkv.weight");
    for (int j = 0; j < 2 * 6 * 6; j++)
        ((double *)ot_params_edit(p.params, i, OT_F64))[j] = 50 * sin(1.7 * j);
    ck_assert(isfinite(pass_forward(&p)));
    pass_backward(&p);
    for (int j = 0; j < 3 * 6 * 6; j++)
        ck_assert(isfinite(_i ? ((const float *)ot_params_grad(p.params, i, OT_F32))[j]
                              : ((const double *)ot_params_grad(p.params, i, OT_F64))[j]));
    pass_free(&p);
}
END_TEST

/* The halves of vit by the number of the evaluation in the network. */
START_TEST(vit_alternates_over_the_whole_network)
{
    pass p = pass_new(
        &(ot_net_opts){
            .blocks = "kutta3 x2", .subnet = "vit", .width = 4, .image = 4, .batch = 1 },
        OT_F64, 0);
    char name[64];
    for (int e = 0; e < 6; e++) {
        snprintf(name, sizeof name, "blocks.%d.stages.%d.%s.weight", e / 3, e % 3,
                 e % 2 ? "fc1" : "qkv");
        pass_find(&p, name);
    }
    pass_free(&p);
}
END_TEST

/* ---- memory ---- */

static const ot_net_opts large[] = {
    { .system = "vit-tiny-cifar", .blocks = "euler x6", .batch = 32 },
    { .blocks = "rk4", .subnet = "attention(heads=4)", .norm = "group", .batch = 16 },
    { .blocks = "euler x3", .subnet = "bottleneck", .norm = "layer", .branch = "layerscale" },
    { .blocks = "euler x3", .norm = "tv", .levels = "32,64:2", .down = "B", .batch = 64 },
};

START_TEST(memory_of_these_networks_is_as_predicted)
{
    if (ot_in_valgrind()) OT_SKIP("valgrind is too slow, or has memory of its own");
    ck_assert(ot_machine().threads >= 1); /* BLIS has been started */
    const double before = (double)ot_peak_rss();
    pass p = pass_new(&large[_i], OT_F32, 0);
    const double predicted = (double)ot_program_describe(p.program).peak_bytes;
    pass_forward(&p);
    pass_backward(&p);
    const double measured = (double)ot_peak_rss() - before;
    ck_assert_msg(measured < 1.1 * predicted + 8e6 && measured > 0.85 * predicted - 8e6,
                  "predicted %.1f MB, measured %.1f MB", predicted / 1e6, measured / 1e6);
    pass_free(&p);
}
END_TEST

/* ---- every norm in every place ---- */

/* Each norm with each head, in each change of shape. */
START_TEST(every_norm_works_in_every_head_and_way_down)
{
    static const char *const norms[] = {
        "batch", "none", "group(groups=2)", "group(groups=1)", "layer", "tv(scale=false)", "tv"
    };
    static const char *const heads[] = { "bn-relu-pool", "pool", "norm-pool" };
    static const char *const downs[] = { "A", "B", "P", "connector", "maxpool" };
    enum { NORMS = 7, HEADS = 3 };
    ot_gradcheck_report r = { .decided = false };
    ot_net *net = NULL;
    ck_ok(ot_net_new(&(ot_net_opts){ .blocks = "midpoint",
                                     .levels = "4,6:2",
                                     .norm = norms[_i % NORMS],
                                     .head = heads[_i / NORMS % HEADS],
                                     .down = downs[_i / NORMS / HEADS],
                                     .stem = "conv-bn-relu",
                                     .image = 4,
                                     .classes = 3,
                                     .batch = 3 },
                     &net));
    for (uint64_t seed = 1; seed <= 4 && !r.decided; seed++)
        ck_ok(ot_gradcheck(ot_net_tape(net), ot_net_loss(net), NULL,
                           &(ot_gradcheck_opts){ .seed = seed, .all_below = 4, .directions = 1 },
                           &r));
    ck_assert_msg(r.passed, "%s, %s, %s: error %.2e in %s: %.9g, numeric %.9g", norms[_i % NORMS],
                  heads[_i / NORMS % HEADS], downs[_i / NORMS / HEADS], r.worst_error,
                  r.worst_tensor, r.worst_analytic, r.worst_numeric);
    ot_net_free(net);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

TCase *systems_case(void)
{
    TCase *c = tcase_create("systems");
    tcase_add_loop_test(c, a_system_has_the_published_number_of_parameters, 0, COUNT(systems));
    tcase_add_loop_test(c, every_system_is_a_network_and_says_what_it_is, 0, ot_system_count());
    tcase_add_loop_test(c, a_sub_net_has_the_known_number_of_parameters, 0, COUNT(evaluations));
    tcase_add_loop_test(c, with_a_scale_of_zero_the_trunk_is_the_stem_to_the_bit, 0,
                        2 * COUNT(identities));
    tcase_add_loop_test(c, a_scale_of_zero_has_a_gradient, 0, COUNT(identities));
    tcase_add_loop_test(c, a_layer_scale_of_one_changes_no_bit, 0, 2);
    tcase_add_test(c, layer_scales_and_positions_have_no_weight_decay);
    tcase_add_loop_test(c, attention_does_not_see_where_a_pixel_is_without_position_numbers, 0, 2);
    tcase_add_test(c, attention_without_queries_does_not_read_the_keys);
    tcase_add_loop_test(c, attention_with_logits_of_ten_thousand_is_finite, 0, 2);
    tcase_add_test(c, vit_alternates_over_the_whole_network);
    tcase_add_loop_test(c, memory_of_these_networks_is_as_predicted, 0, COUNT(large));
    tcase_add_loop_test(c, every_norm_works_in_every_head_and_way_down, 0, 7 * 3 * 5);
    tcase_set_timeout(c, 60);
    return c;
}
