/* SPDX-License-Identifier: BSD-3-Clause
 * Communication between the processes that share a training.  Usually there is one process.  A
 * launcher such as mpirun starts several; then a module is loaded that calls MPI (comm_module.h),
 * and nothing else of the library knows MPI.  ot_processes_join, ot_processes_rank,
 * ot_processes_count and ot_processes_copy are public.  All functions are called by one thread.
 *
 * Sending cannot fail where it is used, in the middle of a kernel.  After a failure, of this
 * process or of another one, all functions return at once, and ot__comm_status reports it. */
#ifndef OT_BASE_COMM_H
#define OT_BASE_COMM_H

#include "base/chunks.h"
#include "base/status.h"

enum { OT__MOST_PROCESSES = OT__MOST_CHUNKS };

/* OT_OK, or OT_EPEER with the sentence of the process that failed. */
ot_status ot__comm_status(void);
/* Tells the others that this process fails, with its message. */
void ot__comm_fail(const char *why);

/* Memory of at least that many bytes for what is exchanged; valid until the next call.  NULL: out
 * of memory, which ot__comm_status reports. */
void *ot__comm_room(size_t bytes);

/* Exchanges parts of a buffer: process r has filled in bytes[r] bytes, after the parts of the
 * processes before it.  Afterwards all processes have all parts. */
ot_status ot__comm_gather(void *buffer, const size_t bytes[]);

/* Adds up n numbers of all processes. */
ot_status ot__comm_add(long long *numbers, int n);
ot_status ot__comm_add_reals(double *numbers, size_t n);
/* The largest of each of n numbers. */
ot_status ot__comm_most(long long *numbers, int n);
/* Whether a text of up to 63 bytes is the same on all processes.  Otherwise *other is the first
 * process whose text is not that of process 0. */
ot_status ot__comm_same(const char *text, bool *same, int *other);

/* ---- sums that nobody waits for ---- */

/* What becomes of a sum of floats over the batch when it is complete. */
typedef struct ot__later {
    void (*deliver)(const struct ot__later *l, const float *sum);
    float *to; /* where to */
    bool add;
    ot_shape shape;
} ot__later;

/* Adds up slots as ot__add_chunks_f32 does and delivers the sum, now or before ot__comm_finish
 * returns.  Sums are delivered in the order of these calls. */
void ot__comm_add_later(const ot__cut *cut, size_t width, float *slots, const ot__later *l);
/* Goes on with what is being exchanged. */
void ot__comm_progress(void);
/* Waits until all sums are delivered. */
void ot__comm_finish(void);

/* ---- what it costs ---- */

typedef struct ot__comm_cost {
    double bytes;     /* that this process has sent */
    double exchanges; /* that it has taken part in */
    double waited;    /* seconds in which it did nothing but wait */
    double later;     /* seconds in which sums travelled that nobody waits for */
    double hidden;    /* of these, the seconds in which it did not wait for them */
} ot__comm_cost;
ot__comm_cost ot__comm_cost_so_far(void);
/* The mean cost of `steps` steps since then. */
ot_sharing ot__comm_sharing(const ot__comm_cost *since, long steps);

#endif
