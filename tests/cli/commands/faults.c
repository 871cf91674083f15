/* SPDX-License-Identifier: BSD-3-Clause
 * Runs every command while memory or the disk fails.  At each place that allocates memory or works
 * on a file, the first call fails, either once or always from then on.  The command must end by
 * itself with a sentence and the exit code of such a failure, or succeed if it can do without.  No
 * file that it replaces may be damaged.  The same command afterwards must give the same weights.  A
 * call that a signal interrupts once must change nothing.
 *
 * OT_FAULT_PLACES is the number of places tried per command, evenly spread; by default a few.
 * OT_FAULT_COMMAND restricts the test to commands that begin with its text.  Each attempt is a
 * process of its own in a directory of its own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/frame/dispatch.h"
#include "cli/folder.h"
#include "cli/prepared.h"
#include "cli/text_of.h"
#include "cli/commands/wrapped.h"
#include "suite.h"

enum { SAMPLE = 2 };
static const char *const kinds[FAULTY_KINDS] = { "memory", "files", "signals" };

/* The commands.  They run in attempt/, where ../ leads to the prepared directory. */
static const struct command {
    const char *line;
    const char *folder; /* copied from ../ before each attempt; NULL: none */
    bool timed;         /* it prints times, so its output varies */
} commands[] = {
    { "scheme list", NULL, false },
    { "scheme show rk4", NULL, false },
    { "scheme show ../my.tableau", NULL, false },
    { "scheme check fehlberg45", NULL, false },
    { "scheme check ../my.tableau", NULL, false },
    { "scheme check --claim 2 rk4", NULL, false },
    { "scheme compare euler rk4 ../my.tableau", NULL, false },
    { "scheme diff rk4 rk4_38", NULL, false },
    { "scheme plot rk4 euler -o regions.svg", NULL, false },
    { "scheme slope midpoint --doublings 4", NULL, true },
    { "scheme integrate fehlberg45 --tolerance 0.001", NULL, true },
    { "tape --net rk4x1", NULL, false },
    { "tape --net rk4x1 --json", NULL, false },
    { "tape --net rk4x1 --dot --evaluate", NULL, false },
    { "plan --net rk4x1,eulerx1 --records", NULL, false },
    { "plan --net eulerx1 --width 2 --batch 2 --stem-stride 2 --measure", NULL, true },
    { "gradcheck --net eulerx1 --width 1 --image 4 --batch 2", NULL, true },
    { "gradcheck --net eulerx1 --width 1 --image 4 --batch 2 --float32", NULL, true },
    { "data info --data ../small", NULL, false },
    { "data make --data ../small made", NULL, false },
    { "data sheet --data ../small sheet.png --rows 2 --columns 3 --augment autoaugment", NULL,
      false },
    { "doctor", NULL, true },
    { "train --net ../my.tableau:x1 --width 2 --stem-stride 2 --data ../small --batch 32 --epochs "
      "1 "
      "--out new --step learned",
      NULL, true },
    { "train --net heun2x1 --width 1 --stem-stride 2 --data ../small --batch 32 --epochs 1 "
      "--step controlled --step-tolerance 0.5 --weights shared",
      NULL, true },
    { "train --resume half", "half", true },
    { "train --net eulerx1 --width 1 --stem-stride 2 --data ../small --batch 64 --epochs 1 "
      "--out run --force",
      "run", true },
    { "eval ../run/final.safetensors", NULL, true },
    { "eval ../run/final.safetensors --json --split train", NULL, true },
    { "verify ../run", NULL, true },
    { "fuse ../run --out fused --batch 8", NULL, true },
    { "inspect ../run/final.safetensors --all", NULL, false },
    { "diff ../run/final.safetensors ../twin/final.safetensors", NULL, false },
    { "plot ../run ../twin -o curves.svg", NULL, false },
    { "plot ../run --terminal", NULL, false },
    { "compare ../run ../twin ../sweep --unequal --relative", NULL, false },
    { "report ../run -o page.html --data ../small --landscape ../land", NULL, false },
    { "report ../sweep -o -", NULL, true },
    { "landscape ../run --points 3 --images 16 --data ../small --out land", NULL, true },
    { "landscape ../run ../twin --kind between --points 3 --images 16 --out land --no-plot", NULL,
      true },
    { "landscape ../run --kind trajectory --points 2 --images 16 --out land", NULL, true },
    { "landscape --net eulerx1 --kind line --width 1 --points 3 --images 16 --batch 16 "
      "--data ../small --out land --no-plot",
      NULL, true },
    { "sweep ../few.ini --out sweep", "sweep", false },
    { "sweep ../few.ini --dry-run", NULL, false },
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static bool stdout_is_full;
static long longest_file = -1; /* limit of a file's size in bytes; -1: none */

static void limit(void)
{
    struct rlimit most;
    if (stdout_is_full && !freopen("/dev/full", "w", stdout)) _exit(126);
    if (longest_file < 0 || getrlimit(RLIMIT_FSIZE, &most) != 0) return;
    most.rlim_cur = (rlim_t)longest_file;
    if (setrlimit(RLIMIT_FSIZE, &most) != 0) _exit(126);
}

/* Runs a command line in a process whose output goes to files outside its directory.  Returns the
 * status that wait gives. */
static int run_apart(const char *line, const fault_plan *plan, fault_log *log)
{
    int status;
    const pid_t pid = fork();
    if (pid == 0) {
        if (!freopen("../stdout", "w", stdout) || !freopen("../stderr", "w", stderr)) _exit(126);
        limit();
        if (plan) fault_begin(plan, log);
        const int code = prepared_run(line);
        fault_end();
        exit(code);
    }
    ck_assert_int_gt(pid, 0);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status;
}

/* ---- attempts ---- */

/* Whether a command may end with this code after a fault of this kind. */
static bool is_expected(faulty kind, int code)
{
    static const int files[] = { 65, 66, 69, 71, 73, 74, 75, 78 };
    if (kind == FAULTY_MEMORY) return code == 71;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (code == files[i]) return true;
    return false;
}

/* The result of the command without faults. */
typedef struct usual {
    int code;
    char *out;
    uint64_t files, weights; /* checksums of all files, and of the files of tensors */
} usual;

static bool is_usual(const struct command *c, const usual *u, int status)
{
    if (!WIFEXITED(status) || WEXITSTATUS(status) != u->code) return false;
    return c->timed ||
           (strcmp(text_of("../stdout"), u->out) == 0 && folder_sum(".", "") == u->files);
}

static bool is_reported(faulty kind, int status)
{
    return WIFEXITED(status) && is_expected(kind, WEXITSTATUS(status)) &&
           strstr(text_of("../stderr"), "odetape: ") && !strstr(text_of("../stderr"), strerror(0));
}

/* Checks that no file is half-written, and that the same command continues from the files. */
static void judge_what_is_left(const struct command *c, const char *what, const usual *u)
{
    const char *broken;
    ck_assert_msg(folder_is_whole(".", &broken), "%s: %s is broken", what, broken);
    if (!c->folder) return;
    const int status = run_apart(c->line, NULL, NULL);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == u->code, "%s: afterwards: %x: %s",
                  what, (unsigned)status, text_of("../stderr"));
    ck_assert_msg(folder_sum(".", ".safetensors") == u->weights, "%s: afterwards: other weights",
                  what);
}

