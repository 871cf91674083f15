/* SPDX-License-Identifier: BSD-3-Clause
 * Keeps the message of each thread, in thread-local storage of fixed size, so that failing needs no
 * memory. */
#include "base/status.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

enum { LONGEST = 2 * PATH_MAX }; /* names of files are quoted whole */

static _Thread_local char message[LONGEST];

ot_status ot__fail(ot_status status, const char *format, ...)
{
    /* Arguments may point into the message itself, when a caller extends it. */
    char sentence[sizeof message];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    ot__make_printable(sentence); /* it may quote a file; it must remain one line */
    snprintf(message, sizeof message, "%s", sentence);
    return status;
}

const char *ot_message(void)
{
    return message;
}

const char *ot_strerror(ot_status status)
{
    static const char *const text[] = {
#define OT__STATUS_TEXT(name, sentence) [OT_##name] = sentence,
        OT_STATUS_LIST(OT__STATUS_TEXT)
#undef OT__STATUS_TEXT
    };
    const unsigned n = sizeof text / sizeof text[0];
    return (unsigned)status < n ? text[status] : "unknown status";
}

const char *ot_version(void)
{
    return PACKAGE_VERSION;
}
