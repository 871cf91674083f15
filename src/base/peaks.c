/* SPDX-License-Identifier: BSD-3-Clause
 * Measures the two limits of the roofline model (Williams, Waterman, Patterson, "Roofline", 2009)
 * on all threads: the rate of multiply-adds that stay in registers, and of copies that do not fit
 * into any cache.  The best of a few short runs counts, because other programs can only slow a run
 * down. */
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#include "base/available.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/machine.h"
#include "base/memory.h"
#include "base/parallel.h"

/* More than the latency of a multiply-add times the number of units. */
#if defined(__aarch64__)
enum { CHAINS = 20 };
#else
enum { CHAINS = 12 };
#endif
enum { ROUNDS = 400000, RUNS = 5 };

/* Runs ROUNDS multiply-adds on each of CHAINS vectors and returns the FLOPs.  Within a chain each
 * multiply-add waits for the one before it; enough chains keep all units busy. */
#define PEAK_LOOP(name, attribute, vector, set, multiply_add)                                      \
    attribute static double name(void)                                                             \
    {                                                                                              \
        vector sum[CHAINS];                                                                        \
        const vector a = set(0.999f), b = set(0.001f);                                             \
        for (int j = 0; j < CHAINS; j++)                                                           \
            sum[j] = set((float)j);                                                                \
        for (int i = 0; i < ROUNDS; i++) {                                                         \
            _Pragma("GCC unroll 20") for (int j = 0; j < CHAINS; j++) sum[j] =                     \
                multiply_add(sum[j], a, b);                                                        \
        }                                                                                          \
        volatile float kept[CHAINS];                                                               \
        for (int j = 0; j < CHAINS; j++)                                                           \
            memcpy((float *)&kept[j], &sum[j], sizeof kept[j]);                                    \
        (void)kept[0];                                                                             \
        return 2.0 * CHAINS * ROUNDS * (double)(sizeof a / sizeof(float));                         \
    }

typedef float four __attribute__((vector_size(16)));
#define FOUR(x) ((four){ (x), (x), (x), (x) })
#define FOUR_MULTIPLY_ADD(s, a, b) ((s) * (a) + (b))
PEAK_LOOP(flops_portable, , four, FOUR, FOUR_MULTIPLY_ADD)
#if defined(__x86_64__)
PEAK_LOOP(flops_avx512, __attribute__((target("avx512f"))), __m512, _mm512_set1_ps, _mm512_fmadd_ps)
PEAK_LOOP(flops_avx2, __attribute__((target("avx2,fma"))), __m256, _mm256_set1_ps, _mm256_fmadd_ps)
#elif defined(__aarch64__)
/* s + a b: the instruction adds to its destination. */
PEAK_LOOP(flops_neon, , float32x4_t, vdupq_n_f32, vfmaq_f32)
#endif

/* The loop for the widest vectors of this CPU. */
static double (*loop_here(void))(void)
{
#if defined(__x86_64__)
    const ot__cpu *f = ot__cpu_features();
    if (f->avx512) return flops_avx512;
    if (f->avx2 && f->fma) return flops_avx2;
#elif defined(__aarch64__)
    if (ot__cpu_features()->neon) return flops_neon;
#endif
    return flops_portable;
}

static double flops_per_second(void)
{
    double (*const loop)(void) = loop_here();
    const int threads = ot__threads();
    double best = 0;
    for (int run = 0; run < RUNS; run++) {
        double flops = 0;
        const double start = ot__now();
        OT__PARALLEL_FOR
        for (int i = 0; i < threads; i++) {
            const double mine = loop();
            if (i == 0) flops = mine * threads;
        }
        const double rate = flops / (ot__now() - start);
        if (rate > best) best = rate;
    }
    return best;
}

/* Read and written bytes both count. */
static ot_status bytes_per_second(double *best)
{
    enum { PARTS = 64, PART = 1 << 20 };
    OT_TRY(ot__check_memory((size_t)2 * PARTS * PART, "measuring the speed of copies"));
    char *from = ot__tensor_memory((size_t)2 * PARTS * PART);
    if (!from) return OT_ENOMEM;
    char *to = from + (size_t)PARTS * PART;
    memset(from, 1, (size_t)2 * PARTS * PART);
    for (int run = 0; run < RUNS; run++) {
        const double start = ot__now();
        OT__PARALLEL_FOR
        for (int i = 0; i < PARTS; i++)
            memcpy(to + (size_t)i * PART, from + (size_t)i * PART, PART);
        const double rate = 2.0 * PARTS * PART / (ot__now() - start);
        if (rate > *best) *best = rate;
    }
    ot__free(from);
    return OT_OK;
}

ot_status ot_machine_peaks(ot_peaks *peaks)
{
    OT_TRY(ot__check_given("peaks", "where to put them", peaks));
    *peaks = (ot_peaks){ .flops = flops_per_second() };
    return bytes_per_second(&peaks->bytes);
}
