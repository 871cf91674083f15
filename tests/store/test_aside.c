/* SPDX-License-Identifier: BSD-3-Clause
 * Tests how a new training replaces an old run.  After a kill or a failure at any system call, the
 * directory holds either the whole old run or the new one. */
#include "store/aside.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/system.h"
#include "store/cases.h"
#include "train/fixture.h"
#include "store/run.h"
#include "train/session.h"

/* The files of the old run, and one that does not belong to it. */
static const char *const old_files[] = { "checkpoint-00000008.safetensors",
                                         "checkpoint-00000012.safetensors",
                                         "best.safetensors",
                                         "final.safetensors",
                                         "metrics.jsonl",
                                         "notes.txt" };
enum { OLD_FILES = sizeof old_files / sizeof old_files[0] };
static const char FIRST[] = "checkpoint-00000000.safetensors";

static void put_old_run(void)
{
    for (int i = 0; i < OLD_FILES; i++)
        put_file(in_folder(old_files[i]), "old", 3);
}

static bool holds(const char *name, const char *text)
{
    size_t size = 0;
    if (access(in_folder(name), F_OK) != 0) return false;
    char *data = get_file(in_folder(name), &size);
    const bool same = size == strlen(text) && memcmp(data, text, size) == 0;
    ot__free(data);
    return same;
}

static bool is_old_run(void)
{
    bool all = access(in_folder(FIRST), F_OK) != 0;
    for (int i = 0; i < OLD_FILES; i++)
        all &= holds(old_files[i], "old");
    return all;
}

static bool is_new_run(void)
{
    bool none = holds(FIRST, "new") && holds("metrics.jsonl", "new") && holds("notes.txt", "old");
    for (int i = 0; i < 4; i++)
        none &= access(in_folder(old_files[i]), F_OK) != 0;
    return none;
}

static bool nothing_is_aside(void)
{
    return access(in_folder(".replacing"), F_OK) != 0 && access(in_folder(".replaced"), F_OK) != 0;
}

/* Replaces the old run as ot_train does, without training. */
static ot_status replace(void)
{
    ot_run *run = NULL;
    OT_TRY(ot_run_open(in_folder("."), &run));
    ot_status status = ot__run_set_aside(run);
    if (status == OT_OK) status = ot__file_write_in(ot__run_folder(run), "metrics.jsonl", "new", 3);
    if (status == OT_OK) status = ot__file_write_in(ot__run_folder(run), FIRST, "new", 3);
    const ot_status settled = ot__run_settle(run);
    ot_run_close(run);
    return status == OT_OK ? settled : status;
}

static void open_and_close(void)
{
    ot_run *run = NULL;
    ck_ok(ot_run_open(in_folder("."), &run));
    ot_run_close(run);
}

static int calls, fail_at, error;

static int kill_one(const char *call, size_t *size)
{
    (void)call, (void)size;
    if (++calls == fail_at) _exit(0);
    return 0;
}

static int fail_some(const char *call, size_t *size)
{
    (void)call, (void)size;
    calls++;
    return calls == fail_at || (error == EIO && fail_at > 0 && calls > fail_at) ? error : 0;
}

/* Replaces the run in a child that ends before system call `first`.  Returns whether the
 * replacement was completed. */
static bool replace_and_be_killed(int first)
{
    int status;
    const pid_t child = fork();
    if (child == 0) {
        fail_at = first;
        ot__watch_system(kill_one);
        _exit(replace() == OT_OK ? 1 : 2);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) < 2);
    return WEXITSTATUS(status) == 1;
}

/* Opens the run, which decides between old and new, in a child that ends before system call
 * `first`. */
