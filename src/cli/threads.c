/* SPDX-License-Identifier: BSD-3-Clause
 * OpenMP ends the program in the middle of its work when the system gives it no more threads.  So
 * they are tried before: all are started, wait for each other, and end.  How they wait can be said
 * in the environment only. */
#include "cli/threads.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/options.h"
#include "odetape.h"

static void *pass_gate(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

/* 0, or why n threads beside this one cannot be had at the same time. */
static int try_threads(int n)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t *const threads = calloc((size_t)n + 1, sizeof *threads);
    if (!threads) return ENOMEM;
    int started = 0, why = 0;
    pthread_mutex_lock(&gate);
    while (started < n && why == 0) {
        why = pthread_create(&threads[started], NULL, pass_gate, &gate);
        started += why == 0;
    }
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    return why;
}

/* The environment is read when libgomp is loaded, before main. */
void cli_spin_briefly(char **argv)
{
    static const char turns[] = "1000"; /* some 10 us */
    if (getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT")) return;
    if (setenv("GOMP_SPINCOUNT", turns, 1) == 0) execv("/proc/self/exe", argv);
}

int cli_use_threads(const cli_command *self, int threads)
{
    if (threads == 0) return CLI_GO_ON;
    const ot_status status = ot_set_threads(threads);
    if (status != OT_OK) return cli_fail_status(self, status);
    const int why = try_threads(threads - 1);
    if (why != 0)
        return cli_fail(EX_OSERR, "%d threads cannot be had here: %s", threads, strerror(why));
    const int cpus = ot_machine().cpus;
    if (threads > cpus)
        fprintf(stderr, "odetape: note: %d threads on %d CPU%s are slower than %d\n", threads, cpus,
                cpus == 1 ? "" : "s", cpus);
    return CLI_GO_ON;
}
