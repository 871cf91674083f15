/* SPDX-License-Identifier: BSD-3-Clause
 * Measured time of programs, as a table. */
#ifndef OT_CLI_COMMANDS_PROFILE_H
#define OT_CLI_COMMANDS_PROFILE_H

#include <stdio.h>

#include "odetape.h"

/* Measure the peaks of the machine.  What cannot be measured is 0, and a warning says why. */
void cli_profile_peaks(ot_peaks *peaks);

/* Where the time of a measured program went, beside the peaks of the machine; `seconds` and
 * `records` as for ot_program_profile. */
ot_status cli_profile_print(const ot_program *p, const char *title, const ot_peaks *peaks,
                            double seconds, bool records, FILE *out);

/* Measure a few steps, or forwards of a program without gradients, on random images. */
ot_status cli_profile_run(const ot_net *net, ot_program *p, const ot_compile_opts *how);

/* Fill the images with noise between -sqrt(3) and sqrt(3), of variance 1, and the labels with
 * classes that do not follow it. */
void cli_noise(const ot_net *net, ot_program *p, ot_dtype dtype);

#endif
