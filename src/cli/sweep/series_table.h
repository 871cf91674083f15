/* SPDX-License-Identifier: BSD-3-Clause
 * A sweep as people see it: a row a run on stdout, and on stderr what is going on. */
#ifndef OT_CLI_SWEEP_SERIES_TABLE_H
#define OT_CLI_SWEEP_SERIES_TABLE_H

#include "cli/sweep/series.h"

/* What the experiment is, and what its scale sets, beside the scale called paper if there is one.
 */
void cli_series_print_head(const cli_series *s, const char *file);
/* The commands of what is missing. */
void cli_series_print_missing(const cli_series *s);

void cli_series_print_header(void);
void cli_series_print_row(const cli_series *s, int member);

/* A line that is drawn again on a terminal; elsewhere one a minute. */
void cli_series_print_progress(const cli_series *s);
void cli_series_clear_progress(void);

#endif
