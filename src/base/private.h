/* SPDX-License-Identifier: BSD-3-Clause
 * Marks the functions of this directory that the program `odetape` may use in addition to
 * odetape.h, so that code such as reading, replacing and locking files exists once.  They are
 * exported for this program alone, under the version node ODETAPE_PRIVATE of src/odetape.map, as
 * glibc does for its own programs.  So the message of a thread, the hooks of tests and the number
 * of threads also exist once, in the library.  No other program may rely on these functions. */
#ifndef OT_BASE_PRIVATE_H
#define OT_BASE_PRIVATE_H

#if defined(__GNUC__)
#define OT_PRIVATE __attribute__((visibility("default")))
#else
#define OT_PRIVATE
#endif

#endif
