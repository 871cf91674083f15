/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the smoothness term: ten steps with it are PyTorch's, with pairs of blocks of one level
 * only and with frozen blocks between trained ones; networks without such pairs are refused. */
#include <math.h>
#include <string.h>

#include "autograd/params.h"
#include "base/number.h"
#include "train/cases.h"
#include "train/optimiser.h"
#include "train/reference/smoothness.h"
#include "train/small.h"
#include "train/smoothness.h"

enum { STEPS = 10, BLOCKS = 5, NUMBERS = 25 };

/* The numbers of a block that optimisers.py trains too. */
static const struct {
    const char *name;
    size_t n;
} watched[] = { { "conv1.weight", 3 }, { "bn1.weight", 2 } };

/* The parameter of tensor k of watched in block j. */
static int find(const ot_params *ps, int j, int k)
{
    char name[64];
    snprintf(name, sizeof name, "blocks.%d.stages.0.%s", j, watched[k].name);
    return ot_params_find(ps, name);
}

static void start(ot_params *ps)
{
    for (int j = 0; j < BLOCKS; j++)
        for (int k = 0; k < 2; k++)
            for (size_t i = 0; i < watched[k].n; i++)
                ot__set_number(ot_params_edit(ps, find(ps, j, k), OT_F64), OT_F64, i,
                               sin(1 + 0.37 * (double)i + 2 * k + 0.3 * j));
}

static bool is_moved(const ot_params *ps, int p)
{
    return ot_params_trained(ps, p) && !ot_params_frozen(ps, p);
}

static void set_gradients(ot_params *ps)
{
    for (int p = 0; p < ot_params_count(ps); p++)
        for (size_t i = 0; is_moved(ps, p) && i < ot_params_elements(ps, p); i++) {
            const double w = ot__number(ot_params_value(ps, p, OT_F64), OT_F64, i);
            ot__set_number(ot_params_grad(ps, p, OT_F64), OT_F64, i, w * w - 0.2);
        }
}

static void compare(ot_params *ps, int step, const double *expected)
{
    for (int j = 0; j < BLOCKS; j++)
        for (int k = 0; k < 2; k++)
            for (size_t i = 0; i < watched[k].n; i++, expected++) {
                const double w = ot__number(ot_params_value(ps, find(ps, j, k), OT_F64), OT_F64, i);
                ck_assert_msg(fabs(w - *expected) <= 1e-12,
                              "step %d, block %d, %s[%zu]: %.17g instead of %.17g", step, j,
                              watched[k].name, i, w, *expected);
            }
}

static ot_net *network(const ot_net_opts *opts)
{
    ot_net *net = NULL;
    ck_ok(ot_net_new(opts, &net));
    return net;
}

static ot_params *params_of(const ot_net *net)
{
    ot_params *ps = NULL;
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    ck_ok(ot__params_need(ps, OT_F64, true));
    return ps;
}

static void frozen_have_no_gradient(ot_params *ps)
{
    for (int p = 0; p < ot_params_count(ps); p++)
        for (size_t i = 0; ot_params_frozen(ps, p) && i < ot_params_elements(ps, p); i++)
            ck_assert_double_eq(ot__number(ot_params_grad(ps, p, OT_F64), OT_F64, i), 0);
}

static void ten_steps(const char *frozen, const double expected[STEPS][NUMBERS])
{
    ot_net *net =
        network(&(ot_net_opts){ .blocks = "euler x3 + euler x2", .levels = "2,2:2", .h = 0.5 });
    ot_params *ps = params_of(net);
    ot__smoothness s;
    ot_optimiser *o = NULL;
    ck_ok(ot_params_freeze(ps, frozen));
    ck_ok(ot__smoothness_new(net, ps, OT_F64, 0.05, &s));
    ck_ok(ot_optimiser_new(ps, OT_F64, &(ot_optimiser_opts){ .momentum = 0.9 }, &o));
    start(ps);
    for (int step = 0; step < STEPS; step++) {
        set_gradients(ps);
        ot__smoothness_add(&s);
        frozen_have_no_gradient(ps);
        ot_optimiser_step(o, 0.1);
        compare(ps, step, expected[step]);
    }
    ot_optimiser_free(o);
    ot__smoothness_free(&s);
    ot_params_free(ps);
    ot_net_free(net);
}

START_TEST(ten_steps_are_those_of_pytorch)
{
    ck_ok(ot_set_threads(_i));
    ten_steps("", sgd_smoothness);
}
END_TEST

START_TEST(frozen_blocks_are_constants_as_in_pytorch)
{
    ck_ok(ot_set_threads(_i));
    ten_steps("blocks.1.*,blocks.3.*", sgd_smoothness_frozen);
}
END_TEST

START_TEST(networks_without_pairs_are_refused)
{
    static const struct {
        ot_net_opts net;
        double weight;
        const char *word, *frozen; /* word: of the message */
    } bad[] = {
        { { .blocks = "euler x1", .width = 2 }, 1, "two consecutive blocks", NULL },
        { { .blocks = "euler x1", .levels = "2,2:2" }, 1, "two consecutive blocks", NULL },
        { { .blocks = "euler x2", .width = 2, .step = OT_STEP_LEARNED },
          1,
          "length of a step",
          NULL },
        { { .blocks = "euler x2", .width = 2 }, -1, "smoothness is -1", NULL },
        { { .blocks = "euler x2", .width = 2 }, INFINITY, "smoothness is inf", NULL },
        { { .blocks = "euler x2", .width = 2 }, 1, "are frozen", "blocks.*" },
    };
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        ot_net *net = network(&bad[k].net);
        ot_params *ps = params_of(net);
        ot__smoothness s;
        ck_ok(ot_params_freeze(ps, bad[k].frozen));
        ck_status(ot__smoothness_new(net, ps, OT_F64, bad[k].weight, &s), OT_EINVAL);
        ck_assert_msg(strstr(ot_message(), bad[k].word), "%zu: %s", k, ot_message());
        ot_params_free(ps);
        ot_net_free(net);
    }
}
END_TEST

TCase *smoothness_case(void)
{
    TCase *c = tcase_create("smoothness");
    tcase_add_loop_test(c, ten_steps_are_those_of_pytorch, 1, 4);
    tcase_add_loop_test(c, frozen_blocks_are_constants_as_in_pytorch, 1, 4);
    tcase_add_test(c, networks_without_pairs_are_refused);
    return c;
}
