/* SPDX-License-Identifier: BSD-3-Clause
 * Winograd's kernels of conv2d against the reference kernels, which compute in double. */
#include <math.h>
#include <string.h>

#include "base/machine.h"
#include "base/memory.h"
#include "base/rng.h"
#include "ops/attr.h"
#include "ops/cases.h"
#include "ops/kernels/kernels.h"
#include "ops/kernels/winograd.h"
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
    const ot__cpu *cpu = ot__cpu_features();
#if defined(OT__X86_KERNELS)
    ck_assert_int_eq(best(x, w, &three) != NULL, cpu->avx512 || (cpu->avx2 && cpu->fma));
#else
    ck_assert_ptr_null(best(x, w, &three));
    (void)cpu;
#endif
    ck_assert_ptr_null(best(x, w, &(ot__conv2d_attr){ .stride = 2, .pad = 1 }));
    ck_assert_ptr_null(best(x, w, &(ot__conv2d_attr){ .stride = 1, .pad = 0 }));
    ck_assert_ptr_null(best(x, OT_SHAPE(32, 16, 1, 3), &three));
    ck_assert_ptr_null(best(x, OT_SHAPE(24, 16, 3, 3), &three));
    ck_assert_ptr_null(best(OT_SHAPE(2, 8, 8, 3), OT_SHAPE(16, 3, 3, 3), &three));
}
END_TEST

#if defined(OT__X86_KERNELS)

