/* SPDX-License-Identifier: BSD-3-Clause
 * odetape doctor: prints the hardware and settings that a training would use, and advises what to
 * change. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/available.h"
#include "base/decimal.h"
#include "cli/frame/command.h"
#include "cli/frame/message.h"
#include "cli/frame/text.h"
#include "cli/frame/page.h"
#include "cli/frame/print.h"
#include "odetape.h"

/* What is printed.  A number that is not known is NAN. */
typedef struct facts {
    const char *cpu, *cpu_features, *memory_why, *kernels, *best_kernels, *best_ops, *blis_version,
        *blis_kernels, *blis_reason, *huge_pages, *wait_policy, *spin_count, *mpi_module, *mpi;
    double processes, cpus, cores, quota, threads, flushing, memory_bytes, machine_bytes,
        peak_flops, peak_bytes;
    char ops[2048], pages[32];
} facts;

#define AT(member) .offset = offsetof(facts, member)

static const ot__column fact_columns[] = {
    { "cpu", NULL, OT__CELL_TEXT, AT(cpu) },
    { "cpu_features", NULL, OT__CELL_TEXT, AT(cpu_features) },
    { "cpus", NULL, OT__CELL_COUNT, AT(cpus) },
    { "cores", NULL, OT__CELL_COUNT, AT(cores) },
    { "quota", NULL, OT__CELL_REAL, AT(quota) },
    { "threads", NULL, OT__CELL_COUNT, AT(threads) },
    { "flushing_threads", NULL, OT__CELL_COUNT, AT(flushing) },
    { "processes", NULL, OT__CELL_COUNT, AT(processes) },
    { "mpi", NULL, OT__CELL_TEXT, AT(mpi) },
    { "mpi_module", NULL, OT__CELL_TEXT, AT(mpi_module) },
    { "available_bytes", NULL, OT__CELL_COUNT, AT(memory_bytes) },
    { "available_why", NULL, OT__CELL_TEXT, AT(memory_why) },
    { "machine_bytes", NULL, OT__CELL_COUNT, AT(machine_bytes) },
    { "kernels", NULL, OT__CELL_TEXT, AT(kernels) },
    { "best_kernels", NULL, OT__CELL_TEXT, AT(best_kernels) },
    { "best_ops", NULL, OT__CELL_TEXT, AT(best_ops) },
    { "blis_version", NULL, OT__CELL_TEXT, AT(blis_version) },
    { "blis_kernels", NULL, OT__CELL_TEXT, AT(blis_kernels) },
    { "blis_reason", NULL, OT__CELL_TEXT, AT(blis_reason) },
    { "huge_pages", NULL, OT__CELL_TEXT, AT(huge_pages) },
    { "omp_wait_policy", NULL, OT__CELL_TEXT, AT(wait_policy) },
    { "gomp_spincount", NULL, OT__CELL_TEXT, AT(spin_count) },
    { "peak_flops", NULL, OT__CELL_REAL, AT(peak_flops) },
    { "peak_bytes", NULL, OT__CELL_REAL, AT(peak_bytes) },
};
static const ot__table fact_table = OT__TABLE(NULL, fact_columns);

typedef struct row {
    const char *advice;
} row;

static const ot__column columns[] = {
    { "advice", NULL, OT__CELL_TEXT, .offset = offsetof(row, advice) },
};
static const ot__table table = OT__TABLE("advice", columns);

/* ---- finding out ---- */

/* The word in brackets of a line such as "always [madvise] never". */
static void find_huge_pages(facts *f)
{
    char line[128] = "";
    strcpy(f->pages, "unknown");
    f->huge_pages = f->pages;
    FILE *const file = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");
    if (!file) return;
    if (fgets(line, sizeof line, file)) {
        const char *const at = strchr(line, '[');
        if (at) sscanf(at + 1, "%31[a-z]", f->pages);
    }
    fclose(file);
}

