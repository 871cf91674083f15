/* SPDX-License-Identifier: BSD-3-Clause
 * Runs one tape with the same parameters, images and labels twice, in float32 and with the double
 * reference kernels, and compares the gradients. */
#include "cli/commands/gradients.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "cli/commands/profile.h"
#include "cli/frame/print.h"

typedef struct distance {
    double error; /* relative error of all gradients together, in the l2 norm */
    double worst; /* the largest relative error of one tensor's gradient */
    int tensor;
} distance;

static ot_status run(const ot_net *net, uint64_t seed, ot_dtype dtype, ot_tier tier, ot_program **p,
                     double *loss)
{
    const ot_compile_opts how = { .dtype = dtype, .tier = tier };
    ot_status status = ot_compile(ot_net_tape(net), ot_net_loss(net), &how, p);
    if (status != OT_OK) return status;
    ot_params_init(ot_program_params(*p), seed);
    cli_noise(net, *p, dtype);
    status = ot_forward(*p, ot_program_describe(*p).batch);
    if (status == OT_OK) status = ot_backward(*p, NULL, false);
    const void *value = ot_program_value(*p, ot_net_loss(net));
    *loss = ot__number(value, dtype, 0);
    return status;
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

static ot_status compare_tier(const ot_net *net, uint64_t seed, ot_tier tier, ot_program *exact,
                              double exact_loss, double *error)
{
    ot_program *p = NULL;
    double loss;
    const ot_status status = run(net, seed, OT_F32, tier, &p, &loss);
    if (status == OT_OK) {
        ot_params *const ps = ot_program_params(p);
        const distance d = compare(ps, ot_program_params(exact));
        cli_print(stdout, "%-9s %10.2e %10.2e %10.2e  %s\n", ot_tier_name(tier),
                  fabs(loss - exact_loss) / fabs(exact_loss), d.error, d.worst,
                  d.tensor >= 0 ? ot_params_name(ps, d.tensor) : "");
        *error = d.error;
    }
    ot_program_free(p);
    return status;
}

ot_status cli_gradients_compare(const ot_net *net, uint64_t seed, double tolerance, bool *passed)
{
    const ot_machine_info m = ot_machine();
    const int tiers = strcmp(m.best_kernels, "none") == 0 ? 1 : 2;
    ot_program *exact = NULL;
    double loss, error = 0;
    *passed = true;
    ot_status status = run(net, seed, OT_F64, OT_TIER_DEFAULT, &exact, &loss);
    if (status == OT_OK)
        cli_print(stdout,
                  "float32 against double, relative errors; best kernels: %s\n"
                  "%-9s %10s %10s %10s  %s\n",
                  m.best_kernels, "kernels", "loss", "gradients", "worst", "tensor");
    for (int i = 0; status == OT_OK && i < tiers; i++) {
        status =
            compare_tier(net, seed, i == 0 ? OT_TIER_PORTABLE : OT_TIER_BEST, exact, loss, &error);
        *passed &= error <= tolerance;
    }
    ot_program_free(exact);
    if (status == OT_OK) cli_print(stdout, "%s\n", *passed ? "passed" : "FAILED");
    return status;
}
