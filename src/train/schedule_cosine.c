/* SPDX-License-Identifier: BSD-3-Clause
 * Schedule cosine (Loshchilov and Hutter 2017, without restarts), as the closed form of PyTorch's
 * CosineAnnealingLR over all epochs: least + (lr - least) (1 + cos(pi e/epochs))/2.  e is the epoch
 * or, with per=step, also counts the part of the epoch that is done. */
#include <math.h>

#include "odetape.h"

typedef struct attributes {
    double least;
    int per; /* epoch, step */
} attributes;

static const attributes defaults = { .least = 0 };
static const char *const periods[] = { "epoch", "step", NULL };

static const ot_option rows[] = {
    { .name = "least",
      .kind = OT_OPTION_REAL,
      .argument = "X",
      .most = 1e30,
      .offset = offsetof(attributes, least),
      .help = "the rate that it falls towards" },
    { .name = "per",
      .kind = OT_OPTION_CHOICE,
      .argument = "WHAT",
      .choices = periods,
      .offset = offsetof(attributes, per),
      .help = "whether the rate changes after each epoch or each step" },
    { 0 },
};

static double rate(const void *of, const ot_schedule_at *at)
{
    const attributes *const a = of;
    const double pi = acos(-1.0), part = a->per == 1 ? (double)at->step / at->steps : 0.0;
    const double e = at->epoch + part;
    return a->least + (at->lr - a->least) * (1 + cos(pi * e / at->epochs)) / 2;
}

static const char *refuse(const void *of, const ot_schedule_at *at)
{
    const attributes *const a = of;
    return a->least <= at->lr ? NULL : "least must not exceed lr, because the rate falls";
}

OT_SCHEDULE(cosine, .about.equation = "least + (lr - least) (1 + cos(pi e/epochs))/2",
            .about.reference = "Loshchilov and Hutter 2017", .about.attributes = rows,
            .about.size = sizeof(attributes), .about.defaults = &defaults, .rate = rate,
            .refuse = refuse);
