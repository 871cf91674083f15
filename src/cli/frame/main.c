/* SPDX-License-Identifier: BSD-3-Clause
 * Prepares the process and runs one command.  Preparing opens missing standard files, limits
 * glibc's arenas, and sets the character set of the terminal. */
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

/* Opens /dev/null in place of each standard file that is closed.  Otherwise the next file that is
 * opened would get its number, and messages would be written into that file.  The replacement of
 * stdin is open for writing only, the others for reading only, so that using them is an error. */
static void guard_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
            if (ot__sys_open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
                _exit(cli_exit_code(CLI_ESYSTEM));
}

/* Makes all threads use one arena of malloc.  By default, glibc reserves 64 MiB of addresses for
 * each thread that allocates, which tensors need if the address space is limited (ulimit -v).  The
 * threads of this program allocate too rarely to wait for each other. */
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
    setlocale(LC_CTYPE, ""); /* for the progress bar; numbers keep their decimal points */
    return cli_dispatch(argc, argv);
}
