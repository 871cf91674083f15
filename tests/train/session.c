/* SPDX-License-Identifier: BSD-3-Clause
 * Starts, interrupts and resumes a small training.  A callback counts batches and sets the
 * flags. */
#include "train/session.h"

#include <string.h>

#include "train/fixture.h"

static void on_progress(const ot_train_progress *now, void *user)
{
    session *w = user;
    (void)now;
    w->batches++;
    if (w->batches == w->stop_after) w->stop = 1;
    if (w->batches == w->save_after) w->save = 1;
}

static void on_note(const char *sentence, void *user)
{
    session *w = user;
    strcat(strcat(w->notes, sentence), "\n");
}

void session_new(session *w)
{
    *w = (session){ .s = small_new() };
    w->s.opts.journal = in_folder("metrics.jsonl");
    w->s.opts.stop = &w->stop;
    w->s.opts.save = &w->save;
    w->s.opts.on_progress = on_progress;
    w->s.opts.on_note = on_note;
    w->s.opts.user = w;
}

void session_begin(session *w)
{
    session_new(w);
    ck_ok(ot_run_open(in_folder("."), &w->run));
    w->s.opts.run = w->run;
}

ot_status session_reopen(session *w)
{
    ot_status status = ot_run_open(in_folder("."), &w->run);
    if (status == OT_OK) status = ot_run_newest(w->run, on_note, w, &w->checkpoint);
    ot_params_init(w->s.params, 77); /* a resume must replace all of these values */
    w->s.opts.run = w->run;
    w->s.opts.resume = w->checkpoint;
    return status;
}

ot_status session_resume(session *w)
{
    session_new(w);
    const ot_status status = session_reopen(w);
    if (status != OT_OK) session_end(w);
    return status;
}

void session_end(session *w)
{
    ot_run_close(w->run);
    free(w->checkpoint);
    small_free(&w->s);
}

char *newest_checkpoint(size_t *size)
{
    ot_run *run = NULL;
    char *path = NULL;
    ck_ok(ot_run_open(in_folder("."), &run));
    ck_ok(ot_run_checkpoint(run, 0, &path));
    char *data = get_file(path, size);
    free(path);
    ot_run_close(run);
    return data;
}
