/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the optimisers: their steps equal PyTorch's, have the same bits at any number of threads,
 * and are refused if they would not be finite. */
#include <math.h>
#include <string.h>

#include "autograd/params.h"
#include "base/number.h"
#include "train/cases.h"
#include "train/optimiser.h"
#include "train/reference/optimisers.h"

/* ---- PyTorch's steps ---- */

enum { STEPS = 10, NUMBERS = 10 };

static const struct {
    const char *what;
    ot_optimiser_opts opts;
    double lr;
    const double *rates;               /* of each step, instead of lr */
    bool rules;                        /* see three() */
    const double (*expected)[NUMBERS]; /* after each step */
} reference[] = {
    { "sgd", { .name = NULL }, 0.1, NULL, false, sgd_plain },
    { "momentum", { .momentum = 0.9, .weight_decay = 0.01 }, 0.1, NULL, false, sgd_momentum },
    { "nesterov",
      { .name = "sgd(nesterov=on)", .momentum = 0.9, .weight_decay = 0.01 },
      0.1,
      NULL,
      false,
      sgd_nesterov },
    { "adamw", { .name = "adamw", .weight_decay = 0.05 }, 0.02, NULL, false, adamw_defaults },
    { "adamw with attributes",
      { .name = "adamw(beta1=0.8, beta2=0.95, eps=1e-3)", .weight_decay = 0.01 },
      0.02,
      NULL,
      false,
      adamw_attributes },
    { "clip", { .momentum = 0.9, .clip_norm = 0.5 }, 0.1, NULL, false, sgd_clip },
    { "clamp", { .momentum = 0.9, .clamp = 0.75 }, 0.1, NULL, false, sgd_clamp },
    { "decay on weights",
      { .momentum = 0.9, .weight_decay = 0.1, .decay_on = OT_DECAY_ON_WEIGHTS },
      0.1,
      NULL,
      false,
      sgd_decay_on_weights },
    { "rules", { .momentum = 0.9, .weight_decay = 0.1 }, 0.1, NULL, true, sgd_rules },
    { "adamw with rules", { .name = "adamw", .weight_decay = 0.1 }, 0.1, NULL, true, adamw_rules },
    { "warm-up and cosine",
      { .momentum = 0.9 },
      0,
      rates_cosine_step_warm[0],
      false,
      sgd_warm_cosine },
};
enum { REFERENCES = sizeof reference / sizeof reference[0] };

/* The tensors of optimisers.py.  With rules the bias has no weight decay, and the scale neither, at
 * a tenth of the learning rate. */
static ot_params *three(ot_dtype dtype, bool rules)
{
    ot_tape *t = ot_tape_new();
    ot_params *ps = NULL;
    ot_param(t, "weight", OT_SHAPE(2, 3), OT_ZEROS);
    const ot_var bias = ot_param(t, "bias", OT_SHAPE(3), OT_ZEROS);
    const ot_var scale = ot_param(t, "scale", OT_SCALAR, OT_ZEROS);
    if (rules) ot_param_rule(t, bias, (ot_rule){ .no_decay = true });
    if (rules) ot_param_rule(t, scale, (ot_rule){ .lr = 0.1, .no_decay = true });
    ck_ok(ot_params_new(t, &ps));
    ck_ok(ot__params_need(ps, dtype, true));
    ot_tape_free(t);
    for (int k = 0; k < 3; k++)
        for (size_t i = 0; i < ot_params_elements(ps, k); i++)
            ot__set_number(ot_params_edit(ps, k, dtype), dtype, i, sin(1 + (double)i + 3 * k));
    return ps;
}

static void set_gradients(ot_params *ps, ot_dtype dtype)
{
    for (int k = 0; k < 3; k++)
        for (size_t i = 0; i < ot_params_elements(ps, k); i++) {
            const double w = ot__number(ot_params_value(ps, k, dtype), dtype, i);
            ot__set_number(ot_params_grad(ps, k, dtype), dtype, i, w * w - ((double)i + k) / 5);
        }
}

