/* SPDX-License-Identifier: BSD-3-Clause
 * Measures the time that the loader takes for a batch, for several augmentations, with one thread
 * and with two.  Compared with the time of a training step (bench/step) it is the cost of an
 * augmentation. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/median.h"
#include "odetape.h"

enum { BATCH = 128, WARM_UP = 2, BATCHES = 41 };

static const struct {
    const char *name;
    ot_loader_opts opts;
} cases[] = {
    { "none", { 0 } },
    { "standard", { .crop_pad = 4, .flip = true } },
    { "autoaugment", { .crop_pad = 4, .flip = true, .policy = OT_POLICY_AUTOAUGMENT } },
    { "autoaugment-dv", { .crop_pad = 4, .flip = true, .policy = OT_POLICY_AUTOAUGMENT_DV } },
    { "autoaugment-tf", { .crop_pad = 4, .flip = true, .policy = OT_POLICY_AUTOAUGMENT_TF } },
    { "autoaugment, cutout",
      { .crop_pad = 4, .flip = true, .policy = OT_POLICY_AUTOAUGMENT, .cutout = 16 } },
};

static void or_exit(ot_status status)
{
    if (status == OT_OK) return;
    fprintf(stderr, "bench/loader: %s\n", ot_message());
    exit(EXIT_FAILURE);
}

static void run(const ot_dataset *d, const char *name, ot_loader_opts opts, int threads)
{
    static float x[BATCH * 32 * 32 * 3];
    static int32_t labels[BATCH];
    double seconds[BATCHES];
    ot_loader *l;
    opts.batch = BATCH;
    opts.shuffle = true;
    or_exit(ot_set_threads(threads));
    or_exit(ot_loader_new(d, &opts, &l));
    for (int i = -WARM_UP; i < BATCHES; i++) {
        const double start = ot__now();
        ot_loader_fill(l, (i + WARM_UP) % ot_loader_batches(l), x, labels);
        if (i >= 0) seconds[i] = ot__now() - start;
    }
    const double median = ot__median(BATCHES, seconds);
    printf("%-20s %7d  %9.3f %9.3f %9.3f\n", name, threads, 1e3 * seconds[0], 1e3 * median,
           1e3 * seconds[BATCHES - 1]);
    ot_loader_free(l);
}

int main(int argc, char **argv)
{
    ot_dataset *d;
    or_exit(ot_dataset_open(argc > 1 ? argv[1] : "builtin", OT_SPLIT_TRAIN, &d));
    printf("%d batches of %d images each, from the data set in memory to the network's input\n\n",
           BATCHES, BATCH);
    printf("%-20s %7s  %9s %9s %9s\n", "augmentation", "threads", "least ms", "median ms",
           "most ms");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int threads = 1; threads <= 2; threads++)
            run(d, cases[i].name, cases[i].opts, threads);
    ot_dataset_free(d);
    return 0;
}
