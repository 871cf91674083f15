/* SPDX-License-Identifier: BSD-3-Clause
 * Makes every system call that writes, and every allocation, fail in turn while a run is resumed,
 * trained and saved.  The failure must be a status, and the run must afterwards end with the same
 * bytes.  With OT_ALL_FAULTS in the environment all of them are tried, otherwise a sample. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/system.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/session.h"

enum {
    EACH = 16,  /* the first calls, which are all tried */
    BEFORE = 3, /* batches before the first interruption */
    LATER = 5   /* batches before the second one */
};

/* The files after the first interruption, from which each try begins, and the last checkpoint. */
static char *checkpoint, *journal, *expected;
static long allocations; /* number of allocations in one try */
static size_t checkpoint_size, journal_size, expected_size;

static void prepare(void)
{
    session w;
    session_begin(&w);
    w.s.opts.epochs = 1;
    ck_ok(ot_train(&w.s.opts, NULL));
    session_end(&w);
    expected = newest_checkpoint(&expected_size);
    remove_files();
    session_begin(&w);
    w.s.opts.epochs = 1;
    w.stop_after = BEFORE;
    ck_status(ot_train(&w.s.opts, NULL), OT_EINTERRUPTED);
    session_end(&w);
    checkpoint = get_file(in_folder("checkpoint-00000003.safetensors"), &checkpoint_size);
    journal = get_file(in_folder("metrics.jsonl"), &journal_size);
}

static void release(void)
{
    ot__free(checkpoint);
    ot__free(journal);
    ot__free(expected);
}

static void make_again(void)
{
    ot__watch_system(NULL);
    ot__fail_allocation(0, 0);
    remove_files();
    put_file(in_folder("checkpoint-00000003.safetensors"), checkpoint, checkpoint_size);
    put_file(in_folder("metrics.jsonl"), journal, journal_size);
}

/* Resumes, trains to the second interruption and saves.  Faults are counted from its start. */
static ot_status try_piece(int allocation, int persistent)
{
    session w;
    session_new(&w);
    ot__fail_allocation(allocation, persistent);
    ot_status status = session_reopen(&w);
    w.s.opts.epochs = 1;
    w.stop_after = LATER - BEFORE;
    if (status == OT_OK) status = ot_train(&w.s.opts, NULL);
    allocations = ot__fail_allocation(0, 0);
    session_end(&w);
    return status;
}

/* Checks that there is a whole checkpoint, from which the run ends with the same bytes. */
static void expect_to_end_well(const char *fault, int n)
{
    session w;
    size_t size = 0;
    const ot_status found = session_resume(&w);
    ck_assert_msg(found == OT_OK && w.notes[0] == 0, "%s %d: %s %s", fault, n, ot_message(),
                  found == OT_OK ? w.notes : "");
    w.s.opts.epochs = 1;
    ck_ok(ot_train(&w.s.opts, NULL));
    session_end(&w);
    char *bytes = newest_checkpoint(&size);
    ck_assert_msg(size == expected_size && memcmp(bytes, expected, size) == 0, "%s %d", fault, n);
    ot__free(bytes);
}

static bool all_faults(void)
{
    return getenv("OT_ALL_FAULTS") != NULL;
}

/* ---- system calls ---- */

typedef enum kind { ONCE, FOR_EVER, SHORT } kind;
typedef struct fault {
    const char *name;
    int error;
    kind kind;
} fault;

static const fault faults[] = {
    { "ENOSPC once", ENOSPC, ONCE },
    { "ENOSPC for ever", ENOSPC, FOR_EVER },
    { "EIO once", EIO, ONCE },
    { "EIO for ever", EIO, FOR_EVER },
    { "EDQUOT for ever", EDQUOT, FOR_EVER },
    { "EINTR", EINTR, ONCE },
    { "a short write", 0, SHORT },
};

static const fault *current;
static int calls, fail_at;

/* A training that returns OT_EINTERRUPTED has saved; only the last line of its journal may be
 * missing. */
static bool is_saved(void)
{
    return access(in_folder("checkpoint-00000005.safetensors"), F_OK) == 0;
}

static int before_call(const char *call, size_t *size)
{
    (void)call;
    calls++;
    const bool here =
        calls == fail_at || (current->kind == FOR_EVER && fail_at > 0 && calls > fail_at);
    if (here && current->kind == SHORT && size && *size > 1) *size = 1 + *size / 3;
    return here ? current->error : 0;
}

/* Interrupted calls and short writes are repeated. */
static bool harmless(const fault *f)
{
    return f->error == EINTR || f->kind == SHORT;
}

START_TEST(every_system_call_may_fail_while_resuming_and_saving)
{
    const fault *f = current = &faults[_i];
    int tried = 0;
    prepare();
    for (int n = 1;; n += n < EACH || all_faults() ? 1 : 5) { /* most are writes of tensors */
        make_again();
        calls = 0;
        fail_at = n;
        ot__watch_system(before_call);
        const ot_status status = try_piece(0, 0);
        ot__watch_system(NULL);
        tried++;
        if (calls < n) {
            ck_assert_int_gt(n, EACH);
            printf("# %s: %d of %d system calls failed in turn\n", f->name, tried - 1, calls);
            break;
        }
        if (harmless(f))
            ck_assert_msg(status == OT_EINTERRUPTED, "%s, call %d: %s", f->name, n, ot_message());
        else
            ck_assert_msg(status == OT_EIO || status == OT_ECREATE ||
                              (status == OT_EINTERRUPTED && is_saved()),
                          "%s, call %d: %s", f->name, n, ot_strerror(status));
        expect_to_end_well(f->name, n);
    }
    release();
}
END_TEST

/* ---- allocations ---- */

START_TEST(every_allocation_may_fail_while_resuming_and_saving)
{
    int tried = 0;
    prepare();
    make_again();
    ck_status(try_piece(0, 0), OT_EINTERRUPTED);
    const int total = (int)allocations;
    for (int n = all_faults() ? 1 : 1 + _i % 2; n <= total; n += all_faults() ? 1 : 19) {
        make_again();
        const ot_status status = try_piece(n, _i);
        tried++;
        if (status == OT_EINTERRUPTED) continue; /* only a message needed this allocation */
        ck_assert_msg(status == OT_ENOMEM, "allocation %d: %s: %s", n, ot_strerror(status),
                      ot_message());
        expect_to_end_well("allocation", n);
    }
    printf("# %d of %d allocations failed in turn, %s\n", tried, total,
           _i ? "and all after" : "once");
    release();
}
END_TEST

TCase *faults_case(void)
{
    TCase *c = tcase_create("faults");
    tcase_set_timeout(c, 600);
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, every_system_call_may_fail_while_resuming_and_saving, 0,
                        (int)(sizeof faults / sizeof faults[0]));
    tcase_add_loop_test(c, every_allocation_may_fail_while_resuming_and_saving, 0, 2);
    return c;
}
