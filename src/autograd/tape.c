/* SPDX-License-Identifier: BSD-3-Clause
 * Records ops on a tape.  Nothing is computed here: a record is an op, its operands and the shape
 * of its result.  The tape keeps the first error, and from then on every op returns the null
 * var. */
#include "autograd/tape.h"

#include <math.h>
#include <float.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/decimal.h"
#include "base/memory.h"

static const ot_var null_var = { 0 };

ot_tape *ot_tape_new(void)
{
    static atomic_uint_fast64_t tapes;
    ot_tape *t = ot__new(1, sizeof *t);
    if (!t) return NULL;
    t->serial = atomic_fetch_add(&tapes, 1) + 1;
    if (ot__grow((void **)&t->node, &t->capacity, 1, sizeof *t->node) != OT_OK) {
        ot_tape_free(t);
        return NULL;
    }
    t->n = 1; /* id 0 is the null var */
    return t;
}

void ot_tape_free(ot_tape *t)
{
    if (!t) return;
    for (size_t i = 1; i < t->n; i++) {
        ot__free((void *)t->node[i].record.in); /* attr is in the same block (copy_operands) */
        ot__free(t->node[i].name);
    }
    for (size_t i = 0; i < t->n_scopes; i++)
        ot__free(t->scope[i]);
    ot__names_free(&t->leaves);
    ot__free(t->node);
    ot__free(t->scope);
    ot__free(t->open);
    ot__free(t);
}

ot_status ot_tape_status(const ot_tape *t)
{
    return t ? t->status : ot__check_given("tape", "the tape", t);
}

const char *ot_tape_message(const ot_tape *t)
{
    return t && t->status != OT_OK ? t->message : ot_message();
}

int ot_tape_length(const ot_tape *t)
{
    return t ? (int)t->n - 1 : 0;
}

ot_shape ot_var_shape(const ot_tape *t, ot_var v)
{
    if (!t || v.id < 1 || (size_t)v.id >= t->n) return (ot_shape){ .rank = -1 };
    return ot__node_of(t, v)->record.shape;
}

bool ot_var_batched(const ot_tape *t, ot_var v)
{
    return t && v.id >= 1 && (size_t)v.id < t->n && ot__node_of(t, v)->record.batched;
}

bool ot__reads(const ot__record *r, int id)
{
    for (int k = 0; k < r->n_in; k++)
        if (r->in[k].id == id) return true;
    return false;
}

/* ---- errors ---- */

/* Copies this thread's message to the tape, unless the tape has an error already. */
static ot_var failed(ot_tape *t, ot_status status)
{
    if (t && t->status == OT_OK) {
        t->status = status;
        snprintf(t->message, sizeof t->message, "%s", ot_message());
    }
    return null_var;
}

ot_var ot_tape_fail(ot_tape *t, ot_status status, const char *format, ...)
{
    char sentence[512];
    va_list args;
    const bool is_error = status > OT_OK && status <= OT_EBUG;
    if (!is_error || !format)
        return failed(t, ot__fail(OT_EINVAL,
                                  "tape: an error was recorded with status %d%s; it needs the "
                                  "status of an error and a sentence",
                                  (int)status, format ? "" : " and no sentence"));
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    return failed(t, ot__fail(status, "%s", sentence));
}

/* Whether there is a tape and it has not failed. */
static bool records(ot_tape *t, const char *who)
{
    return t ? t->status == OT_OK : ot__check_given(who, "the tape", t) == OT_OK;
}

/* ---- scopes ---- */

static const char *current_scope(const ot_tape *t)
{
    return t->n_open ? t->scope[t->open[t->n_open - 1]] : "";
}

/* "scope.name" in new memory. */
static char *scoped(const ot_tape *t, const char *name)
{
    const char *scope = current_scope(t);
    return *scope ? ot__format("%s.%s", scope, name) : ot__strdup(name);
}

/* Opens a scope of this whole name.  If it succeeds, the tape owns the text. */
static ot_status open_scope(ot_tape *t, char *whole)
{
    OT_TRY(ot__grow((void **)&t->scope, &t->scope_capacity, t->n_scopes + 1, sizeof *t->scope));
    OT_TRY(ot__grow((void **)&t->open, &t->open_capacity, t->n_open + 1, sizeof *t->open));
    t->open[t->n_open++] = t->n_scopes;
    t->scope[t->n_scopes++] = whole;
    return OT_OK;
}

