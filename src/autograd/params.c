/* SPDX-License-Identifier: BSD-3-Clause
 * The store of parameters.  All tensors of one dtype are in one block of memory, each aligned to a
 * cache line.  Training reads and writes the float32 block.  A double block exists once a double
 * program has been compiled.  Writing one block makes the other stale, and a stale block is
 * converted when it is asked for.  So the gradient check in double uses the same parameters as the
 * training in float32.
 *
 * A new store has names and shapes only.  Initial values are a function of the seed, so the float32
 * block is filled when it is first used.  A network can therefore be planned, listed and compared
 * with a file without the memory that its training would take. */
#include "autograd/params.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/normalisation.h"
#include "base/rng.h"

enum { LINE = 16 }; /* a tensor starts at a multiple of 16 elements: 64 bytes in float32 */

typedef struct tensor {
    char *name;
    int id; /* of its leaf on the tape */
    ot_shape shape;
    bool trained; /* a parameter; false: a statistic */
    bool frozen;
    int group;    /* another tensor of its group (ot__params_group), or itself */
    ot_rule rule; /* its factor is filled in */
    ot_init init;
    int stream, ordinal; /* which random numbers it starts from (ot_init_stream) */
    size_t at;           /* its first element in each block */
    size_t elements;
} tensor;

struct ot_params {
    uint64_t tape; /* the serial number of the tape that the store was made for */
    tensor *tensor;
    int n;
    ot__names names; /* from the name of a tensor to its index */
    size_t elements; /* of one block */
    uint64_t seed;   /* of the initial values; used when the float32 block is made */
    void *value[2];  /* the blocks of values, by dtype */
    void *grad[2];   /* the blocks of gradients, by dtype */
    bool stale[2];   /* by dtype: the values in the other dtype are newer */
    ot_normalisation normalisation;
};

static bool is_stored(const ot__node *node)
{
    return node->leaf == OT__PARAM || node->leaf == OT__STAT;
}

static ot_status add_tensor(ot_params *ps, int id, const ot__node *node)
{
    tensor *w = &ps->tensor[ps->n];
    *w = (tensor){ .name = ot__strdup(node->name),
                   .id = id,
                   .shape = node->record.shape,
                   .trained = node->leaf == OT__PARAM,
                   .group = ps->n,
                   .rule = { node->rule.lr != 0 ? node->rule.lr : 1, node->rule.no_decay },
                   .init = node->init,
                   .stream = node->stream,
                   .ordinal = node->ordinal,
                   .at = ps->elements,
                   .elements = ot__elements(node->record.shape) };
    if (!w->name) return OT_ENOMEM;
    ps->n++;
    OT_TRY(ot__names_add(&ps->names, w->name, ps->n - 1));
    ps->elements += (w->elements + LINE - 1) / LINE * LINE;
    return OT_OK;
}

static size_t count_stored(const ot_tape *t)
{
    size_t n = 0;
    for (size_t id = 1; id < t->n; id++)
        n += is_stored(&t->node[id]);
    return n;
}

ot_status ot__params_check(const char *who, const ot_params *ps, const ot_tape *t)
{
    OT_TRY(ot__check_given(who, "the parameters", ps));
    if (ps->tape != t->serial)
        return ot__fail(OT_EINVAL,
                        "%s: the parameters were made for another tape; make them from "
                        "this one with ot_params_new",
                        who);
    const size_t now = count_stored(t);
    if ((size_t)ps->n != now)
        return ot__fail(OT_EINVAL,
                        "%s: the parameters were made when the tape had %d parameters and "
                        "statistics, and it has %zu now; make them after all is recorded",
                        who, ps->n, now);
    return OT_OK;
}

int ot__params_group(const ot_params *ps, int i)
{
    while (ps->tensor[i].group != i)
        i = ps->tensor[i].group = ps->tensor[ps->tensor[i].group].group;
    return i;
}