static void compare(const char *what, int step, ot_params *ps, ot_dtype dtype,
                    const double *expected, double tolerance)
{
    for (int k = 0; k < 3; k++)
        for (size_t i = 0; i < ot_params_elements(ps, k); i++, expected++) {
            const double w = ot__number(ot_params_value(ps, k, dtype), dtype, i);
            ck_assert_msg(fabs(w - *expected) <= tolerance * fmax(1, fabs(*expected)),
                          "%s, step %d, %s[%zu]: %.17g instead of %.17g", what, step,
                          ot_params_name(ps, k), i, w, *expected);
        }
}

START_TEST(ten_steps_are_those_of_pytorch)
{
    const int r = _i / 2;
    const ot_dtype dtype = _i % 2 ? OT_F64 : OT_F32;
    const double tolerance = dtype == OT_F64 ? 1e-12 : 2e-5; /* roundings of ten steps */
    ot_params *ps = three(dtype, reference[r].rules);
    ot_optimiser *o = NULL;
    ck_ok(ot_optimiser_new(ps, dtype, &reference[r].opts, &o));
    for (int step = 0; step < STEPS; step++) {
        set_gradients(ps, dtype);
        ot_optimiser_step(o, reference[r].rates ? reference[r].rates[step] : reference[r].lr);
        compare(reference[r].what, step, ps, dtype, reference[r].expected[step], tolerance);
    }
    ot_optimiser_free(o);
    ot_params_free(ps);
}
END_TEST

/* ---- all optimisers ---- */

enum { LARGE = 50001, MOST_KINDS = 8 }; /* several pieces, of which the last has an odd size */

static int count_kinds(void)
{
    int n = 0;
    while (ot_optimiser_kind_at(n))
        n++;
    return n;
}

/* A tensor of LARGE elements, a statistic, and a second tensor of 3. */
static ot_params *some(ot_dtype dtype)
{
    ot_tape *t = ot_tape_new();
    ot_params *ps = NULL;
    ot_param(t, "first", OT_SHAPE(LARGE), OT_ZEROS);
    ot_stat(t, "running", OT_SHAPE(3), OT_ONES);
    ot_param(t, "second", OT_SHAPE(3), OT_ONES);
    ck_ok(ot_params_new(t, &ps));
    ck_ok(ot__params_need(ps, dtype, true));
    ot_tape_free(t); /* parameters keep what they need of it */
    return ps;
}

static double gradient(int step, size_t i)
{
    return sin(0.7 * (double)i + step);
}

static void train_large(const ot_optimiser_opts *opts, ot_params *ps, ot_dtype dtype, int steps)
{
    ot_optimiser *o = NULL;
    ck_ok(ot_optimiser_new(ps, dtype, opts, &o));
    for (int step = 0; step < steps; step++) {
        for (size_t i = 0; i < LARGE; i++)
            ot__set_number(ot_params_grad(ps, 0, dtype), dtype, i, gradient(step, i));
        for (size_t i = 0; i < 3; i++)
            ot__set_number(ot_params_grad(ps, 2, dtype), dtype, i, gradient(step, i + LARGE));
        ot_optimiser_step(o, 0.1);
    }
    ot_optimiser_free(o);
}

static double by_hand(double w, size_t i, int steps)
{
    double v = 0.0;
    for (int step = 0; step < steps; step++) {
        v = 0.9 * v + gradient(step, i) + 0.01 * w;
        w -= 0.1 * v;
    }
    return w;
}

START_TEST(every_element_of_every_trained_tensor_moves_and_no_other)
{
    const ot_dtype dtype = _i;
    const double tolerance = dtype == OT_F64 ? 1e-14 : 1e-6;
    ot_params *ps = some(dtype);
    train_large(&(ot_optimiser_opts){ .momentum = 0.9, .weight_decay = 0.01 }, ps, dtype, 3);
    for (size_t i = 0; i < LARGE; i++)
        ck_assert_double_eq_tol(ot__number(ot_params_value(ps, 0, dtype), dtype, i),
                                by_hand(0.0, i, 3), tolerance);
    for (size_t i = 0; i < 3; i++) {
        ck_assert(ot__number(ot_params_value(ps, 1, dtype), dtype, i) == 1.0);
        ck_assert_double_eq_tol(ot__number(ot_params_value(ps, 2, dtype), dtype, i),
                                by_hand(1.0, i + LARGE, 3), tolerance);
    }
    ot_params_free(ps);
}
END_TEST