static void judge(const struct command *c, const fault_plan *p, const usual *u, int status)
{
    char what[512];
    snprintf(what, sizeof what, "%s: %s, call %ld%s", c->line, kinds[p->kind], p->n,
             p->for_ever ? " and all after it" : "");
    const bool reported = p->kind != FAULTY_SIGNALS && is_reported(p->kind, status);
    if (!is_usual(c, u, status) && !reported)
        ck_abort_msg("%s: status %x instead of exit %d: %s", what, (unsigned)status, u->code,
                     text_of("../stderr"));
    judge_what_is_left(c, what, u);
}

/* Lists the first call of each place, in order, and returns their number. */
static long first_calls(const fault_log *log, long *call)
{
    long n = 0;
    for (long i = 0; i < log->calls && i < MOST_PLACES; i++) {
        long before = 0;
        while (before < n && log->place[call[before] - 1] != log->place[i])
            before++;
        if (before == n) call[n++] = i + 1;
    }
    return n;
}

static void try_all(const struct command *c, faulty kind, fault_log *log)
{
    static long call[MOST_PLACES];
    const char *const only = getenv("OT_FAULT_COMMAND");
    if (only && strncmp(c->line, only, strlen(only)) != 0) return;
    prepared_attempt(c->folder);
    const int status = run_apart(c->line, &(fault_plan){ .kind = kind }, log);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) < 64, "%s: %s", c->line,
                  text_of("../stderr"));
    const usual u = { WEXITSTATUS(status), strdup(text_of("../stdout")), folder_sum(".", ""),
                      folder_sum(".", ".safetensors") };
    const long n = first_calls(log, call);
    const char *const wanted = getenv("OT_FAULT_PLACES");
    const long most = wanted ? atol(wanted) : SAMPLE, stride = n <= most ? 1 : n / most;
    const int ways = kind == FAULTY_SIGNALS ? 1 : 2; /* a call is interrupted only once */
    long tried = 0;
    for (long i = stride / 2; i < n; i += stride)
        for (int for_ever = 0; for_ever < ways; for_ever++, tried++) {
            const fault_plan plan = { kind, call[i], for_ever };
            prepared_attempt(c->folder);
            judge(c, &plan, &u, run_apart(c->line, &plan, log));
        }
    printf("# %s: %s, %ld of %ld places, %ld attempts\n", c->line, kinds[kind], tried / ways, n,
           tried);
    free(u.out);
}

