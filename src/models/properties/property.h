/* SPDX-License-Identifier: BSD-3-Clause
 * What a property of a published network is: a function that computes numbers and reports each with
 * what is expected.  A network is checked at its own size, or in a small version. */
#ifndef OT_MODELS_PROPERTIES_PROPERTY_H
#define OT_MODELS_PROPERTIES_PROPERTY_H

#include "models/net.h"

/* A check that is running. */
typedef struct ot__checking {
    const ot_system *system;
    const ot_check *check;
    void (*on_line)(const ot_check_line *line, void *user);
    void *user;
    bool passed; /* all numbers so far */
} ot__checking;

typedef struct ot__property {
    const char *name;
    ot_status (*run)(ot__checking *c);
} ot__property;

/* Reports a number, which passes if |value - expected| <= bound. */
void ot__checking_report(ot__checking *c, const char *what, double value, double expected,
                         double bound);

/* The names and values of options of a check: ot_check.options or other. */
typedef const char *const (*ot__pairs)[2];

/* Makes the network of a check with these options instead of those of the system.  blocks is 0 for
 * its own size; otherwise it is small: at most this many blocks in a row, a quarter as wide, 3
 * images of at least 8 pixels and 2 in the last level, 3 classes, and fixed steps.  Errors of
 * ot_net_new. */
ot_status ot__checking_net(const ot__checking *c, ot__pairs options, int blocks, ot_net **out);

/* A small network that has run forward in training mode, on images of random numbers. */
typedef struct ot__small {
    ot_net *net;
    ot_params *params; /* initial values, or those of the check */
    ot_program *program;
} ot__small;

/* Makes and compiles it in double.  After an error there is nothing to free. */
ot_status ot__small_new(const ot__checking *c, ot__pairs options, int blocks, ot__small *s);
void ot__small_free(ot__small *s);
ot_status ot__small_run(ot__small *s);
double ot__small_loss(const ot__small *s);
/* The largest difference of the logits of two networks. */
double ot__small_distance(const ot__small *a, const ot__small *b);

/* Fills an array with normal random numbers; `which` chooses the numbers. */
void ot__random_numbers(int which, size_t n, double x[]);

/* Blocks around an input x (3, 6, 6, channels), with sub-net, branch and norm of a network, to
 * record steps and single evaluations with.  The evaluations of a block share one set of
 * weights. */
enum { OT__CHAIN_BLOCKS = 4 };
typedef struct ot__chain {
    ot_net *net;
    ot_tape *tape;
    ot__recording recording;
    ot_var x;
    ot_block block[OT__CHAIN_BLOCKS];
} ot__chain;
/* Begins a chain of blocks of the scheme.  OT_ENOMEM, errors of ot__checking_net. */
ot_status ot__chain_new(const ot__checking *c, const ot_scheme *scheme, int channels,
                        ot__chain **out);
void ot__chain_free(ot__chain *r);
/* Compiles the chain for root and `n` vars to keep, with gradients of x, sets x to random numbers
 * and runs forward. */
ot_status ot__chain_run(ot__chain *r, ot_var root, int n, const ot_var keep[], ot_program **out);

#endif
