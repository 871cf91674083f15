/* SPDX-License-Identifier: BSD-3-Clause
 * Turns a status and its sentence into a line on stderr and an exit code.  No other file does this.
 * The codes are those of sysexits.h, except where it has none that fits. */
#include "cli/frame/message.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/text.h"
#include "cli/frame/print.h"
#include "cli/frame/stop.h"

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

void cli_print_message(const char *format, ...)
{
    char sentence[2 * PATH_MAX]; /* has room for two file names */
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    cli_print(stderr, "odetape: %s\n", sentence);
}

void cli_note_once(const char *subject, const char *sentence)
{
    static char **noted;
    static size_t n;
    if (!ot_processes_report()) return;
    for (size_t i = 0; i < n; i++)
        if (strcmp(noted[i], subject) == 0) return;
    char **const more = realloc(noted, (n + 1) * sizeof *noted);
    if (more) {
        noted = more;
        noted[n] = strdup(subject);
        n += noted[n] != NULL;
    }
    cli_print(stderr, "odetape: note: %s\n", sentence);
}

ot_status cli_silent(ot_status status)
{
    return ot__fail(status, "%s", "");
}

ot_status cli_answer(bool yes)
{
    return yes ? OT_OK : cli_silent(CLI_NO);
}

ot_status cli_no_memory(void)
{
    return ot__fail(OT_ENOMEM, "there is no memory");
}

ot_status cli_resumed(ot_status status)
{
    return status == OT_EINVAL || status == OT_ESHAPE ? CLI_ECONFIG : status;
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
        [OT_ENUMERIC] = 79, /* the loss is not a number */
        [OT_EINTERRUPTED] = CLI_SIGNALLED,
        [OT_EBUSY] = EX_TEMPFAIL,
        [OT_EPEER] = EX_PROTOCOL,
        [OT_EBUG] = EX_SOFTWARE,
        [CLI_DONE] = 0,
        [CLI_NO] = 1,
        [CLI_ECONFIG] = EX_CONFIG,
        [CLI_EUNAVAILABLE] = EX_UNAVAILABLE,
        [CLI_ESYSTEM] = EX_OSERR,
    };
    if ((size_t)status >= sizeof codes / sizeof codes[0]) return EX_SOFTWARE;
    if (status != OT_EINTERRUPTED) return codes[status];
    return codes[status] + (cli_stop > 0 ? cli_stop : SIGINT);
}

int cli_conclude(const cli_command *c, ot_status status)
{
    const int code = cli_exit_code(status);
    if (code == 0 || !*ot_message() || !ot_processes_report()) return code;
    cli_print_message("%s", ot_message());
    if (code == EX_USAGE)
        cli_print(stderr, "Try 'odetape %s%s--help'.\n", c ? c->name : "", c ? " " : "");
    return code;
}

/* An earlier write may have failed although this flush succeeds.  cli_print_error has the reason if
 * cli_print wrote; if stdio's functions did, the reason is lost.  Then writing one more line end,
 * after output that is incomplete anyway, fails for the same reason and sets errno again. */
ot_status cli_flush_stdout(void)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return OT_OK;
    int why = errno ? errno : cli_print_error();
    if (why == 0 && (fputc('\n', stdout) == EOF || fflush(stdout) != 0)) why = errno;
    return ot__fail(OT_EIO, "standard output cannot be written%s%s", why ? ": " : "",
                    why ? strerror(why) : "");
}
