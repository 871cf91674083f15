/* SPDX-License-Identifier: BSD-3-Clause
 * The contract between ot_export and a format. */
#ifndef OT_EXPORT_EXPORT_H
#define OT_EXPORT_EXPORT_H

#include "base/status.h"

typedef struct ot__export {
    const ot_net *net;
    ot_params *ps;
    const char *path;
    ot_export_opts opts;
} ot__export;

/* Checks everything, then writes. */
typedef struct ot__format_kind {
    ot_export_format about;
    ot_status (*write)(const ot__export *e);
} ot__format_kind;

#define FORMAT(name) extern const ot__format_kind ot__format_##name;
#include "export/formats.def"
#undef FORMAT

/* Makes the directory of an export unless it is there. */
ot_status ot__export_directory(const ot__export *e);

#endif
