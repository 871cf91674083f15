/* SPDX-License-Identifier: BSD-3-Clause
 * Plans and profiles of programs as parts of a page, so that those of several programs make one
 * page. */
#ifndef OT_AUTOGRAD_INSPECT_REPORT_H
#define OT_AUTOGRAD_INSPECT_REPORT_H

#include "autograd/program.h"
#include "base/table.h"

/* Opens a page in a format of ot_program_plan.  OT_EINVAL for another format. */
ot_status ot__report_open(ot__page *p, const char *who, ot_list_format format, FILE *out);
/* Ends the page.  Also OT_EIO. */
ot_status ot__report_close(ot__page *p, const char *who, ot_status status);

/* `name` is that of the program in JSON; NULL if there is one program.  ot__plan_print calls
 * ot__peak_print and ot__arena_draw and, with `records`, ot__arena_print. */
ot_status ot__plan_print(const ot_program *p, const char *name, bool records, ot__page *page);
ot_status ot__peak_print(const ot_program *p, const char *name, ot__page *page);
void ot__arena_draw(const ot_program *p, FILE *out);
/* Lists all buffers of the arena in JSON, in no other format. */
void ot__arena_print(const ot_program *p, const char *name, ot__page *page);
ot_status ot__profile_print(const ot_program *p, const char *name, const ot_peaks *peaks,
                            double seconds, bool records, ot__page *page);

#endif
