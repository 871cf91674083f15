/* SPDX-License-Identifier: BSD-3-Clause
 * Writes each tensor as an array of NumPy: NAME.npy in float32. */
#include <string.h>

#include "base/memory.h"
#include "base/npy.h"
#include "export/export.h"

/* A name is a part of a path here. */
static ot_status check_name(const char *name)
{
    enum { MOST = 200 };
    if (name[0] != '.' && !strchr(name, '/') && strlen(name) <= MOST) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "npy: the tensor '%.200s' cannot be the name of a file: that must not begin "
                    "with a dot, have a slash or be longer than %d bytes",
                    name, (int)MOST);
}

static ot_status write_one(const ot__export *e, int i)
{
    size_t dim[OT_MAX_RANK];
    const ot_shape s = ot_params_shape(e->ps, i);
    for (int k = 0; k < s.rank; k++)
        dim[k] = (size_t)s.dim[k];
    const void *const values = ot_params_value(e->ps, i, OT_F32);
    char *const path = ot__format("%s/%s.npy", e->path, ot_params_name(e->ps, i));
    const ot_status status =
        path && values ? ot__npy_write(path, OT__NPY_F32, s.rank, dim, values) : OT_ENOMEM;
    ot__free(path);
    return status;
}

static ot_status write_all(const ot__export *e)
{
    const int n = ot_params_count(e->ps);
    for (int i = 0; i < n; i++)
        OT_TRY(check_name(ot_params_name(e->ps, i)));
    OT_TRY(ot__export_directory(e));
    for (int i = 0; i < n; i++)
        OT_TRY(write_one(e, i));
    return OT_OK;
}

const ot__format_kind ot__format_npy = {
    .about = { .name = "npy", .what = "an array of NumPy per tensor", .directory = true },
    .write = write_all,
};
