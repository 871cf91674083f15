/* SPDX-License-Identifier: BSD-3-Clause
 * Names of what is compiled once for each instruction set, with OT__ISA its name. */
#ifndef OT_OPS_KERNELS_ISA_H
#define OT_OPS_KERNELS_ISA_H

#define OT__PASTE_(name, isa) ot__##name##_##isa
#define OT__PASTE(name, isa) OT__PASTE_(name, isa)
#define OT__FOR_ISA(name) OT__PASTE(name, OT__ISA)

#endif
