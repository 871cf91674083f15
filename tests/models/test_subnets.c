/* SPDX-License-Identifier: BSD-3-Clause
 * Networks with each norm, sub-net, stem, head and branch against PyTorch, in double: the first
 * training pass, and what three steps of gradient descent leave.  reference/subnets.h has PyTorch's
 * numbers and the rule of the values. */
#include <math.h>
#include <string.h>

#include "models/cases.h"
#include "models/passes.h"
#include "models/reference/subnets.h"

enum { FAMILIES = sizeof subnets_families / sizeof subnets_families[0] };

/* Network i of all families; NULL if there are no more. */
static const subnets_net *network(int i)
{
    for (size_t f = 0; f < FAMILIES; f++) {
        if (i < subnets_families[f].n) return &subnets_families[f].nets[i];
        i -= subnets_families[f].n;
    }
    return NULL;
}

static int networks(void)
{
    int n = 0;
    while (network(n))
        n++;
    return n;
}

/* Other orders of summation act like roundings of the parameters, many times over. */
static double tolerance(double noise)
{
    return fmax(1e-12, 100 * noise);
}

static bool ends_in(const char *name, const char *end)
{
    const size_t n = strlen(name), m = strlen(end);
    return n >= m && strcmp(name + n - m, end) == 0;
}

/* The value of element j: the rule that is in subnets.h. */
static double value_of(const char *name, int j, int fan_in)
{
    int s = 0;
    for (const char *c = name; *c != 0; c++)
        s += (unsigned char)*c;
    const double v = sin(0.37 * s + 1.7 * j);
    if (ends_in(name, ".lambda") || ends_in(name, ".alpha") || ends_in(name, ".h"))
        return 0.5 + 0.1 * v;
    if (ends_in(name, ".position")) return 0.2 * v;
    if (ends_in(name, ".running_mean")) return 0.05 * v;
    if (ends_in(name, ".bias")) return 0.1 * v;
    if (ends_in(name, ".running_var") || strstr(name, ".bn") || strstr(name, ".norm."))
        return 1 + 0.1 * v;
    return v * sqrt(2.0 / fan_in);
}

static void set_values(const pass *p)
{
    for (int i = 0; i < ot_params_count(p->params); i++) {
        const ot_shape s = ot_params_shape(p->params, i);
        double *const w = ot_params_edit(p->params, i, OT_F64);
        int fan_in = 1;
        for (int d = 1; d < s.rank; d++)
            fan_in *= s.dim[d];
        for (size_t j = 0; j < ot_params_elements(p->params, i); j++)
            w[j] = value_of(ot_params_name(p->params, i), (int)j, fan_in);
    }
}

static void step(const pass *p)
{
    for (int i = 0; i < ot_params_count(p->params); i++) {
        if (!ot_params_trained(p->params, i)) continue;
        double *const w = ot_params_edit(p->params, i, OT_F64);
        const double *const g = ot_params_grad(p->params, i, OT_F64);
        for (size_t j = 0; j < ot_params_elements(p->params, i); j++)
            w[j] -= SUBNETS_LR * g[j];
    }
}

/* Compares checksum and norm of n numbers; `most` is the tolerance. */
static void compare(const char *id, const char *what, int n, const double *x, double checksum,
                    double norm, double most)
{
    double sum = 0, squares = 0;
    for (int j = 0; j < n; j++) {
        sum += x[j] * sin(0.5 + 2.3 * j);
        squares += x[j] * x[j];
    }
    ck_assert_msg(fabs(sqrt(squares) - norm) <= most, "%s: the norm of %s is %.17g, not %.17g", id,
                  what, sqrt(squares), norm);
    ck_assert_msg(fabs(sum - checksum) <= most, "%s: the checksum of %s is %.17g, not %.17g", id,
                  what, sum, checksum);
}

static void compare_logits(const subnets_net *r, const pass *p, const double expected[2],
                           double most)
{
    const double *const logits = ot_program_value(p->program, ot_net_logits(p->net));
    compare(r->id, "the logits", r->opts.batch * r->opts.classes, logits, expected[0], expected[1],
            most * expected[1]);
}

/* The gradients, or the running statistics. */
static void compare_tensors(const subnets_net *r, const pass *p, bool trained, double most)
{
    double largest = 0;
    for (int k = 0; k < 2 * r->n_tensors; k++) {
        const subnets_tensor *const t = &r->tensors[k % r->n_tensors];
        const int i = pass_find(p, t->name);
        if (ot_params_trained(p->params, i) != trained) continue;
        ck_assert_msg(ot_params_elements(p->params, i) == (size_t)t->count, "%s", t->name);
        if (k < r->n_tensors)
            largest = fmax(largest, t->norm);
        else
            compare(r->id, t->name, t->count,
                    trained ? ot_params_grad(p->params, i, OT_F64)
                            : ot_params_value(p->params, i, OT_F64),
                    t->checksum, t->norm, most * largest);
    }
}