static void find_best_ops(facts *f)
{
    size_t used = 0;
    f->best_ops = f->ops;
    for (int i = 0; i < ot_op_count(); i++)
        if (ot_op_has_best(i) && used < sizeof f->ops)
            used += (size_t)snprintf(f->ops + used, sizeof f->ops - used, "%s%s", used ? ", " : "",
                                     ot_op_name(i));
}

static void find_memory(facts *f)
{
    const ot__available there = ot__memory_available();
    f->machine_bytes = cli_memory();
    f->memory_why = there.why;
    f->memory_bytes = there.bytes == SIZE_MAX ? NAN : (double)there.bytes;
}

/* Copies are not timed if there is no memory for them. */
static ot_status find_peaks(facts *f)
{
    ot_peaks peaks;
    const ot_status status = ot_machine_peaks(&peaks);
    if (status != OT_OK && status != OT_ENOMEM) return status;
    f->peak_flops = peaks.flops;
    f->peak_bytes = status == OT_OK ? peaks.bytes : NAN;
    return OT_OK;
}

static const char *not_empty(const char *text)
{
    return *text ? text : NULL;
}

static const char *set_in_environment(const char *name)
{
    const char *const value = getenv(name);
    return value ? not_empty(value) : NULL;
}

static ot_status find_out(const ot_machine_info *m, facts *f)
{
    *f = (facts){ .cpu = m->cpu,
                  .cpu_features = m->cpu_features,
                  .kernels = ot_tier_name(m->tier),
                  .best_kernels = m->best_kernels,
                  .blis_version = m->blis_version,
                  .blis_kernels = m->blis_kernels,
                  .blis_reason = m->blis_reason,
                  .wait_policy = set_in_environment("OMP_WAIT_POLICY"),
                  .spin_count = set_in_environment("GOMP_SPINCOUNT"),
                  .mpi_module = not_empty(ot_processes_module()),
                  .mpi = not_empty(ot_processes_text()),
                  .processes = ot_processes_count(),
                  .cpus = m->cpus,
                  .cores = m->cores,
                  .quota = m->quota > 0 ? m->quota : NAN,
                  .threads = m->threads,
                  .flushing = ot_machine_flushing() };
    find_memory(f);
    find_best_ops(f);
    find_huge_pages(f);
    return find_peaks(f);
}

/* ---- printing ---- */

static void print_cpus(const facts *f)
{
    cli_print(stdout, "CPUs      %.0f that this process may use (%s): %s\n", f->cpus,
              f->cpu_features, f->cpu);
    printf("          %.0f by its affinity; ", f->cores);
    if (f->quota > 0)
        cli_print(stdout, "its control group has a quota of %s\n", OT__ROUNDED(f->quota, 6));
    else
        printf("its control group has no known quota\n");
    printf("threads   %.0f\n", f->threads);
}

/* Whether the launcher lets this process run on some of the CPUs only. */
static const char *binding(const facts *f)
{
    const double all = (double)sysconf(_SC_NPROCESSORS_ONLN);
    return f->cores >= all ? "on any CPU" : f->cores == 1 ? "bound to a CPU" : "bound to some CPUs";
}

static void print_processes(const facts *f)
{
    if (f->mpi)
        cli_print(stdout, "processes %.0f share trainings, each with %.0f thread%s, %s: %s\n",
                  f->processes, f->threads, f->threads == 1 ? "" : "s", binding(f), f->mpi);
    else if (f->mpi_module)
        cli_print(stdout, "processes one; under a launcher such as mpirun, MPI is loaded by %s\n",
                  f->mpi_module);
    else
        printf("processes one; this build has no MPI\n");
}

static void print_memory(const facts *f)
{
    cli_text available, machine;
    cli_bytes(&machine, f->machine_bytes);
    if (isnan(f->memory_bytes))
        cli_print(stdout, "memory    %s; how much of it is available is not known\n", machine.s);
    else
        cli_print(stdout, "memory    %s %s; the machine has %s\n",
                  cli_bytes(&available, f->memory_bytes), f->memory_why, machine.s);
}

