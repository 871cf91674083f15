/* SPDX-License-Identifier: BSD-3-Clause
 * Whole networks against PyTorch: one training pass, forward and backward, then one pass in
 * evaluation mode, in double.  reference/reference.h has PyTorch's numbers, the rule of the values
 * and the tolerances. */
#include <stdio.h>
#include <string.h>

#include "models/cases.h"
#include "models/reference/compare.h"

enum { FAMILIES = sizeof reference_families / sizeof reference_families[0] };

/* Network i of all families.  *tolerance is that of its gradients, as a part of the largest
 * norm. */
static const reference_net *network(int i, double *tolerance)
{
    for (size_t f = 0; f < FAMILIES; f++) {
        const bool deep = strcmp(reference_families[f].name, "paper") == 0;
        *tolerance = deep ? 1e-9 : 1e-12;
        if (i < reference_families[f].n) return &reference_families[f].nets[i];
        i -= reference_families[f].n;
    }
    return NULL;
}

static int networks(void)
{
    int n = 0;
    for (size_t f = 0; f < FAMILIES; f++)
        n += reference_families[f].n;
    return n;
}

/* ---- our network ---- */

/* Whether the scheme changes the shape in its own way. */
static bool is_own(const char *down)
{
    return strcmp(down, "half") == 0 || strcmp(down, "none") == 0;
}

static ot_net *build(const reference_net *r)
{
    char blocks[64], norm[64];
    ot_net *net = NULL;
    snprintf(blocks, sizeof blocks, "%s%s x%d", r->scheme, r->bare_first ? "(first=bare)" : "",
             r->blocks);
    snprintf(norm, sizeof norm, "batch(eps=%g, momentum=%g)", r->eps, r->momentum);
    const ot_net_opts opts = {
        .blocks = blocks,
        .levels = r->levels,
        .down = is_own(r->down) ? NULL : r->down,
        .subnet = r->subnet,
        .stem = r->stem,
        .head = r->head,
        .norm = norm,
        .block_relu = r->relu,
        .image = r->size,
        .batch = r->batch,
        .classes = r->classes,
    };
    ck_ok(ot_net_new(&opts, &net));
    return net;
}

static double run(const ot_net *net, const reference_net *r, ot_params *ps, bool evaluate)
{
    ot_program *p = NULL;
    ck_ok(ot_compile(
        ot_net_tape(net), ot_net_loss(net),
        &(ot_compile_opts){
            .dtype = OT_F64, .evaluate = evaluate, .forward_only = evaluate, .params = ps },
        &p));
    double *const x = ot_program_input(p, ot_net_images(net));
    int32_t *const labels = ot_program_input(p, ot_net_labels(net));
    for (int j = 0; j < r->batch * r->size * r->size * 3; j++)
        x[j] = reference_image(j);
    for (int i = 0; i < r->batch; i++)
        labels[i] = (3 * i + 1) % r->classes;
    ck_ok(ot_forward(p, r->batch));
    const double loss = *(const double *)ot_program_value(p, ot_net_loss(net));
    if (!evaluate) ck_ok(ot_backward(p, NULL, false));
    ot_program_free(p);
    return loss;
}

/* ---- comparison ---- */

START_TEST(a_network_has_the_losses_gradients_and_statistics_of_pytorch)
{
    double tolerance;
    const reference_net *const r = network(_i, &tolerance);
    if (!ot_scheme_find(r->scheme)) return;
    if (r->params > 100000 && ot_in_valgrind()) OT_SKIP("valgrind is too slow");
    ot_net *const net = build(r);
    ot_params *const ps = set_values(net);
    ck_assert_uint_eq(ot_net_describe(net).params, (size_t)r->params);
    if (tolerance < 1e-10) ck_assert_int_eq(ot_params_count(ps), r->n_tensors);
    const double loss = run(net, r, ps, false);
    ck_assert_msg(fabs(loss - r->loss) <= 1e-12 * r->loss, "%s: the loss is %.17g, not %.17g",
                  r->id, loss, r->loss);
    compare_all(r, ps, tolerance);
    const double evaluated = run(net, r, ps, true);
    ck_assert_msg(fabs(evaluated - r->eval_loss) <= 1e-12 * r->eval_loss,
                  "%s: the loss in evaluation is %.17g, not %.17g", r->id, evaluated, r->eval_loss);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

TCase *reference_case(void)
{
    TCase *c = tcase_create("reference");
    tcase_add_loop_test(c, a_network_has_the_losses_gradients_and_statistics_of_pytorch, 0,
                        networks());
    tcase_set_timeout(c, 300);
    return c;
}
