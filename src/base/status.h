/* SPDX-License-Identifier: BSD-3-Clause
 * How functions fail: they set the message of this thread and return a status. */
#ifndef OT_BASE_STATUS_H
#define OT_BASE_STATUS_H

#include "base/private.h"
#include "odetape.h"

/* Sets the message of this thread and returns status, so that a check is one statement:
 *     if (n < 1) return ot__fail(OT_EINVAL, "batch is %d; it must be at least 1", n); */
OT_PRIVATE ot_status ot__fail(ot_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* How often this thread has set its message: whether a function of the user's has set one. */
unsigned ot__message_count(void);

/* Returns from the calling function with the status of `call`, unless that is OT_OK. */
#define OT_TRY(call)                                                                               \
    do {                                                                                           \
        const ot_status status_ = (call);                                                          \
        if (status_ != OT_OK) return status_;                                                      \
    } while (0)

#endif
