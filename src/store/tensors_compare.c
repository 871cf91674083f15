/* SPDX-License-Identifier: BSD-3-Clause
 * Compares two tensors element by element, in units in the last place.  The bits of a
 * floating-point number, read as sign and magnitude, are an integer that grows with the number.  So
 * the difference of two such integers counts the floating-point numbers between them. */
#include <math.h>
#include <string.h>

#include "base/available.h"
#include "base/check.h"
#include "base/memory.h"
#include "store/safetensors.h"

typedef struct format {
    const char *dtype;
    int bits;     /* of an element */
    int mantissa; /* stored bits of the mantissa; 0: not a floating-point number */
} format;

static const format formats[] = {
    { "F16", 16, 10 },
    { "BF16", 16, 7 },
    { "F32", 32, 23 },
    { "F64", 64, 52 },
};

static format format_of(const ot_tensor_info *t)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(t->dtype, formats[i].dtype) == 0) return formats[i];
    return (format){ t->dtype, (int)ot__st_bits(t->dtype), 0 };
}

/* Element i, of up to 64 bits.  Elements of 4 and 6 bits are packed from the lowest bit of each
 * byte on. */
static uint64_t bits_at(const unsigned char *values, int bits, size_t i)
{
    const size_t n = (size_t)bits, at = i * n, whole = n / 8 * 8;
    uint64_t element = 0;
    for (size_t k = 0; k < whole; k += 8)
        element |= (uint64_t)values[(at + k) / 8] << k;
    for (size_t k = whole; k < n; k++)
        element |= (uint64_t)(values[(at + k) / 8] >> (at + k) % 8 & 1) << k;
    return element;
}

/* A floating-point number as sign and magnitude. */
typedef struct number {
    bool negative, finite;
    uint64_t magnitude;
    double value;
} number;

static number number_of(const format *f, uint64_t bits)
{
    const int width = f->bits, exponent_bits = width - 1 - f->mantissa;
    const uint64_t magnitude = bits & ((UINT64_C(1) << (width - 1)) - 1);
    const uint64_t exponent = magnitude >> f->mantissa;
    const uint64_t mantissa = magnitude & ((UINT64_C(1) << f->mantissa) - 1);
    const uint64_t most = (UINT64_C(1) << exponent_bits) - 1;
    const int bias = (int)(most >> 1);
    const double scaled =
        exponent ? (double)(mantissa | UINT64_C(1) << f->mantissa) : (double)mantissa;
    number n = { .negative = bits >> (width - 1),
                 .finite = exponent != most,
                 .magnitude = magnitude,
                 .value = ldexp(scaled, (exponent ? (int)exponent : 1) - bias - f->mantissa) };
    if (n.negative) n.value = -n.value;
    return n;
}

/* How many units in the last place apart; UINT64_MAX if one is not finite. */
static uint64_t distance(const number *a, const number *b)
{
    if (!a->finite || !b->finite) return UINT64_MAX;
    if (a->negative != b->negative) return a->magnitude + b->magnitude;
    return a->magnitude > b->magnitude ? a->magnitude - b->magnitude : b->magnitude - a->magnitude;
}

static void compare_element(const format *f, uint64_t x, uint64_t y, size_t i,
                            ot_tensor_difference *d)
{
    if (x == y) return;
    d->different++;
    if (f->mantissa == 0) return;
    const number a = number_of(f, x), b = number_of(f, y);
    const uint64_t ulps = distance(&a, &b);
    if (d->different == 1 || ulps > d->most_ulps) {
        d->most_ulps = ulps;
        d->at = i;
    }
    if (ulps != UINT64_MAX) d->most_absolute = fmax(d->most_absolute, fabs(a.value - b.value));
}

static ot_status compare(const ot_safetensors *f, int i, const ot_safetensors *g, int j, void *x,
                         void *y, ot_tensor_difference *out)
{
    const ot_tensor_info info = ot_safetensors_tensor(f, i);
    const format form = format_of(&info);
    OT_TRY(ot_safetensors_read(f, i, x));
    OT_TRY(ot_safetensors_read(g, j, y));
    *out = (ot_tensor_difference){ .elements = info.elements };
    for (size_t k = 0; k < info.elements && info.bytes > 0; k++)
        compare_element(&form, bits_at(x, form.bits, k), bits_at(y, form.bits, k), k, out);
    return OT_OK;
}

ot_status ot_safetensors_compare(const ot_safetensors *f, int i, const ot_safetensors *g, int j,
                                 ot_tensor_difference *out)
{
    OT_TRY(ot__check_given("compare", "the first file", f));
    OT_TRY(ot__check_given("compare", "the second file", g));
    OT_TRY(ot__check_given("compare", "where to put the difference", out));
    const ot_tensor_info a = ot_safetensors_tensor(f, i), b = ot_safetensors_tensor(g, j);
    if (!a.name || !b.name)
        return ot__fail(OT_EINVAL, "compare: there is no tensor %d or no tensor %d", i, j);
    if (strcmp(a.dtype, b.dtype) != 0 || a.rank != b.rank ||
        memcmp(a.dim, b.dim, sizeof a.dim) != 0)
        return ot__fail(OT_ESHAPE, "%.100s and %.100s differ in dtype or shape", a.name, b.name);
    OT_TRY(ot__check_memory(a.bytes + b.bytes, "comparing two tensors"));
    void *x = ot__tensor_memory(a.bytes), *y = ot__tensor_memory(b.bytes);
    const ot_status status = x && y ? compare(f, i, g, j, x, y, out) : OT_ENOMEM;
    ot__free(x);
    ot__free(y);
    return status;
}
