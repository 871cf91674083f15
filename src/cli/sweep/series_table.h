/* SPDX-License-Identifier: BSD-3-Clause
 * What a sweep prints: one row per run on stdout, the head and the progress on stderr. */
#ifndef OT_CLI_SWEEP_SERIES_TABLE_H
#define OT_CLI_SWEEP_SERIES_TABLE_H

#include "cli/sweep/series.h"

/* Prints the title of the experiment and the options that the scale sets, compared with the scale
 * called "paper" if there is one. */
void cli_series_print_head(const cli_series *s, const char *file);
/* Prints the commands of the members that are missing. */
void cli_series_print_missing(const cli_series *s);

void cli_series_print_header(const cli_series *s);
void cli_series_print_row(const cli_series *s, int member);
/* Prints the table if it is JSON, with the runs that have ended.  Returns OT_ENOMEM if memory runs
 * out. */
ot_status cli_series_end_table(void);

/* Prints a line of progress: redrawn every second on a terminal, one line per minute elsewhere. */
void cli_series_print_progress(const cli_series *s);
void cli_series_clear_progress(void);

#endif