static const struct {
    int n, h, w, inputs, outputs;
} shapes[] = {
    { 1, 1, 1, 16, 16 }, { 3, 2, 3, 32, 16 },  { 17, 5, 7, 16, 48 },  { 3, 9, 8, 48, 80 },
    { 1, 8, 8, 80, 64 }, { 17, 6, 5, 64, 32 }, { 3, 32, 32, 16, 32 }, { 1, 32, 32, 64, 64 },
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static const struct {
    const char *name;
    ot__kernel forward, backward;
} isas[] = { { "avx2", ot__winograd_forward_avx2, ot__winograd_backward_avx2 },
             { "avx512", ot__winograd_forward_avx512, ot__winograd_backward_avx512 } };
enum { ISAS = sizeof isas / sizeof isas[0], CASES = ISAS * SHAPES };

static bool here(int isa)
{
    const ot__cpu *cpu = ot__cpu_features();
    return isa == 0 ? cpu->avx2 && cpu->fma : cpu->avx512;
}

/* Tensors of a call in float and in double: the same numbers, but for results. */
enum { X, W, Y, GY, GX, GW, TENSORS };
typedef struct problem {
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
    const ot_shape y = OT_SHAPE(x.dim[0], x.dim[1], x.dim[2], shapes[s].outputs);
    const ot_shape w = OT_SHAPE(shapes[s].outputs, shapes[s].inputs, 3, 3);
    problem p = { .shape = { x, w, y, y, x, w } };
    for (int k = 0; k < TENSORS; k++) {
        p.memory[k] = ot__tensor_memory((ot__elements(p.shape[k]) + 1) * sizeof(float));
        p.f[k] = p.memory[k] + s % 2; /* aligned or not */
        p.d[k] = ot__new(ot__elements(p.shape[k]), sizeof(double));
        fill(&p, k);
    }
    const ot__record r = { .op = &ot__op_conv2d, .n_in = 2, .attr = &three, .shape = y };
    ck_ok(ot_set_threads(threads));
    p.scratch_bytes = best(x, w, &three)->scratch(&r, p.shape, x.dim[0], threads);
    p.scratch = ot__tensor_memory(p.scratch_bytes + 64);
    memset(p.scratch, 255, p.scratch_bytes + 64); /* NaN */
    return p;
}

static void release(problem *p)
{
    for (int i = 0; i < 64; i++)
        ck_assert_msg(p->scratch[p->scratch_bytes + (size_t)i] == 255, "scratch was overrun");
    for (int k = 0; k < TENSORS; k++) {
        ot__free(p->memory[k]);
        ot__free(p->d[k]);
    }
    ot__free(p->scratch);
}

/* What backward is asked for. */
typedef struct wish {
    bool x, w, add_x, add_w;
} wish;

static void run(ot__kernel kernel, problem *p, void *const t[], wish asked)
{
    kernel(&(ot__call){ .attr = &three,
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

/* In the l2 norm; F(4x4, 3x3) loses about three bits more than a plain sum. */
static const double tolerance = 5e-6;

static void close_to_reference(const problem *p, int k, const char *isa)
{
    double error = 0, norm = 0;
    for (size_t i = 0; i < ot__elements(p->shape[k]); i++) {
        const double e = (double)p->f[k][i] - p->d[k][i];
        error += e * e;
        norm += p->d[k][i] * p->d[k][i];
    }
    ck_assert_msg(error <= tolerance * tolerance * norm,
                  "%s: tensor %d of x %s, w %s is off by %.2e, more than %.0e", isa, k,
                  ot__shape_text(p->shape[X]), ot__shape_text(p->shape[W]), sqrt(error / norm),
                  tolerance);
}

START_TEST(forward_is_close_to_the_reference)
{
    const int isa = _i % ISAS;
    if (!here(isa)) return;
    problem p = problem_of(_i / ISAS, 2);
    run_f32(isas[isa].forward, &p, (wish){ 0 });
    run_reference(ot__op_conv2d.reference.forward, &p, (wish){ 0 });
    close_to_reference(&p, Y, isas[isa].name);
    release(&p);
}
END_TEST

START_TEST(backward_is_close_to_the_reference_whatever_is_wanted)
{
    static const wish asked[] = { { true, true, false, false },
                                  { true, true, true, true },
                                  { false, true, false, false },
                                  { true, false, true, false } };
    const int isa = _i % ISAS;
    if (!here(isa)) return;
    problem p = problem_of(_i / ISAS, 2);
    for (size_t a = 0; a < sizeof asked / sizeof asked[0]; a++) {
        fill(&p, GX);
        fill(&p, GW);
        run_f32(isas[isa].backward, &p, asked[a]);
        run_reference(ot__op_conv2d.reference.backward, &p, asked[a]);
        close_to_reference(&p, GX, isas[isa].name);
        close_to_reference(&p, GW, isas[isa].name);
    }
    release(&p);
}
END_TEST

START_TEST(bits_do_not_depend_on_the_number_of_threads)
{
    static const int threads[] = { 1, 2, 3, 5 };
    const int isa = _i % ISAS, results[] = { Y, GX, GW };
    if (!here(isa)) return;
    problem first = { 0 };
    for (int t = 0; t < 4; t++) {
        problem p = problem_of(_i / ISAS, threads[t]);
        run_f32(isas[isa].forward, &p, (wish){ 0 });
        run_f32(isas[isa].backward, &p, (wish){ true, true, false, false });
        for (int k = 0; t > 0 && k < 3; k++)
            ck_assert_mem_eq(p.f[results[k]], first.f[results[k]],
                             ot__elements(p.shape[results[k]]) * sizeof(float));
        if (t == 0)
            first = p;
        else
            release(&p);
    }
    release(&first);
}
END_TEST

#endif

TCase *winograd_case(void)
{
    TCase *c = tcase_create("winograd");
    tcase_add_test(c, other_convolutions_are_left_to_the_portable_kernels);
#if defined(OT__X86_KERNELS)
    tcase_add_loop_test(c, forward_is_close_to_the_reference, 0, CASES);
    tcase_add_loop_test(c, backward_is_close_to_the_reference_whatever_is_wanted, 0, CASES);
    tcase_add_loop_test(c, bits_do_not_depend_on_the_number_of_threads, 0, CASES);
#endif
    return c;
}
