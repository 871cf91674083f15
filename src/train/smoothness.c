/* SPDX-License-Identifier: BSD-3-Clause
 * The smoothness of parameters in time, of Meganet.m (Ruthotto and Haber 2020): the parameters of
 * consecutive blocks are values of a function theta(t) at steps of h, and
 *     sum sqrt(((theta_{j+1} - theta_j)/h)^2 + 1e-3)
 * bounds its variation.  With d = (theta_{j+1} - theta_j)/h the derivative by theta_{j+1} is
 * d/(h sqrt(d^2 + 1e-3)), and that by theta_j is its negative.  A frozen parameter is a constant in
 * the term: it pulls its neighbours and has no gradient. */
#include "train/smoothness.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autograd/op.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/parallel.h"
#include "models/net.h"

enum { CHUNK = 16384 };

/* The level of a block, both from 0; -1 if there is no such block. */
static int level_of(const ot_net *net, int block)
{
    for (int level = 0, first = 0; level < net->n_levels; level++) {
        int n = 0;
        while (ot__net_group(net, level, n))
            n++;
        if (block < first + n) return level;
        first += n;
    }
    return -1;
}

/* The parameter of the next block that has the same name and shape as parameter i; -1 if there is
 * none. */
static int next_of(const ot_net *net, const ot_params *ps, int i)
{
    static const char BLOCKS[] = "blocks.";
    char name[1100];
    int block;
    const char *at = ot_params_name(ps, i);
    if (!ot_params_trained(ps, i) || strncmp(at, BLOCKS, strlen(BLOCKS)) != 0) return -1;
    at += strlen(BLOCKS);
    if (!ot__read_count(&at, 0, OT__MOST_BLOCKS, &block) || *at != '.') return -1;
    snprintf(name, sizeof name, "%s%d%s", BLOCKS, block + 1, at);
    const int next = ot_params_find(ps, name);
    const bool fits = next >= 0 && ot_params_trained(ps, next) &&
                      level_of(net, block) == level_of(net, block + 1) &&
                      ot__same_shape(ot_params_shape(ps, i), ot_params_shape(ps, next));
    return fits ? next : -1;
}

/* Fills the pairs in which at least one parameter is trained.  Returns the number of all pairs. */
static int find_pairs(const ot_net *net, ot__smoothness *s)
{
    int all = 0;
    for (int i = 0; i < ot_params_count(s->params); i++) {
        const int next = next_of(net, s->params, i);
        if (next < 0) continue;
        all++;
        if (!ot_params_frozen(s->params, i) || !ot_params_frozen(s->params, next))
            s->pair[s->n++] = (ot__neighbours){ i, next };
    }
    return all;
}

static ot_status no_pairs(int all)
{
    if (all > 0)
        return ot__fail(OT_EINVAL, "smoothness has no effect, because all parameters of "
                                   "consecutive blocks are frozen; freeze fewer, or leave "
                                   "smoothness out");
    return ot__fail(OT_EINVAL, "smoothness needs two consecutive blocks of one level with "
                               "parameters of the same name and shape, which this network lacks; "
                               "euler x2 has them");
}

ot_status ot__smoothness_new(const ot_net *net, ot_params *params, ot_dtype dtype, double weight,
                             ot__smoothness *s)
{
    const ot_net_opts *const o = ot_net_options(net);
    *s = (ot__smoothness){ .params = params, .dtype = dtype, .weight = weight, .h = o->h };
    if (s->h == 0) s->h = 1;
    if (!(weight >= 0) || !isfinite(weight))
        return ot__fail(OT_EINVAL, "smoothness is %s; it must be 0 or more", OT__REAL(weight));
    if (weight == 0) return OT_OK;
    if (o->step != OT_STEP_FIXED)
        return ot__fail(OT_EINVAL, "smoothness divides by the length of a step, which is not fixed "
                                   "here; use --step fixed, or leave smoothness out");
    s->pair = ot__new((size_t)ot_params_count(params), sizeof *s->pair);
    if (!s->pair) return OT_ENOMEM;
    const int all = find_pairs(net, s);
    if (s->n > 0) return OT_OK;
    ot__smoothness_free(s);
    return no_pairs(all);
}

void ot__smoothness_free(ot__smoothness *s)
{
    ot__free(s->pair);
    *s = (ot__smoothness){ 0 };
}

/* The gradient of a parameter to add to; NULL if it is frozen. */
static void *gradient_of(const ot__smoothness *s, int i)
{
    return ot_params_frozen(s->params, i) ? NULL : ot_params_grad(s->params, i, s->dtype);
}

static void increase(void *array, ot_dtype dtype, size_t i, double by)
{
    if (array) ot__set_number(array, dtype, i, ot__number(array, dtype, i) + by);
}

/* Adds the term of the elements from..to of a pair. */
static void add(const ot__smoothness *s, const ot__neighbours *pair, size_t from, size_t to)
{
    const void *const a = ot_params_value(s->params, pair->earlier, s->dtype);
    const void *const b = ot_params_value(s->params, pair->later, s->dtype);
    void *const ga = gradient_of(s, pair->earlier), *const gb = gradient_of(s, pair->later);
    if (!a || !b) return;
    for (size_t i = from; i < to; i++) {
        const double d = (ot__number(b, s->dtype, i) - ot__number(a, s->dtype, i)) / s->h;
        const double g = s->weight * d / (s->h * sqrt(d * d + 1e-3));
        increase(ga, s->dtype, i, -g);
        increase(gb, s->dtype, i, g);
    }
}

/* A parameter is in two pairs, so the pairs come one after the other. */
void ot__smoothness_add(const ot__smoothness *s)
{
    for (int k = 0; k < s->n; k++) {
        const size_t n = ot_params_elements(s->params, s->pair[k].earlier);
        const int chunks = ot__chunks(n, CHUNK);
        (void)ot_params_value(s->params, s->pair[k].earlier, s->dtype); /* converts, once */
        OT__PARALLEL_FOR
        for (int c = 0; c < chunks; c++) {
            const size_t from = (size_t)c * CHUNK;
            add(s, &s->pair[k], from, n - from < CHUNK ? n : from + CHUNK);
        }
    }
}
