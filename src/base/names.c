/* SPDX-License-Identifier: BSD-3-Clause
 * A hash table with linear probing: a name is in the slot of its hash, or in the next slot after it
 * that was free. */
#include "base/names.h"

#include <stdint.h>
#include <string.h>
#include <xxhash.h>

#include "base/memory.h"

struct ot__name {
    const char *name; /* NULL in an empty slot */
    uint64_t hash;
    int number;
};

static uint64_t hash_of(const char *name)
{
    return XXH3_64bits(name, strlen(name));
}

/* The slot of a name, or the empty slot where it belongs. */
static struct ot__name *slot_of(const ot__names *names, const char *name, uint64_t hash)
{
    const size_t last = names->slots - 1;
    size_t i = hash & last;
    while (names->slot[i].name &&
           (names->slot[i].hash != hash || strcmp(names->slot[i].name, name) != 0))
        i = (i + 1) & last;
    return &names->slot[i];
}

static ot_status double_slots(ot__names *names)
{
    ot__names larger = { .slots = names->slots ? 2 * names->slots : 16, .n = names->n };
    larger.slot = ot__new(larger.slots, sizeof *larger.slot);
    if (!larger.slot) return OT_ENOMEM;
    for (size_t i = 0; i < names->slots; i++) {
        const struct ot__name *const old = &names->slot[i];
        if (old->name) *slot_of(&larger, old->name, old->hash) = *old;
    }
    ot__free(names->slot);
    *names = larger;
    return OT_OK;
}

ot_status ot__names_add(ot__names *names, const char *name, int number)
{
    if (2 * (names->n + 1) > names->slots) OT_TRY(double_slots(names));
    const uint64_t hash = hash_of(name);
    *slot_of(names, name, hash) = (struct ot__name){ name, hash, number };
    names->n++;
    return OT_OK;
}

int ot__names_find(const ot__names *names, const char *name)
{
    if (names->n == 0) return -1;
    const struct ot__name *const slot = slot_of(names, name, hash_of(name));
    return slot->name ? slot->number : -1;
}

void ot__names_free(ot__names *names)
{
    ot__free(names->slot);
    *names = (ot__names){ 0 };
}