static ot_status push(ot_tape *t, const char *name)
{
    OT_TRY(ot__check_name("scope", "the name", name));
    char *whole = scoped(t, name);
    if (!whole) return OT_ENOMEM;
    ot_status status = ot__check_name("scope", "the whole name", whole);
    if (status == OT_OK) status = open_scope(t, whole);
    if (status != OT_OK) ot__free(whole);
    return status;
}

void ot_scope_push(ot_tape *t, const char *format, ...)
{
    if (!records(t, "scope")) return;
    va_list args;
    va_start(args, format);
    char *name = format ? ot__format_list(format, args) : NULL;
    va_end(args);
    const ot_status status = name || !format ? push(t, name) : OT_ENOMEM;
    ot__free(name);
    if (status != OT_OK) failed(t, status);
}

void ot_scope_pop(ot_tape *t)
{
    if (!records(t, "scope")) return;
    if (t->n_open > 0)
        t->n_open--;
    else
        ot_tape_fail(t, OT_EINVAL, "scope: pop without a push before it");
}

/* ---- nodes ---- */

static ot_var append(ot_tape *t, const ot__node *node)
{
    if (ot__grow((void **)&t->node, &t->capacity, t->n + 1, sizeof *t->node) != OT_OK)
        return failed(t, OT_ENOMEM);
    t->node[t->n] = *node;
    t->node[t->n].scope = current_scope(t);
    return (ot_var){ (int32_t)t->n++ };
}

/* Checks that dimensions are positive, and that there are at most 2^30 elements, so that int
 * indices and byte counts do not overflow. */
static ot_status check_size(const char *what, ot_shape s)
{
    enum { MOST_ELEMENTS = 1 << 30 };
    size_t n = 1;
    if (s.rank < 0 || s.rank > OT_MAX_RANK)
        return ot__fail(OT_ESHAPE, "%s: rank %d; it must be 0 to %d", what, s.rank, OT_MAX_RANK);
    for (int i = 0; i < s.rank; i++) {
        if (s.dim[i] < 1)
            return ot__fail(OT_ESHAPE, "%s: shape %s; every dimension must be at least 1", what,
                            ot__shape_text(s));
        n *= (size_t)s.dim[i];
        if (n > MOST_ELEMENTS)
            return ot__fail(OT_ESHAPE, "%s: shape %s has more than 2^30 elements", what,
                            ot__shape_text(s));
    }
    return OT_OK;
}

/* What `value` of a kind of initial values is, and the least that it may be. */
static const struct {
    const char *name;
    double least;
} init_values[] = {
    [OT_INIT_CONSTANT] = { "its initial value", -FLT_MAX },
    [OT_INIT_NORMAL] = { "its standard deviation", 0 },
    [OT_INIT_UNIFORM] = { "the least of its initial values", -FLT_MAX },
    [OT_INIT_TRUNCATED_NORMAL] = { "its standard deviation", 0 },
};

/* Checks that initial values are in the range of float32, a standard deviation not negative, and
 * the bounds of uniform numbers in their order. */
static ot_status check_init(const char *name, ot_init init)
{
    OT_TRY(ot__check_choice(name, "the kind of its initial values", (int)init.kind,
                            OT_INIT_TRUNCATED_NORMAL));
    OT_TRY(ot__check_number(name, init_values[init.kind].name, init.value,
                            init_values[init.kind].least, FLT_MAX));
    if (init.kind != OT_INIT_UNIFORM) return OT_OK;
    return ot__check_number(name, "the largest of its initial values", init.high, init.value,
                            FLT_MAX);
}

static ot_status check_leaf(const char *name, const ot__node *node)
{
    OT_TRY(ot__check_name("leaf", "the name", name));
    if (strcmp(name, "__metadata__") == 0)
        return ot__fail(OT_EINVAL, "leaf: the name %s is reserved in files; choose another", name);
    OT_TRY(check_size(name, node->record.shape));
    OT_TRY(check_init(name, node->init));
    if (node->record.batched && node->record.shape.rank == 0)
        return ot__fail(OT_ESHAPE, "%s: an input needs a first dimension, the batch", name);
    return OT_OK;
}

/* Sets the name of a leaf, with its scopes.  No other leaf may have the same. */
static ot_status name_leaf(const ot_tape *t, const char *name, ot__node *node)
{
    char *whole = scoped(t, name);
    if (!whole) return OT_ENOMEM;
    ot_status status = ot__check_name("leaf", "the whole name", whole);
    if (status == OT_OK && ot__names_find(&t->leaves, whole) >= 0)
        status = ot__fail(OT_EINVAL, "%s: there is a leaf of this name already", whole);
    if (status == OT_OK)
        node->name = whole;
    else
        ot__free(whole);
    return status;
}

