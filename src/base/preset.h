/* SPDX-License-Identifier: BSD-3-Clause
 * Presets: names for lists of options, such as the published networks and their trainings. */
#ifndef OT_BASE_PRESET_H
#define OT_BASE_PRESET_H

#include <stdbool.h>

#include "base/status.h"

/* The preset of a name in a list of n; NULL with OT_EINVAL and a message that names the nearest.
 * `what` is "system" or "recipe". */
const ot_preset *ot__preset_find(const char *what, const char *name, int n,
                                 const ot_preset *const list[]);

/* Reads the options of a preset into *to.  `leave` says which stay as they are.  Errors of
 * ot__option_read. */
ot_status ot__preset_apply(const ot_preset *preset, const ot_option *rows, void *to,
                           bool (*leave)(const ot_option *row, const void *user), const void *user);

/* Whether the field of the row has the same value in both structs. */
bool ot__preset_is_same(const ot_option *row, const void *a, const void *b);

#endif
