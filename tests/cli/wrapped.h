/* SPDX-License-Identifier: BSD-3-Clause
 * The linker puts wrapped.c between the program and the calls that may fail (--wrap), in its own
 * code, in the library's and, by its hooks, in jansson's.  GMP, BLIS and libgomp end a process that
 * has no memory by themselves: their calls never fail here. */
#ifndef OT_TESTS_CLI_WRAPPED_H
#define OT_TESTS_CLI_WRAPPED_H

#include <stdbool.h>
#include <stdint.h>

typedef enum faulty {
    FAULTY_MEMORY,
    FAULTY_FILES,   /* EIO */
    FAULTY_SIGNALS, /* EINTR, of calls that a signal may interrupt */
    FAULTY_KINDS
} faulty;

/* Which calls fail: those of a kind, the n-th (from 1; 0: none), and with for_ever all after it. */
typedef struct fault_plan {
    faulty kind;
    long n;
    bool for_ever;
} fault_plan;

enum { MOST_PLACES = 1 << 18 };

/* What was seen, in memory that a child and its parent share. */
typedef struct fault_log {
    long calls;                  /* of the kind, since fault_begin */
    uint64_t place[MOST_PLACES]; /* a hash of who called whom, of each; only while n is 0 */
} fault_log;

void fault_begin(const fault_plan *plan, fault_log *log);
void fault_end(void);

#endif
