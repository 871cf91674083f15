/* SPDX-License-Identifier: BSD-3-Clause
 * Measures the time of one training step on a batch of random images: forward, backward and SGD,
 * without the loader.  With --evaluate it measures a forward pass in evaluation mode.
 *
 * Without options it prints a table over a few networks; --net or --system chooses one network.
 * --plain prints only the seconds of each step, for scripts (bench/peer.py).  --memory adds a line
 * with the growth of the peak resident size since the start.  --memory-limit takes bytes, "min", or
 * a part of what the program has without a limit: "50%". */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/median.h"
#include "odetape.h"

enum { WARM_UP = 2, MOST_STEPS = 1000 };

typedef struct bench_case {
    const char *blocks;
    int width, stride, batch;
    const char *system; /* instead of blocks and width */
} bench_case;

static const bench_case cases[] = {
    { "euler x8", 64, 1, 128, NULL },   { "rk4x2", 64, 1, 128, NULL },
    { "verner89x1", 64, 1, 128, NULL }, { "euler x8", 16, 2, 128, NULL },
    { "verner89x1", 16, 2, 128, NULL }, { "euler x8", 16, 1, 32, NULL },
};

typedef struct mode {
    bool plain, evaluate, memory;
    int steps;
    double peak;       /* FLOP/s of the machine; 0: not measured */
    const char *limit; /* as on the command line; NULL: none */
} mode;

/* A compiled network with its optimiser. */
typedef struct setup {
    ot_net *net;
    ot_program *program;
    ot_optimiser *optimiser; /* NULL in evaluation mode */
    int batch;
} setup;

static void or_exit(ot_status status)
{
    if (status == OT_OK) return;
    fprintf(stderr, "bench/step: %s\n", ot_message());
    exit(EXIT_FAILURE);
}

/* Fills images with uniform noise of variance 1, and sets labels that do not depend on it. */
static void fill(const setup *s)
{
    float *x = ot_program_input(s->program, ot_net_images(s->net));
    int32_t *labels =
        ot_program_input(s->program, ot_net_labels(s->net)); /* NULL if only logits are computed */
    uint32_t state = 1;
    for (size_t i = 0; i < (size_t)s->batch * 32 * 32 * 3; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = ((float)(state >> 8) / (1 << 23) - 1.0f) * 1.7320508f;
    }
    for (int i = 0; labels && i < s->batch; i++)
        labels[i] = i % 10;
}

/* Bytes of "min", "50%" or "100000000". */
static size_t bytes_of(const char *text, size_t unlimited)
{
    char *end;
    if (strcmp(text, "min") == 0) return OT_LEAST_MEMORY;
    const double number = strtod(text, &end);
    const bool percent = *end == '%';
    if (end > text && number >= 1 && !end[percent])
        return (size_t)(percent ? 0.01 * number * (double)unlimited : number);
    fprintf(stderr, "bench/step: %s is not a number of bytes, a percentage or min\n", text);
    exit(64);
}

/* Compiles under the limit.  A first plan without a limit is made if the limit is a part of it. */
static ot_program *compile(const ot_tape *t, ot_var root, ot_compile_opts opts, const char *limit)
{
    ot_program *p;
    if (limit) {
        ot_compile_opts whole = opts;
        whole.plan_only = true;
        or_exit(ot_compile(t, root, &whole, &p));
        opts.memory_limit = bytes_of(limit, ot_program_describe(p).peak_bytes);
        ot_program_free(p);
    }
    or_exit(ot_compile(t, root, &opts, &p));
    return p;
}

static setup set_up(const bench_case *c, const mode *m)
{
    const bool evaluate = m->evaluate;
    setup s = { .batch = c->batch };
    or_exit(ot_net_new(&(ot_net_opts){ .system = c->system,
                                       .blocks = c->blocks,
                                       .width = c->system ? 0 : c->width,
                                       .stem_stride = c->stride,
                                       .batch = c->batch },
                       &s.net));
    const ot_var root = evaluate ? ot_net_logits(s.net) : ot_net_loss(s.net);
    const ot_compile_opts opts = { .evaluate = evaluate, .forward_only = evaluate };
    s.program = compile(ot_net_tape(s.net), root, opts, m->limit);
    ot_params *ps = ot_program_params(s.program);
    ot_params_init(ps, 1);
    if (!evaluate)
        or_exit(ot_optimiser_new(ps, OT_F32,
                                 &(ot_optimiser_opts){ .momentum = 0.9, .weight_decay = 1e-4 },
                                 &s.optimiser));
    fill(&s);
    return s;
}

static void tear_down(setup *s)
{
    ot_optimiser_free(s->optimiser);
    ot_program_free(s->program);
    ot_net_free(s->net);
}

static double one_step(const setup *s)
{
    const double start = ot__now();
    or_exit(ot_forward(s->program, s->batch));
    if (s->optimiser) {
        or_exit(ot_backward(s->program, NULL, false));
        ot_optimiser_step(s->optimiser, 0.01);
    }
    return ot__now() - start;
}

