/* SPDX-License-Identifier: BSD-3-Clause
 * Keeps the memory of a program below a limit, by computing values again. */
#ifndef OT_AUTOGRAD_COMPILE_LIMIT_H
#define OT_AUTOGRAD_COMPILE_LIMIT_H

#include "autograd/compile/passes.h"

/* Called for each plan that is tried: bytes of its arena, FLOPs per image of what it computes
 * again, and how it cuts the tape.  levels = 0: not at all. */
typedef void ot__on_trial(size_t arena, double flops, int levels, int segments, void *user);

/* Lays out the program like ot__lay_out, with the replays that keep arena + `other` within `limit`
 * bytes at the least cost.  OT_LEAST_MEMORY: with as few bytes as possible.  Sets p->least_bytes.
 * on_trial may be NULL.  OT_ENOMEM, also if no plan is within the limit. */
ot_status ot__limit_memory(ot_program *p, const ot__order *base, size_t limit, size_t other,
                           ot__on_trial *on_trial, void *user);

#endif
