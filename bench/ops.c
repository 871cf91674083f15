/* SPDX-License-Identifier: BSD-3-Clause
 * Measures the time of single ops, forward and backward (gradients of inputs and parameters).  Each
 * is the only op of its tape.  "Of peak" is the rate of an op divided by the rate of a loop of
 * multiply-adds in registers on all threads, measured in the same run (ot_machine_peaks).
 *
 * The roof of a pass is the least time that this machine could take for it, the larger of
 *
 *     arithmetic   FLOPs of the kernel / peak rate of multiply-adds
 *     traffic      bytes of all operands and results / rate of copies
 *
 * (Williams, Waterman and Patterson 2009).  "Of roof" is that time divided by the median one. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/median.h"
#include "odetape.h"

enum { BATCH = 128, IMAGE = 32, WARM_UP = 2, STEPS = 9 };

static void or_exit(ot_status status)
{
    if (status == OT_OK) return;
    fprintf(stderr, "bench/ops: %s\n", ot_message());
    exit(EXIT_FAILURE);
}

typedef struct bench_op {
    const char *name;
    ot_var (*record)(ot_tape *t, int n); /* n: number of channels, or of terms with 64 channels */
    int n;
    double savings; /* the definition's products divided by those of the best kernels; 0: 1 */
} bench_op;

static ot_var images(ot_tape *t, const char *name, int channels)
{
    return ot_input(t, name, OT_SHAPE(BATCH, IMAGE, IMAGE, channels));
}

static ot_var conv(ot_tape *t, int width, int size, int stride)
{
    const ot_var w =
        ot_param(t, "w", OT_SHAPE(width, width, size, size), ot_init_he(size * size * width));
    return ot_conv2d(t, images(t, "x", width), w, stride, size / 2);
}

static ot_var conv3(ot_tape *t, int width)
{
    return conv(t, width, 3, 1);
}

static ot_var strided(ot_tape *t, int width)
{
    return conv(t, width, 3, 2);
}

static ot_var conv1(ot_tape *t, int width)
{
    return conv(t, width, 1, 1);
}

static ot_var transposed(ot_tape *t, int width)
{
    const ot_var w = ot_param(t, "w", OT_SHAPE(width, width, 3, 3), ot_init_he(9 * width));
    return ot_conv2d_transpose(t, images(t, "x", width), w, 1, 1, IMAGE, IMAGE);
}

static ot_var batch_norm(ot_tape *t, int width)
{
    const ot_shape c = OT_SHAPE(width);
    const ot_var gamma = ot_param(t, "gamma", c, OT_ONES), beta = ot_param(t, "beta", c, OT_ZEROS);
    const ot_var mean = ot_stat(t, "mean", c, OT_ZEROS), var = ot_stat(t, "var", c, OT_ONES);
    return ot_batch_norm(t, images(t, "x", width), gamma, beta, mean, var, 0.1, 1e-5);
}

enum { MOST_TERMS = 14 };

static ot_var lincomb(ot_tape *t, int terms)
{
    ot_coef coef[MOST_TERMS];
    ot_var x[MOST_TERMS];
    for (int j = 0; j < terms; j++) {
        char name[16];
        snprintf(name, sizeof name, "x%d", j);
        coef[j] = (ot_coef){ .value = 1.0 / (j + 2) };
        x[j] = images(t, name, 64);
    }
    return ot_lincomb(t, terms, coef, x);
}

#define WINOGRAD 4 /* products of 4x4 tiles: 36 for 16 pixels instead of 144 */

static const bench_op ops[] = {
    { "conv2d 3x3", conv3, 16, WINOGRAD }, { "conv2d 3x3", conv3, 32, WINOGRAD },
    { "conv2d 3x3", conv3, 64, WINOGRAD }, { "conv2d, stride 2", strided, 64, 1 },
    { "conv2d 1x1", conv1, 64, 1 },        { "transposed 3x3", transposed, 64, WINOGRAD },
    { "batch_norm", batch_norm, 64, 1 },   { "lincomb, terms:", lincomb, 2, 1 },
    { "lincomb, terms:", lincomb, 4, 1 },  { "lincomb, terms:", lincomb, 8, 1 },
    { "lincomb, terms:", lincomb, 14, 1 },
};

/* Uniform noise of variance 1. */
static void noise(float *x, size_t n, uint32_t state)
{
    for (size_t i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = ((float)(state >> 8) / (1 << 23) - 1.0f) * 1.7320508f;
    }
}

static size_t elements(ot_shape s)
{
    size_t n = 1;
    for (int i = 0; i < s.rank; i++)
        n *= (size_t)s.dim[i];
    return n;
}

