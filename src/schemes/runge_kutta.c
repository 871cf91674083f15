/* SPDX-License-Identifier: BSD-3-Clause
 * Records an explicit Runge-Kutta step as ops of a tape:
 *
 *     k_i = f_i(x + h sum_j a_ij k_j),   y = x + h sum_i b_i k_i
 *
 * Each stage input and the output is one ot_lincomb.  A sum that begins early (early.c) is several,
 * which add the terms in the same order, so its bits are the same.  A stage that y does not depend
 * on is not recorded, and a term whose coefficient is 0 is left out.  h and the coefficients may be
 * vars of the tape.
 *
 * This file calls only functions of odetape.h.  So it has no code for derivatives, memory or
 * kernels.
 *
 * Reference: Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, II.1. */
#include "schemes/early.h"

void ot__rk_weights(const ot_scheme *s, ot_output output, double w[])
{
    int last = 0;
    for (int i = 0; i < ot_scheme_stages(s); i++) {
        w[i] = ot_scheme_b(s, i);
        if (w[i] != 0) last = i;
    }
    if (output != OT_OUTPUT_LAST) return;
    for (int i = 0; i < last; i++)
        w[i] = 0;
    w[last] = 1;
}

/* A stage is live if its weight is not 0 or a live stage reads it.  Returns the number of live
 * stages. */
static int mark_live(const ot_scheme *s, const double w[], bool live[])
{
    int n = 0;
    for (int i = ot_scheme_stages(s) - 1; i >= 0; i--) {
        live[i] = w[i] != 0;
        for (int later = i + 1; later < ot_scheme_stages(s); later++)
            live[i] |= live[later] && ot_scheme_a(s, later, i) != 0;
        n += live[i];
    }
    return n;
}

int ot__rk_live(const ot_scheme *s, ot_output output, bool live[])
{
    double w[OT__STAGES_MOST];
    ot__rk_weights(s, output, w);
    return mark_live(s, w, live);
}

/* A step that is being recorded. */
typedef struct step {
    ot_block *block;
    const ot_scheme *s;
    ot_tape *t;
    ot_var x, shortcut; /* the second is x after the block's change of shape */
    const ot_step_opts *opts;
    double size; /* constant factor of all coefficients */
    ot_var h;    /* scalar factor of all coefficients; null if h is per channel, which scales k */
    ot_var k[OT__STAGES_MOST];       /* k_i as stage inputs read it */
    ot_var scaled[OT__STAGES_MOST];  /* k_i as the output reads it */
    bool early;                      /* sums may begin before all their terms are known */
    int begin[OT__STAGES_MOST + 1];  /* after which stage a sum begins (early.h) */
    ot_var sum[OT__STAGES_MOST + 1]; /* the sums that have begun */
} step;

/* One coefficient of the step: h times the tableau's value, or times the learned var if there is
 * one. */
static ot_coef coefficient(ot_tape *t, double value, ot_var learned, double size, ot_var h)
{
    if (!learned.id) return (ot_coef){ value * size, h };
    return (ot_coef){ size, h.id ? ot_mul(t, learned, h) : learned };
}

/* The sum h sum_j w_j k_j. */
typedef struct row {
    int n;                 /* number of terms */
    const double *w;       /* coefficients; a term with w_j = 0 is left out */
    const ot_var *learned; /* vars that replace coefficients, null vars for none; or NULL */
    double size;           /* a constant part of h */
    ot_var h;              /* null: 1 */
    const ot_var *k;
} row;

/* Records x + h sum_j w_j k_j, without x if it is the null var.  Returns x itself if all w_j are
 * 0. */
static ot_var combine(ot_tape *t, ot_var x, const row *r)
{
    ot_coef coef[OT__STAGES_MOST + 1] = { { .value = 1.0 } };
    ot_var term[OT__STAGES_MOST + 1] = { x };
    int terms = x.id != 0;
    for (int j = 0; j < r->n; j++) {
        if (r->w[j] == 0) continue;
        coef[terms] =
            coefficient(t, r->w[j], r->learned ? r->learned[j] : (ot_var){ 0 }, r->size, r->h);
        term[terms++] = r->k[j];
    }
    return terms == 1 && x.id ? x : ot_lincomb(t, terms, coef, term);
}

static ot_var stage_input(const step *p, int i)
{
    double w[OT__STAGES_MOST];
    if (p->early && p->begin[i] >= 0) return p->sum[i];
    for (int j = 0; j < i; j++)
        w[j] = ot_scheme_a(p->s, i, j);
    if (i == 0) return p->x;
    return combine(p->t, p->shortcut,
                   &(row){ .n = i,
                           .w = w,
                           .learned = p->opts->a ? p->opts->a + i * (i - 1) / 2 : NULL,
                           .size = p->opts->h_output ? 1 : p->size,
                           .h = p->opts->h_output ? (ot_var){ 0 } : p->h,
                           .k = p->k });
}

/* Records k_i, which is evaluation e of f.  The input is recorded in the scope of the evaluation.
 * Returns the null var after an error. */
static ot_var evaluate(step *p, int i)
{
    ot_scope_push(p->t, "stages.%d", ot_block_evaluations(p->block));
    const ot_var input = stage_input(p, i);
    ot_scope_pop(p->t);
    return ot_block_eval(p->block, input, &(ot_eval_opts){ .c = ot_scheme_c(p->s, i) });
}

