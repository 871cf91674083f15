/* SPDX-License-Identifier: BSD-3-Clause
 * kill -9 while training and while saving.  A child trains and is killed, and the next one resumes,
 * until one reaches the end.  Then the files must have the bytes of a training that was never
 * killed.  Every second kill comes at a random time.  The others come from the child itself, before
 * a random system call that writes files, and half of these after a write that wrote only a part.
 *
 * The environment sets KILLS, the number of kills (50), and SEED (1).  The parent process must not
 * use OpenMP, which does not survive a fork. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/rng.h"
#include "base/system.h"
#include "train/fixture.h"
#include "train/session.h"

enum { CALLS_OF_A_RUN = 60, LONGEST = 120000 }; /* microseconds */

typedef struct plan {
    bool aimed;       /* kill before a system call; otherwise at a time */
    int call;         /* aimed: number of the system call, from 1 */
    bool torn;        /* aimed: the write before it writes half of its bytes */
    int microseconds; /* not aimed: when to kill */
} plan;

static plan now;
static int calls;

static int before_call(const char *call, size_t *size)
{
    (void)call;
    calls++;
    if (now.torn && size && calls == now.call - 1 && *size > 1) *size /= 2;
    if (calls == now.call) kill(getpid(), SIGKILL);
    return 0;
}

/* In the child: resumes the run in the directory, or starts one, and trains to the end. */
static int train(const plan *p)
{
    session w;
    now = *p;
    if (p->aimed) ot__watch_system(before_call);
    const ot_status found = session_resume(&w);
    if (found == OT_ENOENT)
        session_begin(&w);
    else if (found != OT_OK)
        return 2;
    w.s.opts.save_every = 2;
    const ot_status status = ot_train(&w.s.opts, NULL);
    if (status != OT_OK || w.notes[0]) fprintf(stderr, "# %s %s\n", ot_message(), w.notes);
    const bool noted = w.notes[0];
    session_end(&w);
    return status == OT_OK && !noted ? 0 : 3;
}

/* Returns 0 if the child reached the end, 1 if it was killed, -1 if something went wrong. */
static int run_child(const plan *p)
{
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) _exit(train(p));
    if (!p->aimed && p->microseconds > 0) {
        nanosleep(&(struct timespec){ .tv_nsec = p->microseconds * 1000L }, NULL);
        kill(child, SIGKILL);
    }
    int status = 0;
    if (waitpid(child, &status, 0) != child) return -1;
    if (WIFEXITED(status)) return WEXITSTATUS(status) == 0 ? 0 : -1;
    return WTERMSIG(status) == SIGKILL ? 1 : -1;
}

typedef struct files {
    char *last, *best;
    size_t last_size, best_size;
} files;

static files read_files(void)
{
    files f;
    f.last = newest_checkpoint(&f.last_size);
    f.best = get_file(in_folder("best.safetensors"), &f.best_size);
    return f;
}

static void free_files(files *f)
{
    ot__free(f->last);
    ot__free(f->best);
}

static bool same_files(const files *a, const files *b)
{
    return a->last_size == b->last_size && a->best_size == b->best_size &&
           memcmp(a->last, b->last, a->last_size) == 0 &&
           memcmp(a->best, b->best, a->best_size) == 0;
}

/* Checks that the journal has the line of the run, and every epoch once. */
static bool good_journal(void)
{
    size_t size = 0;
    char *text = get_file(in_folder("metrics.jsonl"), &size);
    int epochs = 0;
    for (const char *at = text; (at = strstr(at, "\"event\":\"epoch\",\"epoch\":")); at++)
        epochs++;
    const bool good = strncmp(text, "{\"event\":\"run\"", 14) == 0 && epochs == 2 &&
                      strstr(text, "\"epoch\":1,") && strstr(text, "\"epoch\":2,");
    ot__free(text);
    return good;
}

static plan make_plan(uint64_t seed, int kill)
{
    const ot__draw d = ot__random(seed, OT__RNG_SHAPES, (uint32_t)kill, 0, 0, 0);
    return (plan){ .aimed = kill % 2,
                   .call = 1 + (int)ot__below(d.word[0], CALLS_OF_A_RUN),
                   .torn = kill % 4 == 3,
                   .microseconds = 1 + (int)ot__below(d.word[1], LONGEST) };
}

static int number_from(const char *name, int otherwise)
{
    const char *text = getenv(name);
    return text && *text ? atoi(text) : otherwise;
}

START_TEST(killed_at_any_time_and_resumed_every_run_ends_with_the_same_bytes)
{
    const int wanted = number_from("KILLS", 50), seed = number_from("SEED", 1);
    int kills = 0, aimed = 0, runs = 0, tries = 0;
    const plan none = { 0 };
    ck_assert_int_eq(run_child(&none), 0);
    files expected = read_files();
    for (; kills < wanted; runs++) {
        remove_files();
        for (int end = 1; end != 0;) {
            const plan p = make_plan((uint64_t)seed, tries++);
            end = run_child(kills < wanted ? &p : &none);
            ck_assert_msg(end >= 0, "seed %d, child %d", seed, tries);
            kills += end == 1;
            aimed += end == 1 && p.aimed;
        }
        files found = read_files();
        ck_assert_msg(same_files(&expected, &found) && good_journal(), "seed %d, child %d", seed,
                      tries);
        free_files(&found);
    }
    free_files(&expected);
    printf("# %d kills survived, %d of them in a save, in %d runs (seed %d)\n", kills, aimed, runs,
           seed);
}
END_TEST

static TCase *kill_case(void)
{
    TCase *c = tcase_create("kill");
    tcase_set_timeout(c, 3000);
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, killed_at_any_time_and_resumed_every_run_ends_with_the_same_bytes);
    return c;
}

OT_TEST_MAIN("kill", kill_case)
