/* SPDX-License-Identifier: BSD-3-Clause
 * Any text is the value of an option of each kind, or a sentence says why not; and the value as
 * text is the same value again. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "cli/frame/options.h"
#include "fuzz/promise.h"

static const char *const colours[] = { "red", "green", NULL };

static const ot_option options[] = {
    { .name = "switch", .kind = OT_OPTION_SWITCH },
    { .name = "off", .kind = OT_OPTION_OFF },
    { .name = "int", .kind = OT_OPTION_INT, .least = -5, .most = 2147483647 },
    { .name = "seed", .kind = OT_OPTION_SEED },
    { .name = "real", .kind = OT_OPTION_REAL, .least = -1e30, .most = 1e30 },
    { .name = "text", .kind = OT_OPTION_TEXT },
    { .name = "choice", .kind = OT_OPTION_CHOICE, .choices = colours },
    { .name = "list", .kind = OT_OPTION_LIST, .least = 1, .most = 2147483647 },
};

typedef union field {
    bool on;
    int whole;
    uint64_t seed;
    double real;
    const char *text;
    ot_int_list list;
    ot_text held;
} field;

static bool same(const ot_option *o, const field *a, const field *b)
{
    switch (o->kind) {
    case OT_OPTION_TEXT:
        return strcmp(a->text, b->text) == 0;
    case OT_OPTION_REAL:
        return a->real == b->real;
    default:
        return memcmp(a, b, sizeof *a) == 0;
    }
}

static void check_range(const ot_option *o, const field *f)
{
    if (o->kind == OT_OPTION_INT)
        promise(f->whole >= o->least && f->whole <= o->most, "a whole number is in its range");
    if (o->kind == OT_OPTION_REAL)
        promise(f->real >= o->least && f->real <= o->most, "a number is in its range");
    for (int i = 1; o->kind == OT_OPTION_LIST && i < f->list.n; i++)
        promise(f->list.value[i - 1] < f->list.value[i], "a list ascends");
}

static void check_option(const ot_option *o, const char *text)
{
    field value, again;
    char written[1024];
    memset(&value, 0, sizeof value);
    memset(&again, 0, sizeof again);
    const bool good = ot__option_read(o, text, &value) == OT_OK;
    promise(good == ot__option_accepts(o, text), "two readers agree");
    promise(good || strncmp(ot_message(), o->name, strlen(o->name)) == 0,
            "a complaint names the option");
    if (!good) return;
    check_range(o, &value);
    ot__option_write(o, &value, written, sizeof written);
    if (o->kind == OT_OPTION_TEXT && strlen(text) >= sizeof written) return;
    promise(ot__option_read(o, written, &again) == OT_OK, "what is written can be read");
    promise(same(o, &value, &again), "and is the same");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = ot__format("%.*s", (int)size, size ? (const char *)data : "");
    if (!text) return 0;
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        check_option(&options[i], text);
    ot__free(text);
    return 0;
}