START_TEST(any_number_of_threads_gives_the_same_bits)
{
    const ot_optimiser_kind *const kind = ot_optimiser_kind_at(_i);
    if (!kind) return;
    ot_params *ps[3];
    const ot_optimiser_opts opts = { .name = kind->about.name,
                                     .momentum = 0.9,
                                     .weight_decay = 0.01,
                                     .clip_norm = 1.0,
                                     .clamp = 0.5 };
    for (int k = 0; k < 3; k++) {
        ck_ok(ot_set_threads(k + 1));
        ps[k] = some(OT_F32);
        train_large(&opts, ps[k], OT_F32, 3);
    }
    ck_assert(((const float *)ot_params_value(ps[0], 0, OT_F32))[7] != 0.0f);
    for (int k = 1; k < 3; k++)
        ck_assert_int_eq(memcmp(ot_params_value(ps[0], 0, OT_F32),
                                ot_params_value(ps[k], 0, OT_F32), LARGE * sizeof(float)),
                         0);
    for (int k = 0; k < 3; k++)
        ot_params_free(ps[k]);
}
END_TEST

/* One bad element in the last piece: its gradient is not finite, or its step overflows. */
START_TEST(a_step_that_would_not_be_finite_is_foreseen)
{
    static const struct {
        double w, g, lr;
        bool finite;
    } step[] = { { 1, 1, 0.1, true },
                 { 1, NAN, 0.1, false },
                 { 1, INFINITY, 0.1, false },
                 { 1, -INFINITY, 0.1, false },
                 { 1e308, -1, 1.7e308, false } };
    const ot_optimiser_kind *const kind = ot_optimiser_kind_at(_i);
    if (!kind) return;
    ot_params *ps = some(OT_F64);
    ot_optimiser *o = NULL;
    ck_ok(ot_optimiser_new(ps, OT_F64, &(ot_optimiser_opts){ .name = kind->about.name }, &o));
    for (size_t k = 0; k < sizeof step / sizeof step[0]; k++) {
        double *w = ot_params_edit(ps, 2, OT_F64), *g = ot_params_grad(ps, 2, OT_F64);
        w[2] = step[k].w;
        g[2] = step[k].g;
        ck_assert_msg(ot__optimiser_stays_finite(o, step[k].lr) == step[k].finite, "%s, step %zu",
                      kind->about.name, k);
        ck_assert_msg(w[2] == step[k].w, "%s, step %zu was taken", kind->about.name, k);
    }
    ot_optimiser_free(o);
    ot_params_free(ps);
}
END_TEST

START_TEST(the_memory_is_predicted)
{
    const ot_optimiser_kind *const kind = ot_optimiser_kind_at(_i);
    if (!kind) return;
    const ot_optimiser_opts opts = { .name = kind->about.name };
    ot_params *ps = some(OT_F32);
    ot_optimiser *o = NULL;
    size_t bytes = 0;
    ck_ok(ot__optimiser_bytes_of(ps, OT_F32, &opts, &bytes));
    ck_ok(ot_optimiser_new(ps, OT_F32, &opts, &o));
    ck_assert_uint_eq(bytes, ot_optimiser_bytes(o));
    ot_optimiser_free(o);
    ot_params_free(ps);
}
END_TEST

/* ---- rules ---- */

START_TEST(a_rule_belongs_to_one_parameter_and_does_not_change)
{
    static const ot_rule bad[] = { { .lr = -1 }, { .lr = NAN }, { .lr = INFINITY }, { .lr = 2 } };
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        ot_tape *t = ot_tape_new();
        const ot_var w = ot_param(t, "w", OT_SCALAR, OT_ZEROS);
        ot_param_rule(t, w, (ot_rule){ .lr = 0.5 });
        ot_param_rule(t, w, (ot_rule){ .lr = 0.5 });
        ck_ok(ot_tape_status(t));
        ot_param_rule(t, w, bad[k]);
        ck_status(ot_tape_status(t), OT_EINVAL);
        ot_tape_free(t);
    }
    ot_tape *t = ot_tape_new();
    ot_param_rule(t, ot_input(t, "x", OT_SHAPE(1)), (ot_rule){ .lr = 0.5 });
    ck_status(ot_tape_status(t), OT_EINVAL);
    ot_tape_free(t);
}
END_TEST

