/* SPDX-License-Identifier: BSD-3-Clause
 * Writes a network for other programs, by the table of formats. */
#include "export/export.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "autograd/params.h"
#include "base/check.h"
#include "base/directory.h"
#include "base/file.h"

static const ot__format_kind *const formats[] = {
#define FORMAT(name) &ot__format_##name,
#include "export/formats.def"
#undef FORMAT
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

const ot_export_format *ot_export_format_at(int i)
{
    return i >= 0 && i < FORMATS ? &formats[i]->about : NULL;
}

ot_status ot__export_directory(const ot__export *e)
{
    if (ot__make_directory(e->path) == 0 || errno == EEXIST) return OT_OK;
    const int why = errno;
    return ot__fail(ot__status_of_errno(why, OT_ECREATE), "the directory '%s' cannot be made: %s",
                    e->path, strerror(why));
}

static ot_status unknown(const char *format)
{
    const char *names[FORMATS];
    char list[200] = "";
    for (int i = 0; i < FORMATS; i++) {
        const size_t n = strlen(list);
        names[i] = formats[i]->about.name;
        snprintf(list + n, sizeof list - n, "%s%s",
                 i == 0            ? ""
                 : i < FORMATS - 1 ? ", "
                                   : " and ",
                 names[i]);
    }
    const char *const near = ot_nearest(format, FORMATS, names);
    return ot__fail(OT_EINVAL, "export: there is no format '%.60s'%s%s; formats are %s", format,
                    near ? "; the nearest is " : "", near ? near : "", list);
}

ot_status ot_export(const ot_net *net, ot_params *ps, const char *format, const char *path,
                    const ot_export_opts *opts)
{
    ot__export e = { .net = net, .ps = ps, .path = path };
    OT_TRY(ot__check_given("export", "the network", net));
    OT_TRY(ot__params_check("export", ps, ot_net_tape(net)));
    OT_TRY(ot__check_given("export", "the format", format));
    OT_TRY(ot__check_given("export", "where to write", path));
    if (opts) e.opts = *opts;
    for (int i = 0; i < FORMATS; i++)
        if (strcmp(formats[i]->about.name, format) == 0) return formats[i]->write(&e);
    return unknown(format);
}
