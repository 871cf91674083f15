/* SPDX-License-Identifier: BSD-3-Clause
 * The journal may be damaged or come from anybody, so every line is checked.  A number that is
 * missing stays NAN, so that nobody takes it for a measured one. */
#include "store/history.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/jsonl.h"
#include "base/memory.h"
#include "store/journal.h"
#include "store/results.h"

/* The most lost epochs that one resume may bring, since each of them takes memory. */
enum { MOST_LOST = 1000000 };

static const ot_epoch_result lost = {
    .lr = NAN,
    .train_loss = NAN,
    .train_accuracy = NAN,
    .test_loss = NAN,
    .test_accuracy = NAN,
    .validation_loss = NAN,
    .validation_accuracy = NAN,
    .average_loss = NAN,
    .average_accuracy = NAN,
    .average_validation_loss = NAN,
    .average_validation_accuracy = NAN,
    .seconds = NAN,
    .images_per_second = NAN,
};

/* ---- numbers of an epoch ---- */

/* Reads a number, or leaves *to unchanged if it is missing or null.  false: it is out of range or
 * not a number. */
static bool read_real(const json_t *line, const char *key, double least, double most, double *to)
{
    const json_t *value = json_object_get(line, key);
    if (!value || json_is_null(value)) return true;
    *to = json_number_value(value);
    return json_is_number(value) && *to >= least && *to <= most;
}

static bool read_numbers(const json_t *line, ot_epoch_result *e)
{
    const struct {
        const char *key;
        double least, most, *to;
    } numbers[] = {
        { "lr", 0, HUGE_VAL, &e->lr },
        { "train_loss", -HUGE_VAL, HUGE_VAL, &e->train_loss },
        { "train_accuracy", 0, 1, &e->train_accuracy },
        { "test_loss", -HUGE_VAL, HUGE_VAL, &e->test_loss },
        { "test_accuracy", 0, 1, &e->test_accuracy },
        { "seconds", 0, HUGE_VAL, &e->seconds },
        { "images_per_second", 0, HUGE_VAL, &e->images_per_second },
    };
    bool good = true;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        good &= read_real(line, numbers[i].key, numbers[i].least, numbers[i].most, numbers[i].to);
    for (int i = 0; i < OT__RESULTS; i++) {
        const ot__result *const r = &ot__results[i];
        good &= read_real(line, r->key, r->accuracy ? 0 : -HUGE_VAL, r->accuracy ? 1 : HUGE_VAL,
                          ot__result_at(r, e));
    }
    return good;
}

/* ---- lines ---- */

static ot_status unfit(const ot__history *h, int line, const char *why)
{
    return ot__fail(OT_EFORMAT, "%s:%d: %s; the journal of the training is damaged", h->path, line,
                    why);
}

static ot_status append(ot__history *h, const ot_epoch_result *e)
{
    ot_history *const read = &h->read;
    OT_TRY(ot__grow((void **)&read->epoch, &h->capacity, (size_t)read->epochs + 1, sizeof *e));
    read->epoch[read->epochs++] = *e;
    return OT_OK;
}

static ot_status add_run(ot__history *h, const json_t *value, int line)
{
    if (line != 1) return unfit(h, line, "a training begins only once");
    h->read.start = json_dumps(value, JSON_COMPACT);
    return h->read.start ? OT_OK : ot__fail(OT_ENOMEM, "there is no memory for %s", h->path);
}

static ot_status add_epoch(ot__history *h, const json_t *value, int line)
{
    ot_epoch_result e = lost;
    e.epoch = h->read.epochs + 1;
    if (ot__whole(value, "epoch") != e.epoch || e.epoch == INT_MAX)
        return unfit(h, line, "it is not the next epoch");
    if (!read_numbers(value, &e)) return unfit(h, line, "a number of the epoch is out of range");
    h->read.ended = false;
    return append(h, &e);
}

static ot_status add_resume(ot__history *h, const json_t *value, int line)
{
    ot_history *const read = &h->read;
    const long long epochs =
        json_object_get(value, "epochs") ? ot__whole(value, "epochs") : read->epochs;
    if (epochs < 0 || epochs > (long long)read->epochs + MOST_LOST || epochs >= INT_MAX)
        return unfit(h, line, "it resumes after an impossible epoch");
    while (read->epochs < epochs)
        OT_TRY(append(h, &lost));
    read->epochs = (int)epochs;
    read->ended = false;
    return OT_OK;
}

/* Returns the status that a text names; OT_EBUG, which no training returns, for any other text. */
static ot_status status_of(const char *text)
{
    int status = OT_OK;
    while (status < OT_EBUG && (!text || strcmp(text, ot_strerror((ot_status)status)) != 0))
        status++;
    return (ot_status)status;
}

static ot_status add_end(ot__history *h, const json_t *value, int line)
{
    (void)line;
    const long long bytes = ot__whole(value, "measured_bytes");
    h->read.ended = true;
    h->read.status = status_of(json_string_value(json_object_get(value, "status")));
    h->read.measured_bytes = bytes > 0 ? (size_t)bytes : 0;
    return OT_OK;
}

static const struct {
    const char *name;
    ot_status (*add)(ot__history *h, const json_t *value, int line);
} events[] = {
    { "run", add_run },
    { "epoch", add_epoch },
    { "resume", add_resume },
    { "end", add_end },
};

ot_status ot__history_add(ot__history *h, const json_t *value, int line)
{
    const char *name = json_string_value(json_object_get(value, "event"));
    for (size_t i = 0; name && i < sizeof events / sizeof events[0]; i++) {
        if (strcmp(name, events[i].name) != 0) continue;
        if (i > 0 && !h->read.start) return unfit(h, line, "no training began before it");
        return events[i].add(h, value, line);
    }
    return unfit(h, line, "it is not a line of a training");
}

void ot__history_clear(ot__history *h)
{
    ot__free(h->read.epoch);
    free(h->read.start);
    ot__free(h->read.note);
    h->read = (ot_history){ 0 };
}

/* ---- whole journals ---- */

static ot_status take(void *user, json_t *value, int line)
{
    return ot__history_add(user, value, line);
}

static ot_status read_all(ot__history *h)
{
    ot__jsonl f = { .path = h->path, .take = take, .user = h };
    OT_TRY(ot__jsonl_read(&f));
    if (f.rest == 0) return OT_OK;
    h->read.note = ot__jsonl_note(&f, "they are left out");
    return h->read.note ? OT_OK : OT_ENOMEM;
}

ot_status ot_history_read(const char *path, ot_history **out)
{
    OT_TRY(ot__check_given("history", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("history", "the path", path));
    ot__history *h = ot__new(1, sizeof *h);
    if (!h) return OT_ENOMEM;
    h->path = path;
    const ot_status status = read_all(h);
    if (status == OT_OK)
        *out = &h->read;
    else
        ot_history_free(&h->read);
    return status;
}

/* The history is the first member of what was allocated. */
void ot_history_free(ot_history *h)
{
    if (!h) return;
    ot__history_clear((ot__history *)h);
    ot__free(h);
}
