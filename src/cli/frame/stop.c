/* SPDX-License-Identifier: BSD-3-Clause
 * Signal handlers only set a flag, which a training reads after each batch.  A second signal that
 * asks for the end ends the process at once.  timeout(1) and batch systems send each signal twice,
 * to the process and to its group.  So signals within SAME_REQUEST_MS of the first count as one. */
#include "cli/frame/stop.h"

#include <stddef.h>
#include <time.h>

volatile sig_atomic_t cli_stop, cli_save;

static const int caught[] = { SIGINT, SIGTERM, SIGHUP };

enum { SAME_REQUEST_MS = 200 };

/* The caught signals are blocked while a handler runs, so that no handler interrupts another. */
static void act(int signal, void (*handler)(int))
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++)
        sigaddset(&action.sa_mask, caught[i]);
    sigaction(signal, &action, NULL);
}

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static void on_signal(int number)
{
    static double first; /* when the first signal came, 0 before it */
    if (first == 0) {
        first = milliseconds();
        cli_stop = number;
    } else if (milliseconds() - first > SAME_REQUEST_MS) {
        act(number, SIG_DFL);
        raise(number);
    }
}

static void on_save(int signal)
{
    (void)signal;
    cli_save = 1;
}

static void watch(int signal, void (*handler)(int))
{
    struct sigaction before;
    if (sigaction(signal, NULL, &before) == 0 && before.sa_handler != SIG_IGN) act(signal, handler);
}

void cli_catch_signals(void)
{
    for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++)
        watch(caught[i], on_signal);
    watch(SIGUSR1, on_save);
    act(SIGPIPE, SIG_IGN);
    act(SIGXFSZ, SIG_IGN);
}
