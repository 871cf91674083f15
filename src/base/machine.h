/* SPDX-License-Identifier: BSD-3-Clause
 * CPU features, the choice of BLIS kernels, threads and the floating-point mode. */
#ifndef OT_BASE_MACHINE_H
#define OT_BASE_MACHINE_H

#include "base/status.h"

typedef struct ot__cpu {
    bool avx2, fma;
    bool avx512; /* F, DQ, BW and VL, and the operating system saves their registers */
    bool neon;   /* the vectors of 64-bit Arm */
    bool amd;
    bool masked; /* ODETAPE_CPU hides features of x86-64, for the choice of BLIS kernels too: "avx2"
                    hides AVX-512, "baseline" all of them.  On Arm "baseline" hides NEON, and BLIS
                    keeps its kernels, since it may have no others */
} ot__cpu;

const ot__cpu *ot__cpu_features(void);

/* The instruction sets that special kernels of this build are compiled for, the best one first.
 * OT__ISAS(DO) is DO(avx512) DO(avx2) on x86-64. */
#if defined(OT__X86_KERNELS)
#define OT__ISAS(DO) DO(avx512) DO(avx2)
#elif defined(OT__NEON_KERNELS)
#define OT__ISAS(DO) DO(neon)
#else
#define OT__ISAS(DO)
#endif

#define OT__ISA_NUMBER(isa) OT__ISA_##isa,
typedef enum ot__isa { OT__ISAS(OT__ISA_NUMBER) OT__ISA_none } ot__isa;

/* Whether this CPU supports the instruction set, and ODETAPE_CPU does not hide it. */
bool ot__has_isa(ot__isa isa);

/* The first of them that this CPU supports; OT__ISA_none if it supports none of them. */
ot__isa ot__best_isa(void);

/* The number of threads of parallel regions: #pragma omp parallel num_threads(ot__threads()). */
int ot__threads(void);

/* OT_EINVAL if this CPU does not support the tier; for OT_TIER_DEFAULT, as ot_machine_check. */
ot_status ot__check_tier(ot_tier tier);

/* Chooses the BLIS kernels and starts BLIS, once.  Any thread may call it; it must be called before
 * the first call of BLIS. */
void ot__blis_start(void);

/* Bytes that BLIS allocates when n threads multiply matrices whose smallest dimension is at most
 * `side`.  BLIS allocates them during the first products, keeps them, and ends the process if it
 * cannot get them.  0 if its kernels for small products, which allocate nothing, compute all of
 * these products. */
size_t ot__blis_bytes(size_t side, int n);

/* An operation on denormals takes two hundred times as long as one on normal numbers.  Between
 * these two calls denormals are flushed to zero in every thread that runs kernels.  Float32
 * programs run like this, double programs do not. */
void ot__float32_begin(void);
void ot__float32_end(void);

#endif
