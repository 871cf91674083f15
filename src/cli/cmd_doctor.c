/* SPDX-License-Identifier: BSD-3-Clause
 * odetape doctor: what a training would run on, and what is wrong with it. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/plan.h"
#include "cli/text.h"
#include "odetape.h"

static int run(const cli_command *self, void *settings, char **operands)
{
    (void)self, (void)settings, (void)operands;
    const ot_machine_info m = ot_machine();
    cli_text memory;
    printf("CPUs      %d that this process may use (%s)\n", m.cpus, m.cpu_features);
    printf("threads   %d\n", m.threads);
    printf("memory    %s\n", cli_bytes(&memory, cli_memory()));
    printf("kernels   %s\n", cli_tier_name(m.tier));
    printf("BLIS      %s, kernels for %s\n", m.blis_version, m.blis_kernels);
    if (m.threads > m.cpus)
        printf("advice    more threads than CPUs are slow: unset OMP_NUM_THREADS\n");
    if (m.threads < m.cpus)
        printf("advice    %d CPUs are idle: unset OMP_NUM_THREADS, or --threads %d\n",
               m.cpus - m.threads, m.cpus);
    return 0;
}

const cli_command cli_doctor = {
    .name = "doctor",
    .operands = "",
    .summary = "tell what a training would run on",
    .run = run,
};