static void open_and_be_killed(int first)
{
    int status;
    const pid_t child = fork();
    if (child == 0) {
        ot_run *run = NULL;
        fail_at = first;
        ot__watch_system(kill_one);
        _exit(ot_run_open(in_folder("."), &run) == OT_OK ? 0 : 2);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

START_TEST(a_kill_at_any_call_leaves_the_old_run_or_the_new_one)
{
    int kills = 0, old = 0;
    for (bool ended = false; !ended; kills++) {
        remove_files();
        put_old_run();
        ended = replace_and_be_killed(kills + 1);
        for (int k = 1; k <= _i; k++)
            open_and_be_killed(5 * k + _i);
        open_and_close();
        ck_assert_msg(is_old_run() || is_new_run(), "killed before call %d", kills + 1);
        ck_assert_msg(nothing_is_aside(), "killed before call %d", kills + 1);
        old += is_old_run();
    }
    ck_assert_int_gt(kills, 30);
    ck_assert(old > 10 && old < kills && is_new_run());
}
END_TEST

START_TEST(a_failure_at_any_call_leaves_the_old_run_or_the_new_one)
{
    error = _i == 0 ? ENOSPC : EIO;
    for (int n = 1;; n++) {
        remove_files();
        put_old_run();
        calls = 0;
        fail_at = n;
        ot__watch_system(fail_some);
        const ot_status status = replace();
        ot__watch_system(NULL);
        open_and_close();
        ck_assert_msg(is_new_run() || (status != OT_OK && is_old_run()), "call %d: %s", n,
                      ot_message());
        ck_assert(nothing_is_aside());
        if (calls < n) break;
    }
}
END_TEST

/* ---- a training ---- */

static int fail_reserve(const char *call, size_t *size)
{
    (void)size;
    return strcmp(call, "fallocate") == 0 ? ENOSPC : 0;
}

static char *train(session *w, uint64_t seed, bool force, ot_status expected, size_t *size)
{
    session_begin(w);
    if (force) ot_run_replace(w->run);
    w->s.opts.epochs = 1;
    w->s.opts.seed = seed;
    ck_status(ot_train(&w->s.opts, NULL), expected);
    session_end(w);
    return newest_checkpoint(size);
}

START_TEST(a_training_that_cannot_save_gives_the_old_run_back_and_one_that_can_replaces_it)
{
    session w;
    size_t size[3], journal[2];
    char *const first = train(&w, 1, false, OT_OK, &size[0]);
    char *const lines = get_file(in_folder("metrics.jsonl"), &journal[0]);
    ot__watch_system(fail_reserve);
    char *const failed = train(&w, 2, true, OT_EIO, &size[1]);
    ot__watch_system(NULL);
    char *const same = get_file(in_folder("metrics.jsonl"), &journal[1]);
    ck_assert(size[0] == size[1] && memcmp(first, failed, size[0]) == 0);
    ck_assert(journal[0] == journal[1] && memcmp(lines, same, journal[0]) == 0);
    ck_assert(nothing_is_aside());
    char *const second = train(&w, 2, true, OT_OK, &size[2]);
    ck_assert(size[0] != size[2] || memcmp(first, second, size[0]) != 0);
    ck_assert(nothing_is_aside());
    ot__free(first), ot__free(lines), ot__free(failed), ot__free(same), ot__free(second);
}
END_TEST

/* Moves the directory as soon as the training has begun, and makes another one of that name. */
static void move_directory(const ot_train_plan *plan, void *user)
{
    (void)plan, (void)user;
    ck_assert_int_eq(rename(in_folder("run"), in_folder("moved")), 0);
    ck_assert_int_eq(mkdir(in_folder("run"), 0777), 0);
}

START_TEST(a_directory_that_is_moved_meanwhile_gets_everything_and_its_successor_nothing)
{
    static const char *const files[] = { "moved/checkpoint-00000007.safetensors",
                                         "moved/checkpoint-00000000.safetensors",
                                         "moved/best.safetensors",
                                         "moved/final.safetensors",
                                         "moved/metrics.jsonl",
                                         "moved/.lock" };
    session w;
    session_new(&w);
    ck_assert_int_eq(mkdir(in_folder("run"), 0777), 0);
    ck_ok(ot_run_open(in_folder("run"), &w.run));
    w.s.opts.run = w.run;
    w.s.opts.epochs = 1;
    w.s.opts.journal = in_folder("run/metrics.jsonl");
    w.s.opts.on_plan = move_directory;
    ck_ok(ot_train(&w.s.opts, NULL));
    ck_ok(ot_run_save(w.run, "final.safetensors", w.s.params, 0, NULL));
    ck_assert_int_eq(rmdir(in_folder("run")), 0); /* it is empty */
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        ck_assert_msg(unlink(in_folder(files[i])) == 0, "%s", files[i]);
    ck_assert_int_eq(rmdir(in_folder("moved")), 0);
    session_end(&w);
}
END_TEST

TCase *aside_case(void)
{
    TCase *c = tcase_create("aside");
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, a_kill_at_any_call_leaves_the_old_run_or_the_new_one, 0, 4);
    tcase_add_loop_test(c, a_failure_at_any_call_leaves_the_old_run_or_the_new_one, 0, 2);
    tcase_add_test(c,
                   a_training_that_cannot_save_gives_the_old_run_back_and_one_that_can_replaces_it);
    tcase_add_test(c,
                   a_directory_that_is_moved_meanwhile_gets_everything_and_its_successor_nothing);
    return c;
}
