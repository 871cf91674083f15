/* SPDX-License-Identifier: BSD-3-Clause
 * What the module that calls MPI offers: a table of functions, which the library finds under the
 * name `ot_comm_module`.  Functions that return an int return 0, or a negative number if MPI fails.
 */
#ifndef OT_BASE_COMM_MODULE_H
#define OT_BASE_COMM_MODULE_H

#include <stdbool.h>
#include <stddef.h>

#define OT__COMM_MODULE_VERSION 1

typedef struct ot__comm_module {
    int version;
    /* Starts MPI.  `text` becomes a line on it, or what is wrong. */
    int (*start)(int *rank, int *size, char *text, size_t length);
    /* Begins an exchange, and returns its number: a request.  Every process has the part of
     * `buffer` that begins at at[rank] and has bytes[rank] bytes, and gets all others. */
    int (*gather)(void *buffer, const int bytes[], const int at[]);
    /* The same for a buffer that is cut: process r is sent `from` + from_at[r]. */
    int (*scatter)(const void *from, const int from_bytes[], const int from_at[], void *to,
                   const int to_bytes[], const int to_at[]);
    /* Whether a request is complete: 1 or 0.  Its number is free then. */
    int (*test)(int request);
    /* Goes on with all requests. */
    void (*progress)(void);
    /* Says to all others that this process fails. */
    void (*fail)(const char *why);
    /* The rank of another process that has failed, with `why`; -1 if there is none.  *silent: it
     * has not said why, it does not answer. */
    int (*failed)(char *why, size_t length, bool *silent);
    /* Ends MPI; if this process or another one has failed, ends all processes with that code. */
    void (*stop)(bool failed, int code);
} ot__comm_module;

#endif