/* Joins the groups of all tensors that an op which writes statistics uses. */
static void join_groups(const ot_params *ps, const ot_tape *t, const ot__record *r)
{
    int first = -1;
    for (int k = 0; r->op && r->op->writes && k < r->n_in; k++) {
        if (!is_stored(&t->node[r->in[k].id])) continue;
        const int group = ot__params_group(ps, ot__params_of_node(ps, r->in[k].id));
        if (first < 0) first = group;
        ps->tensor[group].group = first;
    }
}

static ot_status build(ot_params *ps, const ot_tape *t)
{
    const size_t n = count_stored(t);
    ps->tape = t->serial;
    ps->tensor = ot__new(n, sizeof *ps->tensor);
    if (!ps->tensor) return OT_ENOMEM;
    for (size_t id = 1; id < t->n; id++)
        if (is_stored(&t->node[id])) OT_TRY(add_tensor(ps, (int)id, &t->node[id]));
    for (size_t id = 1; id < t->n; id++)
        join_groups(ps, t, &t->node[id].record);
    return OT_OK;
}

ot_status ot_params_new(const ot_tape *t, ot_params **out)
{
    OT_TRY(ot__check_given("parameters", "where to put them", out));
    *out = NULL;
    OT_TRY(ot__check_given("parameters", "the tape", t));
    if (t->status != OT_OK) return ot__fail(t->status, "%s", t->message);
    ot_params *ps = ot__new(1, sizeof *ps);
    if (!ps) return OT_ENOMEM;
    const ot_status status = build(ps, t);
    if (status != OT_OK) {
        ot_params_free(ps);
        return status;
    }
    *out = ps;
    return OT_OK;
}

void ot_params_free(ot_params *ps)
{
    if (!ps) return;
    for (int i = 0; i < ps->n; i++)
        ot__free(ps->tensor[i].name);
    for (int dtype = OT_F32; dtype <= OT_F64; dtype++) {
        ot__free(ps->value[dtype]);
        ot__free(ps->grad[dtype]);
    }
    ot__names_free(&ps->names);
    ot__free(ps->tensor);
    ot__free(ps);
}

/* ---- blocks ---- */

static void *new_block(const ot_params *ps, ot_dtype dtype)
{
    const size_t bytes = ps->elements * ot__dtype_size(dtype);
    void *block = ot__tensor_memory(bytes);
    if (block) memset(block, 0, bytes);
    return block;
}

void ot__params_refresh(ot_params *ps, ot_dtype dtype)
{
    if (!ps->stale[dtype]) return;
    float *f = ps->value[OT_F32];
    double *d = ps->value[OT_F64];
    for (size_t i = 0; i < ps->elements; i++) {
        if (dtype == OT_F64)
            d[i] = f[i];
        else
            f[i] = (float)d[i];
    }
    ps->stale[dtype] = false;
}

void ot__params_touch(ot_params *ps, ot_dtype dtype)
{
    ps->stale[dtype] = false;
    ps->stale[!dtype] = true;
}

static void *element_of(void *block, size_t at, ot_dtype dtype)
{
    return block ? (char *)block + at * ot__dtype_size(dtype) : NULL;
}

void *ot__params_at(const ot_params *ps, int i, ot_dtype dtype)
{
    return element_of(ps->value[dtype], ps->tensor[i].at, dtype);
}

void *ot__params_grad_at(const ot_params *ps, int i, ot_dtype dtype)
{
    return element_of(ps->grad[dtype], ps->tensor[i].at, dtype);
}

