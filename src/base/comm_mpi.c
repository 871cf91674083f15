/* SPDX-License-Identifier: BSD-3-Clause
 * The module that calls MPI (MPI-3).  Exchanges are non-blocking collective calls of the thread
 * that trains.  A second thread sends a heartbeat to all other processes and listens to theirs, on
 * a communicator of its own: MPI does not report that a process has stopped. */
#include <link.h>
#include <mpi.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/comm_module.h"

enum {
    MOST = 64,          /* requests at a time */
    RANKS = 64,         /* processes that are listened to */
    LINE = 400,         /* bytes of a sentence */
    TRANSPORT = 80,     /* bytes of the names of transports */
    BEATS_A_SECOND = 4, /* heartbeats */
    SILENCE = 5,        /* seconds without a heartbeat that make a process a failed one */
    FAILED = 76,        /* exit code of a process that others wait for in vain (EX_PROTOCOL) */
    GRACE = 2,          /* seconds in which others may report and end everything first */
};

/* A heartbeat: empty, or the sentence of a process that fails. */
typedef struct beat {
    char why[LINE];
} beat;

static struct {
    MPI_Comm data, beats;
    int rank, size;
    MPI_Request request[MOST];
    bool taken[MOST], complete[MOST];
    /* What the second thread knows, under the lock. */
    pthread_mutex_t lock;
    pthread_t thread;
    bool listening, ends, failing, silent; /* silent: the process that failed does not answer */
    int failed;                            /* the rank of another process that failed; -1: none */
    char why[LINE];                        /* it failed */
    char mine[LINE];                       /* this process fails */
    double heard[RANKS];
    char host[RANKS][MPI_MAX_PROCESSOR_NAME];
} mpi = { .lock = PTHREAD_MUTEX_INITIALIZER, .failed = -1 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- exchanges ---- */

static int take_request(void)
{
    for (int i = 0; i < MOST; i++)
        if (!mpi.taken[i]) {
            mpi.taken[i] = true;
            mpi.complete[i] = false;
            return i;
        }
    return -1;
}

static int gather(void *buffer, const int bytes[], const int at[])
{
    const int i = take_request();
    if (i < 0) return -1;
    return MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, buffer, bytes, at, MPI_BYTE,
                           mpi.data, &mpi.request[i]) == MPI_SUCCESS
               ? i
               : -1;
}

static int scatter(const void *from, const int from_bytes[], const int from_at[], void *to,
                   const int to_bytes[], const int to_at[])
{
    const int i = take_request();
    if (i < 0) return -1;
    return MPI_Ialltoallv(from, from_bytes, from_at, MPI_BYTE, to, to_bytes, to_at, MPI_BYTE,
                          mpi.data, &mpi.request[i]) == MPI_SUCCESS
               ? i
               : -1;
}

static int step(int i)
{
    int done = 0;
    if (!mpi.complete[i] && MPI_Test(&mpi.request[i], &done, MPI_STATUS_IGNORE) != MPI_SUCCESS)
        return -1;
    mpi.complete[i] |= done != 0;
    return 0;
}

static int test(int i)
{
    if (step(i) != 0) return -1;
    if (mpi.complete[i]) mpi.taken[i] = false;
    return mpi.complete[i];
}

static void progress(void)
{
    for (int i = 0; i < MOST; i++)
        if (mpi.taken[i] && !mpi.complete[i]) step(i);
}

/* ---- heartbeats ---- */

static void note_failure(int rank, bool silent, const char *why)
{
    if (mpi.failed >= 0) return;
    mpi.silent = silent;
    snprintf(mpi.why, sizeof mpi.why, "%.*s", LINE - 1, why);
    mpi.failed = rank;
}

static void hear(int rank, const beat *b)
{
    mpi.heard[rank] = now();
    if (!b->why[0]) return;
    char line[LINE + MPI_MAX_PROCESSOR_NAME + 40];
    snprintf(line, sizeof line, "process %d on %s: %s", rank, mpi.host[rank], b->why);
    note_failure(rank, false, line);
}

