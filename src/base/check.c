/* SPDX-License-Identifier: BSD-3-Clause
 * Checks arguments.  Each kind of wrong argument has one message: what is wrong, with its value,
 * and what would be right. */
#include "base/check.h"

#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "base/text.h"

ot_status ot__check_given(const char *who, const char *what, const void *p)
{
    if (p) return OT_OK;
    return ot__fail(OT_EINVAL, "%s: %s is NULL; it must be given", who, what);
}

ot_status ot__check_choice(const char *who, const char *what, int value, int last)
{
    if (value >= 0 && value <= last) return OT_OK;
    return ot__fail(OT_EINVAL, "%s: %s is %d; it must be one of its enum, 0 to %d", who, what,
                    value, last);
}

ot_status ot__check_count(const char *who, const char *what, long n, long least, long most)
{
    if (n >= least && n <= most) return OT_OK;
    return ot__fail(OT_EINVAL, "%s: %s is %ld; it must be %ld to %ld", who, what, n, least, most);
}

ot_status ot__check_number(const char *who, const char *what, double x, double least, double most)
{
    if (isfinite(x) && x >= least && x <= most) return OT_OK;
    return ot__fail(OT_EINVAL, "%s: %s is %s; it must be a finite number from %s to %s", who, what,
                    OT__REAL(x), OT__REAL(least), OT__REAL(most));
}

ot_status ot__check_list(const char *who, const char *what, int n, const void *list)
{
    if (n >= 0 && (n == 0 || list)) return OT_OK;
    return ot__fail(OT_EINVAL,
                    n < 0 ? "%s: there are %d %s; there must be 0 or more"
                          : "%s: the list of %d %s is NULL; it must be given",
                    who, n, what);
}

/* Why not every file can hold a name; NULL if every file can. */
static const char *fault_of(const char *name)
{
    if (!*name) return "is empty";
    if (strnlen(name, OT__LONGEST_NAME + 1) > OT__LONGEST_NAME) return "is too long";
    bool printable = true;
    for (int bytes; *name; name += bytes) {
        bytes = ot__read_character(name, &printable);
        if (!printable && bytes == 1 && (unsigned char)*name >= 0x80) return "is not UTF-8";
        if (!printable) return "has a control character";
    }
    return NULL;
}

ot_status ot__check_name(const char *who, const char *what, const char *name)
{
    OT_TRY(ot__check_given(who, what, name));
    const char *const fault = fault_of(name);
    if (!fault) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "%s: %s \"%.60s\" %s; it must be 1 to %d bytes of UTF-8 without control "
                    "characters",
                    who, what, name, fault, OT__LONGEST_NAME);
}
