/* SPDX-License-Identifier: BSD-3-Clause
 * Networks whose schemes have layers of their own against PyTorch: three steps of gradient descent,
 * then one pass in evaluation mode, in double.  reference/own_layers.py made the numbers. */
#include <stdio.h>
#include <string.h>

#include "models/cases.h"
#include "models/reference/own_layers.h"

enum { NETS = sizeof own_nets / sizeof own_nets[0], STEPS = 3 };

/* The tolerance of a gradient is a part of the largest norm of its network; of a loss, of itself.
 * Numbers after some steps inherit the rounding errors of the gradients before. */
static const double gradient_tolerance = 1e-12, loss_tolerance = 1e-11, statistic_tolerance = 1e-11;
static const double rate = 0.05;

static ot_net *build(const own_net *r)
{
    char norm[64];
    ot_net *net = NULL;
    snprintf(norm, sizeof norm, "batch(eps=%g, momentum=%g)", r->eps, r->momentum);
    ck_ok(ot_net_new(&(ot_net_opts){ .blocks = r->blocks,
                                     .levels = r->levels,
                                     .down = r->down,
                                     .stem = r->stem,
                                     .head = r->head,
                                     .norm = norm,
                                     .image = r->size,
                                     .batch = r->batch,
                                     .classes = r->classes },
                     &net));
    return net;
}

static ot_params *set_values(const ot_net *net)
{
    ot_params *ps = NULL;
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    for (int i = 0; i < ot_params_count(ps); i++) {
        const ot_shape s = ot_params_shape(ps, i);
        int fan_in = 1;
        for (int d = 1; d < s.rank; d++)
            fan_in *= s.dim[d];
        double *const w = ot_params_edit(ps, i, OT_F64);
        for (size_t j = 0; j < ot_params_elements(ps, i); j++)
            w[j] = reference_value(ot_params_name(ps, i), (int)j, fan_in);
    }
    return ps;
}

static ot_program *compile(const ot_net *net, const own_net *r, ot_params *ps, bool evaluate)
{
    ot_program *p = NULL;
    const ot_var logits = ot_net_logits(net);
    ck_ok(ot_compile(ot_net_tape(net), ot_net_loss(net),
                     &(ot_compile_opts){ .dtype = OT_F64,
                                         .evaluate = evaluate,
                                         .forward_only = evaluate,
                                         .n_keep = 1,
                                         .keep = &logits,
                                         .params = ps },
                     &p));
    double *const x = ot_program_input(p, ot_net_images(net));
    int32_t *const labels = ot_program_input(p, ot_net_labels(net));
    for (int j = 0; j < r->batch * r->size * r->size * 3; j++)
        x[j] = reference_image(j);
    for (int i = 0; i < r->batch; i++)
        labels[i] = (3 * i + 1) % r->classes;
    return p;
}

static double forward(ot_program *p, const ot_net *net, const own_net *r)
{
    ck_ok(ot_forward(p, r->batch));
    return *(const double *)ot_program_value(p, ot_net_loss(net));
}

/* ---- comparison ---- */

static bool is_statistic(const reference_tensor *t)
{
    return strstr(t->name, ".running_") != NULL;
}

static void compare_sums(const own_net *r, const char *name, int n, const double *x,
                         double checksum, double norm, double most)
{
    double sum = 0, squares = 0;
    for (int j = 0; j < n; j++) {
        sum += x[j] * reference_pattern(j);
        squares += x[j] * x[j];
    }
    ck_assert_msg(fabs(sqrt(squares) - norm) <= most && fabs(sum - checksum) <= most,
                  "%s: %s has the norm %.17g and the checksum %.17g, not %.17g and %.17g", r->id,
                  name, sqrt(squares), sum, norm, checksum);
}