/* Receives the heartbeats that have arrived. */
static void listen(void)
{
    for (int waiting = 1; waiting;) {
        MPI_Status status;
        beat b;
        MPI_Iprobe(MPI_ANY_SOURCE, 0, mpi.beats, &waiting, &status);
        if (!waiting) break;
        MPI_Recv(&b, sizeof b, MPI_BYTE, status.MPI_SOURCE, 0, mpi.beats, MPI_STATUS_IGNORE);
        b.why[LINE - 1] = '\0';
        pthread_mutex_lock(&mpi.lock);
        hear(status.MPI_SOURCE, &b);
        pthread_mutex_unlock(&mpi.lock);
    }
}

static void look_for_silence(void)
{
    const double then = now() - SILENCE;
    for (int r = 0; r < mpi.size && mpi.failed < 0; r++) {
        if (r == mpi.rank || mpi.heard[r] > then) continue;
        char line[LINE];
        snprintf(line, sizeof line,
                 "process %d on %s has not answered for %d seconds: it was stopped, or its machine "
                 "or network failed",
                 r, mpi.host[r], SILENCE);
        note_failure(r, true, line);
    }
}

/* Begins to send a heartbeat to each process that has received the one before. */
static void send_beats(MPI_Request sent[], beat *b)
{
    for (int r = 0; r < mpi.size; r++) {
        int done = 1;
        if (r == mpi.rank) continue;
        if (sent[r] != MPI_REQUEST_NULL) MPI_Test(&sent[r], &done, MPI_STATUS_IGNORE);
        if (done) MPI_Isend(b, sizeof *b, MPI_BYTE, r, 0, mpi.beats, &sent[r]);
    }
}

static void *beat_and_listen(void *unused)
{
    static beat alive, failing;
    MPI_Request sent[RANKS];
    const struct timespec pause = { 0, 1000000000L / BEATS_A_SECOND };
    for (int r = 0; r < RANKS; r++)
        sent[r] = MPI_REQUEST_NULL;
    for (bool ends = false; !ends;) {
        pthread_mutex_lock(&mpi.lock);
        ends = mpi.ends;
        if (mpi.failing) snprintf(failing.why, sizeof failing.why, "%s", mpi.mine);
        const bool fails = mpi.failing;
        pthread_mutex_unlock(&mpi.lock);
        send_beats(sent, fails ? &failing : &alive);
        listen();
        pthread_mutex_lock(&mpi.lock);
        look_for_silence();
        pthread_mutex_unlock(&mpi.lock);
        if (!ends) nanosleep(&pause, NULL);
    }
    for (int r = 0; r < mpi.size; r++)
        if (sent[r] != MPI_REQUEST_NULL) MPI_Request_free(&sent[r]);
    (void)unused;
    return NULL;
}

static void fail(const char *why)
{
    pthread_mutex_lock(&mpi.lock);
    if (!mpi.failing) snprintf(mpi.mine, sizeof mpi.mine, "%s", why);
    mpi.failing = true;
    pthread_mutex_unlock(&mpi.lock);
}

static int failed(char *why, size_t length, bool *silent)
{
    pthread_mutex_lock(&mpi.lock);
    const int rank = mpi.failed;
    if (rank >= 0) snprintf(why, length, "%s", mpi.why);
    *silent = mpi.silent;
    pthread_mutex_unlock(&mpi.lock);
    return rank;
}

/* ---- start and end ---- */

