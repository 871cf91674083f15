/* SPDX-License-Identifier: BSD-3-Clause
 * Tables of the measured time of networks. */
#ifndef OT_CLI_COMMANDS_PROFILE_H
#define OT_CLI_COMMANDS_PROFILE_H

#include <stdio.h>

#include "odetape.h"

/* Measures the peaks of the machine.  A peak that cannot be measured is 0; a warning says why. */
void cli_profile_peaks(ot_peaks *peaks);

/* Prints where the time of a measured network went, compared with the peaks of the machine.
 * seconds and records are those of ot_execution_profile. */
ot_status cli_profile_print(const ot_execution *e, const char *title, const ot_peaks *peaks,
                            double seconds, bool records, FILE *out);

/* Measures a few steps of a network on random images; only forward if it has no gradients. */
ot_status cli_profile_run(const ot_net *net, ot_execution *e, const ot_compile_opts *how);

/* Fills the images with uniform noise from -sqrt(3) to sqrt(3), which has variance 1, and the
 * labels with classes that do not depend on it. */
void cli_noise(const ot_net *net, ot_execution *e, ot_dtype dtype);

#endif
