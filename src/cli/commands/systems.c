/* SPDX-License-Identifier: BSD-3-Clause
 * Quadratic systems y' = Ly + s * (Ay * By), where * multiplies element by element.  They are
 * smooth and nonlinear, and recorded with public ops. */
#include "cli/commands/systems.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "cli/frame/message.h"
#include "cli/frame/schemes.h"

typedef struct ode {
    int n;
    double l[9], s[3], a[9], b[9]; /* matrices by rows */
    double start[CLI_MOST_STATE];
} ode;

const char *const cli_system_names[] = { "rigid", "lotka", NULL };

static const ode systems[] = {
    /* A freely rotating body (Euler): y1' = -2 y2 y3, y2' = 5/4 y3 y1, y3' = -1/2 y1 y2. */
    { 3,
      { 0 },
      { -2, 1.25, -0.5 },
      { 0, 1, 0, 0, 0, 1, 1, 0, 0 },
      { 0, 0, 1, 1, 0, 0, 0, 1, 0 },
      { 0.5, 1, 0.5 } },
    /* Predator and prey (Lotka, Volterra): y1' = y1 - y1 y2, y2' = y1 y2 - y2. */
    { 2, { 1, 0, 0, -1 }, { -1, 1 }, { 1, 0, 0, 1 }, { 0, 1, 1, 0 }, { 1.1, 1 } },
};

enum { FINE_STEPS = 256 };

typedef struct field {
    ot_var l, s, a, b;
} field;

static ot_var right_hand_side(ot_tape *t, ot_var y, int i, void *user)
{
    (void)i;
    const field *f = user;
    const ot_var none = { 0 };
    const ot_var product = ot_mul(t, ot_linear(t, y, f->a, none), ot_linear(t, y, f->b, none));
    return ot_lincomb(t, 2, (const ot_coef[]){ { .value = 1 }, { .value = 1 } },
                      (const ot_var[]){ ot_linear(t, y, f->l, none), ot_scale(t, product, f->s) });
}

static void set(ot_params *ps, const char *name, const double *values)
{
    const int i = ot_params_find(ps, name);
    double *to = ot_params_edit(ps, i, OT_F64);
    if (to) memcpy(to, values, ot_params_elements(ps, i) * sizeof *to);
}

static ot_status record(const ode *sys, cli_integration *in)
{
    ot_tape *const t = in->tape = ot_tape_new();
    if (!t) return cli_no_memory();
    const ot_shape square = OT_SHAPE(sys->n, sys->n);
    field f = { .l = ot_param(t, "L", square, OT_ZEROS),
                .s = ot_param(t, "s", OT_SHAPE(sys->n), OT_ZEROS),
                .a = ot_param(t, "A", square, OT_ZEROS),
                .b = ot_param(t, "B", square, OT_ZEROS) };
    const ot_var x = ot_input(t, "y", OT_SHAPE(1, sys->n));
    const ot_status status =
        ot_stepper_new(in->scheme, t, x, right_hand_side, &f, NULL, &in->stepper);
    if (status != OT_OK) return status;
    in->n = sys->n;
    in->params = ot_stepper_params(in->stepper);
    set(in->params, "L", sys->l);
    set(in->params, "s", sys->s);
    set(in->params, "A", sys->a);
    set(in->params, "B", sys->b);
    return OT_OK;
}

ot_status cli_integration_open(const char *scheme, int system, cli_integration *in)
{
    *in = (cli_integration){ 0 };
    ot_status status = cli_scheme_with_tableau(scheme, &in->own);
    in->scheme = in->own;
    if (status == OT_OK) status = record(&systems[system], in);
    if (status != OT_OK) cli_integration_close(in);
    return status;
}

void cli_integration_close(cli_integration *in)
{
    ot_stepper_free(in->stepper);
    ot_tape_free(in->tape);
    ot_scheme_free(in->own);
    *in = (cli_integration){ 0 };
}

void cli_system_start(int system, double y[CLI_MOST_STATE])
{
    memcpy(y, systems[system].start, sizeof systems[system].start);
}

ot_status cli_system_solution(int system, double length, double y[CLI_MOST_STATE])
{
    cli_integration fine = { .scheme = ot_scheme_find("verner89") };
    if (!fine.scheme) return cli_no_memory();
    cli_system_start(system, y);
    ot_status status = record(&systems[system], &fine);
    if (status == OT_OK)
        status = ot_stepper_fixed(fine.stepper, length, (int)ceil(FINE_STEPS * length), y);
    cli_integration_close(&fine);
    return status;
}

double cli_distance(int n, const double *x, const double *y)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += (x[i] - y[i]) * (x[i] - y[i]);
    return sqrt(sum / n);
}
