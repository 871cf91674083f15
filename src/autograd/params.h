/* SPDX-License-Identifier: BSD-3-Clause
 * The store of parameters and statistics that programs of one tape share. */
#ifndef OT_AUTOGRAD_PARAMS_H
#define OT_AUTOGRAD_PARAMS_H

#include "autograd/tape.h"
#include "base/number.h"

/* The parameters hold every parameter and statistic of this very tape, as it is now.  OT_EINVAL if
 * they were made for another tape, or before the last of these was recorded; `who` begins the
 * sentence. */
ot_status ot__params_check(const char *who, const ot_params *ps, const ot_tape *t);

/* Make sure that values, and if wanted gradients, exist in dtype; a new store has none.
 * OT_ENOMEM. */
ot_status ot__params_need(ot_params *ps, ot_dtype dtype, bool gradients);

/* Bring the values in dtype up to date before a run.  They must exist. */
void ot__params_refresh(ot_params *ps, ot_dtype dtype);
/* A run in dtype has changed statistics: its copy is now the newest. */
void ot__params_touch(ot_params *ps, ot_dtype dtype);

/* The tensor of a leaf of the tape the store was made from; -1 for other nodes. */
int ot__params_of_node(const ot_params *ps, int id);

/* Where a tensor's numbers are; the memory stays for the life of the store. */
void *ot__params_at(const ot_params *ps, int i, ot_dtype dtype);
void *ot__params_grad_at(const ot_params *ps, int i, ot_dtype dtype);

size_t ot__params_bytes(const ot_params *ps, ot_dtype dtype, bool gradients);
/* Bytes that ot__params_need would take now. */
size_t ot__params_new_bytes(const ot_params *ps, ot_dtype dtype, bool gradients);

#endif