/* A sub-net of one convolution, whose weights learn slowly. */
static ot_var slow(ot_block *b, ot_var x)
{
    const int n = ot_block_channels(b);
    const ot_var w =
        ot_block_param(b, "conv.weight", OT_SHAPE(n, n, 1, 1), ot_init_uniform(-0.1, 0.1));
    ot_block_rule(b, w, (ot_rule){ .lr = 0.25, .no_decay = true });
    return ot_conv2d(ot_block_tape(b), x, w, ot_block_stride(b), 0);
}

/* Checks the rules of a network with this sub-net; `with` is a part of the names that have one. */
static void check_rules(ot_weights weights, const char *with, int expected)
{
    const ot_net_opts opts = {
        .blocks = "rk4 x1", .width = 2, .subnet = "slow", .weights = weights
    };
    ot_net *net = NULL;
    ot_params *ps = NULL;
    int n = 0;
    ck_ok(ot_net_new(&opts, &net));
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    for (int i = 0; i < ot_params_count(ps); i++) {
        const ot_rule rule = ot_params_rule(ps, i);
        const bool is_slow = strstr(ot_params_name(ps, i), with);
        ck_assert(rule.lr == (is_slow ? 0.25 : 1) && rule.no_decay == is_slow);
        n += is_slow;
    }
    ck_assert_int_eq(n, expected);
    ot_params_free(ps);
    ot_net_free(net);
}

START_TEST(a_sub_net_gives_its_weights_a_rule_wherever_they_come_from)
{
    static const OT_SUBNET(slow, .convs = 1, .record = slow);
    ck_ok(ot_register_subnet(&ot_subnet_slow));
    check_rules(OT_WEIGHTS_INDEPENDENT, "stages.", 4);
    check_rules(OT_WEIGHTS_SHARED, "blocks.0.f.", 1);
    check_rules(OT_WEIGHTS_THETA, "blocks.0.f", 2);
}
END_TEST

START_TEST(the_plan_lists_parameters_with_a_rule)
{
    ot_tape *t = ot_tape_new();
    const ot_var w = ot_param(t, "scale", OT_SHAPE(3), OT_ONES);
    const ot_var y = ot_mul(t, w, ot_param(t, "plain", OT_SHAPE(3), OT_ONES));
    ot_program *p = NULL;
    char *text = NULL;
    size_t size = 0;
    if (_i) ot_param_rule(t, w, (ot_rule){ .lr = 0.1, .no_decay = true });
    ck_ok(ot_compile(t, ot_mean(t, y), NULL, &p));
    FILE *out = open_memstream(&text, &size);
    ck_ok(ot_program_plan(p, OT_LIST_WIDE, true, out));
    fclose(out);
    const char *const line = strstr(text, "0.1  none          scale");
    ck_assert_msg((line != NULL) == (_i == 1), "%s", text);
    ck_assert((strstr(text, "parameter with a rule") != NULL) == (_i == 1));
    free(text);
    ot_program_free(p);
    ot_tape_free(t);
}
END_TEST

/* ---- what is refused ---- */

START_TEST(what_cannot_be_optimised_is_refused)
{
    static const struct {
        ot_optimiser_opts opts;
        const char *word; /* of the message */
    } bad[] = {
        { { .momentum = 1.0 }, "momentum" },
        { { .momentum = -0.1 }, "momentum" },
        { { .momentum = NAN }, "momentum" },
        { { .weight_decay = -1e-4 }, "weight decay" },
        { { .weight_decay = INFINITY }, "weight decay" },
        { { .clip_norm = -1 }, "clip" },
        { { .clamp = NAN }, "clamp" },
        { { .decay_on = (ot_decay_on)2 }, "decays" },
        { { .name = "adam" }, "adamw" },
        { { .name = "adamw(beta1=1)" }, "below 1" },
        { { .name = "adamw(beta2=1)" }, "below 1" },
        { { .name = "adamw(beta2=1.5)" }, "beta2" },
        { { .name = "sgd(nesterov=maybe)" }, "nesterov" },
    };
    ot_params *ps = some(OT_F32);
    ot_optimiser *o = NULL;
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        ck_status(ot_optimiser_new(ps, OT_F32, &bad[k].opts, &o), OT_EINVAL);
        ck_assert_msg(strstr(ot_message(), bad[k].word), "%zu: %s", k, ot_message());
    }
    ck_status(ot_optimiser_new(ps, OT_F64, NULL, &o), OT_EINVAL); /* has gradients in float only */
    ot_params_free(ps);
}
END_TEST

