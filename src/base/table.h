/* SPDX-License-Identifier: BSD-3-Clause
 * Pages of tables and facts, as text of 80 columns, as wide text, or as one JSON object.  A table
 * is declared once: its columns name the fields of a row.  The same declaration makes the heading,
 * the widths and the keys. */
#ifndef OT_BASE_TABLE_H
#define OT_BASE_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/status.h"

enum {
    OT__PAGE_WIDTH = 80,   /* characters of a line of a text that is not wide */
    OT__MOST_COLUMNS = 64, /* of a table */
};

/* What the field of a column is, and what stands for a value that is missing. */
typedef enum ot__cell {
    OT__CELL_TEXT,  /* const char *; NULL is missing */
    OT__CELL_COUNT, /* double that is a whole number; NAN is missing */
    OT__CELL_REAL,  /* double; NAN is missing, and JSON has null for an infinite number */
    OT__CELL_FLAG,  /* bool: true and false in JSON, yes and no in a text */
    OT__CELL_LIST,  /* const char *, a text that is JSON itself: "[16,3,3,3]"; NULL is missing */
} ot__cell;

typedef struct ot__column {
    const char *key;   /* in JSON; NULL: JSON does not have the column */
    const char *title; /* in a text; NULL: a text does not have the column */
    ot__cell cell;
    size_t offset;      /* of the field in a row */
    int width;          /* at least; below 0: aligned left */
    bool keep_end;      /* a cell of the last column that is cut has its end, as names do */
    bool wide;          /* only a wide text has the column */
    const char *format; /* of a number in a text; NULL: six digits */
    void (*show)(double value, char *text, size_t size); /* writes it instead, unless NULL */
} ot__column;

typedef struct ot__table {
    const char *key; /* of the array in JSON; NULL: the columns are keys of the page's object */
    const ot__column *column;
    int n;
    bool streamed; /* rows of a text are printed at once, in columns of the least width */
} ot__table;

/* A static table of a static array of columns. */
#define OT__TABLE(key_, columns_)                                                                  \
    {                                                                                              \
        .key = (key_), .column = (columns_), .n = sizeof(columns_) / sizeof(columns_)[0]           \
    }

typedef struct ot__page {
    FILE *to;
    bool json, wide;
    /* The rest is the page's own. */
    bool failed;            /* for lack of memory */
    json_t *object;         /* what JSON has so far */
    const ot__table *table; /* the table that is open, or NULL */
    char **cell;            /* its cells, row by row, if it is a text */
    int n_cells, room;
} ot__page;

/* Call ot__page_close for every page. */
OT_PRIVATE void ot__page_open(ot__page *p, FILE *to, bool json, bool wide);

/* Begins a table and ends the one before.  A table without rows is its heading, or an empty array.
 * JSON has one array of all tables with the same key. */
OT_PRIVATE void ot__page_table(ot__page *p, const ot__table *table);
/* Adds a row to the table that is open. */
OT_PRIVATE void ot__page_row(ot__page *p, const void *row);
/* Gives the object of the page the keys of a table without a key.  A text does not have them: the
 * caller prints sentences. */
OT_PRIVATE void ot__page_facts(ot__page *p, const ot__table *facts, const void *row);
/* Whether the page is a text, into which the caller then prints a sentence.  Ends the table. */
OT_PRIVATE bool ot__page_is_text(ot__page *p);

/* Gives the object of the page the members of another object, which is JSON as text; with a key,
 * that object itself.  A text does not have them. */
OT_PRIVATE void ot__page_add(ot__page *p, const char *key, const char *text);

/* Prints what is left, unless status is a failure, and frees the page.  Returns status, or
 * OT_ENOMEM. */
OT_PRIVATE ot_status ot__page_close(ot__page *p, ot_status status);

#endif
