/* SPDX-License-Identifier: BSD-3-Clause
 * Runs one network with the same parameters, images and labels twice, in float32 and with the
 * double reference kernels, and compares the gradients.  The float32 run repeats the sizes of
 * controlled steps that the double run chose, because other steps have other gradients. */
#include "cli/commands/gradients.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands/profile.h"
#include "cli/frame/print.h"

typedef struct distance {
    double error; /* relative error of all gradients together, in the l2 norm */
    double worst; /* the largest relative error of one tensor's gradient */
    int tensor;
} distance;

/* Repeats the steps of `of` unless it is NULL. */
static ot_status run(const ot_net *net, uint64_t seed, const ot_compile_opts *how,
                     const ot_execution *of, ot_execution **e)
{
    ot_status status = ot_execution_new(net, how, e);
    if (status == OT_OK && of) status = ot_execution_replay(*e, of);
    if (status != OT_OK) return status;
    ot_params_init(ot_execution_params(*e), seed);
    cli_noise(net, *e, how->dtype);
    status = ot_execution_forward(*e, ot_execution_describe(*e).batch);
    return status == OT_OK ? ot_execution_backward(*e, NULL) : status;
}

static distance compare(ot_params *f, ot_params *d)
{
    distance all = { .tensor = -1 };
    double gap = 0, norm = 0;
    for (int i = 0; i < ot_params_count(f); i++) {
        const float *x = ot_params_grad(f, i, OT_F32);
        const double *y = ot_params_grad(d, i, OT_F64);
        double part = 0, size = 0;
        for (size_t j = 0; ot_params_trained(f, i) && j < ot_params_elements(f, i); j++) {
            part += ((double)x[j] - y[j]) * ((double)x[j] - y[j]);
            size += y[j] * y[j];
        }
        gap += part;
        norm += size;
        if (size > 0 && sqrt(part / size) > all.worst) {
            all.worst = sqrt(part / size);
            all.tensor = i;
        }
    }
    all.error = norm > 0 ? sqrt(gap / norm) : 0;
    return all;
}

typedef struct row {
    const char *kernels, *tensor;
    double loss, gradients, worst;
} row;

#define AT(member) .offset = offsetof(row, member)

static const ot__column columns[] = {
    { "kernels", "kernels", OT__CELL_TEXT, AT(kernels), .width = -9 },
    { "loss", "loss", OT__CELL_REAL, AT(loss), .width = 10, .format = "%.2e" },
    { "gradients", "gradients", OT__CELL_REAL, AT(gradients), .width = 10, .format = "%.2e" },
    { "worst", "worst", OT__CELL_REAL, AT(worst), .width = 10, .format = "%.2e" },
    { "tensor", "tensor", OT__CELL_TEXT, AT(tensor), .width = -6 },
};
static const ot__table table = OT__TABLE("kernels", columns);

static ot_status compare_tier(ot__page *p, const ot_net *net, uint64_t seed, ot_tier tier,
                              ot_execution *exact, double *error)
{
    ot_execution *e = NULL;
    const ot_compile_opts how = { .dtype = OT_F32, .tier = tier };
    const ot_status status = run(net, seed, &how, exact, &e);
    if (status == OT_OK) {
        ot_params *const ps = ot_execution_params(e);
        const double loss = ot_execution_loss(e), exact_loss = ot_execution_loss(exact);
        const distance d = compare(ps, ot_execution_params(exact));
        ot__page_row(p,
                     &(row){ ot_tier_name(tier), d.tensor >= 0 ? ot_params_name(ps, d.tensor) : "",
                             fabs(loss - exact_loss) / fabs(exact_loss), d.error, d.worst });
        *error = d.error;
    }
    ot_execution_free(e);
    return status;
}

ot_status cli_gradients_compare(ot__page *p, const ot_net *net, uint64_t seed, double tolerance,
                                bool *passed)
{
    const ot_machine_info m = ot_machine();
    const int tiers = strcmp(m.best_kernels, "none") == 0 ? 1 : 2;
    ot_execution *exact = NULL;
    double error = 0;
    *passed = true;
    ot_status status = run(net, seed, &(ot_compile_opts){ .dtype = OT_F64 }, NULL, &exact);
    if (status == OT_OK && ot__page_is_text(p))
        cli_print(stdout, "float32 against double, relative errors; best kernels: %s\n",
                  m.best_kernels);
    ot__page_table(p, &table);
    for (int i = 0; status == OT_OK && i < tiers; i++) {
        status =
            compare_tier(p, net, seed, i == 0 ? OT_TIER_PORTABLE : OT_TIER_BEST, exact, &error);
        *passed &= error <= tolerance;
    }
    ot_execution_free(exact);
    if (status == OT_OK && ot__page_is_text(p))
        cli_print(stdout, "%s\n", *passed ? "passed" : "FAILED");
    return status;
}
