/* SPDX-License-Identifier: BSD-3-Clause
 * Exit codes are those of sysexits.h, where it has one. */
#include "cli/frame/message.h"

#include <errno.h>
#include <stdarg.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/frame/print.h"

const char *cli_shown_part(const char *text, size_t n)
{
    enum { KEPT = 16 };
    static char *kept[KEPT];
    static int last;
    if (strnlen(text, n) < n && ot__is_printable(text)) return text;
    last = (last + 1) % KEPT;
    free(kept[last]);
    kept[last] = strndup(text, n);
    if (!kept[last]) return "(no memory to show this)";
    ot__make_printable(kept[last]);
    return kept[last];
}

const char *cli_shown(const char *text)
{
    return cli_shown_part(text, SIZE_MAX);
}

static FILE *held; /* NULL: sentences go to stderr */
static char *held_text;

void cli_hold_messages(void)
{
    static size_t size;
    held = open_memstream(&held_text, &size);
}

void cli_release_messages(bool print)
{
    if (!held) return;
    if (fclose(held) == 0 && print) fputs(held_text, stderr);
    held = NULL;
    free(held_text);
    held_text = NULL;
}

static FILE *channel(void)
{
    return held ? held : stderr;
}

static void say(const char *format, va_list args)
{
    char sentence[2 * PATH_MAX]; /* names of files are quoted whole */
    vsnprintf(sentence, sizeof sentence, format, args);
    cli_print(channel(), "odetape: %s\n", sentence);
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

void cli_note_once(const char *subject, const char *sentence)
{
    static char **told;
    static size_t n;
    for (size_t i = 0; i < n; i++)
        if (strcmp(told[i], subject) == 0) return;
    char **const more = realloc(told, (n + 1) * sizeof *told);
    if (more) {
        told = more;
        told[n] = strdup(subject);
        n += told[n] != NULL;
    }
    cli_print(channel(), "odetape: note: %s\n", sentence);
}

static void point_to_help(const cli_command *c)
{
    cli_print(channel(), "Try 'odetape %s%s--help'.\n", c ? c->name : "", c ? " " : "");
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

/* A flush that succeeds says nothing of a write that failed before.  If that was the library's, its
 * reason is lost; then one more line, after output that is incomplete anyway, gives it again. */
int cli_close_stdout(int code)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    int why = errno ? errno : cli_print_error();
    if (why == 0 && (fputc('\n', stdout) == EOF || fflush(stdout) != 0)) why = errno;
    return cli_fail(EX_IOERR, "standard output cannot be written%s%s", why ? ": " : "",
                    why ? strerror(why) : "");
}
