/* SPDX-License-Identifier: BSD-3-Clause
 * The search for numbers that are not finite (autograd/inspect/scan.h) finds a NaN in the op that
 * wrote it: any op, forward or backward, double or float32. */
#include <math.h>
#include <string.h>

#include "autograd/program.h"
#include "autograd/inspect/scan.h"
#include "ops/cases.h"
#include "ops/pair.h"

static ot__kernels poisoned; /* the kernels of one step, which write a NaN */
static ot__kernel genuine;   /* the kernel of that step */
static int poisoned_operand; /* the operand whose gradient gets the NaN; -1: the result does */
static void *poisoned_view;  /* a coefficient of the view, if the result is not stored */
static void (*genuine_fused)(int n, const ot__call *const call[]);
static int poisoned_call; /* the call among those fused whose result gets the NaN */
static ot_dtype dtype;

static void plant(void *x)
{
    if (dtype == OT_F64)
        *(double *)x = NAN;
    else
        *(float *)x = NAN;
}

static void poison(const ot__call *c)
{
    genuine(c);
    plant(poisoned_operand >= 0 ? c->gx[poisoned_operand] : c->y ? c->y : poisoned_view);
}

static void poison_fused(int n, const ot__call *const call[])
{
    genuine_fused(n, call);
    plant(call[poisoned_call]->y);
}

static void fill(void *user)
{
    ot_program *p = user;
    for (int id = 1; id < (int)p->tape->n; id++) {
        void *x = ot_program_input(p, (ot_var){ id });
        if (!x) continue;
        const ot__node *node = ot__program_node(p, id);
        for (size_t i = 0; i < ot__elements(node->record.shape); i++)
            if (node->leaf == OT__LABELS)
                ((int32_t *)x)[i] = (int32_t)(i % 2);
            else if (p->dtype == OT_F64)
                ((double *)x)[i] = (double)(i % 7) - 2.5;
            else
                ((float *)x)[i] = (float)(i % 7) - 2.5f;
    }
}

static bool scan(ot_program *p, ot__culprit *c)
{
    return ot__scan(p, &(ot__scan_run){ .n = p->batch, .load = fill, .user = p }, c);
}

static void expect(ot_program *p, int s, int operand)
{
    ot__step *step = &p->step[s], *first = &p->step[ot__first_fused(p, s)];
    const ot__kernels *before = first->kernels;
    ot__culprit c = { 0 };
    poisoned = *before;
    ot__kernel *const hook = step->backward ? &poisoned.backward : &poisoned.forward;
    genuine = *hook;
    *hook = poison;
    genuine_fused = step->terms ? poisoned.weighted_sums : poisoned.fused;
    poisoned.fused = poisoned.weighted_sums = poison_fused;
    poisoned_call = step->position;
    poisoned_operand = operand;
    poisoned_view = (void *)p->views[step->id].value.a;
    first->kernels = &poisoned;
    ck_assert_msg(scan(p, &c), "step %d: nothing was found", s);
    ck_assert_int_eq(c.record, step->terms ? step->from[0] : step->id);
    ck_assert(c.backward == step->backward);
    ck_assert_str_eq(c.op, ot__program_node(p, c.record)->record.op->name);
    ck_assert_msg(c.read > 0 && c.strange == 0 && c.least <= c.most, "%s reads %g .. %g", c.op,
                  c.least, c.most);
    first->kernels = before;
    ck_assert(!scan(p, &c));
}

static int check_program(const ot_tape *t, ot_var root, bool rebuild)
{
    ot_program *p = NULL;
    int planted = 0;
    const ot_compile_opts opts = { .dtype = dtype, .input_gradients = true, .rebuild = rebuild };
    ck_ok(ot_compile(t, root, &opts, &p));
    for (int s = 0; s < p->n_steps; s++) {
        if (!p->step[s].backward || p->step[s].terms) {
            expect(p, s, -1);
            planted++;
            continue;
        }
        for (int k = 0; k < p->step[s].call.n_in; k++)
            if (p->step[s].call.gx[k]) {
                expect(p, s, k);
                planted++;
            }
    }
    ot_program_free(p);
    return planted;
}

START_TEST(a_nan_is_found_where_it_was_planted)
{
    const int examples = examples_of(_i);
    for (dtype = OT_F32; dtype <= OT_F64; dtype++)
        for (int variant = 0; variant < examples; variant++) {
            ot_tape *t = ot_tape_new();
            ck_assert_int_ge(check_program(t, ot_op_example(_i, t, variant), false), 2);
            ot_tape_free(t);
        }
}
END_TEST

/* Views, sums and shared memory between many ops. */
START_TEST(a_nan_is_found_in_a_whole_network)
{
    const ot_net_opts opts = { .blocks = "rk4x1", .width = 4, .image = 8, .batch = 3 };
    ot_net *net = NULL;
    ck_ok(ot_net_new(&opts, &net));
    dtype = _i ? OT_F64 : OT_F32;
    ck_assert_int_gt(check_program(ot_net_tape(net), ot_net_loss(net), false),
                     _i ? 80 : 70); /* float32 has fewer steps: it sums gradients */
    ot_net_free(net);
}
END_TEST

START_TEST(a_nan_is_found_among_rebuilt_states)
{
    const ot_net_opts opts = { .blocks = "revnet x2", .width = 4, .image = 4, .batch = 2 };
    ot_net *net = NULL;
    ck_ok(ot_net_new(&opts, &net));
    dtype = _i ? OT_F64 : OT_F32;
    ck_assert_int_gt(check_program(ot_net_tape(net), ot_net_loss(net), true), 50);
    ot_net_free(net);
}
END_TEST

static void fill_with_large_numbers(void *user)
{
    ot_program *p = user;
    float *const x = ot_program_input(p, (ot_var){ 1 });
    for (int i = 0; i < 12; i++)
        x[i] = (float)(i % 5) * 1e25f;
}

/* The variance, of the size 1e50, is no float.  All results are finite, since 1/deviation is. */
START_TEST(a_running_statistic_that_overflows_is_found)
{
    ot_tape *t = ot_tape_new();
    ot_program *p = NULL;
    ot__culprit c = { 0 };
    const ot_shape s = OT_SHAPE(3);
    const ot_var x = ot_input(t, "x", OT_SHAPE(4, 3));
    const ot_var y =
        ot_batch_norm(t, x, ot_param(t, "gamma", s, OT_ONES), ot_param(t, "beta", s, OT_ZEROS),
                      ot_stat(t, "mean", s, OT_ZEROS), ot_stat(t, "var", s, OT_ONES), 0.1, 1e-5);
    ck_ok(ot_compile(t, y, &(ot_compile_opts){ .tier = OT_TIER_PORTABLE }, &p));
    ot_params_init(ot_program_params(p), 1);
    ck_assert(ot__scan(
        p,
        &(ot__scan_run){ .n = 4, .load = fill_with_large_numbers, .user = p, .forward_only = true },
        &c));
    ck_assert_int_eq(c.record, y.id);
    ck_assert_str_eq(c.result, "var");
    ot_program_free(p);
    ot_tape_free(t);
}
END_TEST

TCase *scan_case(void)
{
    TCase *c = tcase_create("scan");
    tcase_add_loop_test(c, a_nan_is_found_where_it_was_planted, 0, ot_op_count());
    tcase_add_loop_test(c, a_nan_is_found_in_a_whole_network, 0, 2);
    tcase_add_loop_test(c, a_nan_is_found_among_rebuilt_states, 0, 2);
    tcase_add_test(c, a_running_statistic_that_overflows_is_found);
    return c;
}
