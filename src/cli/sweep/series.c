/* SPDX-License-Identifier: BSD-3-Clause
 * Starts the members of a sweep as processes and watches them.  A member with a checkpoint is
 * resumed by `odetape train --resume`.  A member that has diverged (cli_outcome_diverged) gets
 * SIGTERM, so that it saves and ends.  Each member has a process group of its own, so that Ctrl-C
 * reaches only the sweep, which then sends SIGTERM to the members.  If the sweep is killed, the
 * system sends it (PR_SET_PDEATHSIG). */
#include "cli/sweep/series.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/decimal.h"
#include "base/directory.h"
#include "base/file.h"
#include "base/json.h"
#include "base/system.h"
#include "cli/frame/lock.h"
#include "cli/frame/message.h"
#include "cli/frame/shell.h"
#include "cli/frame/stop.h"

static const char ITSELF[] = "/proc/self/exe";

void cli_series_directory(const cli_series *s, int member, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", s->out, s->grid->member[member].name);
}

void cli_series_command(const cli_series *s, int member, FILE *to)
{
    const char *argument[CLI_MOST_ARGUMENTS];
    char dir[PATH_MAX];
    cli_series_directory(s, member, dir, sizeof dir);
    cli_member_arguments(s->grid, &s->grid->member[member], dir, false, argument);
    fputs("odetape", to);
    cli_shell_words(to, argument);
}

bool cli_series_missing(const cli_series *s, int member)
{
    const cli_state state = s->outcome[member].state;
    return state == CLI_WAITING || state == CLI_UNFINISHED;
}

/* Per image, with one step of each block. */
static double epoch_flops(const cli_member *m)
{
    return m->plan.flops_forward + m->plan.flops_backward;
}

/* Seconds per FLOP of the epochs that are done; NAN if there is none. */
static double pace(const cli_series *s, bool controlled, bool all)
{
    double seconds = 0, flops = 0;
    for (int i = 0; i < s->grid->n; i++) {
        const cli_member *const m = &s->grid->member[i];
        if (!isfinite(s->outcome[i].seconds) || (m->controlled != controlled && !all)) continue;
        seconds += s->outcome[i].seconds;
        flops += epoch_flops(m) * s->outcome[i].epochs;
    }
    return flops > 0 ? seconds / flops : NAN;
}

double cli_series_left(const cli_series *s, bool *assumed)
{
    const double any = pace(s, false, true);
    double left = 0;
    *assumed = false;
    for (int i = 0; i < s->grid->n; i++) {
        const cli_member *const m = &s->grid->member[i];
        const cli_outcome *const o = &s->outcome[i];
        if (!cli_series_missing(s, i)) continue;
        const double alike = pace(s, m->controlled, false), own = o->seconds / o->epochs;
        const bool known = o->epochs > 0 && isfinite(own);
        *assumed |= m->controlled && !known && isnan(alike);
        left +=
            (m->epochs - o->epochs) * (known ? own : epoch_flops(m) * (isnan(alike) ? any : alike));
    }
    return isnan(any) ? -1 : left / s->jobs;
}

/* ---- outcomes -------------------------------------------------------------------------------- */

/* Fills in what the experiment says of a run: name, grid and epochs, and the network and seed if
 * the run has no journal. */
static void take_member(const cli_series *s, int member, cli_outcome *o)
{
    const cli_member *const m = &s->grid->member[member];
    snprintf(o->name, sizeof o->name, "%s", m->name);
    if (m->grid != CLI_NO_SECTION)
        snprintf(o->grid, sizeof o->grid, "%s", s->grid->e->section[m->grid].name);
    o->entry = m->entry;
    o->planned_epochs = m->epochs;
    if (o->state != CLI_WAITING) return;
    snprintf(o->blocks, sizeof o->blocks, "%s", m->net.blocks);
    snprintf(o->seed, sizeof o->seed, "%llu", (unsigned long long)m->seed);
    o->convs = m->net.convs;
    o->params = (double)m->net.params;
}

