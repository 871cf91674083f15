/* SPDX-License-Identifier: BSD-3-Clause
 * Forms in which a Runge-Kutta method is given, converted to the rows of its tableau. */
#ifndef OT_SCHEMES_TABLEAU_IMPORT_H
#define OT_SCHEMES_TABLEAU_IMPORT_H

#include "schemes/tableau/pasted.h"

enum { OT__HATS_MOST = 8 };

/* What the names of a text stand for. */
typedef enum ot__role { OT__A, OT__B, OT__C, OT__ALPHA, OT__BETA, OT__HAT, OT__NO_ROLE } ot__role;

/* The texts of the coefficients of a tableau, which belong to a pasted text or to `owned`. */
typedef struct ot__import {
    ot__pasted *p;
    int stages;
    const char *a[OT__STAGES_MOST][OT__STAGES_MOST]; /* NULL: 0 */
    const char *b[OT__STAGES_MOST];
    const char *c[OT__STAGES_MOST];
    bool has_c;
    int hats;
    const char *hat[OT__HATS_MOST][OT__STAGES_MOST];
    char **owned;
    size_t n_owned, owned_capacity;
    char *notes;
    size_t n_notes, notes_capacity;
} ot__import;

/* import.c: finds the coefficients in m->p. */
ot_status ot__import_find(ot__import *m);
ot_status ot__import_note(ot__import *m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int ot__grid_columns(const ot__grid *g, int row);
const char *ot__grid_text(const ot__grid *g, int row, int column); /* NULL: empty or outside */
bool ot__is_zero(const char *text);                                /* NULL too */
/* Whether all entries of a row from a column on are 0. */
bool ot__grid_ends(const ot__grid *g, int row, int column);

/* import_forms.c: u_i = sum_k alpha_ik u_k + h beta_ik f(u_k). */
ot_status ot__import_shu_osher(ot__import *m, const ot__grid *alpha, const ot__grid *beta);
/* d = A_i d + h f(u), u = u + B_i d. */
ot_status ot__import_2n(ot__import *m, const ot__grid *a, const ot__grid *b);
/* Rows c | a, the last ones weights. */
ot_status ot__import_layout(ot__import *m, const ot__grid *g);

#endif
