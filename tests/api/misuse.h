/* SPDX-License-Identifier: BSD-3-Clause
 * Calls of public functions with arguments that they must not be given.  Each is one line:
 *
 *     REFUSES(ot_forward(p, 0), "batch")     a status: OT_EINVAL, and a sentence with this part
 *     GIVES(ot_params_count(NULL) == 0)      a documented neutral value
 *     POISONS(ot_relu(t, none), "relu")      a null var, and the tape keeps OT_EINVAL
 *     SURVIVES(ot_tape_free(NULL))            a function without a result
 *
 * tests/lint/misuse.sh holds the names in these lines against odetape.h. */
#ifndef OT_TESTS_API_MISUSE_H
#define OT_TESTS_API_MISUSE_H

#include <limits.h>
#include <math.h>
#include <string.h>

#include "suite.h"

static inline void misuse_refused(const char *call, ot_status status, const char *part)
{
    ck_assert_msg(status == OT_EINVAL, "%s: %s", call, ot_strerror(status));
    ck_assert_msg(strstr(ot_message(), part), "%s: '%s' does not say '%s'", call, ot_message(),
                  part);
}

#define REFUSES(call, part) misuse_refused(#call, (call), part)
#define GIVES(condition) ck_assert_msg((condition), "%s", #condition)
#define SURVIVES(call) (call)

/* With `t`, a tape of its own. */
#define POISONS(call, part)                                                                        \
    do {                                                                                           \
        ot_tape *t = ot_tape_new();                                                                \
        const ot_var v_ = (call);                                                                  \
        ck_assert_msg(v_.id == 0, "%s gave a value", #call);                                       \
        misuse_refused(#call, ot_tape_status(t), "");                                              \
        ck_assert_msg(strstr(ot_tape_message(t), part), "%s: '%s' does not say '%s'", #call,       \
                      ot_tape_message(t), part);                                                   \
        ot_tape_free(t);                                                                           \
    } while (0)

TCase *tapes_case(void);
TCase *programs_case(void);
TCase *schemes_case(void);
TCase *blocks_case(void);
TCase *networks_case(void);
TCase *executions_case(void);
TCase *files_case(void);
TCase *trainings_case(void);

#endif
