/* SPDX-License-Identifier: BSD-3-Clause
 * What trainings with learned numbers or controlled steps have learned or counted over their
 * epochs, in panels.  A panel shows the numbers of one kind of one group of runs: the step sizes h
 * of all blocks, the coefficients a of their tableaux, or the evaluations of f per batch.  A line
 * of a panel is one of these numbers, as the mean over the seeds. */
#ifndef OT_CLI_RUNS_LEARNED_H
#define OT_CLI_RUNS_LEARNED_H

#include "cli/runs/metrics.h"

enum {
    CLI_MOST_PANELS = 24,
    CLI_NAMED_LINES = 8, /* a panel with more lines names this many, evenly spread */
};

typedef struct cli_learned_line {
    const char *name; /* of the parameter; for evaluations: of the images */
    int place;        /* index in the history of the panel's first run with this number */
} cli_learned_line;

typedef struct cli_panel {
    const cli_group_of_runs *group;
    int number;       /* of the group, from 0 */
    char kind[32];    /* "h", "k", "alpha", "a", "b", ... */
    bool evaluations; /* of f per batch, instead of learned numbers */
    int n;
    cli_learned_line *line;
} cli_panel;

typedef struct cli_learned {
    int n, left_out; /* numbers of panels: in `panel`, and for which it has no place */
    cli_panel panel[CLI_MOST_PANELS];
} cli_learned;

/* Makes the panels, group by group; there are none if nothing was learned and no step was
 * controlled.  They point into the runs.  Call cli_learned_free also after a failure, which is
 * OT_ENOMEM. */
ot_status cli_learned_find(const cli_runs *all, cli_learned *l);
void cli_learned_free(cli_learned *l);

/* Returns the spread of a line at an epoch, counted from 0, over the runs that have a finite value
 * there. */
cli_spread cli_panel_spread(const cli_panel *p, int line, int epoch);
/* Sets the range of an axis for all lines, with a margin. */
void cli_panel_range(const cli_panel *p, double *from, double *to);
/* Writes the title: what the numbers are and, if not every line has a name, how many lines there
 * are. */
void cli_panel_title(const cli_panel *p, char *text, size_t size);
/* Returns the position of a line among the named ones, or -1 if it has no name. */
int cli_panel_named(const cli_panel *p, int line);
/* Whether the range over the seeds is drawn as a band around each line. */
bool cli_panel_has_bands(const cli_panel *p);
/* Writes the colour of a line, "#rrggbb": from dark to light in the order of the lines, so that
 * neighbouring blocks have similar shades, also in black and white. */
void cli_panel_colour(const cli_panel *p, int line, char text[8]);

#endif