static ot_status read_member(cli_series *s, int member)
{
    char dir[PATH_MAX];
    cli_outcome *const o = &s->outcome[member];
    cli_series_directory(s, member, dir, sizeof dir);
    cli_outcome_free(o);
    const ot_status status = cli_outcome_read(o, dir);
    take_member(s, member, o);
    return status;
}

ot_status cli_series_open(cli_series *s)
{
    s->outcome = calloc((size_t)s->grid->n, sizeof *s->outcome);
    if (!s->outcome) return cli_no_memory();
    ot_status status = OT_OK;
    for (int i = 0; i < s->grid->n && status == OT_OK; i++)
        status = read_member(s, i);
    return status;
}

void cli_series_close(cli_series *s)
{
    for (int i = 0; s->outcome && i < s->grid->n; i++)
        cli_outcome_free(&s->outcome[i]);
    free(s->outcome);
    ot__directory_close(&s->lock);
}

/* ---- its directory --------------------------------------------------------------------------- */

static ot_status open_directory(void *user)
{
    cli_series *const s = user;
    return ot__directory_open(s->out, "another sweep is running here", &s->lock);
}

ot_status cli_series_lock(cli_series *s)
{
    ot_status status = ot__make_directories(s->out);
    if (status == OT_OK) status = cli_wait_for_lock(open_directory, s, s->out, cli_short_wait);
    return status;
}

/* Whether the path of the sweep still leads to the directory that is locked.  Members are started
 * and read by paths, so if it does not, nothing more is started or written. */
static bool is_in_place(cli_series *s)
{
    if (s->moved) return false;
    const ot_status status = ot__directory_check(&s->lock);
    if (status == OT_OK) return true;
    s->before_message();
    cli_print_message("%s", ot_message());
    s->status = status;
    return !(s->moved = s->full = true);
}

/* ---- results.jsonl --------------------------------------------------------------------------- */

/* Makes *text the command of a member, in new memory, to be freed also after a failure. */
static ot_status command_text(const cli_series *s, int member, char **text)
{
    size_t size;
    *text = NULL;
    FILE *const to = open_memstream(text, &size);
    if (!to) return cli_no_memory();
    cli_series_command(s, member, to);
    const bool good = !ferror(to);
    return fclose(to) == 0 && good ? OT_OK : cli_no_memory();
}

static ot_status write_line(FILE *file, const cli_series *s, int member)
{
    char *command, *text = NULL;
    json_t *line = NULL;
    if (command_text(s, member, &command) == OT_OK)
        line = cli_outcome_json(&s->outcome[member], command);
    if (line) text = ot__json_dump(line, JSON_COMPACT);
    const bool good = text && fputs(text, file) != EOF && fputc('\n', file) != EOF;
    free(text);
    json_decref(line);
    free(command);
    return good ? OT_OK : ot__fail(OT_ENOMEM, "there is no memory for a line of results.jsonl");
}

static ot_status write_lines(FILE *file, void *user)
{
    const cli_series *const s = user;
    ot_status status = OT_OK;
    for (int i = 0; i < s->grid->n && status == OT_OK; i++)
        if (s->outcome[i].state != CLI_WAITING) status = write_line(file, s, i);
    return status;
}

static void write_results(cli_series *s)
{
    char *path = NULL;
    if (!is_in_place(s)) return;
    ot_status status = cli_results_path(s->out, s->grid->shard, &path);
    if (status == OT_OK) status = ot__file_fill(path, write_lines, s);
    free(path);
    if (status == OT_OK) return;
    cli_print_message("%s", ot_message());
    s->status = status;
    s->full = true;
}

/* ---- processes ------------------------------------------------------------------------------- */

typedef struct member_run {
    const char *dir;
    ot_run *run;
} member_run;

static ot_status open_run(void *user)
{
    member_run *const m = user;
    return ot_run_open(m->dir, &m->run);
}

/* *there becomes true if the member has a checkpoint.  A sweep that was killed may have left a
 * process that still saves, so this waits for its lock, and then reads the member's outcome
 * again. */
