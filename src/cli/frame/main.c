/* SPDX-License-Identifier: BSD-3-Clause
 * The process: three standard files that are open, the terminal's characters, and a command. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/system.h"
#include "cli/frame/dispatch.h"
#include "cli/frame/message.h"

/* Were one of the three standard files closed, the next file opened would take its place, and
 * messages would go there.  The stand-in is opened the wrong way round, so using it is an error. */
static void guard_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
            if (ot__sys_open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
                _exit(cli_exit_code(CLI_ESYSTEM));
}

/* glibc gives every thread that allocates an arena of 64 MiB of addresses, which a limited address
 * space (ulimit -v) needs for tensors.  Threads here allocate too seldom to wait for each other. */
static void share_one_arena(void)
{
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, 1);
#endif
}

int main(int argc, char **argv)
{
    guard_standard_files();
    share_one_arena();
    setlocale(LC_CTYPE, ""); /* for the bar only: numbers keep their points */
    return cli_dispatch(argc, argv);
}
