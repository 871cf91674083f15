/* SPDX-License-Identifier: BSD-3-Clause
 * The listing of a program as a JSON object, for listings of several programs. */
#ifndef OT_AUTOGRAD_INSPECT_LISTING_H
#define OT_AUTOGRAD_INSPECT_LISTING_H

#include <jansson.h>

#include "odetape.h"

/* NULL if there is no memory. */
json_t *ot__program_json(const ot_program *p);

#endif
