/* SPDX-License-Identifier: BSD-3-Clause
 * Names of functions that are compiled once for each instruction set: OT__FOR_ISA(f) is ot__f_avx2
 * in the files compiled with OT__ISA=avx2. */
#ifndef OT_OPS_KERNELS_ISA_H
#define OT_OPS_KERNELS_ISA_H

#define OT__PASTE_(name, isa) ot__##name##_##isa
#define OT__PASTE(name, isa) OT__PASTE_(name, isa)
#define OT__FOR_ISA(name) OT__PASTE(name, OT__ISA)

#endif
