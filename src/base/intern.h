/* SPDX-License-Identifier: BSD-3-Clause
 * Texts that live as long as the process: options that were read from a file which is closed
 * again.  Equal texts are kept once. */
#ifndef OT_BASE_INTERN_H
#define OT_BASE_INTERN_H

/* Returns the kept copy of the text; NULL if there is no memory. */
const char *ot__intern(const char *text);

#endif