START_TEST(a_command_ends_by_itself_when_what_it_asks_for_is_not_to_be_had)
{
    fault_log *const log =
        mmap(NULL, sizeof *log, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(log, MAP_FAILED);
    try_all(&commands[_i / FAULTY_KINDS], (faulty)(_i % FAULTY_KINDS), log);
    munmap(log, sizeof *log);
}
END_TEST

START_TEST(a_full_device_behind_stdout_is_noticed)
{
    const struct command *const c = &commands[_i];
    prepared_attempt(c->folder);
    run_apart(c->line, NULL, NULL);
    const bool prints = *text_of("../stdout");
    prepared_attempt(c->folder);
    stdout_is_full = true;
    const int status = run_apart(c->line, NULL, NULL);
    ck_assert_msg(!prints || (WIFEXITED(status) && WEXITSTATUS(status) == 74), "%s: status %x: %s",
                  c->line, (unsigned)status, text_of("../stderr"));
    ck_assert_msg(!prints || strstr(text_of("../stderr"), strerror(ENOSPC)), "%s: no reason in: %s",
                  c->line, text_of("../stderr"));
}
END_TEST

/* As by ulimit -f.  stdout and stderr are files here, and limited too. */
START_TEST(a_limit_on_the_size_of_files_is_an_error_and_no_signal)
{
    static const long limits[] = { 0, 100, 1000, 5000, 20000 };
    const struct command *const c = &commands[_i];
    for (size_t k = 0; k < sizeof limits / sizeof limits[0]; k++) {
        prepared_attempt(c->folder);
        longest_file = limits[k];
        const int status = run_apart(c->line, NULL, NULL);
        const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        ck_assert_msg(code == 0 || code == 1 || is_expected(FAULTY_FILES, code),
                      "%s: at %ld bytes: status %x: %s", c->line, limits[k], (unsigned)status,
                      text_of("../stderr"));
    }
}
END_TEST

static TCase *faults_case(void)
{
    TCase *c = tcase_create("faults");
    tcase_add_loop_test(c, a_command_ends_by_itself_when_what_it_asks_for_is_not_to_be_had, 0,
                        FAULTY_KINDS * COMMANDS);
    tcase_add_loop_test(c, a_full_device_behind_stdout_is_noticed, 0, COMMANDS);
    tcase_add_loop_test(c, a_limit_on_the_size_of_files_is_an_error_and_no_signal, 0, COMMANDS);
    return c;
}

/* A sweep executes this program as odetape; then it runs the command. */
int main(int argc, char **argv)
{
    static const ot_test_case cases[] = { faults_case };
    if (strcmp(argv[0], "odetape") == 0) return cli_dispatch(argc, argv);
    setenv("OMP_NUM_THREADS", "1", 1);
    setenv("OMP_WAIT_POLICY", "passive",
           1); /* otherwise a command would execute the program again */
    prepared_make();
    const int result = ot_run_suite("cli", cases, 1);
    if (chdir(prepared) == 0) folder_clear(prepared);
    rmdir(prepared);
    return result;
}
