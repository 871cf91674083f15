/* SPDX-License-Identifier: BSD-3-Clause
 * Sets the values of parameters that the numbers of reference.h were made with, and compares
 * gradients and statistics with these numbers. */
#ifndef OT_TESTS_REFERENCE_COMPARE_H
#define OT_TESTS_REFERENCE_COMPARE_H

#include "models/reference/reference.h"
#include "suite.h"

/* Parameters with the values that reference.h says. */
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

static bool is_statistic(const reference_tensor *t)
{
    return strstr(t->name, ".running_") != NULL;
}

/* The gradient of a parameter, or the values of a statistic. */
static const double *numbers(ot_params *ps, const reference_tensor *t)
{
    const int i = ot_params_find(ps, t->name);
    ck_assert_msg(i >= 0, "%s is missing", t->name);
    ck_assert_msg(ot_params_elements(ps, i) == (size_t)t->count, "%s has %zu elements, not %d",
                  t->name, ot_params_elements(ps, i), t->count);
    ck_assert_msg(ot_params_trained(ps, i) == !is_statistic(t), "%s", t->name);
    return is_statistic(t) ? ot_params_value(ps, i, OT_F64) : ot_params_grad(ps, i, OT_F64);
}

static void compare(const reference_net *r, ot_params *ps, const reference_tensor *t, double most)
{
    const double *const g = numbers(ps, t);
    double checksum = 0, squares = 0;
    for (int j = 0; j < t->count; j++) {
        checksum += g[j] * reference_pattern(j);
        squares += g[j] * g[j];
    }
    ck_assert_msg(fabs(sqrt(squares) - t->norm) <= most, "%s: the norm of %s is %.17g, not %.17g",
                  r->id, t->name, sqrt(squares), t->norm);
    ck_assert_msg(fabs(checksum - t->checksum) <= most,
                  "%s: the checksum of %s is %.17g, not %.17g", r->id, t->name, checksum,
                  t->checksum);
}

/* Compares all tensors of a network.  tolerance is a part of the largest norm of a gradient, or of
 * a statistic. */
static void compare_all(const reference_net *r, ot_params *ps, double tolerance)
{
    double gradient = 0, statistic = 0;
    for (int i = 0; i < r->n_tensors; i++) {
        double *const largest = is_statistic(&r->tensors[i]) ? &statistic : &gradient;
        *largest = fmax(*largest, r->tensors[i].norm);
    }
    for (int i = 0; i < r->n_tensors; i++)
        compare(r, ps, &r->tensors[i],
                tolerance * (is_statistic(&r->tensors[i]) ? statistic : gradient));
}

#endif
