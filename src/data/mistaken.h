/* SPDX-License-Identifier: BSD-3-Clause
 * Places that are nearly those of a data set. */
#ifndef OT_DATA_MISTAKEN_H
#define OT_DATA_MISTAKEN_H

#include "base/status.h"

/* Returns its status.  If that is OT_ENOENT and the place is a common mistake, the message becomes
 * what lies there and what would be right: CIFAR's Python version, a folder too high, a packed
 * archive, a folder of PNG files, a file of a set in place of its folder. */
ot_status ot__place_mistaken(ot_status status, const char *place);

#endif