/* Compares the gradients, or the statistics. */
static void compare_tensors(const own_net *r, ot_params *ps, bool statistics, double tolerance)
{
    double largest = 0;
    for (int i = 0; i < r->n_tensors; i++)
        if (is_statistic(&r->tensors[i]) == statistics) largest = fmax(largest, r->tensors[i].norm);
    for (int i = 0; i < r->n_tensors; i++) {
        const reference_tensor *const t = &r->tensors[i];
        if (is_statistic(t) != statistics) continue;
        const int k = ot_params_find(ps, t->name);
        ck_assert_msg(k >= 0, "%s: %s is missing", r->id, t->name);
        ck_assert_uint_eq(ot_params_elements(ps, k), (size_t)t->count);
        ck_assert(ot_params_trained(ps, k) == !statistics);
        compare_sums(r, t->name, t->count,
                     statistics ? ot_params_value(ps, k, OT_F64) : ot_params_grad(ps, k, OT_F64),
                     t->checksum, t->norm, tolerance * largest);
    }
}

static void compare_loss(const own_net *r, int step, double loss)
{
    ck_assert_msg(fabs(loss - r->losses[step]) <= loss_tolerance * r->losses[step],
                  "%s: loss %d is %.17g, not %.17g", r->id, step, loss, r->losses[step]);
}

static void descend(ot_params *ps)
{
    for (int i = 0; i < ot_params_count(ps); i++) {
        if (!ot_params_trained(ps, i)) continue;
        const double *const g = ot_params_grad(ps, i, OT_F64);
        double *const w = ot_params_edit(ps, i, OT_F64);
        for (size_t j = 0; j < ot_params_elements(ps, i); j++)
            w[j] -= rate * g[j];
    }
}

START_TEST(three_steps_of_a_network_are_those_of_pytorch)
{
    const own_net *const r = &own_nets[_i];
    ot_net *const net = build(r);
    ot_params *const ps = set_values(net);
    ck_assert_uint_eq(ot_net_describe(net).params, (size_t)r->params);
    ck_assert_int_eq(ot_params_count(ps), r->n_tensors);
    ot_program *p = compile(net, r, ps, false);
    for (int step = 0; step < STEPS; step++) {
        compare_loss(r, step, forward(p, net, r));
        ck_ok(ot_backward(p, NULL, false));
        if (step == 0) {
            compare_sums(r, "the logits", r->batch * r->classes,
                         ot_program_value(p, ot_net_logits(net)), r->logits_checksum,
                         r->logits_norm, gradient_tolerance * r->logits_norm);
            compare_tensors(r, ps, false, gradient_tolerance);
        }
        descend(ps);
    }
    compare_tensors(r, ps, true, statistic_tolerance);
    ot_program_free(p);
    p = compile(net, r, ps, true);
    compare_loss(r, STEPS, forward(p, net, r));
    ot_program_free(p);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

/* ---- published networks ---- */

static const struct {
    const char *system, *levels;
    size_t params;
} published[] = {
    { "densenet-bc-100-12", NULL, 769162 },      { "densenet-40-12", NULL, 1059298 },
    { "densenet-40-12", "16,*:2,*:2", 1019722 }, /* as in the paper */
    { "rknet-e-5-5-5", NULL, 1192810 },          { "rknet-i-5-5-5", NULL, 2551210 },
    { "rknet-r-5-5-5", NULL, 2551210 },
};

START_TEST(a_published_network_has_its_number_of_parameters)
{
    ot_net *net = NULL;
    ck_ok(ot_net_new(
        &(ot_net_opts){ .system = published[_i].system, .levels = published[_i].levels }, &net));
    ck_assert_uint_eq(ot_net_describe(net).params, published[_i].params);
    ot_net_free(net);
}
END_TEST

TCase *own_layers_case(void)
{
    TCase *c = tcase_create("own_layers");
    tcase_add_loop_test(c, three_steps_of_a_network_are_those_of_pytorch, 0, NETS);
    tcase_add_loop_test(c, a_published_network_has_its_number_of_parameters, 0,
                        sizeof published / sizeof published[0]);
    return c;
}
