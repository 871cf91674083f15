/* SPDX-License-Identifier: BSD-3-Clause
 * A scheme that is no tableau: the momentum residual network (Sander et al. 2021),
 *
 *     v = g v_prev + (1 - g) f(x),   y = x + h v,   g = 0.9
 *
 * As a program, it checks the gradient and trains a small network:
 *
 *     cc new_scheme.c $(pkg-config --cflags --libs odetape) -o new_scheme && ./new_scheme
 *
 * As a plugin, it gives the scheme to every command of odetape:
 *
 *     cc -shared -fPIC new_scheme.c $(pkg-config --cflags odetape) -o momentum.so
 *     odetape train --plugin ./momentum.so --net "momentum x3" --width 16 --epochs 2
 */
#include <stdio.h>
#include <stdlib.h>

#include <odetape.h>

/* The state is { x, v }; before the first block of a run it is { x } alone, and v is 0. */
static ot_state momentum_step(ot_block *b, ot_state in)
{
    static const double one = 1;
    const ot_coef coef[] = { { .value = 0.1 }, { .value = 0.9 } };
    const ot_var f = ot_block_eval(b, in.v[0], NULL);
    const ot_var x = ot_block_shortcut(b, in.v[0]); /* x, unless the shape changes */
    const ot_var v = ot_lincomb(ot_block_tape(b), in.n, coef, (const ot_var[]){ f, in.v[1] });
    return ot_state_of(2, (const ot_var[]){ ot_block_sum(b, x, 1, &one, &v, 1), v });
}

static OT_SCHEME(momentum, .about.equation = "v = 0.9 v_prev + 0.1 f(x), y = x + h v",
                 .about.reference = "Sander et al. 2021", .evaluations = 1,
                 .flags = OT_SCHEME_STEP | OT_SCHEME_STEP_CHANNEL, .step = momentum_step);

OT_PLUGIN
{
    return ot_register_scheme(&ot_scheme_momentum);
}

static void or_exit(ot_status status)
{
    if (status == OT_OK) return;
    fprintf(stderr, "%s\n", ot_message());
    exit(EXIT_FAILURE);
}

static ot_net *make(int width, int image, int batch)
{
    ot_net *net = NULL;
    or_exit(ot_net_new(&(ot_net_opts){ .blocks = "momentum x3",
                                       .width = width,
                                       .stem_stride = 2,
                                       .image = image,
                                       .batch = batch },
                       &net));
    return net;
}

static bool check_gradient(void)
{
    ot_net *net = make(2, 8, 2);
    ot_gradcheck_report report;
    or_exit(ot_gradcheck(ot_net_tape(net), ot_net_loss(net), NULL, NULL, &report));
    printf("%ld derivatives checked, worst relative error %.1e: %s\n", report.checked,
           report.worst_error, report.passed ? "passed" : "FAILED");
    ot_net_free(net);
    return report.passed;
}

static double train(void)
{
    ot_net *net = make(8, 32, 20);
    ot_dataset *data = NULL;
    ot_params *params = NULL;
    ot_train_result result;
    or_exit(ot_dataset_open("builtin", OT_SPLIT_TEST, &data)); /* the smaller split, for both */
    or_exit(ot_params_new(ot_net_tape(net), &params));
    ot_params_init(params, 1);
    or_exit(ot_train(&(ot_train_opts){ .net = net,
                                       .params = params,
                                       .train = data,
                                       .test = data,
                                       .epochs = 4,
                                       .batch = 20,
                                       .lr = 0.05,
                                       .momentum = 0.9 },
                     &result));
    printf("%.1f %% of the images are right after %d epochs\n", 100 * result.last.test_accuracy,
           result.epochs);
    ot_params_free(params);
    ot_dataset_free(data);
    ot_net_free(net);
    return result.last.test_accuracy;
}

int main(void)
{
    or_exit(ot_register_scheme(&ot_scheme_momentum));
    return check_gradient() && train() > 0.2 ? EXIT_SUCCESS : EXIT_FAILURE;
}
