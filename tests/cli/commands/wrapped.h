/* SPDX-License-Identifier: BSD-3-Clause
 * Making calls fail in a test.  The linker (--wrap) replaces the calls that may fail, in the
 * program and the library, by those of wrapped.c; jansson is given them by its hooks.  GMP, BLIS
 * and libgomp end a process that has no memory themselves, so their calls never fail here. */
#ifndef OT_TESTS_CLI_COMMANDS_WRAPPED_H
#define OT_TESTS_CLI_COMMANDS_WRAPPED_H

#include <stdbool.h>
#include <stdint.h>

typedef enum faulty {
    FAULTY_MEMORY,
    FAULTY_FILES,   /* EIO */
    FAULTY_SIGNALS, /* EINTR, of calls that a signal may interrupt */
    FAULTY_KINDS
} faulty;

/* Which calls fail: the n-th of a kind, counted from 1 (0: none), and with for_ever all after
 * it. */
typedef struct fault_plan {
    faulty kind;
    long n;
    bool for_ever;
} fault_plan;

enum { MOST_PLACES = 1 << 18 };

/* The calls that were made, in memory that a child and its parent share. */
typedef struct fault_log {
    long calls;                  /* of the kind, since fault_begin */
    uint64_t place[MOST_PLACES]; /* hash of the call stack of each; only if n is 0 */
} fault_log;

void fault_begin(const fault_plan *plan, fault_log *log);
void fault_end(void);

#endif
