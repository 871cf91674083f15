/* SPDX-License-Identifier: BSD-3-Clause
 * What an experiment says about itself, for the readers of its report: experiment.json in the
 * directory of a sweep. */
#ifndef OT_CLI_RUNS_ABOUT_H
#define OT_CLI_RUNS_ABOUT_H

#include "base/status.h"

/* Texts of the section [experiment]; NULL: there is none. */
typedef struct cli_about {
    char *title, *note;
} cli_about;

/* Writes the file, or removes an old one if there is neither a title nor a note.  What
 * ot__file_write returns, or OT_ENOMEM. */
ot_status cli_about_write(const char *directory, const char *title, const char *note);
/* Reads the file.  Without one both texts are NULL.  OT_EFORMAT, OT_EIO, OT_ENOMEM; free it also
 * after a failure. */
ot_status cli_about_read(const char *directory, cli_about *about);
void cli_about_free(cli_about *about);

#endif
