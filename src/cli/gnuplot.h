/* SPDX-License-Identifier: BSD-3-Clause
 * Pictures.  Every picture comes with its numbers and its script, FILE.dat and FILE.gp beside
 * FILE.svg or FILE.png, so that it can be drawn again in another style. */
#ifndef OT_CLI_GNUPLOT_H
#define OT_CLI_GNUPLOT_H

#include <limits.h>
#include <stdio.h>

#include "cli/command.h"

typedef struct cli_plot_files {
    char image[PATH_MAX], dat[PATH_MAX], gp[PATH_MAX];
    const char *terminal; /* gnuplot's, by the ending of the image */
} cli_plot_files;

/* The files of an image.  CLI_GO_ON, or the exit code when the reason was said. */
int cli_plot_open(const cli_command *c, cli_plot_files *p, const char *image);

/* Write one of them in one step (base/file.h): `write` fills it. */
int cli_plot_write(const char *path, void (*write)(FILE *to, void *user), void *user);

/* A path as a string of gnuplot's, quotes included. */
void cli_plot_quote(FILE *to, const char *path);

/* Run the script, which draws to what the variable `image` holds (and may use the terminal that
 * `terminal` holds, so that one script draws both kinds), and put the picture in its place:
 * EX_UNAVAILABLE without gnuplot. */
int cli_plot_run(const cli_plot_files *p);

#endif
