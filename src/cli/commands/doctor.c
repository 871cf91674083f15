/* SPDX-License-Identifier: BSD-3-Clause
 * odetape doctor: prints the hardware and settings that a training would use, and advises what to
 * change. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/available.h"
#include "base/decimal.h"
#include "cli/frame/command.h"
#include "cli/frame/message.h"
#include "cli/frame/text.h"
#include "cli/frame/print.h"
#include "odetape.h"

static void print_cpus(const ot_machine_info *m)
{
    cli_print(stdout, "CPUs      %d that this process may use (%s): %s\n", m->cpus, m->cpu_features,
              m->cpu);
    printf("          %d by its affinity; ", m->cores);
    if (m->quota > 0)
        cli_print(stdout, "its control group has a quota of %s\n", OT__ROUNDED(m->quota, 6));
    else
        printf("its control group has no known quota\n");
    printf("threads   %d\n", m->threads);
}

static void print_memory(void)
{
    const ot__available there = ot__memory_available();
    cli_text available, machine;
    cli_bytes(&machine, cli_memory());
    if (there.bytes == SIZE_MAX)
        cli_print(stdout, "memory    %s; how much of it is available is not known\n", machine.s);
    else
        cli_print(stdout, "memory    %s %s; the machine has %s\n",
                  cli_bytes(&available, (double)there.bytes), there.why, machine.s);
}

static void print_kernels(const ot_machine_info *m)
{
    const char *separator = "";
    cli_print(stdout, "kernels   %s; ", ot_tier_name(m->tier));
    if (strcmp(m->best_kernels, "none") == 0) {
        printf("there are no best kernels for this CPU\n");
        return;
    }
    cli_print(stdout, "best ones, for %s, for some shapes of: ", m->best_kernels);
    for (int i = 0; i < ot_op_count(); i++) {
        if (!ot_op_has_best(i)) continue;
        cli_print(stdout, "%s%s", separator, ot_op_name(i));
        separator = ", ";
    }
    printf(
        "\n          the other ops have portable ones; odetape plan --records lists the kernels\n");
}

/* Prints the word in brackets of a line such as "always [madvise] never". */
static void print_huge_pages(void)
{
    char line[128] = "", word[32] = "unknown";
    FILE *const f = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");
    if (f) {
        if (fgets(line, sizeof line, f)) {
            const char *const at = strchr(line, '[');
            if (at) sscanf(at + 1, "%31[a-z]", word);
        }
        fclose(f);
    }
    cli_print(stdout, "pages     transparent huge pages: %s; tensors of 2 MB or more %s\n", word,
              strcmp(word, "never") == 0 ? "would use them" : "ask for them");
}

static void print_openmp(const ot_machine_info *m)
{
    const char *const policy = getenv("OMP_WAIT_POLICY"), *const spin = getenv("GOMP_SPINCOUNT");
    printf("denormals flushed to zero in %d of %d threads\n", ot_machine_flushing(), m->threads);
    cli_print(stdout, "waiting   OMP_WAIT_POLICY is %s, GOMP_SPINCOUNT is %s\n",
              policy && *policy ? policy : "not set", spin && *spin ? spin : "not set");
}

static void print_advice(const ot_machine_info *m)
{
    if (m->quota > 0 && m->threads > m->quota)
        cli_print(stdout,
                  "advice    the quota is %s CPUs, so the system will pause %d threads: "
                  "use --threads %d\n",
                  OT__ROUNDED(m->quota, 6), m->threads, m->quota < 1 ? 1 : (int)m->quota);
    else if (m->threads > m->cpus)
        printf("advice    more threads than CPUs are slow: unset OMP_NUM_THREADS\n");
    if (m->threads < m->cpus)
        printf("advice    %d CPUs are idle: unset OMP_NUM_THREADS, or use --threads %d\n",
               m->cpus - m->threads, m->cpus);
    if (m->tier == OT_TIER_PORTABLE && strcmp(m->best_kernels, "none") != 0)
        printf("advice    this CPU has faster kernels: unset ODETAPE_KERNELS\n");
}

/* Measures the peaks and prints them.  If memory is missing for the copies that are timed, prints
 * the rest and returns OT_OK. */
static ot_status print_peaks(void)
{
    ot_peaks peaks;
    const ot_status status = ot_machine_peaks(&peaks);
    if (status != OT_OK && status != OT_ENOMEM) return status;
    printf("peaks     %.1f GFLOP/s of multiply-adds", 1e-9 * peaks.flops);
    if (status == OT_OK) printf(", %.1f GB/s copied", 1e-9 * peaks.bytes);
    printf(", measured on all threads\n");
    if (status != OT_OK) cli_print(stdout, "          copies are not measured: %s\n", ot_message());
    return OT_OK;
}

static ot_status run(void *settings, char **operands)
{
    (void)settings, (void)operands;
    const ot_machine_info m = ot_machine();
    print_cpus(&m);
    print_memory();
    print_kernels(&m);
    cli_print(stdout, "BLIS      %s, kernels for %s, %s\n", m.blis_version, m.blis_kernels,
              m.blis_reason);
    print_huge_pages();
    print_openmp(&m);
    const ot_status status = print_peaks();
    if (status != OT_OK) return status;
    print_advice(&m);
    return OT_OK;
}

const cli_command cli_doctor = {
    .name = "doctor",
    .operands = "",
    .summary = "print what a training would run on",
    .run = run,
};
