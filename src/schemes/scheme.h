/* SPDX-License-Identifier: BSD-3-Clause
 * The inside of a scheme: its table of functions, and its attributes or its tableau. */
#ifndef OT_SCHEMES_SCHEME_H
#define OT_SCHEMES_SCHEME_H

#include "schemes/parts.h"
#include "schemes/tableau/tableau.h"

struct ot_scheme {
    const ot_scheme_kind *kind;
    ot__part part; /* of a scheme that has no tableau: its name and attributes */
    /* The attribute of Runge-Kutta; NULL in other schemes. */
    ot_tableau *tableau; /* exact */
    double *a, *b, *c;   /* the tableau correctly rounded; a_ij is a[i*(i-1)/2 + j] */
    char *text;          /* of the tableau, as odetape-tableau(5) has it */
};

/* src/schemes/runge_kutta.c */
extern const ot_scheme_kind ot_scheme_runge_kutta;
/* Sets live[i] for each stage i that a step evaluates and returns their number. */
int ot__rk_live(const ot_scheme *s, ot_output output, bool live[]);
/* Sets w to the weights of the output: b for OT_OUTPUT_WEIGHTS; for OT_OUTPUT_LAST 1 for the last
 * stage with b_i != 0 and 0 for the others. */
void ot__rk_weights(const ot_scheme *s, ot_output output, double w[]);

/* w = b - b^, where b^ are the weights of embedded method e.  Correctly rounded. */
void ot__rk_difference(const ot_scheme *s, int e, double w[]);
/* The lower one of the orders that the scheme and its embedded method e claim; at least 1. */
int ot__rk_pair_order(const ot_scheme *s, int e);
/* As ot__rk_live, for the step and its difference from embedded method e. */
int ot__rk_live_pair(const ot_scheme *s, int e, bool live[]);
/* Records a step with the weights b.  Also records *difference = sum_i (b_i - b^_i) k_i, where b^
 * are the weights of embedded method e. */
ot_var ot__rk_record_pair(ot_block *b, ot_var x, int e, ot_var *difference);

/* The number of channels of a block's result, where x has `channels`. */
int ot__scheme_channels(const ot_scheme *s, int channels);
/* OT_EINVAL, with the nearest that works, unless the scheme has a tableau, which `who` needs. */
ot_status ot__scheme_need_tableau(const char *who, const ot_scheme *s);
/* A copy, which the caller frees. */
ot_status ot__scheme_copy(const ot_scheme *s, ot_scheme **out);
/* Makes the scheme of a name with attributes, "revnet(first=bare)", that has no tableau.
 * OT_EINVAL, OT_ENOMEM. */
ot_status ot__scheme_of_kind(const char *text, ot_scheme **out);

/* src/schemes/builtin.c */
extern const char *const ot__builtin_texts[];
extern const int ot__builtin_count;

/* src/schemes/aliases.c: another name of a built-in tableau. */
typedef struct ot__alias {
    const char *name, *scheme;
} ot__alias;
extern const ot__alias ot__aliases[];
extern const int ot__alias_count;
/* The schemes that a name may mean, as text; NULL if the name is not one of several methods.
 * Upper and lower case are the same. */
const char *ot__candidates(const char *name);

/* As ot_scheme_find, with a status: OT_EINVAL if no scheme has the name, OT_ENOMEM. */
ot_status ot__scheme_lookup(const char *name, const ot_scheme **scheme);
/* Whether a word is the path of a tableau file and not the name of a scheme. */
bool ot__scheme_is_file(const char *word);

#endif
