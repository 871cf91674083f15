/* SPDX-License-Identifier: BSD-3-Clause
 * Records one Runge-Kutta 4 step with a sub-net of your own, checks its gradient against central
 * differences, and computes it in double:
 *
 *     cc gradient.c $(pkg-config --cflags --libs odetape) -o gradient && ./gradient
 */
#include <stdio.h>
#include <stdlib.h>

#include <odetape.h>

/* f_i(x) = relu(x * w_i).  Each of the four stages has its own weights, because each evaluation of
 * f is recorded in its own scope, "stages.i". */
static ot_var conv_relu(ot_tape *t, ot_var x, int i, void *user)
{
    const int channels = *(const int *)user;
    (void)i;
    const ot_var w =
        ot_param(t, "weight", OT_SHAPE(channels, channels, 3, 3), ot_init_he(9 * channels));
    return ot_relu(t, ot_conv2d(t, x, w, 1, 1));
}

static void or_exit(ot_status status)
{
    if (status == OT_OK) return;
    fprintf(stderr, "%s\n", ot_message());
    exit(EXIT_FAILURE);
}

int main(void)
{
    /* Record. */
    int channels = 8;
    ot_tape *t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(4, 12, 12, channels));
    const ot_var y = ot_scheme_step(ot_scheme_find("rk4"), t, x, conv_relu, &channels);
    const ot_var loss = ot_mean(t, ot_mul(t, y, y));
    or_exit(ot_tape_status(t)); /* reports the first mistake above */

    /* Check every derivative. */
    ot_gradcheck_report report;
    or_exit(ot_gradcheck(t, loss, NULL, NULL, &report));
    printf("%ld derivatives checked, worst relative error %.1e in %s: %s\n", report.checked,
           report.worst_error, report.worst_tensor, report.passed ? "passed" : "FAILED");

    /* Compile and run. */
    ot_program *p = NULL;
    or_exit(ot_compile(t, loss, &(ot_compile_opts){ .dtype = OT_F64 }, &p));
    ot_params *ps = ot_program_params(p);
    ot_params_init(ps, 1);
    double *input = ot_program_input(p, x);
    for (int i = 0; i < 4 * 12 * 12 * channels; i++)
        input[i] = (i * 7 % 19) / 19.0;
    or_exit(ot_forward(p, 4));
    or_exit(ot_backward(p, NULL, false));

    printf("loss %.6f\n", *(const double *)ot_program_value(p, loss));
    for (int i = 0; i < ot_params_count(ps); i++) {
        const double *g = ot_params_grad(ps, i, OT_F64);
        printf("dL/d %-16s first entry %+.6f\n", ot_params_name(ps, i), g[0]);
    }
    ot_program_free(p);
    ot_tape_free(t);
    return report.passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
