/* SPDX-License-Identifier: BSD-3-Clause
 * The journal may be damaged or come from anybody, so every line is checked.  A number that is
 * missing stays NAN, so that nobody takes it for a measured one. */
#include "store/history.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/json.h"
#include "base/jsonl.h"
#include "base/memory.h"
#include "store/journal.h"
#include "store/results.h"

enum {
    /* The most lost epochs that one resume may bring, since each of them takes memory. */
    MOST_LOST = 1000000,
    /* The most values of learned numbers, which are as many as epochs times numbers. */
    MOST_VALUES = 1 << 24,
};

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

static bool read_residuals(const json_t *line, ot_epoch_result *e)
{
    size_t q;
    json_t *value;
    const json_t *const array = json_object_get(line, "order_residuals");
    if (json_array_size(array) > OT_RESIDUAL_ORDERS) return false;
    json_array_foreach(array, q, value)
    {
        if (!json_is_number(value) && !json_is_null(value)) return false;
        e->order_residual[q] = json_is_number(value) ? json_number_value(value) : NAN;
    }
    e->orders = (int)json_array_size(array);
    return !array || json_is_array(array);
}

/* Reads a count that the journal may lack. */
static bool read_count(const json_t *line, const char *pass, const char *what, long most, long *to)
{
    char key[40];
    snprintf(key, sizeof key, "%s_%s", pass, what);
    if (!json_object_get(line, key)) return true;
    const long long value = ot__whole(line, key);
    *to = value >= 0 && value <= most ? (long)value : 0;
    return value == *to;
}

static bool read_size(const json_t *line, const char *pass, const char *what, double *to)
{
    char key[40];
    snprintf(key, sizeof key, "%s_%s", pass, what);
    return read_real(line, key, 0, HUGE_VAL, to);
}

/* Reads the counts of controlled steps of a pass: "train_accepted", "train_rejected", ... */
static bool read_controlled(const json_t *line, const char *pass, ot_control_result *w)
{
    long accepted = 0, rejected = 0;
    const bool good =
        read_count(line, pass, "accepted", INT_MAX, &accepted) &&
        read_count(line, pass, "rejected", INT_MAX, &rejected) &&
        read_count(line, pass, "evaluations", LONG_MAX, &w->evaluations) &&
        read_count(line, pass, "backward_evaluations", LONG_MAX, &w->backward_evaluations) &&
        read_size(line, pass, "smallest_step", &w->smallest) &&
        read_size(line, pass, "largest_step", &w->largest);
    w->accepted = (int)accepted;
    w->rejected = (int)rejected;
    return good;
}

/* ---- lines ---- */

static ot_status unfit(const ot__history *h, int line, const char *why)
{
    return ot__fail(OT_EFORMAT, "%s:%d: %s; the journal of the training is damaged", h->path, line,
                    why);
}

/* Whether one more epoch has place for a value of each learned number. */
static bool has_place(const ot__history *h)
{
    return h->read.scalars <= MOST_VALUES / (h->read.epochs + 1);
}

static ot_status append(ot__history *h, const ot_epoch_result *e, int line)
{
    ot_history *const read = &h->read;
    if (!has_place(h)) return unfit(h, line, "it has too many learned numbers");
    OT_TRY(ot__grow((void **)&read->epoch, &h->capacity, (size_t)read->epochs + 1, sizeof *e));
    read->epoch[read->epochs++] = *e;
    return OT_OK;
}

/* *scalar becomes the index of a learned number, which may be new. */
static ot_status find_scalar(ot__history *h, const char *name, int *scalar)
{
    if (!h->names) h->names = json_object();
    const json_t *const known = json_object_get(h->names, name);
    *scalar = known ? (int)json_integer_value(known) : h->read.scalars;
    if (known) return OT_OK;
    if (json_object_set_new(h->names, name, json_integer(*scalar)) != 0)
        return ot__fail(OT_ENOMEM, "there is no memory for %s", h->path);
    h->read.scalars++;
    return OT_OK;
}

/* Adds the learned numbers of the epoch whose line this is. */
static ot_status add_scalars(ot__history *h, const json_t *value, int line)
{
    const json_t *const scalars = json_object_get(value, "scalars");
    const char *name;
    json_t *number;
    if (scalars && !json_is_object(scalars))
        return unfit(h, line, "\"scalars\" does not have a number for each name");
    json_object_foreach((json_t *)scalars, name, number) /* reads only */
    {
        ot__learned one = { .epoch = h->read.epochs, .value = json_number_value(number) };
        if (json_is_null(number)) continue;
        if (!json_is_number(number)) return unfit(h, line, "a learned number is no number");
        OT_TRY(find_scalar(h, name, &one.scalar));
        OT_TRY(ot__grow((void **)&h->learned, &h->learned_capacity, h->n_learned + 1, sizeof one));
        h->learned[h->n_learned++] = one;
    }
    return OT_OK;
}

/* Removes what was learned in epochs that are trained again. */
static void forget_scalars(ot__history *h, int epochs)
{
    while (h->n_learned > 0 && h->learned[h->n_learned - 1].epoch >= epochs)
        h->n_learned--;
}

/* What the numbers were computed by, which a line says: version and kernels.  NULL if there is no
 * memory. */