static void compare_after(const subnets_net *r, const pass *p)
{
    pass e = { .net = p->net, .params = p->params, .dtype = OT_F64, .batch = p->batch };
    pass_compile(&e, true);
    const double loss = pass_forward(&e), most = tolerance(r->noise[1]);
    ck_assert_msg(fabs(loss - r->after) <= most * r->after,
                  "%s: the loss after three steps is %.17g, not %.17g", r->id, loss, r->after);
    compare_logits(r, &e, r->logits_after, most);
    ot_program_free(e.program);
}

START_TEST(a_network_of_other_parts_trains_as_in_pytorch)
{
    const subnets_net *const r = network(_i);
    const double most = tolerance(r->noise[0]);
    pass p = pass_new(&r->opts, OT_F64, 0);
    ck_assert_double_lt(most, 1e-11);
    set_values(&p);
    ck_assert_uint_eq(ot_net_describe(p.net).params, (size_t)r->params);
    ck_assert_int_eq(ot_params_count(p.params), r->n_tensors);
    for (int i = 0; i < SUBNETS_STEPS; i++) {
        const double loss = pass_forward(&p);
        pass_backward(&p);
        if (i == 0) {
            ck_assert_msg(fabs(loss - r->loss) <= most * r->loss,
                          "%s: the loss is %.17g, not %.17g", r->id, loss, r->loss);
            compare_logits(r, &p, r->logits, most);
            compare_tensors(r, &p, true, most);
        }
        step(&p);
    }
    compare_tensors(r, &p, false, tolerance(r->noise[1]));
    compare_after(r, &p);
    pass_free(&p);
}
END_TEST

/* Every kind of part is in some network above, except the sums of networks.py. */
START_TEST(float32_gradients_of_these_networks_are_those_of_double)
{
    const subnets_net *const r = network(_i);
    pass p = pass_new(&r->opts, OT_F64, 1), q = pass_new(&r->opts, OT_F32, 1);
    const double loss = pass_forward(&p), single = pass_forward(&q);
    double difference = 0, squares = 0;
    pass_backward(&p);
    pass_backward(&q);
    ck_assert_double_eq_tol(single, loss, 1e-5 * loss);
    for (int i = 0; i < ot_params_count(p.params); i++) {
        const double *const d = ot_params_grad(p.params, i, OT_F64);
        const float *const f = ot_params_grad(q.params, i, OT_F32);
        for (size_t j = 0; ot_params_trained(p.params, i) && j < ot_params_elements(p.params, i);
             j++) {
            difference += (f[j] - d[j]) * (f[j] - d[j]);
            squares += d[j] * d[j];
        }
    }
    ck_assert_msg(sqrt(difference / squares) <= 1e-4, "%s: %.2e", r->id,
                  sqrt(difference / squares));
    pass_free(&p);
    pass_free(&q);
}
END_TEST

START_TEST(gradients_of_these_networks_have_the_same_bits_at_any_number_of_threads)
{
    static const int threads[] = { 1, 2, 3, 8 };
    const subnets_net *const r = network(_i);
    ot_net_opts opts = r->opts;
    opts.batch = 11;
    pass first = { 0 };
    for (size_t k = 0; k < sizeof threads / sizeof threads[0]; k++) {
        ck_ok(ot_set_threads(threads[k]));
        pass p = pass_new(&opts, OT_F32, 1);
        const double loss = pass_forward(&p);
        pass_backward(&p);
        if (k == 0) {
            first = p;
            continue;
        }
        ck_assert(loss == pass_value(&first, ot_net_loss(first.net), 0));
        for (int i = 0; i < ot_params_count(p.params); i++) {
            const size_t bytes = ot_params_elements(p.params, i) * sizeof(float);
            const bool trained = ot_params_trained(p.params, i);
            ck_assert_msg(memcmp(trained ? ot_params_grad(p.params, i, OT_F32)
                                         : ot_params_value(p.params, i, OT_F32),
                                 trained ? ot_params_grad(first.params, i, OT_F32)
                                         : ot_params_value(first.params, i, OT_F32),
                                 bytes) == 0,
                          "%s: %s with %d threads", r->id, ot_params_name(p.params, i), threads[k]);
        }
        pass_free(&p);
    }
    pass_free(&first);
}
END_TEST

TCase *subnets_case(void)
{
    TCase *c = tcase_create("subnets");
    tcase_add_loop_test(c, a_network_of_other_parts_trains_as_in_pytorch, 0, networks());
    tcase_add_loop_test(c, float32_gradients_of_these_networks_are_those_of_double, 0, networks());
    tcase_add_loop_test(c, gradients_of_these_networks_have_the_same_bits_at_any_number_of_threads,
                        0, networks());
    tcase_set_timeout(c, 60);
    return c;
}
