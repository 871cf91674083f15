/* SPDX-License-Identifier: BSD-3-Clause
 * Pictures.  Every picture comes with its numbers and its script, FILE.dat and FILE.gp beside
 * FILE.svg or FILE.png, so that it can be drawn again in another style. */
#ifndef OT_CLI_PLOTS_GNUPLOT_H
#define OT_CLI_PLOTS_GNUPLOT_H

#include <limits.h>
#include <stdio.h>

#include "cli/frame/command.h"

typedef struct cli_plot_kind cli_plot_kind; /* of a picture: SVG or PNG */

typedef struct cli_plot_files {
    char image[PATH_MAX], dat[PATH_MAX], gp[PATH_MAX];
    const cli_plot_kind *kind;
    const char *terminal; /* gnuplot's, by the ending of the image; a caller may choose another */
} cli_plot_files;

/* What a picture is drawn from.  `numbers` writes the data.  `script` writes the commands of
 * gnuplot that come after `set terminal` and `set output`; its variable `dat` is what to plot from.
 */
typedef struct cli_plot_source {
    void (*numbers)(FILE *to, void *user);
    void (*script)(FILE *to, void *user);
    void *user;
} cli_plot_source;

/* Names the files of an image.  OT_EINVAL for another ending, OT_ECREATE if it is too long. */
ot_status cli_plot_open(cli_plot_files *p, const char *image);

/* Writes the numbers and the script, each in one step. */
ot_status cli_plot_save(const cli_plot_files *p, const cli_plot_source *s);

/* Draws the picture: gnuplot gets numbers and script through its standard input, and its standard
 * output becomes the file if it is a whole picture.  Otherwise the file stays as it was.
 * CLI_EUNAVAILABLE if gnuplot is not installed or fails. */
ot_status cli_plot_draw(const cli_plot_files *p, const cli_plot_source *s);

/* Writes any file in one step: `write` fills it. */
ot_status cli_plot_write(const char *path, void (*write)(FILE *to, void *user), void *user);

/* Writes text as a string of gnuplot's, quotes included, and as a comment.  gnuplot interprets
 * nothing in it; characters that are not printable become '?'. */
void cli_plot_quote(FILE *to, const char *text);
void cli_plot_comment(FILE *to, const char *text);

#endif
