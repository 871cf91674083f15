/* SPDX-License-Identifier: BSD-3-Clause
 * Fused networks compute in evaluation what the networks compute that they were made of, after a
 * few steps of training, so that running statistics are not 0 and 1.  All systems, schemes and
 * sub-nets of the registries are tried. */
#include <math.h>
#include <string.h>

#include "autograd/tape.h"
#include "base/number.h"
#include "models/parts.h"
#include "models/properties/property.h"
#include "models/systems.h"
#include "schemes/parts.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/small.h"

enum { BATCH = 3, IMAGE = 8, CLASSES = 4, STEPS = 3 };

/* ---- a trained network ---- */

static void fill(const ot_net *net, ot_execution *e, ot_dtype dtype, int seed)
{
    const int image = ot_net_options(net)->image, classes = ot_net_options(net)->classes;
    void *const x = ot_execution_images(e);
    for (int i = 0; i < BATCH * image * image * 3; i++)
        ot__set_number(x, dtype, (size_t)i, (float)(1.3 * sin(7.7 * i + 3.1 * seed)));
    int32_t *const second = ot_execution_second_labels(e);
    for (int i = 0; i < BATCH; i++) {
        ot_execution_labels(e)[i] = (i + seed) % classes;
        if (!second) continue;
        second[i] = (i + seed + 1) % classes;
        ot__set_number(ot_execution_label_weight(e), dtype, (size_t)i, 0.75);
    }
}

static ot_params *trained(const ot_net *net)
{
    ot_params *ps = NULL;
    ot_execution *e = NULL;
    ot_optimiser *o = NULL;
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    ot_params_init(ps, 11);
    ck_ok(ot_execution_new(net, &(ot_compile_opts){ .params = ps, .batch = BATCH }, &e));
    ck_ok(ot_optimiser_new(ps, OT_F32, NULL, &o));
    for (int step = 0; step < STEPS; step++) {
        fill(net, e, OT_F32, step);
        ck_ok(ot_execution_forward(e, BATCH));
        ck_ok(ot_execution_backward(e, NULL));
        ot_optimiser_step(o, 0.02);
    }
    ot_optimiser_free(o);
    ot_execution_free(e);
    return ps;
}

/* ---- comparing ---- */

static ot_execution *evaluation(const ot_net *net, ot_params *ps, ot_dtype dtype)
{
    ot_execution *e = NULL;
    const ot_compile_opts how = {
        .dtype = dtype, .evaluate = true, .forward_only = true, .batch = BATCH, .params = ps
    };
    ck_ok(ot_execution_new(net, &how, &e));
    fill(net, e, dtype, 5);
    ck_ok(ot_execution_forward(e, BATCH));
    return e;
}

static void compare(const ot_net *net, ot_params *ps, const ot_net *fused, ot_params *fused_ps,
                    ot_dtype dtype, const char *what)
{
    ot_execution *const a = evaluation(net, ps, dtype), *const b =
                                                            evaluation(fused, fused_ps, dtype);
    const double tolerance = dtype == OT_F64 ? 1e-13 : 1e-5;
    double largest = 0, difference = 0;
    for (size_t i = 0; i < (size_t)(BATCH * ot_net_options(net)->classes); i++) {
        const double x = ot__number(ot_execution_logits(a), dtype, i);
        largest = fmax(largest, fabs(x));
        difference = fmax(difference, fabs(x - ot__number(ot_execution_logits(b), dtype, i)));
    }
    ck_assert_msg(largest > 0 && isfinite(largest), "%s: its logits are 0 or not finite", what);
    ck_assert_msg(difference <= tolerance * largest, "%s: the logits differ by %.3g of the largest",
                  what, difference / largest);
    ot_execution_free(b);
    ot_execution_free(a);
}

static int norms(const ot_params *ps)
{
    int n = 0;
    for (int i = 0; i < ot_params_count(ps); i++)
        n += strstr(ot_params_name(ps, i), ".running_var") != NULL;
    return n;
}

