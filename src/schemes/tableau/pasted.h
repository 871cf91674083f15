/* SPDX-License-Identifier: BSD-3-Clause
 * Reads numbers out of a text in another notation: a program, a page, a table.  What they mean is
 * decided in import.c. */
#ifndef OT_SCHEMES_TABLEAU_PASTED_H
#define OT_SCHEMES_TABLEAU_PASTED_H

#include "schemes/tableau/source.h"
#include "schemes/tableau/tableau.h"

enum {
    OT__GRID_ROWS = OT__STAGES_MOST + 8,
    OT__GRID_CELLS = OT__GRID_ROWS * OT__GRID_ROWS,
    OT__GRIDS_MOST = 4096,
    OT__CELL_MOST = 4096, /* bytes of the text of a cell */
    OT__NESTED_MOST = 50, /* brackets in brackets */
};

/* A coefficient as an expression of odetape-tableau(5). */
typedef struct ot__cell {
    char *text; /* NULL: the place is empty */
    int line;
} ot__cell;

/* What a name stands for: one number, a list (one row) or rows of numbers. */
typedef struct ot__grid {
    char name[OT__NAME_MOST + 1]; /* as it is written; "" for a table without a name */
    int line;
    int n_index, index[2]; /* of an assignment to one element, a[2][1] = ... */
    bool symbolic;         /* a[i][j], or a[N][N] in a declaration */
    bool scalar, bad;      /* bad: the value is no number; it counts only if it is needed */
    int rows, begin[OT__GRID_ROWS + 1]; /* the cells of row i are begin[i] .. begin[i+1]-1 */
    ot__cell *cell;
    size_t capacity;
    char why[192]; /* why a bad value is no number */
} ot__grid;

typedef struct ot__pasted {
    const char *origin;
    char *text; /* without comments and layout */
    bool latex;
    int n, skipped; /* lines of a table without names that are no rows */
    ot__grid *grid;
    size_t capacity;
    char why[192]; /* why the last line of a table without names is no row */
} ot__pasted;

/* OT_EFORMAT with the line, OT_ENOMEM.  p must be freed also after an error. */
ot_status ot__pasted_read(const char *text, size_t size, const char *origin, ot__pasted *p);
void ot__pasted_free(ot__pasted *p);

/* OT_EFORMAT with the line and a sentence. */
ot_status ot__pasted_complain(const ot__pasted *p, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* pasted_clean.c: removes comments, joins continued lines, and reduces LaTeX to rows and cells.
 * Line ends that count but separate nothing become '\r'.  Returns new memory; NULL when out of
 * memory. */
char *ot__pasted_clean(const char *text, bool *latex);

/* pasted_values.c: reads the value between two places into the grid. */
ot_status ot__pasted_value(ot__pasted *p, const char *from, const char *to, int line, ot__grid *g);
/* Reads one expression into a new cell of the last row. */
ot_status ot__pasted_cell(ot__pasted *p, const char *from, const char *to, int line, ot__grid *g);
ot_status ot__pasted_empty_cell(ot__grid *g, int line);
ot_status ot__pasted_row(ot__pasted *p, int line, ot__grid *g); /* begins a row */
/* The bracket or quote that closes the one at `at`; NULL if there is none before `to`. */
const char *ot__pasted_match(const char *at, const char *to);
int ot__pasted_lines(const char *from, const char *to);    /* line ends between two places */
size_t ot__pasted_letters(const char *at, const char *to); /* the length of a name at this place */

#endif
