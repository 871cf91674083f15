/* SPDX-License-Identifier: BSD-3-Clause
 * Explicit Runge-Kutta steps as records of ops:
 *
 *     k_i = f_i(x + sum_j a_ij k_j),   y = x + sum_i b_i k_i
 *
 * one ot_lincomb for each stage input and one for the output.  A stage that y does not depend on is
 * not recorded, and zero coefficients are not operands.  Only op constructors that every user can
 * call are used here, so derivatives, memory and kernels are no concern of this file. */
#include "schemes/scheme.h"

/* The weights of a form of output: b, or 1 for the last stage that b reads. */
static void output_weights(const ot_scheme *s, ot_output output, double w[])
{
    int last = 0;
    for (int i = 0; i < ot_scheme_stages(s); i++) {
        w[i] = ot_scheme_b(s, i);
        if (w[i] != 0) last = i;
    }
    if (output != OT_OUTPUT_LAST) return;
    for (int i = 0; i < last; i++)
        w[i] = 0;
    w[last] = 1;
}

int ot__rk_live(const ot_scheme *s, ot_output output, bool live[])
{
    double w[OT__STAGES_MOST];
    int n = 0;
    output_weights(s, output, w);
    for (int i = ot_scheme_stages(s) - 1; i >= 0; i--) {
        live[i] = w[i] != 0;
        for (int later = i + 1; later < ot_scheme_stages(s); later++)
            live[i] |= live[later] && ot_scheme_a(s, later, i) != 0;
        n += live[i];
    }
    return n;
}

/* Every coefficient of a step is made here. */
static ot_coef coefficient(double value)
{
    return (ot_coef){ .value = value };
}

/* x + sum_j w_j k_j over the first n stages; x itself when all w are 0. */
static ot_var combine(ot_tape *t, ot_var x, int n, const double w[], const ot_var k[])
{
    ot_coef coef[OT__STAGES_MOST + 1] = { coefficient(1.0) };
    ot_var term[OT__STAGES_MOST + 1] = { x };
    int terms = 1;
    for (int j = 0; j < n; j++) {
        if (w[j] == 0) continue;
        coef[terms] = coefficient(w[j]);
        term[terms++] = k[j];
    }
    return terms == 1 ? x : ot_lincomb(t, terms, coef, term);
}

ot_var ot__rk_record(const ot_scheme *s, ot_tape *t, ot_var x, ot_subnet f, void *user,
                     const ot_step_opts *opts)
{
    const int stages = ot_scheme_stages(s);
    bool live[OT__STAGES_MOST];
    double w[OT__STAGES_MOST];
    ot_var k[OT__STAGES_MOST];
    int evaluation = 0;
    ot__rk_live(s, opts->output, live);
    for (int i = 0; i < stages; i++) {
        if (!live[i]) continue;
        for (int j = 0; j < i; j++)
            w[j] = ot_scheme_a(s, i, j);
        ot_scope_push(t, "stages.%d", evaluation);
        const ot_var input = combine(t, x, i, w, k);
        k[i] = input.id ? f(t, input, evaluation, user) : input;
        ot_scope_pop(t);
        if (!k[i].id)
            return ot_tape_fail(t, OT_EINVAL, "%s: evaluation %d of f gave the null var",
                                ot_scheme_name(s), evaluation);
        evaluation++;
    }
    output_weights(s, opts->output, w);
    return combine(t, x, stages, w, k);
}
