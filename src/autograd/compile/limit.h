/* SPDX-License-Identifier: BSD-3-Clause
 * Keeps the memory of a program below a limit, by computing values again. */
#ifndef OT_AUTOGRAD_COMPILE_LIMIT_H
#define OT_AUTOGRAD_COMPILE_LIMIT_H

#include "autograd/compile/passes.h"

/* Lays out the program like ot__lay_out, with the replays that keep arena + `other` within `limit`
 * bytes at the least cost.  OT_LEAST_MEMORY: with as few bytes as possible.  Sets p->least_bytes.
 * on_point may be NULL.  A program that solves for values has one plan.  OT_ENOMEM, also if no plan
 * is within the limit; OT_EINVAL as ot__replay_steps. */
ot_status ot__limit_memory(ot_program *p, const ot__order *base, size_t limit, size_t other,
                           ot_on_memory_point *on_point, void *user);

#endif
