/* SPDX-License-Identifier: BSD-3-Clause
 * The store of parameters and statistics that all programs of one tape share. */
#ifndef OT_AUTOGRAD_PARAMS_H
#define OT_AUTOGRAD_PARAMS_H

#include "autograd/tape.h"
#include "base/number.h"

/* Checks that ps holds every parameter and statistic that this tape has now.  OT_EINVAL if it was
 * made for another tape, or before the last parameter or statistic was recorded.  `who` begins the
 * message. */
ot_status ot__params_check(const char *who, const ot_params *ps, const ot_tape *t);

/* Makes the values in dtype, and the gradients if asked for, unless they exist.  A new store has
 * neither.  OT_ENOMEM. */
ot_status ot__params_need(ot_params *ps, ot_dtype dtype, bool gradients);

/* Converts the values in dtype from the other dtype if those are newer.  Both must exist if so. */
void ot__params_refresh(ot_params *ps, ot_dtype dtype);
/* Notes that the values in dtype were written, so that they are now the newest. */
void ot__params_touch(ot_params *ps, ot_dtype dtype);

/* The tensor of node `id`, a parameter or statistic; -1 for other nodes. */
int ot__params_of_node(const ot_params *ps, int id);

/* Tensors that one op which writes statistics uses are in one group.  Returns the tensor that
 * stands for the group of tensor i. */
int ot__params_group(const ot_params *ps, int i);
/* Sets for each tensor whether it is frozen. */
void ot__params_set_frozen(ot_params *ps, const bool frozen[]);

/* The numbers of tensor i, or of its gradient; NULL if they do not exist in dtype.  The address
 * stays the same as long as the store lives. */
void *ot__params_at(const ot_params *ps, int i, ot_dtype dtype);
void *ot__params_grad_at(const ot_params *ps, int i, ot_dtype dtype);

/* Bytes of all values in dtype, and of all gradients if asked for. */
size_t ot__params_bytes(const ot_params *ps, ot_dtype dtype, bool gradients);
/* Bytes that ot__params_need would take now. */
size_t ot__params_new_bytes(const ot_params *ps, ot_dtype dtype, bool gradients);

#endif