static void print_kernels(const facts *f)
{
    cli_print(stdout, "kernels   %s; ", f->kernels);
    if (strcmp(f->best_kernels, "none") == 0)
        printf("there are no best kernels for this CPU\n");
    else
        cli_print(
            stdout,
            "best ones, for %s, for some shapes of: %s\n          the other ops have portable "
            "ones; odetape plan --records lists the kernels\n",
            f->best_kernels, f->best_ops);
    cli_print(stdout, "BLIS      %s, kernels for %s, %s\n", f->blis_version, f->blis_kernels,
              f->blis_reason);
}

static void print_settings(const facts *f)
{
    cli_print(stdout, "pages     transparent huge pages: %s; tensors of 2 MiB or more %s\n",
              f->huge_pages,
              strcmp(f->huge_pages, "never") == 0 ? "would use them" : "ask for them");
    printf("denormals flushed to zero in %.0f of %.0f threads\n", f->flushing, f->threads);
    cli_print(stdout, "waiting   OMP_WAIT_POLICY is %s, GOMP_SPINCOUNT is %s\n",
              f->wait_policy ? f->wait_policy : "not set",
              f->spin_count ? f->spin_count : "not set");
}

static void print_peaks(const facts *f)
{
    printf("peaks     %.1f GFLOP/s of multiply-adds", 1e-9 * f->peak_flops);
    if (!isnan(f->peak_bytes)) printf(", %.1f GB/s copied", 1e-9 * f->peak_bytes);
    printf(", measured on all threads\n");
    if (isnan(f->peak_bytes))
        cli_print(stdout, "          copies are not measured: %s\n", ot_message());
}

static void advise(ot__page *p, const char *sentence)
{
    ot__page_row(p, &(row){ sentence });
    if (!p->json) cli_print(stdout, "advice    %s\n", sentence);
}

static void print_advice(ot__page *p, const ot_machine_info *m)
{
    char sentence[160];
    ot__page_table(p, &table);
    if (m->quota > 0 && m->threads > m->quota) {
        snprintf(sentence, sizeof sentence,
                 "the quota is %s CPUs, so the system will pause %d threads: use --threads %d",
                 OT__ROUNDED(m->quota, 6), m->threads, m->quota < 1 ? 1 : (int)m->quota);
        advise(p, sentence);
    } else if (m->threads > m->cpus) {
        advise(p, "more threads than CPUs are slow: unset OMP_NUM_THREADS");
    }
    if (m->threads * ot_processes_count() < m->cpus) {
        snprintf(sentence, sizeof sentence,
                 "%d CPUs are idle: unset OMP_NUM_THREADS, or use --threads %d",
                 m->cpus - m->threads, m->cpus);
        advise(p, sentence);
    }
    if (m->tier == OT_TIER_PORTABLE && strcmp(m->best_kernels, "none") != 0)
        advise(p, "this CPU has faster kernels: unset ODETAPE_KERNELS");
}

static ot_status run(void *settings, char **operands)
{
    (void)settings, (void)operands;
    const ot_machine_info m = ot_machine();
    facts f;
    ot__page page;
    OT_TRY(ot_processes_join());
    if (ot_processes_rank() > 0) return OT_OK;
    OT_TRY(find_out(&m, &f));
    cli_page_open(&page);
    ot__page_facts(&page, &fact_table, &f);
    if (ot__page_is_text(&page)) {
        print_cpus(&f);
        print_processes(&f);
        print_memory(&f);
        print_kernels(&f);
        print_settings(&f);
        print_peaks(&f);
    }
    print_advice(&page, &m);
    return ot__page_close(&page, OT_OK);
}

const cli_command cli_doctor = {
    .name = "doctor",
    .operands = "",
    .summary = "print what a training would run on",
    .json = true,
    .run = run,
};
