/* SPDX-License-Identifier: BSD-3-Clause
 * Each allocation of each of these calls fails in turn, alone or with all later ones.  The call
 * returns OT_ENOMEM and leaks nothing (under LeakSanitizer), and the same call then succeeds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "models/cases.h"

static ot_net *net;
static ot_program *program; /* measured once */
static FILE *nowhere;

static void set_up(void)
{
    nowhere = fopen("/dev/null", "w");
    ck_assert_ptr_nonnull(nowhere);
    ck_ok(ot_net_new(&(ot_net_opts){ .blocks = "rk4 x1", .width = 2, .stem_stride = 2, .batch = 2 },
                     &net));
    ck_ok(ot_compile(ot_net_tape(net), ot_net_loss(net), &(ot_compile_opts){ 0 }, &program));
    ot_params_init(ot_program_params(program), 1);
    memset(ot_program_input(program, ot_net_images(net)), 0, sizeof(float[2][32][32][3]));
    memset(ot_program_input(program, ot_net_labels(net)), 0, sizeof(int32_t[2]));
    ck_ok(ot_program_measure(program, true));
    ck_ok(ot_forward(program, 2));
    ck_ok(ot_backward(program, NULL, false));
}

static void tear_down(void)
{
    ot_program_free(program);
    ot_net_free(net);
    fclose(nowhere);
}

/* ---- the calls ---- */

static ot_status list(void)
{
    OT_TRY(ot_program_list(program, OT_LIST_TEXT, nowhere));
    OT_TRY(ot_program_list(program, OT_LIST_DOT, nowhere));
    return ot_program_list(program, OT_LIST_JSON, nowhere);
}

static ot_status plan(void)
{
    return ot_program_plan(program, OT_LIST_WIDE, true, nowhere);
}

static ot_status profile(void)
{
    const ot_peaks peaks = { .flops = 1e9, .bytes = 1e9 };
    OT_TRY(ot_program_profile(program, NULL, 0, OT_LIST_WIDE, true, nowhere));
    return ot_program_profile(program, &peaks, 1, OT_LIST_WIDE, false, nowhere);
}

/* The mean of x*w*s with a parameter w and a statistic s. */
static ot_status check_gradients(void)
{
    ot_tape *t = ot_tape_new();
    if (!t) return OT_ENOMEM;
    const ot_var x = ot_input(t, "x", OT_SHAPE(2, 3));
    const ot_var w = ot_param(t, "w", OT_SHAPE(3), OT_ONES);
    const ot_var s = ot_stat(t, "s", OT_SHAPE(3), OT_ONES);
    const ot_var y = ot_mean(t, ot_scale(t, ot_scale(t, x, w), s));
    ot_gradcheck_report report;
    const ot_status status =
        ot_gradcheck(t, y, NULL, &(ot_gradcheck_opts){ .all_below = 1, .directions = 2 }, &report);
    ot_tape_free(t);
    return status;
}

static ot_var decay(ot_tape *t, ot_var x, int i, void *user)
{
    (void)i;
    (void)user;
    return ot_lincomb(t, 1, (ot_coef[]){ { .value = -1.0 } }, &x);
}

static ot_status take_steps(ot_stepper *st)
{
    double y[2] = { 1.0, 2.0 }, g[2] = { 1.0, 0.0 };
    ot_control_result w;
    OT_TRY(ot_stepper_fixed(st, 1.0, 3, y));
    OT_TRY(ot_stepper_controlled(st, 1.0, &(ot_control){ .tolerance = 1e-3 }, y, &w));
    return ot_stepper_backward(st, g);
}

static ot_status integrate(void)
{
    ot_tape *t = ot_tape_new();
    if (!t) return OT_ENOMEM;
    const ot_var x = ot_input(t, "x", OT_SHAPE(1, 2));
    ot_stepper *st = NULL;
    const ot_scheme *s = ot_scheme_find("bogacki_shampine32");
    ot_status status = s ? ot_stepper_new(s, t, x, decay, NULL, NULL, &st) : OT_ENOMEM;
    if (status == OT_OK) status = take_steps(st);
    ot_stepper_free(st);
    ot_tape_free(t);
    return status;
}

static const ot_tableau *fehlberg(void)
{
    const ot_scheme *s = ot_scheme_find("fehlberg45");
    return s ? ot_scheme_tableau(s) : NULL;
}

static ot_status tell_stability(void)
{
    char *text = NULL;
    ot_stability stability;
    if (!fehlberg()) return OT_ENOMEM;
    OT_TRY(ot_tableau_stability(fehlberg(), 1, &stability));
    const ot_status status = ot_tableau_polynomial(fehlberg(), 0, &text);
    free(text);
    return status;
}

static ot_status tell_stages(void)
{
    ot_tableau_info info;
    return fehlberg() ? ot_tableau_describe(fehlberg(), &info) : OT_ENOMEM;
}

static ot_status make_tableau(void)
{
    const double a[] = { 0.5 }, b[] = { 0.0, 1.0 };
    ot_tableau *t = NULL;
    const ot_status status = ot_tableau_new("mine", 2, a, b, &t);
    ot_tableau_free(t);
    return status;
}

static ot_status fuse(void)
{
    ot_net *fused = NULL;
    ot_params *values = NULL;
    const ot_status status = ot_net_fuse(net, ot_program_params(program), &fused, &values);
    ot_params_free(values);
    ot_net_free(fused);
    return status;
}

static const struct exhausted {
    const char *name;
    ot_status (*call)(void);
} calls[] = {
    { "list", list },           { "plan", plan },
    { "profile", profile },     { "gradcheck", check_gradients },
    { "integrate", integrate }, { "stability", tell_stability },
    { "stages", tell_stages },  { "tableau", make_tableau },
    { "fuse", fuse },
};
enum { CALLS = sizeof calls / sizeof calls[0] };

START_TEST(each_allocation_of_a_call_may_fail)
{
    const struct exhausted *e = &calls[_i / 2];
    const int for_ever = _i % 2;
    int failed = 0;
    ck_ok(e->call()); /* afterwards everything that is made on first use exists */
    for (long n = 1;; n++) {
        ot__fail_allocation(n, for_ever);
        const ot_status status = e->call();
        const long seen = ot__fail_allocation(0, 0);
        if (seen < n) break;
        failed++;
        ck_assert_msg(status == OT_ENOMEM, "%s, allocation %ld of %ld: %s", e->name, n, seen,
                      ot_strerror(status));
    }
    ck_assert_int_gt(failed, 0);
    ck_ok(e->call());
}
END_TEST

TCase *exhaustion_case(void)
{
    TCase *c = tcase_create("exhaustion");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_loop_test(c, each_allocation_of_a_call_may_fail, 0, 2 * CALLS);
    return c;
}
