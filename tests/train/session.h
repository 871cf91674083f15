/* SPDX-License-Identifier: BSD-3-Clause
 * A small training in the directory of the test, with checkpoints and a journal, that can be
 * interrupted after a number of batches and resumed. */
#ifndef OT_TESTS_TRAIN_SESSION_H
#define OT_TESTS_TRAIN_SESSION_H

#include "train/small.h"

typedef struct session {
    small s;
    ot_run *run;
    char *checkpoint; /* the checkpoint to resume from, or NULL */
    volatile sig_atomic_t stop, save;
    int batches;                /* batches so far, of both passes */
    int stop_after, save_after; /* when to set the flags, in such batches; 0: never */
    char notes[2000];           /* what on_note reported */
} session;

void session_begin(session *w);
/* Resumes from the newest checkpoint.  Returns the status of ot_run_newest; after an error,
 * session_end must not be called. */
ot_status session_resume(session *w);
void session_end(session *w);
/* session_resume in two steps: the second one opens the directory.  session_end must be called
 * after either status. */
void session_new(session *w);
ot_status session_reopen(session *w);

/* The bytes of the newest checkpoint, to be freed by ot__free. */
char *newest_checkpoint(size_t *size);

#endif