static ot_status find_checkpoint(cli_series *s, int member, const char *dir, bool *there)
{
    member_run m = { .dir = dir };
    ot_run_files *files = NULL;
    OT_TRY(cli_wait_for_lock(open_run, &m, dir, cli_long_wait));
    ot_status status = ot_run_list(dir, &files);
    if (status == OT_OK) status = read_member(s, member);
    *there = files && files->checkpoints > 0;
    ot_run_files_free(files);
    ot_run_close(m.run);
    return status;
}

/* Replaces the child process with a member.  Exits if the sweep, its parent, has already ended. */
static void become(const char *const *argument, const char *log, pid_t parent)
{
    setpgid(0, 0);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
    if (getppid() != parent) _exit(cli_exit_code(OT_EBUSY));
    const int null = ot__sys_open_to_read(AT_FDCWD, "/dev/null", 0);
    const int file = ot__sys_open(log, O_WRONLY | O_CREAT | O_APPEND);
    if (null < 0 || file < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(file, STDOUT_FILENO) < 0 ||
        dup2(file, STDERR_FILENO) < 0) {
        const int why = errno;
        _exit(cli_conclude(NULL, ot__fail(ot__status_of_errno(why, OT_ECREATE),
                                          "'%s' cannot be opened: %s", null < 0 ? "/dev/null" : log,
                                          strerror(why))));
    }
    execv(ITSELF, (char *const *)(uintptr_t)argument);
    _exit(cli_conclude(NULL,
                       ot__fail(CLI_ESYSTEM, "%s cannot be started: %s", ITSELF, strerror(errno))));
}

/* Starts a process.  execv keeps ignored signals ignored, so the signals that this process handles
 * or ignores get their default action first. */
static pid_t start_process(const char *const *argument, const char *log)
{
    const pid_t parent = getpid(), pid = fork();
    if (pid != 0) return pid;
    static const int handled[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ };
    for (size_t i = 0; i < sizeof handled / sizeof handled[0]; i++)
        signal(handled[i], SIG_DFL);
    become(argument, log, parent);
    return -1;
}

/* Starts a member.  Also returns OT_OK, without a process, if another process has finished it. */
static ot_status start_member(cli_series *s, cli_job *job, int member)
{
    char dir[PATH_MAX - 64], threads[16], *log = NULL;
    const char *argument[CLI_MOST_ARGUMENTS + 6] = { "odetape" };
    cli_series_directory(s, member, dir, sizeof dir);
    snprintf(threads, sizeof threads, "%d", s->threads);
    bool resume = false;
    ot_status status = ot__make_directories(dir);
    if (status == OT_OK) status = find_checkpoint(s, member, dir, &resume);
    if (status != OT_OK) return status;
    if (!cli_series_missing(s, member)) {
        s->on_end(s, member);
        return OT_OK;
    }
    int n = 1 + cli_member_arguments(s->grid, &s->grid->member[member], dir, resume, argument + 1);
    argument[n++] = "--threads";
    argument[n++] = threads;
    if (!resume) argument[n++] = "--force"; /* a run without a checkpoint cannot be resumed */
    OT_TRY(ot_run_path(dir, OT_RUN_LOG, &log));
    const pid_t pid = start_process(argument, log);
    if (pid < 0) status = ot__fail(CLI_ESYSTEM, "no process can be started: %s", strerror(errno));
    free(log);
    if (status != OT_OK) return status;
    *job = (cli_job){ .pid = pid, .member = member };
    return OT_OK;
}

/* Asks a member to save and end. */
static void ask(cli_job *job)
{
    if (job->pid && !job->asked) kill(job->pid, SIGTERM);
    job->asked = true;
}

static bool is_about_the_disk(ot_status status)
{
    return status == OT_EIO || status == OT_ECREATE;
}

/* Returns the status that a member's exit code stands for, if the sweep treats it specially;
 * otherwise CLI_NO. */
static ot_status status_of(int code)
{
    static const ot_status special[] = { OT_EIO, OT_ECREATE, OT_ENUMERIC };
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        if (code == cli_exit_code(special[i])) return special[i];
    return CLI_NO;
}

