/* SPDX-License-Identifier: BSD-3-Clause
 * Named systems. */
#ifndef OT_MODELS_SYSTEMS_H
#define OT_MODELS_SYSTEMS_H

#include "base/status.h"

/* Sets the options of a system that are 0 or NULL in *o.  Errors of ot__option_read. */
ot_status ot__system_apply(const ot_system *system, ot_net_opts *o);

#endif