/* Measures the seconds of n steps after a warm-up. */
static void measure(const setup *s, int n, double *seconds)
{
    for (int i = 0; i < WARM_UP; i++)
        one_step(s);
    for (int i = 0; i < n; i++)
        seconds[i] = one_step(s);
}

static void print_row(const bench_case *c, const setup *s, const mode *m, double *seconds)
{
    const int n = m->steps;
    const double median = ot__median((size_t)n, seconds);
    const ot_program_info info = ot_program_describe(s->program);
    const double flops =
        (info.flops_forward + (s->optimiser ? info.flops_backward : 0.0)) * c->batch;
    printf("%-12s %5d %6d %5d  %9.1f %9.1f %9.1f  %9.0f %8.1f %7.2f %8.1f\n",
           c->system ? c->system : c->blocks, ot_net_options(s->net)->width, c->stride, c->batch,
           1e3 * seconds[0], 1e3 * median, 1e3 * seconds[n - 1], c->batch / median,
           1e-9 * flops / median, m->peak > 0 ? flops / median / m->peak : 0.0,
           (double)info.peak_bytes / (1 << 20));
    fflush(stdout);
}

static void run(const bench_case *c, const mode *m)
{
    double seconds[MOST_STEPS];
    setup s = set_up(c, m);
    measure(&s, m->steps, seconds);
    if (m->plain)
        for (int i = 0; i < m->steps; i++)
            printf("%.6f\n", seconds[i]);
    else
        print_row(c, &s, m, seconds);
    tear_down(&s);
}

static void print_memory(const mode *m, size_t before)
{
    const double grown = (double)(ot_peak_rss() - before) / (1 << 20);
    printf(m->plain ? "memory %.1f\n" : "\npeak memory over start-up: %.1f MiB\n", grown);
}

static void print_heading(const mode *how)
{
    const ot_machine_info m = ot_machine();
    printf("%d threads, %s, BLIS %s (%s kernels), odetape %s, median of %d %s\n\n", m.threads,
           m.cpu_features, m.blis_version, m.blis_kernels, ot_version(), how->steps,
           how->evaluate ? "forwards in evaluation mode" : "training steps");
    printf("%-12s %5s %6s %5s  %9s %9s %9s  %9s %8s %7s %8s\n", "net", "width", "stride", "batch",
           "least ms", "median ms", "most ms", "images/s", "GFLOP/s", "of peak", "MiB");
}

static int number(const char *text, int most)
{
    char *end;
    const long n = strtol(text, &end, 10);
    if (*end || end == text || n < 1 || n > most) {
        fprintf(stderr, "bench/step: %s is not a number from 1 to %d\n", text, most);
        exit(64);
    }
    return (int)n;
}

static void parse(int argc, char **argv, bench_case *chosen, mode *m)
{
    static const struct option options[] = {
        { "net", required_argument, NULL, 'n' },
        { "width", required_argument, NULL, 'w' },
        { "stride", required_argument, NULL, 's' },
        { "batch", required_argument, NULL, 'b' },
        { "steps", required_argument, NULL, 'k' },
        { "threads", required_argument, NULL, 't' },
        { "plain", no_argument, NULL, 'p' },
        { "evaluate", no_argument, NULL, 'e' },
        { "memory", no_argument, NULL, 'm' },
        { "system", required_argument, NULL, 'S' },
        { "memory-limit", required_argument, NULL, 'l' },
        { NULL, 0, NULL, 0 },
    };
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (o) {
        case 'n':
            chosen->blocks = optarg;
            break;
        case 'w':
            chosen->width = number(optarg, 4096);
            break;
        case 's':
            chosen->stride = number(optarg, 2);
            break;
        case 'b':
            chosen->batch = number(optarg, 65536);
            break;
        case 'k':
            m->steps = number(optarg, MOST_STEPS);
            break;
        case 't':
            or_exit(ot_set_threads(number(optarg, 1024)));
            break;
        case 'p':
            m->plain = true;
            break;
        case 'e':
            m->evaluate = true;
            break;
        case 'm':
            m->memory = true;
            break;
        case 'S':
            chosen->system = optarg;
            break;
        case 'l':
            m->limit = optarg;
            break;
        default:
            exit(64);
        }
    }
}

int main(int argc, char **argv)
{
    const size_t before = ot_peak_rss();
    bench_case chosen = { .width = 64, .stride = 1, .batch = 128 };
    mode m = { .steps = 5 };
    ot_peaks peaks;
    parse(argc, argv, &chosen, &m);
    if (!m.plain && !m.memory) { /* measuring the peak uses memory */
        or_exit(ot_machine_peaks(&peaks));
        m.peak = peaks.flops;
    }
    if (!m.plain) print_heading(&m);
    if (chosen.blocks || chosen.system)
        run(&chosen, &m);
    else
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
            run(&cases[i], &m);
    if (m.memory) print_memory(&m, before);
    return 0;
}
