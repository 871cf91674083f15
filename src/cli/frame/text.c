/* SPDX-License-Identifier: BSD-3-Clause
 * Writes numbers with units, of about three digits, and reads the terminal's width and the memory
 * of the machine from the system. */
#include "cli/frame/text.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/frame/message.h"
#include "base/decimal.h"
#include "cli/frame/print.h"

enum { MOST_COLUMNS = 10000 };

static const char *scaled(cli_text *t, double value, double step, const char *const units[])
{
    int i = 0;
    for (; value >= step * 0.9995 && units[i + 1]; i++)
        value /= step;
    const int digits = i == 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
    snprintf(t->s, sizeof t->s, "%.*f %s", digits, value, units[i]);
    return t->s;
}

const char *cli_bytes(cli_text *t, double bytes)
{
    snprintf(t->s, sizeof t->s, "%s", OT__BYTES(bytes));
    return t->s;
}

const char *cli_flops(cli_text *t, double flops)
{
    static const char *const units[] = { "FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", NULL };
    return scaled(t, flops, 1000, units);
}

const char *cli_grouped(cli_text *t, size_t n)
{
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%zu", n);
    char *out = t->s;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) *out++ = ',';
        *out++ = digits[i];
    }
    *out = 0;
    return t->s;
}

const char *cli_rate(cli_text *t, double per_second)
{
    snprintf(t->s, sizeof t->s, per_second > 0 ? "%.0f" : "-", per_second);
    return t->s;
}

const char *cli_duration(cli_text *t, double seconds)
{
    const double whole = isfinite(seconds) && seconds > 0 ? fmin(round(seconds), 1e9) : 0;
    const int hours = (int)(whole / 3600), rest = (int)(whole - 3600.0 * hours);
    if (whole < 60)
        snprintf(t->s, sizeof t->s, "%.0f s", whole);
    else if (hours > 0)
        snprintf(t->s, sizeof t->s, "%d:%02d:%02d", hours, rest / 60, rest % 60);
    else
        snprintf(t->s, sizeof t->s, "%d:%02d", rest / 60, rest % 60);
    return t->s;
}

/* A wrong value of COLUMNS is reported once, and then ignored. */
int cli_columns(int fd)
{
    static bool mentioned;
    struct winsize size;
    long long n;
    const char *const wanted = getenv("COLUMNS"), *end = wanted;
    if (wanted && ot__read_whole(&end, 1, MOST_COLUMNS, &n) && *end == '\0') return (int)n;
    if (wanted && *wanted && strcmp(wanted, "0") != 0 && !mentioned)
        cli_print(stderr,
                  "odetape: note: COLUMNS is '%s'; it must be a whole number from 1 to %d, and is "
                  "ignored\n",
                  cli_shown(wanted), MOST_COLUMNS);
    mentioned = true;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

int cli_redrawn_columns(int fd)
{
    enum { ECHO = 3 };
    const int n = cli_columns(fd);
    return n > ECHO + 1 ? n - ECHO : 1;
}

void cli_erase_line(void)
{
    fputs("\r\033[K", stderr);
}

double cli_memory(void)
{
    return (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
}