static json_t *build_of(const json_t *line)
{
    static const char *const keys[] = { "kernels", "cpu_features", "blis_version", "blis_kernels" };
    const json_t *const machine = json_object_get(line, "machine");
    json_t *build = json_pack("[O?]", json_object_get(line, "version"));
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        json_t *const value = json_object_get(machine, keys[i]);
        ot__json_append(&build, value ? json_incref(value) : json_null());
    }
    return build;
}

/* Whether a line of a resume says another build than the first line. */
static ot_status compare_build(ot__history *h, const json_t *value)
{
    json_t *const build = build_of(value);
    if (!build) return ot__fail(OT_ENOMEM, "there is no memory for %s", h->path);
    h->read.elsewhere |= !json_equal(build, h->build);
    json_decref(build);
    return OT_OK;
}

static ot_status add_run(ot__history *h, const json_t *value, int line)
{
    if (line != 1) return unfit(h, line, "a training begins only once");
    h->read.start = ot__json_dump(value, JSON_COMPACT);
    h->build = build_of(value);
    return h->read.start && h->build ? OT_OK
                                     : ot__fail(OT_ENOMEM, "there is no memory for %s", h->path);
}

static ot_status add_epoch(ot__history *h, const json_t *value, int line)
{
    ot_epoch_result e = lost;
    e.epoch = h->read.epochs + 1;
    if (ot__whole(value, "epoch") != e.epoch || e.epoch == INT_MAX)
        return unfit(h, line, "it is not the next epoch");
    if (!read_numbers(value, &e) || !read_residuals(value, &e) ||
        !read_controlled(value, "train", &e.train_control) ||
        !read_controlled(value, "test", &e.test_control))
        return unfit(h, line, "a number of the epoch is out of range");
    h->read.ended = false;
    OT_TRY(add_scalars(h, value, line));
    return append(h, &e, line);
}

/* A resume that prolongs the training replaces options of the first line: read.start has those that
 * count now. */
static ot_status prolong(ot__history *h, const json_t *prolonged, int line)
{
    static const char *const keys[] = { "epochs", "milestones" };
    json_t *start = NULL;
    if (!prolonged) return OT_OK;
    if (ot__whole(prolonged, keys[0]) < 1 || !json_is_array(json_object_get(prolonged, keys[1])))
        return unfit(h, line, "it prolongs the training by nothing");
    OT_TRY(ot__json_parse(h->read.start, strlen(h->read.start), &start, NULL));
    json_t *const options = json_object_get(start, "options");
    for (int i = 0; i < 2 && json_is_object(options); i++)
        json_object_set(options, keys[i], json_object_get(prolonged, keys[i]));
    char *const text = ot__json_dump(start, JSON_COMPACT);
    json_decref(start);
    if (!text) return ot__fail(OT_ENOMEM, "there is no memory for %s", h->path);
    free(h->read.start);
    h->read.start = text;
    return OT_OK;
}

static ot_status add_resume(ot__history *h, const json_t *value, int line)
{
    ot_history *const read = &h->read;
    const long long epochs =
        json_object_get(value, "epochs") ? ot__whole(value, "epochs") : read->epochs;
    if (epochs < 0 || epochs > (long long)read->epochs + MOST_LOST || epochs >= INT_MAX)
        return unfit(h, line, "it resumes after an impossible epoch");
    while (read->epochs < epochs)
        OT_TRY(append(h, &lost, line));
    read->epochs = (int)epochs;
    forget_scalars(h, read->epochs);
    read->ended = false;
    OT_TRY(compare_build(h, value));
    return prolong(h, json_object_get(value, "prolonged"), line);
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
    json_decref(h->build);
    json_decref(h->names);
    ot__free(h->learned);
    ot__free(h->values);
    ot__free(h->read.scalar);
    ot__free(h->read.epoch);
    free(h->read.start);
    ot__free(h->read.note);
    *h = (ot__history){ .path = h->path };
}

/* ---- whole journals ---- */

static ot_status take(void *user, json_t *value, int line)
{
    return ot__history_add(user, value, line);
}

/* Puts the learned numbers in order: the values of one after those of another. */
static ot_status collect_scalars(ot__history *h)
{
    ot_history *const read = &h->read;
    const size_t epochs = (size_t)read->epochs, n = (size_t)read->scalars;
    const char *name;
    json_t *index;
    if (n == 0) return OT_OK;
    read->scalar = ot__new(n, sizeof *read->scalar);
    h->values = ot__new(n * epochs + 1, sizeof *h->values);
    if (!read->scalar || !h->values) return OT_ENOMEM;
    for (size_t i = 0; i < n * epochs; i++)
        h->values[i] = NAN;
    json_object_foreach(h->names, name, index)
    {
        const size_t i = (size_t)json_integer_value(index);
        read->scalar[i] = (ot_history_scalar){ name, h->values + i * epochs };
    }
    for (size_t i = 0; i < h->n_learned; i++)
        h->values[(size_t)h->learned[i].scalar * epochs + (size_t)h->learned[i].epoch] =
            h->learned[i].value;
    return OT_OK;
}

static ot_status read_all(ot__history *h)
{
    ot__jsonl f = { .path = h->path, .take = take, .user = h };
    OT_TRY(ot__jsonl_read(&f));
    OT_TRY(collect_scalars(h));
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
