/* SPDX-License-Identifier: BSD-3-Clause
 * The execution of a network: the only place that knows whether the network is one program or
 * several.  odetape.h has what callers need; here is what only the library needs. */
#ifndef OT_TRAIN_EXECUTION_H
#define OT_TRAIN_EXECUTION_H

#include "autograd/inspect/scan.h"
#include "base/chunks.h"
#include "models/segments.h"

/* Runs n images forward and, if there are gradients, backward, and finds the first result that is
 * not finite (autograd/inspect/scan.h).  Returns false if there is none.  load fills images and
 * labels; it is called more than once.  It may change gradients and statistics. */
bool ot__execution_scan(ot_execution *e, int n, void (*load)(void *user), void *user,
                        ot__culprit *c);

/* The share of the batch that runs next, to be set before each run; NULL: the execution has whole
 * batches. */
ot__share *ot__execution_share(ot_execution *e);

/* Bytes in addition to those of the programs: the state that segments hand on and, unless it is
 * forward only, what each block keeps for its backward pass: the states before its equal steps, or
 * that of one controlled step, or what the continuous adjoint needs.  0 for one program. */
size_t ot__execution_bytes(const ot_execution *e);

/* As ot_execution_new, for an execution whose features (ot_net_features) can be read after a run.
 * OT_EINVAL also if the network has none. */
ot_status ot__execution_with_features(const ot_net *net, const ot_compile_opts *opts,
                                      ot_execution **out);
const void *ot__execution_features(const ot_execution *e);

/* Whether runs of the network count controlled steps. */
bool ot__execution_counts(const ot_net *net);
/* Adds the counts of one run to a sum, and widens the range of step sizes. */
void ot__control_add(ot_control_result *sum, const ot_control_result *part);

/* One of the programs of an execution, in the order in which they run first. */
typedef struct ot__execution_program {
    ot_program *program;
    const char *segment; /* its name; NULL if there is only this program */
    const char *what;  /* which program of the segment it is: "", or of a step which way it goes */
    bool forward_step; /* it computes a step forward, which another program differentiates */
    int runs;          /* how often one step runs it */
    int evaluations;   /* of f that one step makes with it; 0 outside of steps */
} ot__execution_program;

int ot__execution_programs(const ot_execution *e);
/* The number of equal steps that a block takes.  0: steps are fixed, or their error is controlled.
 */
int ot__execution_equal_steps(const ot_execution *e);
ot__execution_program ot__execution_program_at(const ot_execution *e, int i);

/* From now on runs compute a fingerprint of the smooth piece of the function that they are on, as
 * programs do for the gradient check.  The second function returns that of the last run. */
void ot__execution_watch_pieces(ot_execution *e);
uint64_t ot__execution_piece(const ot_execution *e);

/* As ot_program_measure_rebuild and ot_program_rebuild_error, for a network that is one program. */
ot_status ot__execution_measure_rebuild(ot_execution *e, bool on);
double ot__execution_rebuild_error(const ot_execution *e);

#endif
