/* SPDX-License-Identifier: BSD-3-Clause
 * Networks whose sub-net or branch has weights of its own kind against PyTorch: three steps of
 * gradient descent in double, then one pass in evaluation mode.  reference/special.h has PyTorch's
 * numbers and the rule of the values. */
#include <stdio.h>
#include <string.h>

#include "models/cases.h"
#include "models/reference/special.h"

enum { NETS = sizeof special_nets / sizeof special_nets[0] };

static bool ends_with(const char *name, const char *ending)
{
    const size_t n = strlen(name), m = strlen(ending);
    return n >= m && strcmp(name + n - m, ending) == 0;
}

static double value_of(const char *name, ot_shape shape, int j, int fan_in)
{
    const char *const last = strrchr(name, '.') + 1;
    int s = 0;
    for (const char *c = name; *c; c++)
        s += (unsigned char)*c;
    const double v = sin(0.37 * s + 1.7 * j);
    if (ends_with(last, "_ones")) return 1;
    if (strcmp(last, "running_mean") == 0) return 0.05 * v;
    if (strncmp(last, "bias", 4) == 0) return 0.1 * v;
    if (shape.rank < 2) return 1 + 0.1 * v;
    return v * sqrt(2.0 / fan_in);
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
            w[j] = value_of(ot_params_name(ps, i), s, (int)j, fan_in);
    }
    return ps;
}

static ot_net *build(const special_net *r)
{
    ot_net *net = NULL;
    ck_ok(ot_net_new(&(ot_net_opts){ .blocks = r->net,
                                     .levels = r->levels,
                                     .down = r->down,
                                     .subnet = r->subnet,
                                     .branch = r->branch,
                                     .norm = r->norm,
                                     .stem = r->stem,
                                     .head = r->head,
                                     .block_relu = r->relu,
                                     .image = r->size,
                                     .batch = SPECIAL_BATCH,
                                     .classes = SPECIAL_CLASSES },
                     &net));
    return net;
}

static ot_program *compile(const special_net *r, const ot_net *net, ot_params *ps, bool evaluate)
{
    ot_program *p = NULL;
    const ot_var logits = ot_net_logits(net);
    ck_ok(ot_compile(
        ot_net_tape(net), ot_net_loss(net),
        &(ot_compile_opts){
            .dtype = OT_F64, .evaluate = evaluate, .params = ps, .n_keep = 1, .keep = &logits },
        &p));
    double *const x = ot_program_input(p, ot_net_images(net));
    int32_t *const labels = ot_program_input(p, ot_net_labels(net));
    for (int j = 0; j < SPECIAL_BATCH * r->size * r->size * 3; j++)
        x[j] = reference_image(j);
    for (int i = 0; i < SPECIAL_BATCH; i++)
        labels[i] = (3 * i + 1) % SPECIAL_CLASSES;
    return p;
}

static double run(const ot_net *net, ot_program *p)
{
    ck_ok(ot_forward(p, SPECIAL_BATCH));
    return *(const double *)ot_program_value(p, ot_net_loss(net));
}

static void compare(const special_net *r, ot_params *ps, const reference_tensor *t, bool statistic)
{
    const int i = ot_params_find(ps, t->name);
    ck_assert_msg(i >= 0, "%s: %s is missing", r->id, t->name);
    ck_assert_int_eq((int)ot_params_elements(ps, i), t->count);
    const double *const x =
        statistic ? ot_params_value(ps, i, OT_F64) : ot_params_grad(ps, i, OT_F64);
    double checksum = 0, squares = 0;
    for (int j = 0; j < t->count; j++) {
        checksum += x[j] * reference_pattern(j);
        squares += x[j] * x[j];
    }
    ck_assert_msg(fabs(sqrt(squares) - t->norm) < 1e-10, "%s: the norm of %s is %.17g, not %.17g",
                  r->id, t->name, sqrt(squares), t->norm);
    ck_assert_msg(fabs(checksum - t->checksum) < 1e-10,
                  "%s: the checksum of %s is %.17g, not %.17g", r->id, t->name, checksum,
                  t->checksum);
}

/* Compares the gradients, or the statistics. */
static void compare_all(const special_net *r, ot_params *ps, bool statistics)
{
    for (int i = 0; i < r->n_tensors; i++)
        if ((strstr(r->tensors[i].name, ".running_") != NULL) == statistics)
            compare(r, ps, &r->tensors[i], statistics);
}

static void step(ot_params *ps)
{
    for (int i = 0; i < ot_params_count(ps); i++) {
        if (!ot_params_trained(ps, i)) continue;
        const double *const g = ot_params_grad(ps, i, OT_F64);
        double *const w = ot_params_edit(ps, i, OT_F64);
        for (size_t j = 0; j < ot_params_elements(ps, i); j++)
            w[j] -= SPECIAL_RATE * g[j];
    }
}

static void train(const special_net *r, const ot_net *net, ot_params *ps)
{
    ot_program *const p = compile(r, net, ps, false);
    for (int k = 0; k < SPECIAL_STEPS; k++) {
        const double loss = run(net, p);
        ck_assert_msg(fabs(loss - r->loss[k]) < 1e-12, "%s: loss %d is %.17g, not %.17g", r->id, k,
                      loss, r->loss[k]);
        ck_ok(ot_backward(p, NULL, false));
        if (k == 0) compare_all(r, ps, false);
        step(ps);
    }
    ot_program_free(p);
    compare_all(r, ps, true);
}

START_TEST(a_network_trains_as_in_pytorch)
{
    const special_net *const r = &special_nets[_i];
    ot_net *const net = build(r);
    ot_params *const ps = set_values(net);
    ck_assert_uint_eq(ot_net_describe(net).params, (size_t)r->params);
    train(r, net, ps);
    ot_program *const p = compile(r, net, ps, true);
    const double loss = run(net, p);
    ck_assert_msg(fabs(loss - r->evaluated) < 1e-11,
                  "%s: the loss in evaluation is %.17g, not %.17g", r->id, loss, r->evaluated);
    const double *const logits = ot_program_value(p, ot_net_logits(net));
    double checksum = 0, squares = 0;
    for (int i = 0; i < SPECIAL_BATCH * SPECIAL_CLASSES; i++) {
        checksum += logits[i] * reference_pattern(i);
        squares += logits[i] * logits[i];
    }
    ck_assert_msg(fabs(checksum - r->logits) < 1e-10,
                  "%s: the checksum of the logits is %.17g, not %.17g", r->id, checksum, r->logits);
    ck_assert_double_eq_tol(sqrt(squares), r->logits_norm, 1e-10);
    ot_program_free(p);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

TCase *special_case(void)
{
    TCase *c = tcase_create("special");
    tcase_add_loop_test(c, a_network_trains_as_in_pytorch, 0, NETS);
    return c;
}
