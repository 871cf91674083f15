/* SPDX-License-Identifier: BSD-3-Clause
 * A small training in the folder of the test, with checkpoints and a journal: begun, interrupted
 * after so many batches, begun again. */
#ifndef OT_TESTS_TRAIN_SESSION_H
#define OT_TESTS_TRAIN_SESSION_H

#include "train/small.h"

typedef struct session {
    small s;
    ot_run *run;
    char *checkpoint; /* to go on from, or NULL */
    volatile sig_atomic_t stop, save;
    int batches, stop_after, save_after; /* of either pass; 0: never */
    char notes[2000];
} session;

void session_begin(session *w);
/* From the newest checkpoint.  What ot_run_newest says; with a failure there is nothing to end. */
ot_status session_resume(session *w);
void session_end(session *w);
/* session_resume in two parts: all that is not the directory, and that; whatever is returned, the
 * session is to be ended. */
void session_new(session *w);
ot_status session_reopen(session *w);

/* The bytes of the newest checkpoint, to be freed by ot__free. */
char *newest_checkpoint(size_t *size);

#endif
