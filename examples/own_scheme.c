/* SPDX-License-Identifier: BSD-3-Clause
 * A tableau typed in as text, and one step of it: on y' = -y with y(0) = 1 and step 1, where the
 * answer is e^-1, and with its derivative dy(1)/dy(0) from the tape:
 *
 *     cc own_scheme.c $(pkg-config --cflags --libs odetape) -lm -o own_scheme && ./own_scheme
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <odetape.h>

/* Ralston's third-order method.  c is not typed: it is the row sums. */
static const char tableau[] = "scheme = ralston3\n"
                              "title  = Ralston 3\n"
                              "order  = 3\n"
                              "a2 = 1/2\n"
                              "a3 = 0, 3/4\n"
                              "b  = 2/9, 1/3, 4/9\n";

static ot_var decay(ot_tape *t, ot_var x, int i, void *user)
{
    (void)i, (void)user;
    return ot_lincomb(t, 1, &(ot_coef){ .value = -1 }, &x);
}

static void or_exit(ot_status status)
{
    if (status == OT_OK) return;
    fprintf(stderr, "%s\n", ot_message());
    exit(EXIT_FAILURE);
}

int main(void)
{
    ot_scheme *s = NULL;
    or_exit(ot_scheme_parse(tableau, "my tableau", &s));
    printf("%s, order %d:\n", ot_scheme_title(s), ot_scheme_order(s));
    for (int i = 0; i < ot_scheme_stages(s); i++) {
        printf("  c = %-8.4g a =", ot_scheme_c(s, i));
        for (int j = 0; j < i; j++)
            printf(" %-8.4g", ot_scheme_a(s, i, j));
        printf("\n");
    }

    ot_tape *t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(1, 1));
    const ot_var y = ot_scheme_step(s, t, x, decay, NULL);
    ot_program *p = NULL;
    or_exit(ot_compile(t, y, &(ot_compile_opts){ .dtype = OT_F64, .input_gradients = true }, &p));
    *(double *)ot_program_input(p, x) = 1;
    or_exit(ot_forward(p, 1));
    or_exit(ot_backward(p, NULL, false));
    const double y1 = *(const double *)ot_program_value(p, y);
    const double derivative = *(const double *)ot_program_grad(p, x);
    printf("y(1) = %.6f, e^-1 = %.6f, error %+.6f\n", y1, exp(-1), y1 - exp(-1));
    printf("dy(1)/dy(0) = %.6f\n", derivative);

    ot_program_free(p);
    ot_tape_free(t);
    ot_scheme_free(s);
    return fabs(y1 - 1.0 / 3) < 1e-12 && fabs(derivative - y1) < 1e-12 ? EXIT_SUCCESS
                                                                       : EXIT_FAILURE;
}
