/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/stop.h"

#include <stddef.h>

volatile sig_atomic_t cli_stop;

static const int caught[] = { SIGINT, SIGTERM };

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

void cli_catch_signals(void)
{
    struct sigaction before;
    for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++)
        if (sigaction(caught[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            act(caught[i], on_signal);
    act(SIGPIPE, SIG_IGN);
}
