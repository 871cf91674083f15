/* SPDX-License-Identifier: BSD-3-Clause
 * Simulates a loss of power while a command writes (durable.h).  After each prefix of its calls,
 * only what was synced is left, or all names with the bytes that were synced.  Every file that is
 * left must be whole, and the command must continue from it.  When the command has ended by itself,
 * everything it wrote must be on the disk.
 *
 * By default the command continues from one state in STRIDE, with OT_ALL_FAULTS in the environment
 * from all. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/frame/dispatch.h"
#include "cli/commands/durable.h"
#include "cli/folder.h"
#include "cli/prepared.h"
#include "cli/text_of.h"
#include "suite.h"

#define SMALL_NET "--width 1 --stem-stride 2 --data ../small --batch 32 --epochs 1"

static const struct command {
    const char *line;
    const char *folder; /* copied from ../ before the command runs; NULL: none */
    const char *again;  /* the command that continues; NULL: the same */
    const char *look;   /* a command that succeeds if all files exist; NULL: none */
    int finished;       /* the exit code of `again` if all is done already */
} commands[] = {
    { "scheme plot rk4 euler -o regions.svg", NULL, NULL, NULL, 0 },
    { "data make --data ../small made", NULL, NULL, "data info --data made", 73 },
    { "data sheet --data ../small sheet.png --rows 2 --columns 3", NULL, NULL, NULL, 0 },
    { "train --net eulerx1 " SMALL_NET " --out new/run", NULL,
      "train --net eulerx1 " SMALL_NET " --out new/run --force", "eval new/run/final.safetensors",
      0 },
    { "train --resume half", "half", NULL, "eval half/final.safetensors", 0 },
    { "train --net eulerx1 " SMALL_NET " --out run --force", "run", NULL,
      "eval run/final.safetensors", 0 },
    { "plot ../run ../twin -o curves.svg", NULL, NULL, NULL, 0 },
    { "report ../run -o page.html", NULL, NULL, NULL, 0 },
    { "landscape ../run --points 3 --images 16 --data ../small --out a/land", NULL, NULL, NULL, 0 },
    { "landscape ../run --points 2 --images 16 --data ../small --out land --force --no-plot",
      "land", NULL, NULL, 0 },
    { "sweep ../few.ini --out sweep", "sweep", NULL, NULL, 0 },
};
enum { COMMANDS = sizeof commands / sizeof commands[0], MOST_STATES = 200, STRIDE = 3 };

/* Files that are never synced, since nothing depends on them. */
static const char *const unsynced[] = { ".lock", "train.log", "small", NULL };

/* Runs a command in a process of its own and returns its exit code.  With `states`, the number of
 * states is written to ../states. */
static int run_apart(const char *line, bool states)
{
    int status;
    const pid_t pid = fork();
    if (pid == 0) {
        if (!freopen("../stdout", "w", stdout) || !freopen("../stderr", "w", stderr)) _exit(126);
        if (states) durable_begin();
        const int code = prepared_run(line);
        fflush(stdout);
        if (states) {
            FILE *const f = fopen("../states", "w");
            fprintf(f, "%d", durable_end("../unsynced", unsynced));
            fclose(f);
        }
        exit(code);
    }
    ck_assert_int_gt(pid, 0);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(WIFEXITED(status), "%s: %x: %s", line, (unsigned)status, text_of("../stderr"));
    return WEXITSTATUS(status);
}

/* Whether a directory has a file of the same path and bytes. */
static bool is_copy_in(const char *path, const char *folder)
{
    char other[600];
    snprintf(other, sizeof other, "../%s/%s", folder, path);
    FILE *const a = fopen(path, "rb"), *const b = fopen(other, "rb");
    int x = 0, y = 1;
    while (a && b && (x = fgetc(a)) == (y = fgetc(b)) && x != EOF)
        ;
    if (a) fclose(a);
    if (b) fclose(b);
    return x == y;
}

static char torn[512];

/* Skips journals, which grow, tensors, which have checksums, and our own names, which begin with a
 * dot. */
static int look_at(const char *path, const struct stat *st, int type, struct FTW *where)
{
    static const char *const grow[] = { ".jsonl", ".safetensors", ".log" };
    (void)st;
    bool judged = type == FTW_F && path[where->base] != '.';
    for (size_t i = 0; i < sizeof grow / sizeof grow[0]; i++)
        judged &= strstr(path, grow[i]) == NULL;
    if (!judged || is_copy_in(path, "attempt") || is_copy_in(path, ".")) return 0;
    snprintf(torn, sizeof torn, "%s", path);
    return 1;
}

static void go_on(const struct command *c, int state)
{
    char path[64];
    const char *broken, *const again = c->again ? c->again : c->line;
    ck_assert_int_eq(chdir(prepared), 0);
    snprintf(path, sizeof path, "state-%d", state);
    ck_assert_int_eq(chdir(path), 0);
    ck_assert_msg(folder_is_whole(".", &broken), "%s: state %d: %s is broken", c->line, state,
                  broken);
    ck_assert_msg(nftw(".", look_at, 16, FTW_PHYS) == 0, "%s: state %d: %s is torn", c->line, state,
                  torn);
    const int code = run_apart(again, false);
    ck_assert_msg(code == 0 || code == c->finished, "%s: state %d: then %s: %d: %s", c->line, state,
                  again, code, text_of("../stderr"));
    if (!c->look) return;
    ck_assert_msg(run_apart(c->look, false) == 0, "%s: state %d: then %s: %s", c->line, state,
                  c->look, text_of("../stderr"));
}

/* Removes the states, also those of a test that has failed. */
static void remove_states(void)
{
    char path[64];
    ck_assert_int_eq(chdir(prepared), 0);
    for (int i = 1; i <= MOST_STATES; i++) {
        snprintf(path, sizeof path, "state-%d", i);
        folder_clear(path);
        rmdir(path);
    }
}

START_TEST(a_loss_of_power_leaves_what_is_whole_and_the_command_goes_on)
{
    const struct command *const c = &commands[_i];
    remove_states();
    prepared_attempt(c->folder);
    const int code = run_apart(c->line, true);
    ck_assert_msg(code == 0, "%s: %d: %s", c->line, code, text_of("../stderr"));
    ck_assert_msg(*text_of("../unsynced") == 0, "%s: not on the disk:\n%s", c->line,
                  text_of("../unsynced"));
    const int states = atoi(text_of("../states"));
    ck_assert(states > 0 && states <= MOST_STATES);
    const int stride = getenv("OT_ALL_FAULTS") ? 1 : STRIDE;
    for (int i = states; i >= 1; i -= stride)
        go_on(c, i);
    printf("# %s: %d states, continued from one in %d\n", c->line, states, stride);
}
END_TEST

static TCase *power_case(void)
{
    TCase *c = tcase_create("power");
    tcase_set_timeout(c, 600);
    tcase_add_loop_test(c, a_loss_of_power_leaves_what_is_whole_and_the_command_goes_on, 0,
                        COMMANDS);
    return c;
}

/* A sweep executes this program as odetape; then it runs the command. */
int main(int argc, char **argv)
{
    static const ot_test_case cases[] = { power_case };
    if (strcmp(argv[0], "odetape") == 0) return cli_dispatch(argc, argv);
    setenv("OMP_NUM_THREADS", "1", 1);
    setenv("OMP_WAIT_POLICY", "passive",
           1); /* otherwise a command would execute the program again */
    prepared_make();
    const int result = ot_run_suite("power", cases, 1);
    if (chdir(prepared) == 0) folder_clear(prepared);
    if (chdir("/") == 0) rmdir(prepared);
    return result;
}