/* Errors are returned, so that they become messages. */
static int divide_world(void)
{
    if (MPI_Comm_dup(MPI_COMM_WORLD, &mpi.data) != MPI_SUCCESS ||
        MPI_Comm_dup(MPI_COMM_WORLD, &mpi.beats) != MPI_SUCCESS)
        return -1;
    MPI_Comm_set_errhandler(mpi.data, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(mpi.beats, MPI_ERRORS_RETURN);
    MPI_Comm_rank(mpi.data, &mpi.rank);
    MPI_Comm_size(mpi.data, &mpi.size);
    return 0;
}

static int start_listening(void)
{
    if (mpi.size > RANKS) return 0; /* which the library refuses */
    char name[MPI_MAX_PROCESSOR_NAME] = "";
    int length = 0;
    MPI_Get_processor_name(name, &length);
    MPI_Allgather(name, sizeof name, MPI_CHAR, mpi.host, sizeof name, MPI_CHAR, mpi.data);
    for (int r = 0; r < mpi.size; r++)
        mpi.heard[r] = now();
    mpi.listening = pthread_create(&mpi.thread, NULL, beat_and_listen, NULL) == 0;
    return mpi.listening ? 0 : -1;
}

/* Appends the name of a shared library of this process if it is a part of Open MPI that moves data,
 * "mca_btl_vader" as " vader".  Other MPIs have no such libraries. */
static int append_transport(struct dl_phdr_info *info, size_t size, void *user)
{
    static const char *const kinds[] = { "mca_pml_", "mca_btl_", "mca_mtl_" };
    char *const text = user;
    (void)size;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const char *const at = strstr(info->dlpi_name, kinds[i]);
        const size_t used = strlen(text);
        if (!at) continue;
        const char *const name = at + strlen(kinds[i]);
        snprintf(text + used, TRANSPORT - used, " %.*s", (int)strcspn(name, "."), name);
    }
    return 0;
}

static int start(int *rank, int *size, char *text, size_t length)
{
    char version[MPI_MAX_LIBRARY_VERSION_STRING] = "", transport[TRANSPORT] = "";
    int provided = MPI_THREAD_SINGLE, n = 0;
    snprintf(text, length, "MPI_Init_thread failed");
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_MULTIPLE, &provided) != MPI_SUCCESS) return -1;
    snprintf(text, length, "this MPI has no support for threads (MPI_THREAD_MULTIPLE)");
    if (provided < MPI_THREAD_MULTIPLE) return -1;
    snprintf(text, length, "its communicators cannot be made");
    if (divide_world() != 0) return -1;
    snprintf(text, length, "the thread for heartbeats cannot be started");
    if (start_listening() != 0) return -1;
    MPI_Get_library_version(version, &n);
    version[strcspn(version, ",\n")] = '\0';
    dl_iterate_phdr(append_transport, transport);
    snprintf(text, length, "%s%s%s", version, *transport ? ", transport" : "", transport);
    *rank = mpi.rank;
    *size = mpi.size;
    return 0;
}

/* Waits until all processes are about to end. */
static void wait_for_all(int code)
{
    const struct timespec pause = { 0, 1000000 };
    MPI_Request all;
    char why[LINE];
    bool silent;
    MPI_Ibarrier(mpi.data, &all);
    for (int done = 0; !done;) {
        MPI_Test(&all, &done, MPI_STATUS_IGNORE);
        if (failed(why, sizeof why, &silent) >= 0) MPI_Abort(MPI_COMM_WORLD, code ? code : FAILED);
        if (!done) nanosleep(&pause, NULL);
    }
}

/* Process 0 ends all others, after it has said why.  A process that fails itself waits longer: the
 * others learn why by its heartbeats, and process 0 reports it. */
static void stop(bool fails, int code)
{
    if (fails) {
        const struct timespec grace = { mpi.rank == 0 ? 0 : GRACE, mpi.rank == 0 ? 600000000L : 0 };
        nanosleep(&grace, NULL);
        MPI_Abort(MPI_COMM_WORLD, code);
    }
    wait_for_all(code);
    pthread_mutex_lock(&mpi.lock);
    mpi.ends = true;
    pthread_mutex_unlock(&mpi.lock);
    if (mpi.listening) pthread_join(mpi.thread, NULL);
    MPI_Barrier(mpi.data);
    listen(); /* so that no heartbeat is left */
    MPI_Finalize();
}

__attribute__((visibility("default"))) const ot__comm_module ot_comm_module;
const ot__comm_module ot_comm_module = {
    .version = OT__COMM_MODULE_VERSION,
    .start = start,
    .gather = gather,
    .scatter = scatter,
    .test = test,
    .progress = progress,
    .fail = fail,
    .failed = failed,
    .stop = stop,
};
