/* SPDX-License-Identifier: BSD-3-Clause
 * Random numbers as a pure function of a key and a counter.  The key is (seed, purpose); the
 * counter says which draw it is, for example (image, pixel).  There is no state to save or to
 * lock. */
#ifndef OT_BASE_RNG_H
#define OT_BASE_RNG_H

#include <stdint.h>

typedef enum ot__purpose {
    OT__RNG_INIT = 1,
    OT__RNG_SHUFFLE,
    OT__RNG_AUGMENT,
    OT__RNG_SHAPES,
    OT__RNG_GRADCHECK,
    OT__RNG_LANDSCAPE,
    OT__RNG_MIXUP = 9, /* tests/train/reference/losses.py has this number too */
    OT__RNG_HELD_OUT = 10,
    OT__RNG_IMPORT = 11,
} ot__purpose;

typedef struct ot__draw {
    uint32_t word[4];
} ot__draw;

/* 128 random bits for the counter (c0, c1, c2, c3). */
ot__draw ot__random(uint64_t seed, ot__purpose purpose, uint32_t c0, uint32_t c1, uint32_t c2,
                    uint32_t c3);

/* Turns a random word into a number, uniform in [0, 1). */
double ot__unit(uint32_t word);
/* Turns a random word into a number, uniform in {0, ..., n-1}, with a bias below n / 2^32; n >=
 * 1. */
uint32_t ot__below(uint32_t word, uint32_t n);
/* Turns two random words into one standard normal number. */
double ot__normal(uint32_t a, uint32_t b);

#endif
