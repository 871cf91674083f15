/* SPDX-License-Identifier: BSD-3-Clause
 * Exit codes are those of sysexits.h, where it has one. */
#include "cli/message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void say(const char *format, va_list args)
{
    char sentence[1024];
    vsnprintf(sentence, sizeof sentence, format, args);
    fprintf(stderr, "odetape: %s\n", sentence);
}

int cli_fail(int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
    return code;
}

int cli_no_memory(void)
{
    return cli_fail(EX_OSERR, "there is no memory");
}

static void point_to_help(const cli_command *c)
{
    fprintf(stderr, "Try 'odetape %s%s--help'.\n", c ? c->name : "", c ? " " : "");
}

int cli_usage(const cli_command *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
    point_to_help(c);
    return EX_USAGE;
}

int cli_exit_code(ot_status status)
{
    static const int codes[] = {
        [OT_OK] = 0,
        [OT_EINVAL] = EX_USAGE,
        [OT_ESHAPE] = EX_USAGE,
        [OT_EFORMAT] = EX_DATAERR,
        [OT_ENOENT] = EX_NOINPUT,
        [OT_ECREATE] = EX_CANTCREAT,
        [OT_EIO] = EX_IOERR,
        [OT_ENOMEM] = EX_OSERR,
        [OT_ENUMERIC] = CLI_DIVERGED,
        [OT_EINTERRUPTED] = CLI_SIGNALLED + SIGINT,
        [OT_EBUSY] = EX_TEMPFAIL,
        [OT_EBUG] = EX_SOFTWARE,
    };
    return (size_t)status < sizeof codes / sizeof codes[0] ? codes[status] : EX_SOFTWARE;
}

int cli_fail_status(const cli_command *c, ot_status status)
{
    const int code = cli_fail(cli_exit_code(status), "%s", ot_message());
    if (code == EX_USAGE) point_to_help(c);
    return code;
}

int cli_fail_resumed(const cli_command *c, ot_status status)
{
    if (status != OT_EINVAL && status != OT_ESHAPE) return cli_fail_status(c, status);
    return cli_fail(EX_CONFIG, "%s", ot_message());
}

int cli_close_stdout(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    return cli_fail(EX_IOERR, "standard output cannot be written: %s", strerror(errno));
}