/* Fills each input of the tape with noise. */
static void fill_inputs(const ot_tape *t, ot_program *p)
{
    for (int id = 1; id <= ot_tape_length(t); id++) {
        const ot_var v = { id };
        float *x = ot_program_input(p, v);
        if (x) noise(x, elements(ot_var_shape(t, v)), (uint32_t)id);
    }
}

/* The costs of a pass as the profile of the program has them. */
typedef struct cost {
    double flops, bytes;
    bool best; /* the kernels of this CPU, not the portable ones */
} cost;

/* The text of the profile as JSON; the caller frees it. */
static char *profile_of(const ot_program *p)
{
    char *text = NULL;
    size_t size;
    FILE *const out = open_memstream(&text, &size);
    if (!out) exit(EXIT_FAILURE);
    or_exit(ot_program_profile(p, NULL, 0, OT_LIST_JSON, false, out));
    fclose(out);
    return text;
}

/* Sums over the calls of one run in a pass, of a program that was measured for `runs` of them. */
static cost cost_of(const ot_program *p, const char *pass, int runs)
{
    char *const text = profile_of(p);
    json_t *const root = json_loads(text, 0, NULL);
    cost sum = { 0 };
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(root, "times"), i, row)
    {
        const char *const of = json_string_value(json_object_get(row, "pass"));
        const char *const kernels = json_string_value(json_object_get(row, "kernels"));
        const double seconds = json_number_value(json_object_get(row, "seconds")) / runs;
        const bool adds = of && strcmp(of, "sum") == 0; /* gradients, in the backward half */
        if (!of || strcmp(adds ? "backward" : of, pass) != 0) continue;
        sum.flops += 1e9 * seconds * json_number_value(json_object_get(row, "gflops_per_second"));
        sum.bytes +=
            1e9 * seconds * json_number_value(json_object_get(row, "gigabytes_per_second"));
        sum.best = sum.best || (kernels && strcmp(kernels, "best") == 0);
    }
    json_decref(root);
    free(text);
    return sum;
}

static void print_row(const bench_op *op, const char *pass, double seconds[STEPS], cost c,
                      const ot_peaks *peaks)
{
    const double median = ot__median(STEPS, seconds), rate = c.flops / median;
    const double arithmetic = c.flops / (c.best ? op->savings : 1) / peaks->flops,
                 traffic = c.bytes / peaks->bytes;
    printf("%-16s %3d %-8s  %9.3f %9.3f %9.3f  %8.1f %7.2f  %7.2f %s\n", op->name, op->n, pass,
           1e3 * seconds[0], 1e3 * median, 1e3 * seconds[STEPS - 1], 1e-9 * rate,
           rate / peaks->flops, (arithmetic > traffic ? arithmetic : traffic) / median,
           arithmetic > traffic ? "arithmetic" : "traffic");
    fflush(stdout);
}

static void run(const bench_op *op, const ot_peaks *peaks)
{
    ot_tape *t = ot_tape_new();
    const ot_var y = op->record(t, op->n);
    ot_program *p;
    or_exit(ot_compile(t, y, &(ot_compile_opts){ .input_gradients = true }, &p));
    ot_params_init(ot_program_params(p), 1);
    fill_inputs(t, p);
    const size_t n = elements(ot_var_shape(t, y));
    float *gy = malloc(n * sizeof *gy);
    if (!gy) exit(EXIT_FAILURE);
    noise(gy, n, 7);
    double forward[STEPS], backward[STEPS];
    for (int i = -WARM_UP; i < STEPS; i++) {
        if (i == 0) or_exit(ot_program_measure(p, true));
        const double start = ot__now();
        or_exit(ot_forward(p, BATCH));
        const double middle = ot__now();
        or_exit(ot_backward(p, gy, false));
        if (i < 0) continue;
        forward[i] = middle - start;
        backward[i] = ot__now() - middle;
    }
    print_row(op, "forward", forward, cost_of(p, "forward", STEPS), peaks);
    print_row(op, "backward", backward, cost_of(p, "backward", STEPS), peaks);
    free(gy);
    ot_program_free(p);
    ot_tape_free(t);
}

int main(void)
{
    const ot_machine_info m = ot_machine();
    ot_peaks peaks;
    or_exit(ot_machine_peaks(&peaks));
    printf("%d threads, %s; single ops on %d images of %dx%d, %d runs; peak: %.1f GFLOP/s, %.1f "
           "GB/s\n\n",
           m.threads, m.cpu_features, BATCH, IMAGE, IMAGE, STEPS, 1e-9 * peaks.flops,
           1e-9 * peaks.bytes);
    printf("%-20s %-8s  %9s %9s %9s  %8s %7s  %7s %s\n", "op", "pass", "least ms", "median ms",
           "most ms", "GFLOP/s", "of peak", "of roof", "that binds");
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        run(&ops[i], &peaks);
    return 0;
}
