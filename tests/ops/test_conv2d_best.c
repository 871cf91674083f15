/* SPDX-License-Identifier: BSD-3-Clause
 * Compares Winograd's and the direct kernels of conv2d with the reference kernels in double. */
#include <math.h>
#include <string.h>

#include "base/machine.h"
#include "base/memory.h"
#include "base/rng.h"
#include "ops/attr.h"
#include "ops/cases.h"
#include "ops/fence.h"
#include "ops/kernels/direct.h"
#include "ops/kernels/kernels.h"
#include "ops/kernels/winograd/winograd.h"
#include "ops/ops.h"

static const ot__conv2d_attr three = { .stride = 1, .pad = 1 };

static const ot__kernels *best(ot_shape x, ot_shape w, const ot__conv2d_attr *attr)
{
    const ot__record r = { .op = &ot__op_conv2d, .n_in = 2, .attr = attr, .batched = true };
    return ot__conv2d_best(&r, (const ot_shape[]){ x, w });
}

START_TEST(other_convolutions_are_left_to_the_portable_kernels)
{
    const ot_shape x = OT_SHAPE(2, 8, 8, 16), w = OT_SHAPE(32, 16, 3, 3);
    const ot_shape rgb = OT_SHAPE(2, 8, 8, 3);
    const ot__cpu *cpu = ot__cpu_features();
#if defined(OT__X86_KERNELS) || defined(OT__NEON_KERNELS)
    const bool here = cpu->avx512 || (cpu->avx2 && cpu->fma) || cpu->neon;
#else
    const bool here = cpu->avx512 && !cpu->avx512; /* there are no kernels to choose from */
#endif
    ck_assert_int_eq(best(x, w, &three) != NULL, here);
    ck_assert_int_eq(best(rgb, OT_SHAPE(16, 3, 3, 3), &three) != NULL, here);
    ck_assert_ptr_null(best(x, w, &(ot__conv2d_attr){ .stride = 2, .pad = 1 }));
    ck_assert_ptr_null(best(x, w, &(ot__conv2d_attr){ .stride = 1, .pad = 0 }));
    ck_assert_ptr_null(best(x, OT_SHAPE(32, 16, 1, 3), &three));
    ck_assert_ptr_null(best(x, OT_SHAPE(24, 16, 3, 3), &three));
    ck_assert_ptr_null(best(rgb, OT_SHAPE(8, 3, 3, 3), &three));
    ck_assert_ptr_null(best(rgb, OT_SHAPE(16, 3, 5, 5), &three));
}
END_TEST

typedef enum kind { WINOGRAD, DIRECT } kind;

