/* SPDX-License-Identifier: BSD-3-Clause
 * A training loop of your own: trains a small network on the built-in images with SGD and a
 * learning rate that falls to zero.  ot_train() does all this and more; this example shows the
 * parts.
 *
 *     cc train_tiny.c $(pkg-config --cflags --libs odetape) -o train_tiny && ./train_tiny
 */
#include <stdio.h>
#include <stdlib.h>

#include <odetape.h>

enum { BATCH = 64, STEPS = 60 };

static void or_exit(ot_status status)
{
    if (status == OT_OK) return;
    fprintf(stderr, "%s\n", ot_message());
    exit(EXIT_FAILURE);
}

int main(void)
{
    ot_net *net = NULL;
    or_exit(ot_net_new(
        &(ot_net_opts){ .blocks = "rk4x1", .width = 8, .stem_stride = 2, .batch = BATCH }, &net));
    const ot_var loss = ot_net_loss(net);

    ot_program *p = NULL;
    or_exit(ot_compile(ot_net_tape(net), loss, NULL, &p));
    ot_params *ps = ot_program_params(p);
    ot_params_init(ps, 1);
    float *images = ot_program_input(p, ot_net_images(net));
    int32_t *labels = ot_program_input(p, ot_net_labels(net));

    ot_dataset *data = NULL;
    or_exit(ot_dataset_open("builtin", OT_SPLIT_TRAIN, &data));
    ot_loader *loader = NULL;
    or_exit(ot_loader_new(data, &(ot_loader_opts){ .batch = BATCH, .seed = 1, .shuffle = true },
                          &loader));
    ot_loader_epoch(loader, 0);

    ot_optimiser *optimiser = NULL;
    or_exit(ot_optimiser_new(
        ps, OT_F32, &(ot_optimiser_opts){ .momentum = 0.9, .weight_decay = 1e-4 }, &optimiser));
    float sum = 0, first = 0, last = 0; /* mean losses of ten steps each */
    for (int step = 0; step < STEPS; step++) {
        const int n = ot_loader_fill(loader, step % ot_loader_batches(loader), images, labels);
        or_exit(ot_forward(p, n));
        or_exit(ot_backward(p, NULL, false));
        ot_optimiser_step(optimiser, 0.1 * (STEPS - step) / STEPS);
        sum += *(const float *)ot_program_value(p, loss);
        if (step % 10 < 9) continue;
        last = sum / 10;
        if (step == 9) first = last;
        sum = 0;
        printf("steps %2d to %2d: mean loss %.3f\n", step - 8, step + 1, last);
    }

    ot_eval_result result;
    ot_dataset *test = NULL;
    or_exit(ot_dataset_open("builtin", OT_SPLIT_TEST, &test));
    or_exit(ot_evaluate(net, ps, test, BATCH, OT_TIER_DEFAULT, &result));
    printf("accuracy on %d test images: %.1f %%\n", result.images, 100 * result.accuracy);

    ot_dataset_free(test);
    ot_optimiser_free(optimiser);
    ot_loader_free(loader);
    ot_dataset_free(data);
    ot_program_free(p);
    ot_net_free(net);
    return last < first ? EXIT_SUCCESS : EXIT_FAILURE;
}
