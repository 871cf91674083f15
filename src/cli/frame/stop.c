/* SPDX-License-Identifier: BSD-3-Clause
 * Signal handlers only set a flag, which a training reads after each batch.  After the first signal
 * that asks for the end, the default action is restored, so that a second one ends the process. */
#include "cli/frame/stop.h"

#include <stddef.h>

volatile sig_atomic_t cli_stop, cli_save;

static const int caught[] = { SIGINT, SIGTERM, SIGHUP };

static void act(int signal, void (*handler)(int))
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

static void on_signal(int signal)
{
    cli_stop = signal;
    for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++)
        act(caught[i], SIG_DFL);
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
