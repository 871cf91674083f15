/* SPDX-License-Identifier: BSD-3-Clause
 * What a scheme is inside: data, and the function that records one step of it. */
#ifndef OT_SCHEMES_SCHEME_H
#define OT_SCHEMES_SCHEME_H

#include "schemes/tableau/tableau.h"

/* A family of schemes: Runge-Kutta is one; another one is another of these. */
typedef ot_var ot__recorder(const ot_scheme *s, ot_tape *t, ot_var x, ot_subnet f, void *user,
                            const ot_step_opts *opts);

struct ot_scheme {
    ot__recorder *record;
    ot_tableau *tableau; /* exact */
    double *a, *b, *c;   /* correctly rounded; a_ij at a[i*(i-1)/2 + j] */
    char *text;
};

/* src/schemes/runge_kutta.c */
ot__recorder ot__rk_record;
/* Which stages a step evaluates; returns how many.  live has room for all stages. */
int ot__rk_live(const ot_scheme *s, ot_output output, bool live[]);
/* The weights of a form of output: b, or 1 for the last stage that b reads. */
void ot__rk_weights(const ot_scheme *s, ot_output output, double w[]);

/* Which stages a step and the difference from embedded method e evaluate; returns how many. */
int ot__rk_live_pair(const ot_scheme *s, int e, bool live[]);
/* As ot__rk_record with b, and *difference = sum_i (b_i - b^_i) k_i, b^ the embedded method e. */
ot_var ot__rk_record_pair(const ot_scheme *s, ot_tape *t, ot_var x, ot_subnet f, void *user,
                          const ot_step_opts *opts, int e, ot_var *difference);

/* src/schemes/builtin.c */
extern const char *const ot__builtin_texts[];
extern const int ot__builtin_count;

/* ot_scheme_find with a status: OT_EINVAL when there is none of that name, OT_ENOMEM. */
ot_status ot__scheme_lookup(const char *name, const ot_scheme **scheme);
bool ot__scheme_is_file(const char *word); /* and not the name of a scheme */

#endif
