/* SPDX-License-Identifier: BSD-3-Clause
 * Random numbers from Philox4x32-10 of Random123 (Salmon et al., SC'11); normal ones by the method
 * of Box and Muller. */
#include "base/rng.h"

#include <Random123/philox.h>
#include <math.h>

ot__draw ot__random(uint64_t seed, ot__purpose purpose, uint32_t c0, uint32_t c1, uint32_t c2,
                    uint32_t c3)
{
    /* The key has 64 bits.  The purpose, times 2^32 over the golden ratio, is mixed into its upper
     * half, so that different purposes have different keys for every seed. */
    const philox4x32_key_t key = { { (uint32_t)seed,
                                     (uint32_t)(seed >> 32) ^ ((uint32_t)purpose * 0x9E3779B9u) } };
    const philox4x32_ctr_t counter = { { c0, c1, c2, c3 } };
    const philox4x32_ctr_t bits = philox4x32(counter, key);
    return (ot__draw){ { bits.v[0], bits.v[1], bits.v[2], bits.v[3] } };
}

double ot__unit(uint32_t word)
{
    return word * 0x1p-32;
}

uint32_t ot__below(uint32_t word, uint32_t n)
{
    return (uint32_t)(((uint64_t)word * n) >> 32);
}

double ot__normal(uint32_t a, uint32_t b)
{
    const double radius = sqrt(-2.0 * log((a + 0.5) * 0x1p-32));
    return radius * cos(6.283185307179586476925 * ot__unit(b));
}