/* After stage i, starts the sums that begin here, and adds k_i to the sums that began before. */
static void add_early(step *p, int i, const double w[])
{
    const int stages = ot_scheme_stages(p->s);
    for (int r = i + 1; r <= stages; r++) {
        double a[OT__STAGES_MOST];
        for (int j = 0; j <= i; j++)
            a[j] = r == stages ? w[j] : ot_scheme_a(p->s, r, j);
        if (p->begin[r] == i)
            p->sum[r] = combine(p->t, p->shortcut,
                                &(row){ .n = i + 1, .w = a, .size = p->size, .k = p->k });
        else if (p->begin[r] >= 0 && p->begin[r] < i)
            p->sum[r] = combine(p->t, p->sum[r],
                                &(row){ .n = 1, .w = a + i, .size = p->size, .k = p->k + i });
    }
}

/* Records the live stages.  w are the weights of the output.  Returns false after an error. */
static bool record_stages(step *p, const bool live[], const double w[])
{
    const bool per_channel = p->opts->h.id && ot_var_shape(p->t, p->opts->h).rank > 0;
    p->h = per_channel ? (ot_var){ 0 } : p->opts->h;
    for (int i = 0; i < ot_scheme_stages(p->s); i++) {
        if (!live[i]) continue;
        const ot_var k = evaluate(p, i);
        if (!k.id) return false;
        p->k[i] = p->scaled[i] = k;
        if (p->early) add_early(p, i, w);
        if (!per_channel || (p->opts->h_output && w[i] == 0)) continue;
        p->scaled[i] = ot_scale(p->t, k, p->opts->h);
        if (!p->opts->h_output) p->k[i] = p->scaled[i];
    }
    return true;
}

static ot_var output(const step *p, const double w[])
{
    const int stages = ot_scheme_stages(p->s);
    if (p->early && p->begin[stages] >= 0) return p->sum[stages];
    return combine(p->t, p->shortcut,
                   &(row){ .n = stages,
                           .w = w,
                           .learned = p->opts->output == OT_OUTPUT_WEIGHTS ? p->opts->b : NULL,
                           .size = p->size,
                           .h = p->h,
                           .k = p->scaled });
}

static step begin(ot_block *b, ot_var x)
{
    const ot_step_opts *const opts = ot_block_step(b);
    return (step){ .block = b,
                   .s = ot_block_scheme(b),
                   .t = ot_block_tape(b),
                   .x = x,
                   .shortcut = ot_block_shortcut(b, x),
                   .opts = opts,
                   .size = opts->size != 0 ? opts->size : 1 };
}

static ot_state record(ot_block *b, ot_state in)
{
    step p = begin(b, in.v[0]);
    bool live[OT__STAGES_MOST];
    double w[OT__STAGES_MOST];
    ot__rk_weights(p.s, p.opts->output, w);
    mark_live(p.s, w, live);
    /* Gradients of learned coefficients need all k_j, so early sums would save nothing. */
    p.early = !p.opts->h.id && !p.opts->a && !p.opts->b;
    if (p.early) ot__rk_early(p.s, w, live, p.begin);
    const ot_var y = record_stages(&p, live, w) ? output(&p, w) : (ot_var){ 0 };
    return ot_state_of(1, &y);
}

OT_SCHEME(runge_kutta, .about.equation = "k_i = f(x + h sum_j a_ij k_j), y = x + h sum_i b_i k_i",
          .about.reference = "Hairer, Norsett, Wanner 1993",
          .flags = OT_SCHEME_STEP | OT_SCHEME_STEP_CHANNEL, .step = record);

void ot__rk_difference(const ot_scheme *s, int e, double w[])
{
    ot__exact d;
    ot__exact_init(&d);
    for (int i = 0; i < ot_scheme_stages(s); i++) {
        ot__exact_sub(&d, &s->tableau->b.x[i], &s->tableau->embedded[e].b.x[i]);
        w[i] = ot__exact_double(&d);
    }
    ot__exact_clear(&d);
}

int ot__rk_pair_order(const ot_scheme *s, int e)
{
    const int order = s->tableau->order, embedded = s->tableau->embedded[e].order;
    const int lower = order < embedded ? order : embedded;
    return lower > 0 ? lower : 1;
}

int ot__rk_live_pair(const ot_scheme *s, int e, bool live[])
{
    double b[OT__STAGES_MOST], d[OT__STAGES_MOST], read[OT__STAGES_MOST];
    ot__rk_weights(s, OT_OUTPUT_WEIGHTS, b);
    ot__rk_difference(s, e, d);
    for (int i = 0; i < ot_scheme_stages(s); i++)
        read[i] = b[i] != 0 || d[i] != 0;
    return mark_live(s, read, live);
}

ot_var ot__rk_record_pair(ot_block *block, ot_var x, int e, ot_var *difference)
{
    step p = begin(block, x);
    const int stages = ot_scheme_stages(p.s);
    bool live[OT__STAGES_MOST];
    double b[OT__STAGES_MOST], d[OT__STAGES_MOST];
    ot__rk_weights(p.s, OT_OUTPUT_WEIGHTS, b);
    ot__rk_difference(p.s, e, d);
    ot__rk_live_pair(p.s, e, live);
    *difference = (ot_var){ 0 };
    if (!record_stages(&p, live, b)) return *difference;
    *difference =
        combine(p.t, (ot_var){ 0 }, &(row){ .n = stages, .w = d, .size = p.size, .k = p.k });
    return output(&p, b);
}
