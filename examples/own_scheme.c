/* SPDX-License-Identifier: BSD-3-Clause
 * Parses a tableau, proves its order, and trains a small network of it:
 *
 *     cc own_scheme.c $(pkg-config --cflags --libs odetape) -o own_scheme && ./own_scheme
 */
#include <stdio.h>
#include <stdlib.h>

#include <odetape.h>

/* Ralston's third-order method.  c is not written: it is always the row sums of a. */
static const char text[] = "scheme = ralston3\n"
                           "title  = Ralston 3\n"
                           "order  = 3\n"
                           "a2 = 1/2\n"
                           "a3 = 0, 3/4\n"
                           "b  = 2/9, 1/3, 4/9\n";

enum { STEPS = 100, BATCH = 64 };

static void or_exit(ot_status status)
{
    if (status == OT_OK) return;
    fprintf(stderr, "%s\n", ot_message());
    exit(EXIT_FAILURE);
}

/* Makes a scheme from the text.  Exits if it does not have the order that it claims. */
static ot_scheme *prove(void)
{
    ot_tableau *t = NULL;
    ot_scheme *s = NULL;
    ot_order_report report;
    or_exit(ot_tableau_parse(text, "my tableau", &t));
    or_exit(ot_tableau_order(t, 1, &report));
    printf("order %d, proved; error norm %.4g\n", report.order, report.at[report.order + 1].norm);
    if (report.order != report.claimed) exit(EXIT_FAILURE);
    or_exit(ot_scheme_from_tableau(t, &s));
    ot_tableau_free(t);
    return s;
}

/* Trains a network of two blocks on the built-in images for a hundred steps.  Returns the mean
 * losses of the first and of the last ten steps. */
static void train(const ot_scheme *s, double *first, double *last)
{
    const ot_net_opts opts = { .blocks = "ralston3 x2",
                               .n_schemes = 1,
                               .schemes = &s,
                               .width = 4,
                               .stem_stride = 2,
                               .batch = BATCH };
    ot_net *net = NULL;
    ot_dataset *data = NULL;
    ot_loader *loader = NULL;
    ot_program *p = NULL;
    ot_optimiser *optimiser = NULL;
    or_exit(ot_net_new(&opts, &net));
    or_exit(ot_dataset_open("builtin", OT_SPLIT_TEST, &data));
    or_exit(ot_loader_new(data, &(ot_loader_opts){ .batch = BATCH, .shuffle = true }, &loader));
    or_exit(ot_compile(ot_net_tape(net), ot_net_loss(net), NULL, &p));
    ot_params *ps = ot_program_params(p);
    ot_params_init(ps, 1);
    or_exit(ot_optimiser_new(
        ps, OT_F32, &(ot_optimiser_opts){ .momentum = 0.9, .weight_decay = 1e-4 }, &optimiser));
    const int batches = ot_loader_batches(loader) - 1; /* without the last, which may be smaller */
    for (int step = 0; step < STEPS; step++) {
        ot_loader_epoch(loader, step / batches);
        ot_loader_fill(loader, step % batches, ot_program_input(p, ot_net_images(net)),
                       ot_program_input(p, ot_net_labels(net)));
        or_exit(ot_forward(p, BATCH));
        or_exit(ot_backward(p, NULL, false));
        ot_optimiser_step(optimiser, 0.05);
        const double loss = *(const float *)ot_program_value(p, ot_net_loss(net));
        if (step < 10) *first += loss / 10;
        if (step >= STEPS - 10) *last += loss / 10;
    }
    ot_optimiser_free(optimiser);
    ot_program_free(p);
    ot_loader_free(loader);
    ot_dataset_free(data);
    ot_net_free(net);
}

int main(void)
{
    double first = 0, last = 0;
    ot_scheme *s = prove();
    train(s, &first, &last);
    printf("loss %.3f at first, %.3f after %d steps\n", first, last, STEPS);
    ot_scheme_free(s);
    return last < first ? EXIT_SUCCESS : EXIT_FAILURE;
}