static ot_var leaf(ot_tape *t, ot__leaf kind, const char *name, ot_shape shape, ot_init init)
{
    if (!records(t, "leaf")) return null_var;
    ot__node node = { .leaf = kind, .init = init, .record = { .shape = shape } };
    node.record.batched = kind == OT__INPUT || kind == OT__LABELS;
    ot_status status = check_leaf(name, &node);
    if (status == OT_OK) status = name_leaf(t, name, &node);
    if (status != OT_OK) return failed(t, status);
    node.stream = t->stream;
    node.ordinal = t->ordinal++;
    const ot_var v = append(t, &node);
    if (!v.id) {
        ot__free(node.name);
        return v;
    }
    return ot__names_add(&t->leaves, node.name, v.id) == OT_OK ? v : failed(t, OT_ENOMEM);
}

ot_var ot_input(ot_tape *t, const char *name, ot_shape shape)
{
    return leaf(t, OT__INPUT, name, shape, OT_ZEROS);
}

ot_var ot_labels(ot_tape *t, const char *name, int batch)
{
    return leaf(t, OT__LABELS, name, OT_SHAPE(batch), OT_ZEROS);
}

ot_var ot_param(ot_tape *t, const char *name, ot_shape shape, ot_init init)
{
    return leaf(t, OT__PARAM, name, shape, init);
}

ot_var ot_stat(ot_tape *t, const char *name, ot_shape shape, ot_init init)
{
    return leaf(t, OT__STAT, name, shape, init);
}

void ot_param_rule(ot_tape *t, ot_var v, ot_rule rule)
{
    if (!records(t, "rule")) return;
    ot__node *const node = v.id > 0 && (size_t)v.id < t->n ? &t->node[v.id] : NULL;
    if (!node || node->leaf != OT__PARAM)
        ot_tape_fail(t, OT_EINVAL, "rule: the var is not a parameter of this tape");
    else if (!(rule.lr >= 0) || !isfinite(rule.lr))
        ot_tape_fail(t, OT_EINVAL, "rule: the factor of %.80s is %s; it must be 0 or more",
                     node->name, OT__REAL(rule.lr));
    else if (ot__has_rule(node->rule) &&
             (node->rule.lr != rule.lr || node->rule.no_decay != rule.no_decay))
        ot_tape_fail(t, OT_EINVAL, "rule: %.80s has another rule already", node->name);
    else
        node->rule = rule;
}

void ot_solvable(ot_tape *t, ot_var x, ot_var y)
{
    if (!records(t, "solvable")) return;
    const bool known = x.id > 0 && y.id > x.id && (size_t)y.id < t->n;
    if (!known || !ot__reads(&t->node[y.id].record, x.id) || !t->node[y.id].record.op->multiple)
        ot_tape_fail(t, OT_EINVAL, "solvable: y is no linear combination that has x as a term");
    else
        t->node[x.id].solved_from = y.id;
}

void ot_init_stream(ot_tape *t, int stream)
{
    if (!records(t, "stream")) return;
    const ot_status status = ot__check_count("stream", "its number", stream, 0, INT32_MAX);
    if (status != OT_OK) {
        failed(t, status);
        return;
    }
    t->stream = stream;
    t->ordinal = 0;
}

/* ---- op records ---- */

/* Checks that all batched operands have the same batch. */
static ot_status check_batch(const ot_op *op, const ot__shaping *s)
{
    int batch = 0;
    for (int k = 0; k < s->n_in; k++) {
        if (!s->batched[k]) continue;
        if (batch && s->x[k].dim[0] != batch)
            return ot__fail(OT_ESHAPE, "%s: operands have batches of %d and %d; they must be equal",
                            op->name, batch, s->x[k].dim[0]);
        batch = s->x[k].dim[0];
    }
    return OT_OK;
}

static bool has_operand(uint64_t set, int k)
{
    return k < 63 && (set & OT__OPERAND(k));
}

/* Checks that operand k, which the op writes, is a statistic, and that all records that write it do
 * so as the same operand of the same op. */
