/* SPDX-License-Identifier: BSD-3-Clause
 * What comm.c offers to the queue of sums that nobody waits for, in comm_later.c. */
#ifndef OT_BASE_COMM_LATER_H
#define OT_BASE_COMM_LATER_H

#include "base/comm.h"

/* Begin an exchange, and return the number of the request, or -1 after a failure.  See
 * comm_module.h; parts follow each other without gaps. */
int ot__comm_start_gather(void *buffer, const size_t bytes[]);
int ot__comm_start_scatter(const void *from, const size_t from_bytes[], void *to,
                           const size_t to_bytes[]);
/* 1: the request is complete, 0: not yet, -1: a process failed. */
int ot__comm_test(int request);
ot_status ot__comm_wait(int request);

/* Counts what is sent; and the seconds in which sums travelled, with those of waiting for them. */
void ot__comm_count(double bytes);
void ot__comm_count_later(double seconds, double waited);

#endif
