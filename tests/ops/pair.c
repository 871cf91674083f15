/* SPDX-License-Identifier: BSD-3-Clause
 * Compiles a tape for two tiers, runs both programs on the same numbers and compares results. */
#include "ops/pair.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autograd/program.h"
#include "base/rng.h"

/* A normally distributed number that a float can hold exactly. */
static double draw(int what, int id, size_t i)
{
    const ot__draw d =
        ot__random(7, OT__RNG_GRADCHECK, (uint32_t)i, (uint32_t)id, (uint32_t)what, 0);
    return (double)(float)ot__normal(d.word[0], d.word[1]);
}

int examples_of(int op)
{
    for (int variant = 0;; variant++) {
        ot_tape *t = ot_tape_new();
        const bool none = ot_op_example(op, t, variant).id == 0;
        ck_ok(ot_tape_status(t));
        ot_tape_free(t);
        if (none) return variant;
    }
}

pair pair_new(ot_tape *t, ot_var root, int batch, bool evaluate)
{
    pair p = { .t = t, .root = root };
    ot_var *all = calloc((size_t)ot_tape_length(t), sizeof *all);
    ot_compile_opts opts = { .evaluate = evaluate,
                             .input_gradients = true,
                             .batch = batch,
                             .tier = OT_TIER_PORTABLE,
                             .keep = all };
    for (int id = 1; id <= ot_tape_length(t); id++)
        if (t->node[id].record.op) all[opts.n_keep++] = (ot_var){ id };
    ck_ok(ot_compile(t, root, &opts, &p.f32));
    opts.dtype = OT_F64;
    ck_ok(ot_compile(t, root, &opts, &p.f64));
    free(all);
    pair_fill(&p, 0);
    return p;
}

void pair_free(pair *p)
{
    ot_program_free(p->f32);
    ot_program_free(p->f64);
    ot_tape_free(p->t);
}

static void set(void *f32, void *f64, size_t i, double value)
{
    ((float *)f32)[i] = (float)value;
    ((double *)f64)[i] = (double)(float)value;
}

/* What element i of n of a tensor is multiplied by. */
static double scale_of(const pair *p, int id, size_t i, size_t n)
{
    static const double scale[] = { 0x1p24, 1, -0x1p24, 3 };
    const ot__record *r = &p->t->node[id].record;
    if (!p->images_cancel || !r->batched) return 1;
    return scale[i / (n / (size_t)ot__program_shape(p->f32, id, p->f32->batch).dim[0]) % 4];
}

static void fill_params(pair *p)
{
    ot_params *a = ot_program_params(p->f32), *b = ot_program_params(p->f64);
    for (int i = 0; i < ot_params_count(a); i++) {
        float *x = ot_params_edit(a, i, OT_F32);
        double *y = ot_params_edit(b, i, OT_F64);
        for (size_t j = 0; j < ot_params_elements(a, i); j++) {
            const double z = draw(0, i, j);
            set(x, y, j,
                ot_params_trained(a, i) ? z : 0.5 + fabs(z)); /* a variance must be positive */
        }
    }
}

void pair_fill(pair *p, double input_mean)
{
    fill_params(p);
    for (int id = 1; id <= ot_tape_length(p->t); id++) {
        void *x = ot_program_input(p->f32, (ot_var){ id });
        void *y = ot_program_input(p->f64, (ot_var){ id });
        if (!x) continue;
        const size_t n = ot__elements(ot__program_shape(p->f32, id, p->f32->batch));
        for (size_t i = 0; i < n; i++) {
            if (p->t->node[id].leaf == OT__LABELS)
                ((int32_t *)x)[i] = ((int32_t *)y)[i] = draw(1, id, i) > 0;
            else
                set(x, y, i, (input_mean + draw(1, id, i)) * scale_of(p, id, i, n));
        }
    }
}

void pair_run(pair *p, int n)
{
    if (n == 0) n = p->f32->batch;
    const size_t elements = ot__elements(ot__program_shape(p->f32, p->root.id, n));
    float *a = malloc(elements * sizeof *a);
    double *b = malloc(elements * sizeof *b);
    for (size_t i = 0; i < elements; i++)
        set(a, b, i, draw(2, 0, i) * scale_of(p, p->root.id, i, elements));
    ck_ok(ot_forward(p->f32, n));
    ck_ok(ot_forward(p->f64, n));
    ck_ok(ot_backward(p->f32, a, false));
    ck_ok(ot_backward(p->f64, b, false));
    free(a);
    free(b);
}

static void compare(const float *a, const double *b, size_t n, double tolerance, const char *what,
                    const char *part, const char *name)
{
    double gap = 0, size = 0;
    for (size_t i = 0; i < n; i++) {
        gap += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        size += b[i] * b[i];
    }
    ck_assert_msg(sqrt(gap) <= tolerance * sqrt(size),
                  "%s: %s%s: error %.3g of %.3g: relative %.3g", what, part, name, sqrt(gap),
                  sqrt(size), sqrt(gap / size));
}

/* A function that gets one tensor in float32 and in double. */
typedef void (*visitor)(const float *a, const double *b, size_t n, const char *part,
                        const char *name, void *user);

/* Visits value, input gradients, and gradients and statistics of all parameters. */
static void visit_results(const pair *p, visitor visit, void *user)
{
    ot_params *a = ot_program_params(p->f32), *b = ot_program_params(p->f64);
    visit(ot_program_value(p->f32, p->root), ot_program_value(p->f64, p->root),
          ot__elements(ot__program_shape(p->f32, p->root.id, p->f32->n)), "value", "", user);
    for (int id = 1; id <= ot_tape_length(p->t); id++) {
        const float *g = ot_program_grad(p->f32, (ot_var){ id });
        if (p->t->node[id].leaf == OT__INPUT && g)
            visit(g, ot_program_grad(p->f64, (ot_var){ id }),
                  ot__elements(ot__program_shape(p->f32, id, p->f32->n)), "gradient of ",
                  p->t->node[id].name, user);
    }
    for (int i = 0; i < ot_params_count(a); i++) {
        const bool trained = ot_params_trained(a, i);
        visit(trained ? ot_params_grad(a, i, OT_F32) : ot_params_value(a, i, OT_F32),
              trained ? ot_params_grad(b, i, OT_F64) : ot_params_value(b, i, OT_F64),
              ot_params_elements(a, i), trained ? "gradient of " : "", ot_params_name(a, i), user);
    }
}

typedef struct limit {
    double tolerance;
    const char *what;
} limit;

static void compare_one(const float *a, const double *b, size_t n, const char *part,
                        const char *name, void *user)
{
    const limit *l = user;
    compare(a, b, n, l->tolerance, l->what, part, name);
}

void pair_compare(const pair *p, double tolerance, const char *what)
{
    visit_results(p, compare_one, &(limit){ tolerance, what });
}

typedef struct results {
    float *all;
    size_t n;
} results;

static void append(const float *a, const double *b, size_t n, const char *part, const char *name,
                   void *user)
{
    (void)b, (void)part, (void)name;
    results *r = user;
    r->all = realloc(r->all, (r->n + n) * sizeof *a);
    memcpy(r->all + r->n, a, n * sizeof *a);
    r->n += n;
}

float *pair_results(const pair *p, size_t *n)
{
    results r = { 0 };
    visit_results(p, append, &r);
    *n = r.n;
    return r.all;
}
