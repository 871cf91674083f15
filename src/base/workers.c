/* SPDX-License-Identifier: BSD-3-Clause
 * libgomp ends the process if the system does not let it start a thread.  So as many threads as a
 * parallel loop needs are started first as a trial; they wait for each other and end.  Then a
 * parallel loop starts the threads that stay, and each allocates once.  After this their stacks and
 * the arenas that malloc makes for each thread exist, so what is left of the address space can be
 * measured. */
#include "base/workers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/machine.h"

enum { MOST_THREADS = 1024 }; /* as ot_set_threads */

static void *pass_gate(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

/* Returns 0 if n more threads can exist at the same time, otherwise the errno that says why not. */
static int try_threads(int n)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t thread[MOST_THREADS];
    int started = 0, why = 0;
    pthread_mutex_lock(&gate);
    while (started < n && why == 0) {
        why = pthread_create(&thread[started], NULL, pass_gate, &gate);
        started += why == 0;
    }
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
    return why;
}

static void allocate_once(void)
{
#pragma omp parallel num_threads(ot__threads())
    {
        void *volatile some = malloc(64);
        free(some);
    }
}

ot_status ot__start_threads(void)
{
    static atomic_int started = 1;
    const int n = ot__threads();
    if (n <= atomic_load(&started)) return OT_OK;
    const int why = try_threads(n < MOST_THREADS ? n - 1 : MOST_THREADS - 1);
    if (why != 0)
        return ot__fail(OT_ENOMEM,
                        "%d threads cannot be started here: %s; fewer of them (OMP_NUM_THREADS) "
                        "give the same results",
                        n, strerror(why));
    allocate_once();
    atomic_store(&started, n);
    return OT_OK;
}
