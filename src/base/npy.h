/* SPDX-License-Identifier: BSD-3-Clause
 * NumPy's files of arrays (.npy, format 1.0, NEP 1). */
#ifndef OT_BASE_NPY_H
#define OT_BASE_NPY_H

#include <stdint.h>

#include "base/private.h"
#include "odetape.h"

enum { OT__NPY_MOST_RANK = 8 };

typedef enum ot__npy_type { OT__NPY_F32, OT__NPY_F64, OT__NPY_I32, OT__NPY_U8 } ot__npy_type;

/* Replaces a file by an array of numbers in C order.  A rank of 0 is a scalar.  OT_ECREATE, OT_EIO,
 * OT_ENOMEM. */
OT_PRIVATE ot_status ot__npy_write(const char *path, ot__npy_type type, int rank,
                                   const size_t dim[], const void *values);

#endif
