/* SPDX-License-Identifier: BSD-3-Clause
 * The program `odetape` may use some functions of this folder besides odetape.h, so that reading,
 * replacing and locking a file exists once.  They are exported for it alone, under the version node
 * ODETAPE_PRIVATE (src/odetape.map), as glibc does it: the message of a thread, the hooks of tests
 * and the count of threads exist once, in the library.  No other program may rely on them. */
#ifndef OT_BASE_PRIVATE_H
#define OT_BASE_PRIVATE_H

#if defined(__GNUC__)
#define OT_PRIVATE __attribute__((visibility("default")))
#else
#define OT_PRIVATE
#endif

#endif
