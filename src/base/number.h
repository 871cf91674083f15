/* SPDX-License-Identifier: BSD-3-Clause
 * Numbers whose type is known only at run time: float for OT_F32, double for OT_F64. */
#ifndef OT_BASE_NUMBER_H
#define OT_BASE_NUMBER_H

#include <stddef.h>

#include "odetape.h"

/* Bytes of one number. */
static inline size_t ot__dtype_size(ot_dtype dtype)
{
    return dtype == OT_F64 ? sizeof(double) : sizeof(float);
}

static inline const char *ot__dtype_name(ot_dtype dtype)
{
    return dtype == OT_F64 ? "double" : "float32";
}

/* Number i of the array x. */
static inline double ot__number(const void *x, ot_dtype dtype, size_t i)
{
    return dtype == OT_F64 ? ((const double *)x)[i] : (double)((const float *)x)[i];
}

/* Sets x[i] to value, rounded to the type of x. */
static inline void ot__set_number(void *x, ot_dtype dtype, size_t i, double value)
{
    if (dtype == OT_F64)
        ((double *)x)[i] = value;
    else
        ((float *)x)[i] = (float)value;
}

#endif
