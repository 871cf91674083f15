/* SPDX-License-Identifier: BSD-3-Clause
 * The plugins that this process has loaded, as files record and compare them. */
#ifndef OT_SCHEMES_PLUGIN_H
#define OT_SCHEMES_PLUGIN_H

#include "base/status.h"

/* Whether plugin i has the table of a part: the table lies in its shared library.  A table on the
 * heap may be of any plugin, so the answer is then yes. */
bool ot__plugin_has(int i, const ot_about *about);
/* The loaded plugin of this name; NULL if there is none. */
const ot_plugin *ot__plugin_find(const char *name);

#endif