static void fail_member(cli_series *s, int member, ot_status status)
{
    s->outcome[member].state = CLI_FAILED;
    if (is_about_the_disk(status)) {
        s->status = status;
        s->full = true;
    }
    if (s->status == OT_OK) s->status = CLI_NO;
}

/* Reads the outcome of a member that has ended.  It has failed if it was not asked to end and has
 * neither finished nor diverged. */
static void judge(cli_series *s, int member, int wait, bool asked)
{
    char dir[PATH_MAX];
    cli_series_directory(s, member, dir, sizeof dir);
    const ot_status status = read_member(s, member);
    if (status != OT_OK) {
        cli_print_message("%s", ot_message());
        fail_member(s, member, CLI_NO);
        return;
    }
    const int code = WIFEXITED(wait) ? WEXITSTATUS(wait) : 0;
    cli_outcome *const o = &s->outcome[member];
    if (status_of(code) == OT_ENUMERIC) o->state = CLI_DIVERGED_STATE;
    if (o->state == CLI_DIVERGED_STATE)
        cli_print_message("%s has diverged; its loss after epoch %d is %s", o->name, o->epochs,
                          OT__ROUNDED(o->loss, 4));
    if (!cli_series_missing(s, member) || (asked && code > CLI_SIGNALLED)) return;
    if (WIFSIGNALED(wait))
        cli_print_message("%s was ended by signal %d (%s); the next odetape sweep resumes it",
                          o->name, WTERMSIG(wait), strsignal(WTERMSIG(wait)));
    else
        cli_print_message("%s failed with exit code %d; %s/train.log says why", o->name, code, dir);
    fail_member(s, member, status_of(code));
}

/* Handles one member that has ended.  Returns false if none has. */
static bool reap(cli_series *s)
{
    int wait;
    const pid_t pid = waitpid(-1, &wait, WNOHANG);
    for (int i = 0; pid > 0 && i < s->jobs; i++) {
        cli_job *const job = &s->job[i];
        if (job->pid != pid) continue;
        job->pid = 0;
        s->before_message();
        if (!is_in_place(s)) return true;
        judge(s, job->member, wait, job->asked);
        write_results(s);
        s->on_end(s, job->member);
        return true;
    }
    return false;
}

/* Starts members until all jobs are in use.  Returns the number of members that are running. */
static int fill(cli_series *s)
{
    int running = 0;
    for (int i = 0; i < s->jobs; i++) {
        while (!s->job[i].pid && !s->full && !cli_stop && s->next < s->grid->n) {
            const int member = s->next++;
            if (!cli_series_missing(s, member)) continue;
            s->before_message();
            if (!is_in_place(s)) break;
            const ot_status status = start_member(s, &s->job[i], member);
            if (status == OT_OK || cli_stop) continue;
            cli_print_message("%s", ot_message());
            fail_member(s, member, status);
            s->on_end(s, member);
        }
        running += s->job[i].pid != 0;
    }
    return running;
}

/* Reads how far the running members are, and asks those to end that have diverged, or all if the
 * sweep ends. */
static void watch(cli_series *s)
{
    const bool end = !is_in_place(s) || cli_stop;
    for (int i = 0; i < s->jobs; i++) {
        cli_job *const job = &s->job[i];
        if (job->pid == 0 || job->asked) continue;
        if (!s->moved) read_member(s, job->member);
        if (end || s->outcome[job->member].state == CLI_DIVERGED_STATE) ask(job);
    }
}

ot_status cli_series_run(cli_series *s)
{
    static const struct timespec pause = { .tv_nsec = 100000000 }; /* 100 ms, or until a signal */
    write_results(s);
    while (fill(s) > 0) {
        watch(s);
        s->on_wait(s);
        nanosleep(&pause, NULL);
        while (reap(s))
            ;
    }
    if (cli_stop) return cli_silent(OT_EINTERRUPTED);
    return s->status == OT_OK ? OT_OK : cli_silent(s->status);
}