/* ---- an optimiser of the user's ---- */

static void sign_f32(const ot_update *u, size_t n, float *w, const float *g, float *const s[])
{
    (void)s;
    for (size_t i = 0; i < n; i++)
        w[i] -= (float)u->lr * (float)((g[i] > 0) - (g[i] < 0));
}

static void sign_f64(const ot_update *u, size_t n, double *w, const double *g, double *const s[])
{
    (void)s;
    for (size_t i = 0; i < n; i++)
        w[i] -= u->lr * ((g[i] > 0) - (g[i] < 0));
}

START_TEST(an_optimiser_of_the_users_own_is_registered_and_used)
{
    static const OT_OPTIMISER(sign, .step_f32 = sign_f32, .step_f64 = sign_f64);
    ot_params *ps = three(OT_F64, false);
    ot_optimiser *o = NULL;
    ck_ok(ot_register_optimiser(&ot_optimiser_sign));
    ck_status(ot_register_optimiser(&ot_optimiser_sign), OT_EINVAL); /* its name is taken */
    ck_ok(ot_optimiser_new(ps, OT_F64, &(ot_optimiser_opts){ .name = "sign" }, &o));
    ck_assert_ptr_eq(ot_optimiser_kind_at(count_kinds() - 1), &ot_optimiser_sign);
    set_gradients(ps, OT_F64);
    const double before = *(const double *)ot_params_value(ps, 2, OT_F64);
    const double g = *(const double *)ot_params_grad(ps, 2, OT_F64);
    ot_optimiser_step(o, 0.125);
    ck_assert(*(const double *)ot_params_value(ps, 2, OT_F64) == before - copysign(0.125, g));
    ot_optimiser_free(o);
    ot_params_free(ps);
}
END_TEST

START_TEST(a_malformed_table_is_refused)
{
    static const char *const twice[] = { "v", "v", NULL }, *const dotted[] = { "a.b", NULL },
                             *const many[] = { "a", "b", "c", "d", "e", NULL };
    static const ot_optimiser_kind bad[] = {
        { .about.name = "one", .step_f32 = sign_f32 },
        { .about.name = "two", .step_f64 = sign_f64 },
        { .about.name = "three", .step_f32 = sign_f32, .step_f64 = sign_f64, .states = twice },
        { .about.name = "four", .step_f32 = sign_f32, .step_f64 = sign_f64, .states = dotted },
        { .about.name = "five", .step_f32 = sign_f32, .step_f64 = sign_f64, .states = many },
        { .about.name = "Six", .step_f32 = sign_f32, .step_f64 = sign_f64 },
        { .step_f32 = sign_f32, .step_f64 = sign_f64 },
    };
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++)
        ck_status(ot_register_optimiser(&bad[k]), OT_EINVAL);
}
END_TEST

TCase *optimiser_case(void)
{
    TCase *c = tcase_create("optimiser");
    tcase_add_loop_test(c, ten_steps_are_those_of_pytorch, 0, 2 * REFERENCES);
    tcase_add_loop_test(c, every_element_of_every_trained_tensor_moves_and_no_other, OT_F32,
                        OT_F64 + 1);
    tcase_add_loop_test(c, any_number_of_threads_gives_the_same_bits, 0, MOST_KINDS);
    tcase_add_loop_test(c, a_step_that_would_not_be_finite_is_foreseen, 0, MOST_KINDS);
    tcase_add_loop_test(c, the_memory_is_predicted, 0, MOST_KINDS);
    tcase_add_test(c, a_rule_belongs_to_one_parameter_and_does_not_change);
    tcase_add_test(c, a_sub_net_gives_its_weights_a_rule_wherever_they_come_from);
    tcase_add_loop_test(c, the_plan_lists_parameters_with_a_rule, 0, 2);
    tcase_add_test(c, what_cannot_be_optimised_is_refused);
    tcase_add_test(c, an_optimiser_of_the_users_own_is_registered_and_used);
    tcase_add_test(c, a_malformed_table_is_refused);
    return c;
}
