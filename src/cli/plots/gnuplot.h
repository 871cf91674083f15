/* SPDX-License-Identifier: BSD-3-Clause
 * Pictures drawn by gnuplot.  The numbers of a picture FILE.svg or FILE.png are saved as FILE.dat
 * next to it, and its script as FILE.gp, so that it can be drawn again in another style. */
#ifndef OT_CLI_PLOTS_GNUPLOT_H
#define OT_CLI_PLOTS_GNUPLOT_H

#include <limits.h>
#include <stdio.h>

#include "cli/frame/command.h"

typedef struct cli_plot_kind cli_plot_kind; /* the format of a picture: SVG or PNG */

typedef struct cli_plot_files {
    char image[PATH_MAX], dat[PATH_MAX], gp[PATH_MAX];
    const cli_plot_kind *kind;
    const char
        *terminal; /* argument of `set terminal`, chosen by the ending; a caller may change it */
} cli_plot_files;

/* Callbacks that write a picture's data and commands.  `numbers` writes the data.  `script` writes
 * the commands after `set terminal` and `set output`; they plot from the variable `dat`. */
typedef struct cli_plot_source {
    void (*numbers)(FILE *to, void *user);
    void (*script)(FILE *to, void *user);
    void *user;
} cli_plot_source;

/* Names the files of an image.  Returns OT_EINVAL if it does not end in .svg or .png, and
 * OT_ECREATE if its name is too long. */
ot_status cli_plot_open(cli_plot_files *p, const char *image);

/* Writes the files of numbers and script.  Each is replaced in one step. */
ot_status cli_plot_save(const cli_plot_files *p, const cli_plot_source *s);

/* Draws the picture.  gnuplot reads numbers and script from its standard input; its standard output
 * becomes the file if it is a complete picture.  Otherwise an old file is kept.  Returns
 * CLI_EUNAVAILABLE if gnuplot is not installed or fails. */
ot_status cli_plot_draw(const cli_plot_files *p, const cli_plot_source *s);

/* Replaces a file in one step; `write` writes its contents. */
ot_status cli_plot_write(const char *path, void (*write)(FILE *to, void *user), void *user);

/* Write text for gnuplot as a string with its quotes, and as part of a comment.  gnuplot interprets
 * nothing in it.  Characters that are not printable become '?'. */
void cli_plot_quote(FILE *to, const char *text);
void cli_plot_comment(FILE *to, const char *text);

#endif
