/* SPDX-License-Identifier: BSD-3-Clause
 * Writes .npy files: a header that is a Python dictionary, padded so that the numbers begin at a
 * multiple of 64 bytes, then the numbers as a little-endian machine has them in memory. */
#include "base/npy.h"

#include <stdio.h>

#include "base/file.h"

enum { PREFIX = 10, ALIGN = 64 };

static const struct {
    const char *name;
    size_t size;
} types[] = { [OT__NPY_F32] = { "<f4", 4 },
              [OT__NPY_F64] = { "<f8", 8 },
              [OT__NPY_I32] = { "<i4", 4 },
              [OT__NPY_U8] = { "|u1", 1 } };

typedef struct array {
    ot__npy_type type;
    int rank;
    const size_t *dim;
    const void *values;
} array;

static void write_header(FILE *to, const array *a)
{
    char header[64 + 24 * OT__NPY_MOST_RANK];
    size_t n =
        (size_t)snprintf(header, sizeof header,
                         "{'descr': '%s', 'fortran_order': False, 'shape': (", types[a->type].name);
    for (int k = 0; k < a->rank; k++)
        n += (size_t)snprintf(header + n, sizeof header - n, "%s%zu%s", k > 0 ? " " : "", a->dim[k],
                              k + 1 < a->rank || k == 0 ? "," : "");
    n += (size_t)snprintf(header + n, sizeof header - n, "), }");
    const size_t padded = (PREFIX + n + 1 + ALIGN - 1) / ALIGN * ALIGN - PREFIX;
    fwrite("\x93NUMPY\x01\x00", 1, 8, to);
    fputc((int)(padded & 0xff), to);
    fputc((int)(padded >> 8), to);
    fprintf(to, "%s%*s\n", header, (int)(padded - n - 1), "");
}

static ot_status fill(FILE *to, void *user)
{
    const array *const a = user;
    size_t n = 1;
    for (int k = 0; k < a->rank; k++)
        n *= a->dim[k];
    write_header(to, a);
    if (n > 0) fwrite(a->values, types[a->type].size, n, to);
    return OT_OK;
}

ot_status ot__npy_write(const char *path, ot__npy_type type, int rank, const size_t dim[],
                        const void *values)
{
    array a = { type, rank, dim, values };
    return ot__file_fill(path, fill, &a);
}
