/* SPDX-License-Identifier: BSD-3-Clause */
#include "hostile/mutate.h"

#include <string.h>

#include "base/memory.h"
#include "base/rng.h"

static const char *const edges[] = {
    "0",
    "1",
    "-1",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "99999999999999999999999999",
    "1e999",
    "1.5",
    "",
    "00",
    "0x10",
    "NaN",
    "null",
    "\"\"",
    "[]",
};
enum { N_EDGES = sizeof edges / sizeof edges[0], SLACK = 4096 };

static const uint64_t lengths[] = {
    0,
    1,
    2,
    7,
    8,
    9,
    0xff,
    0x7fff,
    0xffff,
    0x7fffffff,
    0x80000000,
    0xffffffff,
    0x5f5e100,
    0x5f5e101,
    UINT64_MAX,
    UINT64_MAX - 7,
    UINT64_C(1) << 63,
    (UINT64_C(1) << 63) - 1,
};

static void start(const subject *s, bytes *b)
{
    memcpy(b->data, s->good, s->size);
    b->size = s->size;
}

static void put_length(bytes *b, uint64_t n)
{
    for (size_t i = 0; i < 8 && i < b->size; i++)
        b->data[i] = (unsigned char)(n >> 8 * i);
}

static uint64_t get_length(const bytes *b)
{
    uint64_t n = 0;
    for (size_t i = 8; i-- > 0;)
        n = n << 8 | b->data[i];
    return n;
}

/* Put text in place of n bytes. */
static void replace(const subject *s, bytes *b, size_t at, size_t n, const void *text, size_t size)
{
    if (at > b->size || n > b->size - at || b->size - n + size > b->room) return;
    const bool in_header = s->safetensors && at >= 8 && at < 8 + get_length(b);
    memmove(b->data + at + size, b->data + at + n, b->size - at - n);
    memcpy(b->data + at, text, size);
    b->size = b->size - n + size;
    if (in_header) put_length(b, get_length(b) + size - n);
}

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

/* Where the k-th number of the text is; 0 bytes when there are not so many. */
static size_t find_number(const bytes *b, long k, size_t *at)
{
    for (size_t i = 0; i < b->size; i++) {
        if (!is_digit(b->data[i]) || (i > 0 && is_digit(b->data[i - 1]))) continue;
        size_t n = 1;
        while (i + n < b->size && is_digit(b->data[i + n]))
            n++;
        if (k-- > 0) continue;
        *at = i;
        return n;
    }
    return 0;
}

static long each_byte(const subject *s, bytes *b)
{
    static const unsigned char values[] = { 0, 0x7f, 0xff, '"', '{', '\n' };
    long n = 0;
    for (size_t i = 0; i < s->size; i += s->stride, n++) {
        start(s, b);
        if (i % 3 == 2)
            b->data[i] = values[i / 3 % sizeof values];
        else
            b->data[i] ^= (unsigned char)(1 << i % 8);
        s->read(b, s->user);
    }
    return n;
}

static long each_length(const subject *s, bytes *b)
{
    long n = 0;
    for (size_t size = 0; size < s->size; size += s->stride, n++) {
        start(s, b);
        b->size = size;
        s->read(b, s->user);
    }
    for (size_t more = 1; more <= 16; more++, n++) {
        start(s, b);
        memset(b->data + b->size, (int)more * 17, more);
        b->size += more;
        s->read(b, s->user);
    }
    return n;
}

static long each_number(const subject *s, bytes *b)
{
    long n = 0;
    for (long k = 0;; k += (long)s->stride) {
        size_t at = 0;
        start(s, b);
        if (find_number(b, k, &at) == 0) return n;
        for (int e = 0; e < N_EDGES; e++, n++) {
            start(s, b);
            const size_t size = find_number(b, k, &at);
            replace(s, b, at, size, edges[e], strlen(edges[e]));
            s->read(b, s->user);
        }
    }
}

static long each_header_length(const subject *s, bytes *b)
{
    const size_t count = s->safetensors ? sizeof lengths / sizeof lengths[0] : 0;
    for (size_t i = 0; i < count; i++) {
        start(s, b);
        put_length(b, lengths[i]);
        s->read(b, s->user);
    }
    return (long)count;
}

/* Up to four faults at a time: a piece removed, repeated or moved, a number, a byte. */
static void spoil(const subject *s, bytes *b, uint32_t which, uint32_t turn)
{
    const ot__draw d = ot__random(which, OT__RNG_SHAPES, turn, 1, 2, 3);
    if (b->size < 2) return;
    unsigned char piece[64];
    size_t at = ot__below(d.word[0], (uint32_t)b->size), n = 1 + ot__below(d.word[1], 40);
    if (n > b->size - at) n = b->size - at;
    memcpy(piece, b->data + at, n);
    switch (d.word[2] % 5) {
    case 0:
        replace(s, b, at, n, "", 0);
        break;
    case 1:
        replace(s, b, at, 0, piece, n);
        break;
    case 2:
        replace(s, b, ot__below(d.word[3], (uint32_t)b->size), 0, piece, n);
        break;
    case 3:
        b->data[at] = (unsigned char)d.word[3];
        break;
    default: {
        const char *edge = edges[d.word[3] % N_EDGES];
        const size_t size = find_number(b, (long)(d.word[0] % 200), &at);
        if (size > 0) replace(s, b, at, size, edge, strlen(edge));
    }
    }
}

static long random_variants(const subject *s, bytes *b)
{
    for (int i = 0; i < s->random; i++) {
        start(s, b);
        for (int turn = 0; turn <= i % 4; turn++)
            spoil(s, b, (uint32_t)i, (uint32_t)turn);
        s->read(b, s->user);
    }
    return s->random;
}

long read_variants(const subject *whole)
{
    enum { SHARE = 5 };
    subject part = *whole, *s = &part;
    if (!getenv("OT_ALL_FAULTS")) {
        part.stride *= SHARE;
        part.random /= SHARE;
    }
    bytes b = { .room = s->size + SLACK };
    b.data = ot__new(b.room, 1);
    ck_assert_ptr_nonnull(b.data);
    start(s, &b);
    s->read(&b, s->user); /* the good one */
    const long n = each_byte(s, &b) + each_length(s, &b) + each_number(s, &b) +
                   each_header_length(s, &b) + random_variants(s, &b);
    ot__free(b.data);
    return n;
}