static ot_status check_written(const ot_tape *t, const ot__record *r, int k)
{
    const ot__node *statistic = ot__node_of(t, r->in[k]);
    if (statistic->leaf != OT__STAT)
        return ot__fail(OT_EINVAL,
                        "%s: operand %d is not an ot_stat leaf; it is written, so it "
                        "must be one",
                        r->op->name, k + 1);
    bool twice = statistic->writer && (statistic->writer != r->op || statistic->written_as != k);
    for (int other = 0; other < k; other++)
        twice |= has_operand(r->op->writes, other) && r->in[other].id == r->in[k].id;
    if (twice)
        return ot__fail(OT_EINVAL,
                        "%s: operand %d, the statistic %s, is written as another operand too; each "
                        "needs an ot_stat leaf of its own",
                        r->op->name, k + 1, statistic->name);
    return OT_OK;
}

/* Checks that operands are labels where the op needs class numbers and only there, and statistics
 * where it writes. */
static ot_status check_types(const ot_tape *t, const ot__record *r)
{
    for (int k = 0; k < r->n_in; k++) {
        const bool is_labels = ot__node_of(t, r->in[k])->leaf == OT__LABELS;
        if (is_labels != has_operand(r->op->labels, k))
            return ot__fail(OT_EINVAL,
                            is_labels ? "%s: operand %d is an ot_labels leaf; it must be numbers"
                                      : "%s: operand %d is not an ot_labels leaf; it must be one",
                            r->op->name, k + 1);
        if (has_operand(r->op->writes, k)) OT_TRY(check_written(t, r, k));
    }
    return OT_OK;
}

/* Notes as which operand of which op the record writes its statistics. */
static void note_written(ot_tape *t, const ot__record *r)
{
    for (int k = 0; k < r->n_in; k++) {
        if (!has_operand(r->op->writes, k)) continue;
        t->node[r->in[k].id].writer = r->op;
        t->node[r->in[k].id].written_as = k;
    }
}

/* Checks the operands and asks the op for the shape of its result. */
static ot_status shape_record(const ot_tape *t, ot__record *r)
{
    ot_shape x[OT__MOST_OPERANDS];
    bool batched[OT__MOST_OPERANDS];
    for (int k = 0; k < r->n_in; k++) {
        const ot__node *operand = ot__node_of(t, r->in[k]);
        x[k] = operand->record.shape;
        batched[k] = operand->record.batched;
    }
    ot__shaping s = { .n_in = r->n_in,
                      .x = x,
                      .batched = batched,
                      .attr = r->attr,
                      .y = &r->shape,
                      .y_batched = &r->batched };
    OT_TRY(check_types(t, r));
    OT_TRY(check_batch(r->op, &s));
    OT_TRY(r->op->shape(&s));
    return check_size(r->op->name, r->shape);
}

/* Copies operands and attributes into one block of memory: `in`, then `attr` at a multiple of
 * 16. */
static ot_status copy_operands(ot__record *r, const ot_var in[], const void *attr, size_t size)
{
    const size_t bytes = sizeof(ot_var) * (size_t)r->n_in;
    const size_t at = (bytes + 15) / 16 * 16;
    char *block = ot__new(at + size, 1);
    if (!block) return OT_ENOMEM;
    memcpy(block, in, bytes);
    if (size) memcpy(block + at, attr, size);
    r->in = (const ot_var *)(const void *)block;
    r->attr = block + at;
    r->attr_size = size;
    return OT_OK;
}

ot_var ot__record_op(ot_tape *t, const ot_op *op, int n_in, const ot_var in[], const void *attr,
                     size_t attr_size)
{
    if (!records(t, op->name)) return null_var;
    if (n_in < 0 || n_in > OT__MOST_OPERANDS)
        return ot_tape_fail(t, OT_EINVAL, "%s: %d operands; at most %d are possible", op->name,
                            n_in, OT__MOST_OPERANDS);
    for (int k = 0; k < n_in; k++)
        if (in[k].id < 1 || (size_t)in[k].id >= t->n)
            return ot_tape_fail(t, OT_EINVAL, "%s: operand %d is the null var or of another tape",
                                op->name, k + 1);
    ot__node node = { .record = { .op = op, .n_in = n_in } };
    if (copy_operands(&node.record, in, attr, attr_size) != OT_OK) return failed(t, OT_ENOMEM);
    const ot_status status = shape_record(t, &node.record);
    const ot_var v = status == OT_OK ? append(t, &node) : failed(t, status);
    if (v.id)
        note_written(t, &node.record);
    else
        ot__free((void *)node.record.in);
    return v;
}