/* Trains, fuses and compares a network, which is freed.  false: it has nothing to fuse. */
static bool check(ot_net *net, const char *what)
{
    ot_net *fused = NULL;
    ot_params *fused_ps = NULL, *const ps = trained(net);
    const ot_status status = ot_net_fuse(net, ps, &fused, &fused_ps);
    if (status == OT_OK) {
        ck_assert_msg(norms(fused_ps) < norms(ps), "%s: all norms are still there", what);
        compare(net, ps, fused, fused_ps, OT_F64, what);
        compare(net, ps, fused, fused_ps, OT_F32, what);
    } else {
        ck_assert_msg(status == OT_EINVAL && strstr(ot_message(), "nothing can be fused"), "%s: %s",
                      what, ot_message());
        ck_assert(!fused && !fused_ps);
    }
    ot_params_free(fused_ps);
    ot_net_free(fused);
    ot_params_free(ps);
    ot_net_free(net);
    return status == OT_OK;
}

/* ---- what is tried ---- */

static const ot_net_opts kinds[] = {
    { .blocks = "euler x2", .subnet = "postact", .stem = "conv-bn-relu", .down = "B" },
    { .blocks = "rk4 x1", .subnet = "vgg", .norm = "batch(eps=0.01)", .down = "P" },
    { .blocks = "rk4 x2", .step = OT_STEP_CHANNEL, .down = "connector" },
    { .blocks = "rk4 x1", .weights = OT_WEIGHTS_SHARED, .subnet = "postact", .down = "connector" },
    { .blocks = "rk4 x1", .weights = OT_WEIGHTS_THETA, .subnet = "postact", .down = "maxpool" },
    { .blocks = "heun2 x2", .learn_tableau = true, .step = OT_STEP_LEARNED, .subnet = "postact" },
    { .blocks = "bogacki_shampine32 x2",
      .weights = OT_WEIGHTS_SHARED,
      .step = OT_STEP_CONTROLLED,
      .control = { .tolerance = 0.5, .first = 0.25 },
      .down = "connector",
      .subnet = "postact" },
    { .blocks = "euler x1 + lm x3", .branch = "rezero", .block_relu = true },
    { .blocks = "revnet(first=bare) x3", .second_labels = true },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static ot_net_opts small_options(ot_net_opts o)
{
    if (!o.levels) o.levels = "4,6:2";
    o.image = IMAGE;
    o.classes = CLASSES;
    o.batch = BATCH;
    return o;
}

START_TEST(a_fused_network_computes_the_same)
{
    ot_net *net = NULL;
    const ot_net_opts o = small_options(kinds[_i]);
    ck_ok(ot_net_new(&o, &net));
    const bool fused = check(net, kinds[_i].blocks);
    ck_assert(fused);
}
END_TEST

/* Makes a network of a registry.  The change of shape is made between blocks where it cannot be
 * inside of one.  NULL: it needs other options. */
static ot_net *try_net(ot_net_opts o)
{
    ot_net *net = NULL;
    if (ot_net_new(&o, &net) == OT_OK) return net;
    o.down = "connector";
    return ot_net_new(&o, &net) == OT_OK ? net : NULL;
}

START_TEST(all_systems_can_be_fused)
{
    int fused = 0;
    for (int i = 0; i < ot_system_count(); i++) {
        const ot__checking checking = { .system = ot_system_at(i) };
        ot_net *net = NULL;
        ck_ok(ot__checking_net(&checking, NULL, BATCH, &net));
        fused += check(net, checking.system->name);
    }
    ck_assert_int_ge(fused, 3);
}
END_TEST

START_TEST(all_schemes_can_be_fused)
{
    const ot_scheme *s;
    int tried = 0, fused = 0;
    char blocks[64];
    for (int i = 0; (s = ot_scheme_at(i)) != NULL; i++) {
        if (ot_scheme_evaluations(s) > 8) continue;
        snprintf(blocks, sizeof blocks, "%s x2", ot_scheme_name(s));
        ot_net *net = try_net(small_options((ot_net_opts){ .blocks = blocks, .subnet = "vgg" }));
        if (!net) net = try_net(small_options((ot_net_opts){ .blocks = blocks, .levels = "4" }));
        tried++;
        if (net) fused += check(net, blocks);
    }
    ck_assert_int_gt(2 * fused, tried);
}
END_TEST

START_TEST(all_subnets_can_be_fused)
{
    const ot_about *subnet;
    int fused = 0;
    for (int i = 0; (subnet = ot__registry_at(ot__subnets(), i)) != NULL; i++) {
        ot_net *const net =
            try_net(small_options((ot_net_opts){ .blocks = "euler x2", .subnet = subnet->name }));
        if (net) fused += check(net, subnet->name);
    }
    ck_assert_int_ge(fused, 3);
}
END_TEST

/* ---- sums of branches ---- */

static ot_var sum_of(ot_tape *t, ot_var x, ot_var y)
{
    return ot_lincomb(t, 2, (const ot_coef[]){ { .value = 1 }, { .value = 1 } },
                      (const ot_var[]){ x, y });
}

/* As RepVGG has them, in a sum of sums.  The norm of x itself is there where x has f's shape. */
static ot_var record_branches(ot_block *b, ot_var x)
{
    ot_tape *const t = ot_block_tape(b);
    const int channels = ot_block_channels(b), stride = ot_block_stride(b);
    const ot_var wide = ot_block_norm(b, "bn3", ot_block_conv(b, "conv3", x, 3, channels, stride));
    const ot_var narrow =
        ot_block_norm(b, "bn1", ot_block_conv(b, "conv1", x, 1, channels, stride));
    ot_var y = sum_of(t, wide, narrow);
    if (stride == 1 && ot_var_shape(t, x).dim[3] == channels)
        y = sum_of(t, ot_block_norm(b, "bn0", x), y);
    return ot_relu(t, y);
}

/* The convolution of one branch is read twice, so that only the other branch can be fused. */
static ot_var record_twice(ot_block *b, ot_var x)
{
    ot_tape *const t = ot_block_tape(b);
    const int channels = ot_block_channels(b), stride = ot_block_stride(b);
    const ot_var conv = ot_block_conv(b, "conv3", x, 3, channels, stride);
    const ot_var wide = ot_block_norm(b, "bn3", conv);
    const ot_var narrow =
        ot_block_norm(b, "bn1", ot_block_conv(b, "conv1", x, 1, channels, stride));
    return sum_of(t, sum_of(t, wide, narrow), ot_relu(t, conv));
}

OT_SUBNET(branches, .about.equation = "relu(bn(conv3(x)) + bn(conv1(x)) + bn(x))", .convs = 2,
          .record = record_branches);
OT_SUBNET(twice, .about.equation = "bn(conv3(x)) + bn(conv1(x)) + relu(conv3(x))", .convs = 2,
          .record = record_twice);

static int find_end(const ot_params *ps, const char *end)
{
    int n = 0;
    for (int i = 0; i < ot_params_count(ps); i++) {
        const char *const name = ot_params_name(ps, i);
        n += strlen(name) > strlen(end) && strcmp(name + strlen(name) - strlen(end), end) == 0;
    }
    return n;
}

/* How many tensors of the fused network have names with these ends. */
static void count_parameters(const char *subnet, const char *const end[2], int n[2])
{
    ot_net *net = NULL, *fused = NULL;
    ot_params *ps = NULL, *fused_ps = NULL;
    const ot_net_opts o =
        small_options((ot_net_opts){ .blocks = "euler x2", .subnet = subnet, .head = "pool" });
    ck_ok(ot_net_new(&o, &net));
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    ck_ok(ot_net_fuse(net, ps, &fused, &fused_ps));
    for (int i = 0; i < 2; i++)
        n[i] = find_end(fused_ps, end[i]);
    ot_params_free(fused_ps);
    ot_net_free(fused);
    ot_params_free(ps);
    ot_net_free(net);
    ck_ok(ot_net_new(&o, &net));
    ck_assert(check(net, subnet));
}

START_TEST(branches_of_one_x_become_one_convolution)
{
    int n[2];
    ck_ok(ot_register_subnet(&ot_subnet_branches));
    ck_ok(ot_register_subnet(&ot_subnet_twice));
    count_parameters("branches", (const char *const[2]){ ".rbr_reparam.weight", ".running_var" },
                     n);
    ck_assert_int_eq(n[0], 4); /* one in each of the blocks */
    ck_assert_int_eq(n[1], 0);
    count_parameters("twice", (const char *const[2]){ ".conv1.bias", ".bn3.running_var" }, n);
    ck_assert_int_eq(n[0], 4);
    ck_assert_int_eq(n[1], 4);
}
END_TEST

/* ---- files, and what is refused ---- */

START_TEST(a_fused_network_is_saved_and_opened_again)
{
    ot_net *net = NULL, *fused = NULL, *opened = NULL;
    ot_params *fused_ps = NULL, *read = NULL;
    const ot_net_opts o = small_options(kinds[0]);
    ck_ok(ot_net_new(&o, &net));
    ot_params *const ps = trained(net);
    ck_ok(ot_net_fuse(net, ps, &fused, &fused_ps));
    ck_ok(ot_net_save(fused, fused_ps, in_folder("fused"), 0, NULL));
    ck_ok(ot_net_open(in_folder("fused"), BATCH, &opened));
    ck_assert(ot_net_options(opened)->fused);
    ck_ok(ot_params_new(ot_net_tape(opened), &read));
    ck_ok(ot_params_load(read, in_folder("fused")));
    compare(net, ps, opened, read, OT_F32, "the file");
    ot_params_free(read);
    ot_net_free(opened);
    ot_params_free(fused_ps);
    ot_net_free(fused);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

static void expect(ot_status status, const char *says)
{
    ck_assert_msg(status == OT_EINVAL && strstr(ot_message(), says), "%s: %s", ot_strerror(status),
                  ot_message());
}

START_TEST(a_fused_network_is_not_trained_or_fused_again)
{
    small s = small_new();
    ot_net *fused = NULL, *again = NULL;
    ot_params *ps = NULL, *again_ps = NULL;
    ck_ok(ot_net_fuse(s.net, s.params, &fused, &ps));
    ck_ok(ot_net_save(fused, ps, in_folder("fused"), 0, NULL));
    expect(ot_net_fuse(fused, ps, &again, &again_ps), "fused already");
    ot_train_opts o = s.opts;
    o.net = fused;
    o.params = ps;
    expect(ot_train(&o, NULL), "evaluated and not trained");
    o = s.opts;
    snprintf(o.init.s, sizeof o.init.s, "%s", in_folder("fused"));
    expect(ot_train(&o, NULL), "name the file that it was fused from");
    ot_params_free(ps);
    ot_net_free(fused);
    small_free(&s);
}
END_TEST

START_TEST(without_a_batch_norm_nothing_is_fused)
{
    ot_net *net = NULL;
    const ot_net_opts none = small_options((ot_net_opts){ .blocks = "euler x1", .norm = "none" });
    ot_net_opts o = none;
    ck_ok(ot_net_new(&none, &net));
    ck_assert(!check(net, "none"));
    o.fused = true;
    expect(ot_net_new(&o, &net), "leave out --fused");
}
END_TEST

TCase *fuse_case(void)
{
    TCase *c = tcase_create("fuse");
    tcase_set_timeout(c, 600);
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, a_fused_network_computes_the_same, 0, KINDS);
    tcase_add_test(c, all_systems_can_be_fused);
    tcase_add_test(c, all_schemes_can_be_fused);
    tcase_add_test(c, all_subnets_can_be_fused);
    tcase_add_test(c, branches_of_one_x_become_one_convolution);
    tcase_add_test(c, a_fused_network_is_saved_and_opened_again);
    tcase_add_test(c, a_fused_network_is_not_trained_or_fused_again);
    tcase_add_test(c, without_a_batch_norm_nothing_is_fused);
    return c;
}