static const struct {
    kind kind;
    int n, h, w, inputs, outputs, kh, kw;
    ot__conv2d_attr attr;
} shapes[] = {
    { WINOGRAD, 1, 1, 1, 16, 16, 3, 3, { 1, 1 } },
    { WINOGRAD, 3, 2, 3, 32, 16, 3, 3, { 1, 1 } },
    { WINOGRAD, 17, 5, 7, 16, 48, 3, 3, { 1, 1 } },
    { WINOGRAD, 3, 9, 8, 48, 80, 3, 3, { 1, 1 } },
    { WINOGRAD, 1, 8, 8, 80, 64, 3, 3, { 1, 1 } },
    { WINOGRAD, 17, 6, 5, 64, 32, 3, 3, { 1, 1 } },
    { WINOGRAD, 3, 32, 32, 16, 32, 3, 3, { 1, 1 } },
    { WINOGRAD, 1, 32, 32, 64, 64, 3, 3, { 1, 1 } },
    { DIRECT, 1, 1, 1, 3, 16, 3, 3, { 1, 1 } },
    { DIRECT, 3, 32, 32, 3, 16, 3, 3, { 2, 1 } },
    { DIRECT, 2, 32, 32, 3, 64, 3, 3, { 1, 1 } },
    { DIRECT, 17, 5, 7, 1, 48, 3, 3, { 1, 1 } },
    { DIRECT, 3, 9, 8, 2, 80, 2, 3, { 1, 0 } },
    { DIRECT, 5, 7, 5, 4, 32, 3, 3, { 2, 2 } },
    { DIRECT, 3, 11, 13, 3, 16, 5, 1, { 3, 1 } },
    { DIRECT, 133, 4, 4, 3, 16, 1, 1, { 1, 0 } },
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

#define KERNELS_OF(isa)                                                                            \
    { "winograd " #isa, WINOGRAD, OT__ISA_##isa, ot__winograd_forward_##isa,                       \
      ot__winograd_backward_##isa },                                                               \
        { "direct " #isa, DIRECT, OT__ISA_##isa, ot__direct_forward_##isa,                         \
          ot__direct_backward_##isa },
/* The files for vectors of 16 numbers are also compiled for AVX2, for this test only: the compiler
 * makes two vectors of one.  So their logic is tested where AVX-512 is missing, and only there. */
#if defined(OT__X86_KERNELS)
OT__WINOGRAD_KERNELS(wide)
OT__DIRECT_KERNELS(wide)
#define OT__ISA_wide OT__ISA_avx2
#define WIDE_KERNELS KERNELS_OF(wide)
#else
#define WIDE_KERNELS
#endif
/* The last row is skipped; it is there for builds without special kernels. */
static const struct {
    const char *name;
    kind kind;
    ot__isa isa;
    ot__kernel forward, backward;
} kernels[] = { OT__ISAS(KERNELS_OF) WIDE_KERNELS{ "none", WINOGRAD, OT__ISA_none, NULL, NULL } };
enum { KERNELS = sizeof kernels / sizeof kernels[0], CASES = KERNELS * SHAPES };

static const char *lacks(const char *name)
{
    static char why[100];
    snprintf(why, sizeof why, "this CPU does not support the kernels %s", name);
    return why;
}

/* Whether the k-th kernels are there and support the s-th shape. */
static bool is_case(int k, int s)
{
    if (kernels[k].isa == OT__ISA_none || kernels[k].kind != shapes[s].kind) return false;
    return !strstr(kernels[k].name, "wide") || !ot__cpu_features()->avx512;
}

/* The tensors of a call in float and in double.  They hold the same numbers until a kernel writes
 * results. */
enum { X, W, Y, GY, GX, GW, TENSORS };
typedef struct problem {
    const ot__conv2d_attr *attr;
    const ot__view *view;
    ot_shape shape[TENSORS];
    float *f[TENSORS], *memory[TENSORS];
    double *d[TENSORS];
    size_t scratch_bytes;
    unsigned char *scratch;
} problem;

static void fill(problem *p, int k)
{
    for (size_t i = 0; i < ot__elements(p->shape[k]); i++) {
        const ot__draw r = ot__random(1, OT__RNG_GRADCHECK, (uint32_t)k, (uint32_t)i, 0, 0);
        p->f[k][i] = (float)(ot__unit(r.word[0]) - 0.4);
        p->d[k][i] = (double)p->f[k][i];
    }
}

static problem problem_of(int s, int threads)
{
    const ot_shape x = OT_SHAPE(shapes[s].n, shapes[s].h, shapes[s].w, shapes[s].inputs);
    const ot_shape w = OT_SHAPE(shapes[s].outputs, shapes[s].inputs, shapes[s].kh, shapes[s].kw);
    const ot__conv2d_attr *a = &shapes[s].attr;
    const ot_shape y = OT_SHAPE(x.dim[0], (x.dim[1] + 2 * a->pad - w.dim[2]) / a->stride + 1,
                                (x.dim[2] + 2 * a->pad - w.dim[3]) / a->stride + 1, w.dim[0]);
    problem p = { .attr = a, .shape = { x, w, y, y, x, w } };
    for (int k = 0; k < TENSORS; k++) {
        p.memory[k] = fenced_new(ot__elements(p.shape[k]) + 1);
        p.f[k] = p.memory[k] + s % 2; /* ends at the forbidden page, or is not aligned */
        p.d[k] = ot__new(ot__elements(p.shape[k]), sizeof(double));
        fill(&p, k);
    }
    const ot__record r = { .op = &ot__op_conv2d, .n_in = 2, .attr = a, .shape = y };
    ck_ok(ot_set_threads(threads));
    p.scratch_bytes = best(x, w, a)->scratch(&r, p.shape, x.dim[0], threads);
    p.scratch = ot__tensor_memory(p.scratch_bytes + 64);
    memset(p.scratch, 255, p.scratch_bytes + 64); /* NaN */
    return p;
}

static void release(problem *p)
{
    for (int i = 0; i < 64; i++)
        ck_assert_msg(p->scratch[p->scratch_bytes + (size_t)i] == 255, "scratch was overrun");
    for (int k = 0; k < TENSORS; k++) {
        fenced_free(p->memory[k], ot__elements(p->shape[k]) + 1);
        ot__free(p->d[k]);
    }
    ot__free(p->scratch);
}

/* Which gradients backward must compute, and which of them it must add to gx. */
typedef struct wish {
    bool x, w, add_x, add_w;
} wish;

static void run(ot__kernel kernel, problem *p, void *const t[], wish asked)
{
    kernel(&(ot__call){ .attr = p->attr,
                        .view = p->view,
                        .n_in = 2,
                        .xs = p->shape,
                        .ys = p->shape[Y],
                        .x = (const void *[]){ t[X], t[W] },
                        .y = t[Y],
                        .scratch = p->scratch,
                        .gy = t[GY],
                        .gx = (void *[]){ asked.x ? t[GX] : NULL, asked.w ? t[GW] : NULL },
                        .add = (const bool[]){ asked.add_x, asked.add_w } });
}

static void run_f32(ot__kernel kernel, problem *p, wish asked)
{
    run(kernel, p, (void *const *)p->f, asked);
}

static void run_reference(ot__kernel kernel, problem *p, wish asked)
{
    run(kernel, p, (void *const *)p->d, asked);
}

/* The largest relative error in the l2 norm.  F(4x4, 3x3) loses about three bits more than a plain
 * sum. */
static const double tolerance = 5e-6;

static void close_to_reference(const problem *p, int k, const char *kernel)
{
    double error = 0, norm = 0;
    for (size_t i = 0; i < ot__elements(p->shape[k]); i++) {
        const double e = (double)p->f[k][i] - p->d[k][i];
        error += e * e;
        norm += p->d[k][i] * p->d[k][i];
    }
    ck_assert_msg(error <= tolerance * tolerance * norm,
                  "%s: tensor %d of x %s, w %s is off by %.2e, more than %.0e", kernel, k,
                  ot__shape_text(p->shape[X]), ot__shape_text(p->shape[W]), sqrt(error / norm),
                  tolerance);
}

START_TEST(forward_is_close_to_the_reference)
{
    const int k = _i % KERNELS;
    if (!is_case(k, _i / KERNELS)) return;
    if (!ot__has_isa(kernels[k].isa)) OT_SKIP(lacks(kernels[k].name));
    problem p = problem_of(_i / KERNELS, 2);
    run_f32(kernels[k].forward, &p, (wish){ 0 });
    run_reference(ot__op_conv2d.reference.forward, &p, (wish){ 0 });
    close_to_reference(&p, Y, kernels[k].name);
    release(&p);
}
END_TEST

START_TEST(backward_is_close_to_the_reference_whatever_is_wanted)
{
    static const wish asked[] = { { true, true, false, false },
                                  { true, true, true, true },
                                  { false, true, false, false },
                                  { true, false, true, false } };
    const int k = _i % KERNELS;
    if (!is_case(k, _i / KERNELS)) return;
    if (!ot__has_isa(kernels[k].isa)) OT_SKIP(lacks(kernels[k].name));
    problem p = problem_of(_i / KERNELS, 2);
    for (size_t a = 0; a < sizeof asked / sizeof asked[0]; a++) {
        fill(&p, GX);
        fill(&p, GW);
        run_f32(kernels[k].backward, &p, asked[a]);
        run_reference(ot__op_conv2d.reference.backward, &p, asked[a]);
        close_to_reference(&p, GX, kernels[k].name);
        close_to_reference(&p, GW, kernels[k].name);
    }
    release(&p);
}
END_TEST

START_TEST(bits_do_not_depend_on_the_number_of_threads)
{
    static const int threads[] = { 1, 2, 3, 5 }, results[] = { Y, GX, GW };
    const int k = _i % KERNELS;
    if (!is_case(k, _i / KERNELS)) return;
    if (!ot__has_isa(kernels[k].isa)) OT_SKIP(lacks(kernels[k].name));
    problem first = { 0 };
    for (int t = 0; t < 4; t++) {
        problem p = problem_of(_i / KERNELS, threads[t]);
        run_f32(kernels[k].forward, &p, (wish){ 0 });
        run_f32(kernels[k].backward, &p, (wish){ true, true, false, false });
        for (int i = 0; t > 0 && i < 3; i++)
            ck_assert_mem_eq(p.f[results[i]], first.f[results[i]],
                             ot__elements(p.shape[results[i]]) * sizeof(float));
        if (t == 0)
            first = p;
        else
            release(&p);
    }
    release(&first);
}
END_TEST

/* Replaces x by the values of its view. */
static void apply_view(const ot__view *view, problem *p)
{
    const size_t channels = (size_t)p->shape[X].dim[3];
    for (size_t i = 0; i < ot__elements(p->shape[X]); i += channels)
        ot__read_view(view, 0, channels, p->f[X] + i, p->f[X] + i);
}

START_TEST(direct_kernels_read_the_values_of_a_view)
{
    static const float m[] = { 0.1f, -0.2f, 0.3f, 0 }, a[] = { 2, 1, -1, 0.5f },
                       e[] = { 0.2f, 0, 0.1f, -0.1f };
    const ot__view view = { .m = m, .a = a, .e = e, .relu = true };
    const int k = _i % KERNELS;
    if (kernels[k].kind != DIRECT || !is_case(k, _i / KERNELS)) return;
    if (!ot__has_isa(kernels[k].isa)) OT_SKIP(lacks(kernels[k].name));
    problem through = problem_of(_i / KERNELS, 2), stored = problem_of(_i / KERNELS, 2);
    through.view = &view;
    apply_view(&view, &stored);
    problem *both[] = { &through, &stored };
    for (int i = 0; i < 2; i++) {
        run_f32(kernels[k].forward, both[i], (wish){ 0 });
        run_f32(kernels[k].backward, both[i], (wish){ .w = true });
    }
    ck_assert_mem_eq(through.f[Y], stored.f[Y], ot__elements(stored.shape[Y]) * sizeof(float));
    ck_assert_mem_eq(through.f[GW], stored.f[GW], ot__elements(stored.shape[GW]) * sizeof(float));
    release(&through);
    release(&stored);
}
END_TEST

TCase *conv2d_best_case(void)
{
    TCase *c = tcase_create("conv2d_best");
    tcase_add_test(c, other_convolutions_are_left_to_the_portable_kernels);
    tcase_add_loop_test(c, forward_is_close_to_the_reference, 0, CASES);
    tcase_add_loop_test(c, backward_is_close_to_the_reference_whatever_is_wanted, 0, CASES);
    tcase_add_loop_test(c, direct_kernels_read_the_values_of_a_view, 0, CASES);
    tcase_add_loop_test(c, bits_do_not_depend_on_the_number_of_threads, 0, CASES);
    return c;
}