int ot__params_of_node(const ot_params *ps, int id)
{
    int lo = 0, hi = ps->n; /* tensors are in the order of the tape */
    while (lo < hi) {
        const int middle = (lo + hi) / 2;
        if (ps->tensor[middle].id < id)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo < ps->n && ps->tensor[lo].id == id ? lo : -1;
}

size_t ot__params_bytes(const ot_params *ps, ot_dtype dtype, bool gradients)
{
    return ps->elements * ot__dtype_size(dtype) * (gradients ? 2 : 1);
}

/* ---- initial values ---- */

ot_init ot_init_he(int fan)
{
    return (ot_init){ .kind = OT_INIT_NORMAL, .value = sqrt(2.0 / fan) };
}

ot_init ot_init_uniform(double low, double high)
{
    return (ot_init){ .kind = OT_INIT_UNIFORM, .value = low, .high = high };
}

ot_init ot_init_xavier_uniform(int inputs, int outputs)
{
    const double most = sqrt(6.0 / ((double)inputs + outputs));
    return ot_init_uniform(-most, most);
}

ot_init ot_init_xavier_normal(int inputs, int outputs)
{
    return (ot_init){ .kind = OT_INIT_NORMAL, .value = sqrt(2.0 / ((double)inputs + outputs)) };
}

ot_init ot_init_truncated(double deviation)
{
    return (ot_init){ .kind = OT_INIT_TRUNCATED_NORMAL, .value = deviation };
}

static double constant(const tensor *w, uint64_t seed, size_t j)
{
    (void)seed, (void)j;
    return w->init.value;
}

/* A standard normal number for element j.  One draw gives two, so elements 2i and 2i + 1 share
 * counter i.  Each attempt is another number. */
static double normal_at(const tensor *w, uint64_t seed, size_t j, uint32_t attempt)
{
    const ot__draw d = ot__random(seed, OT__RNG_INIT, (uint32_t)w->stream, (uint32_t)w->ordinal,
                                  (uint32_t)(j / 2), attempt);
    const int at = 2 * (int)(j % 2);
    return ot__normal(d.word[at], d.word[at + 1]);
}

static double normal(const tensor *w, uint64_t seed, size_t j)
{
    return w->init.value * normal_at(w, seed, j, 0);
}

/* One number in 22 is drawn again. */
static double truncated_normal(const tensor *w, uint64_t seed, size_t j)
{
    double z = normal_at(w, seed, j, 0);
    for (uint32_t attempt = 1; fabs(z) > 2; attempt++)
        z = normal_at(w, seed, j, attempt);
    return w->init.value * z;
}

/* One draw gives four uniform numbers. */
static double uniform(const tensor *w, uint64_t seed, size_t j)
{
    const ot__draw d = ot__random(seed, OT__RNG_INIT, (uint32_t)w->stream, (uint32_t)w->ordinal,
                                  (uint32_t)(j / 4), 0);
    return w->init.value + (w->init.high - w->init.value) * ot__unit(d.word[j % 4]);
}

/* Element j of the initial values of each kind. */
static double (*const initial[])(const tensor *w, uint64_t seed, size_t j) = {
    [OT_INIT_CONSTANT] = constant,
    [OT_INIT_NORMAL] = normal,
    [OT_INIT_UNIFORM] = uniform,
    [OT_INIT_TRUNCATED_NORMAL] = truncated_normal,
};

static void fill_initial(ot_params *ps)
{
    for (int i = 0; i < ps->n; i++) {
        float *value = ot__params_at(ps, i, OT_F32);
        for (size_t j = 0; j < ps->tensor[i].elements; j++)
            value[j] = (float)initial[ps->tensor[i].init.kind](&ps->tensor[i], ps->seed, j);
    }
}

void ot_params_init(ot_params *ps, uint64_t seed)
{
    if (!ps) return;
    ps->seed = seed;
    if (!ps->value[OT_F32]) return; /* need_values fills them in when it makes the block */
    fill_initial(ps);
    ot__params_touch(ps, OT_F32);
}

size_t ot__params_new_bytes(const ot_params *ps, ot_dtype dtype, bool gradients)
{
    const size_t block = ot__params_bytes(ps, dtype, false);
    size_t bytes = ps->value[dtype] ? 0 : block;
    if (dtype == OT_F64 && !ps->value[OT_F32]) bytes += ot__params_bytes(ps, OT_F32, false);
    return bytes + (gradients && !ps->grad[dtype] ? block : 0);
}

/* The float32 block is made first, because initial values are float32 numbers. */
static ot_status need_values(ot_params *ps, ot_dtype dtype)
{
    if (ps->value[dtype]) return OT_OK;
    if (dtype == OT_F64) OT_TRY(need_values(ps, OT_F32));
    ps->value[dtype] = new_block(ps, dtype);
    if (!ps->value[dtype]) return OT_ENOMEM;
    if (dtype == OT_F32)
        fill_initial(ps);
    else
        ps->stale[OT_F64] = true;
    return OT_OK;
}

ot_status ot__params_need(ot_params *ps, ot_dtype dtype, bool gradients)
{
    OT_TRY(need_values(ps, dtype));
    if (gradients && !ps->grad[dtype] && !(ps->grad[dtype] = new_block(ps, dtype)))
        return OT_ENOMEM;
    return OT_OK;
}

/* ---- access ---- */

int ot_params_count(const ot_params *ps)
{
    return ps ? ps->n : 0;
}

int ot_params_find(const ot_params *ps, const char *name)
{
    return ps && name ? ot__names_find(&ps->names, name) : -1;
}

static bool exists(const ot_params *ps, int i)
{
    return ps && i >= 0 && i < ps->n;
}

const char *ot_params_name(const ot_params *ps, int i)
{
    return exists(ps, i) ? ps->tensor[i].name : NULL;
}

ot_shape ot_params_shape(const ot_params *ps, int i)
{
    return exists(ps, i) ? ps->tensor[i].shape : (ot_shape){ .rank = -1 };
}

bool ot_params_trained(const ot_params *ps, int i)
{
    return exists(ps, i) && ps->tensor[i].trained;
}

void ot__params_set_frozen(ot_params *ps, const bool frozen[])
{
    for (int i = 0; i < ps->n; i++)
        ps->tensor[i].frozen = frozen[i];
}

bool ot_params_frozen(const ot_params *ps, int i)
{
    return exists(ps, i) && ps->tensor[i].frozen;
}

ot_rule ot_params_rule(const ot_params *ps, int i)
{
    return exists(ps, i) ? ps->tensor[i].rule : (ot_rule){ .lr = 1 };
}

size_t ot_params_elements(const ot_params *ps, int i)
{
    return exists(ps, i) ? ps->tensor[i].elements : 0;
}

size_t ot_params_total(const ot_params *ps)
{
    size_t total = 0;
    for (int i = 0; i < ot_params_count(ps); i++)
        if (ps->tensor[i].trained) total += ps->tensor[i].elements;
    return total;
}

static bool is_dtype(ot_dtype dtype)
{
    return dtype == OT_F32 || dtype == OT_F64;
}

ot_normalisation ot_params_normalisation(const ot_params *ps)
{
    return ps ? ps->normalisation : (ot_normalisation){ 0 };
}

ot_status ot_params_set_normalisation(ot_params *ps, const ot_normalisation *n)
{
    OT_TRY(ot__check_given("params", "the parameters", ps));
    if (n) OT_TRY(ot__normalisation_check(n));
    ps->normalisation = n ? *n : (ot_normalisation){ 0 };
    return OT_OK;
}

const void *ot_params_value(ot_params *ps, int i, ot_dtype dtype)
{
    if (!exists(ps, i) || !is_dtype(dtype) || ot__params_need(ps, dtype, false) != OT_OK)
        return NULL;
    ot__params_refresh(ps, dtype);
    return ot__params_at(ps, i, dtype);
}

void *ot_params_edit(ot_params *ps, int i, ot_dtype dtype)
{
    void *value = (void *)ot_params_value(ps, i, dtype);
    if (value) ot__params_touch(ps, dtype);
    return value;
}

void *ot_params_grad(ot_params *ps, int i, ot_dtype dtype)
{
    return exists(ps, i) && is_dtype(dtype) ? ot__params_grad_at(ps, i, dtype) : NULL;
}

void ot_params_zero_grad(ot_params *ps)
{
    for (int dtype = OT_F32; ps && dtype <= OT_F64; dtype++)
        if (ps->grad[dtype])
            memset(ps->grad[dtype], 0, ps->elements * ot__dtype_size((ot_dtype)dtype));
}
