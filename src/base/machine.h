/* SPDX-License-Identifier: BSD-3-Clause
 * CPU features, the choice of BLIS kernels, threads and the floating-point mode. */
#ifndef OT_BASE_MACHINE_H
#define OT_BASE_MACHINE_H

#include "base/status.h"

typedef struct ot__cpu {
    bool avx2, fma, avx512; /* avx512: F, DQ, BW and VL, and the system saves their registers */
    bool amd;
    bool masked; /* ODETAPE_CPU hides some: avx2 AVX-512, baseline all three */
} ot__cpu;

const ot__cpu *ot__cpu_features(void);

/* Threads for parallel regions: #pragma omp parallel num_threads(ot__threads()). */
int ot__threads(void);

/* OT_EINVAL when the tier is not to be had here; of the default one, what ot_machine_check says. */
ot_status ot__check_tier(ot_tier tier);

/* Choose the BLIS kernels and start BLIS; idempotent and thread-safe.  Before the first BLIS call.
 */
void ot__blis_start(void);

/* Bytes that BLIS takes while n threads multiply matrices whose smallest dimension is up to
 * `side`.  It takes them during the first products, keeps them, and ends the process if they are
 * missing.  0 if its kernels for small products, which take no memory, do all of them. */
size_t ot__blis_bytes(size_t side, int n);

/* Denormals cost two hundred times a normal number: between these two calls they are flushed to
 * zero in every thread that runs kernels.  Float32 programs run so, double ones do not. */
void ot__float32_begin(void);
void ot__float32_end(void);

#endif
