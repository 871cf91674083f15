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
static _Thread_local unsigned count; /* of messages so far */

static void set_message(const char *format, va_list args)
{
    /* Arguments may point into the message itself, when a caller extends it. */
    char sentence[sizeof message];
    vsnprintf(sentence, sizeof sentence, format, args);
    ot__make_printable(sentence); /* it may quote a file; it must remain one line */
    snprintf(message, sizeof message, "%s", sentence);
    count++;
}

ot_status ot__fail(ot_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_message(format, args);
    va_end(args);
    return status;
}

ot_status ot_fail(ot_status status, const char *format, ...)
{
    va_list args;
    if (!format) return ot__fail(status, "%s", ot_strerror(status));
    va_start(args, format);
    set_message(format, args);
    va_end(args);
    return status;
}

unsigned ot__message_count(void)
{
    return count;
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
