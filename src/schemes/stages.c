/* SPDX-License-Identifier: BSD-3-Clause
 * Properties of a tableau other than its order: stage orders, gains, stability intervals and the
 * number of states that must be kept. */
#include <math.h>

#include "base/check.h"
#include "base/memory.h"
#include "schemes/tableau/stability.h"

/* ---- orders of stages ---- */

static bool equal(const ot__surd *x, const ot__surd *y)
{
    return mpz_cmp(x->p, y->p) == 0 && mpz_cmp(x->q, y->q) == 0;
}

/* Finds the stage orders: the largest q such that p sum_j a_ij c_j^(p-1) = c_i^p for all p <= q,
 * which is Butcher's simplifying assumption C(q).  Both sides are computed times scale^p.
 * `vectors` is memory for 4 vectors. */
static void stage_orders(const ot__scaled *a, ot__surd *vectors, ot_tableau_info *info)
{
    const int s = a->stages;
    ot__surd *const c = vectors, *power = c + s, *next = power + s, *const image = next + s;
    for (int i = 0; i < s; i++)
        mpz_set_ui(power[i].p, 1);
    ot__scaled_apply(a, power, c);
    for (int p = 1; p <= OT_ORDER_MOST; p++) {
        ot__scaled_apply(a, power, image);
        for (int i = 0; i < s; i++) {
            ot__surd_product(&next[i], &power[i], &c[i], a->d);
            mpz_mul_ui(image[i].p, image[i].p, (unsigned long)p);
            mpz_mul_ui(image[i].q, image[i].q, (unsigned long)p);
            if (info->stage[i].order == p - 1) info->stage[i].order += equal(&image[i], &next[i]);
        }
        ot__surd *const old = power;
        power = next;
        next = old;
    }
}

static ot_status find_stage_orders(const ot__scaled *a, ot_tableau_info *info)
{
    const size_t n = 4 * (size_t)info->stages;
    ot__surd *vectors = ot__surds_new(n);
    if (!vectors) return OT_ENOMEM;
    stage_orders(a, vectors, info);
    ot__surds_free(vectors, n);
    info->order = OT_ORDER_MOST;
    for (int i = 1; i < info->stages; i++)
        if (info->stage[i].live && info->stage[i].order < info->order)
            info->order = info->stage[i].order;
    return OT_OK;
}

/* ---- states to keep ---- */

/* Exact elimination with more digits takes too long; then the rank is not determined. */
enum { DIGITS_TIMES_STAGES_MOST = 1000 };

static size_t longest_row(const ot__row *row)
{
    size_t longest = 0;
    for (int j = 0; j < row->n; j++) {
        const size_t digits = ot__exact_digits(&row->x[j]);
        if (digits > longest) longest = digits;
    }
    return longest;
}

static bool is_rank_affordable(const ot_tableau *t)
{
    size_t longest = longest_row(&t->b);
    if (t->n_embedded > 0 && longest_row(&t->embedded[0].b) > longest)
        longest = longest_row(&t->embedded[0].b);
    for (int i = 1; i < t->stages; i++)
        if (longest_row(&t->a[i]) > longest) longest = longest_row(&t->a[i]);
    return longest * (size_t)t->stages <= DIGITS_TIMES_STAGES_MOST;
}

/* The first row of m from `from` on whose entry in this column is not 0; -1 if there is none. */
static int find_pivot(ot__exact *const m[], int from, int rows, int column)
{
    for (int i = from; i < rows; i++)
        if (ot__exact_sign(&m[i][column])) return i;
    return -1;
}

/* Gaussian elimination.  Numbers are exact, so any pivot that is not 0 is good. */
static int rank_of(ot__exact *m[], int rows, int columns)
{
    int rank = 0;
    ot__exact factor, term;
    ot__exact_init(&factor);
    ot__exact_init(&term);
    for (int column = 0; column < columns && rank < rows; column++) {
        const int pivot = find_pivot(m, rank, rows, column);
        if (pivot < 0) continue;
        ot__exact *const row = m[pivot];
        m[pivot] = m[rank];
        m[rank++] = row;
        for (int i = rank; i < rows; i++) {
            if (!ot__exact_sign(&m[i][column])) continue;
            ot__exact_div(&factor, &m[i][column], &row[column]);
            for (int k = column; k < columns; k++) {
                ot__exact_mul(&term, &factor, &row[k]);
                ot__exact_sub(&m[i][k], &m[i][k], &term);
            }
        }
    }
    ot__exact_clear(&factor);
    ot__exact_clear(&term);
    return rank;
}

/* The results of a step: its output, and possibly that of the first embedded method. */
typedef struct outputs {
    int n;
    const ot__row *weights[2];
    bool live[OT__STAGES_MOST]; /* stages that a result depends on */
} outputs;

static outputs first_outputs(const ot_tableau *t, int n)
{
    outputs o = { .n = n };
    for (int row = 0; row < n; row++) {
        bool live[OT__STAGES_MOST];
        o.weights[row] = ot__tableau_weights(t, row);
        ot__tableau_live(t, o.weights[row], live);
        for (int i = 0; i < t->stages; i++)
            o.live[i] |= live[i];
    }
    return o;
}

/* The rank of the rows [1, a_j1 .. a_ji] of all live stages j after i, and [1, b_1 .. b_i] of each
 * output.  i counts from 0.  `entry` is memory for the rows. */
static int rank_after(const ot_tableau *t, const outputs *o, int i, ot__exact *entry)
{
    ot__exact *m[OT__STAGES_MOST + 2];
    const int columns = i + 2;
    int rows = 0;
    for (int j = i + 1; j < t->stages + o->n; j++) {
        if (j < t->stages && !o->live[j]) continue;
        const ot__row *row = j < t->stages ? &t->a[j] : o->weights[j - t->stages];
        m[rows] = entry + (size_t)rows * (OT__STAGES_MOST + 1);
        ot__exact_set_int(&m[rows][0], 1);
        for (int k = 0; k <= i; k++)
            ot__exact_set(&m[rows][k + 1], &row->x[k]);
        rows++;
    }
    return rank_of(m, rows, columns);
}

static void rank_buffers(const ot_tableau *t, ot_tableau_info *info, ot__exact *entry)
{
    const int rows = ot_tableau_rows(t);
    const outputs step = first_outputs(t, 1), pair = first_outputs(t, rows > 1 ? 2 : 1);
    for (int i = 0; i < t->stages; i++) {
        ot_stage_info *const stage = &info->stage[i];
        if (step.live[i]) stage->buffers = rank_after(t, &step, i, entry);
        if (stage->buffers > info->buffers) info->buffers = stage->buffers;
        if (rows < 2 || !pair.live[i]) continue;
        const int both = rank_after(t, &pair, i, entry);
        if (both > info->pair_buffers) info->pair_buffers = both;
    }
}

static ot_status find_buffers(const ot_tableau *t, ot_tableau_info *info)
{
    const size_t n = ((size_t)t->stages + 2) * (OT__STAGES_MOST + 1);
    if (!is_rank_affordable(t)) return OT_OK;
    ot__exact *entry = ot__new(n, sizeof *entry);
    if (!entry) return OT_ENOMEM;
    for (size_t i = 0; i < n; i++)
        ot__exact_init(&entry[i]);
    rank_buffers(t, info, entry);
    for (size_t i = 0; i < n; i++)
        ot__exact_clear(&entry[i]);
    ot__free(entry);
    return OT_OK;
}

/* ---- gains, stability, shape ---- */

static void gain(const ot__row *row, double *sum, double *square)
{
    for (int j = 0; j < row->n; j++) {
        const double x = fabs(ot__exact_double(&row->x[j]));
        *sum += x;
        *square = hypot(*square, x);
    }
}

static bool first_same_as_last(const ot_tableau *t)
{
    const int last = t->stages - 1;
    for (int j = 0; j < last; j++)
        if (ot__exact_compare(&t->a[last].x[j], &t->b.x[j]) != 0) return false;
    return last > 0 && ot__exact_sign(&t->b.x[last]) == 0;
}

static ot_status find_axes(const ot__powers *w, ot_tableau_info *info)
{
    ot__polynomial p;
    OT_TRY(ot__polynomial_of_row(w, 0, &p));
    ot_status status = ot__polynomial_axes(&p, &info->real, &info->imaginary);
    ot__polynomial_free(&p);
    for (int i = 0; i < info->stages && status == OT_OK; i++) {
        ot_stage_info *stage = &info->stage[i];
        OT_TRY(ot__polynomial_of_stage(w, i, &p));
        status = ot__polynomial_axes(&p, &stage->real, &stage->imaginary);
        ot__polynomial_free(&p);
    }
    return status;
}

static void describe_stages(const ot_tableau *t, ot_tableau_info *info)
{
    bool live[OT__STAGES_MOST];
    ot__exact c;
    ot__exact_init(&c);
    info->stages = t->stages;
    info->evaluations = ot__tableau_live(t, &t->b, live);
    info->fsal = first_same_as_last(t);
    gain(&t->b, &info->gain_sum, &info->gain_square);
    for (int i = 0; i < t->stages; i++) {
        ot_stage_info *stage = &info->stage[i];
        stage->live = live[i];
        ot__tableau_c(t, i, &c);
        stage->c = ot__exact_double(&c);
        gain(&t->a[i], &stage->gain_sum, &stage->gain_square);
    }
    ot__exact_clear(&c);
    for (int row = 0; row < ot_tableau_rows(t); row++) {
        ot__tableau_live(t, ot__tableau_weights(t, row), live);
        for (int i = 0; i < t->stages; i++)
            info->stage[i].used |= live[i];
    }
}

ot_status ot_tableau_describe(const ot_tableau *t, ot_tableau_info *info)
{
    ot__powers powers;
    OT_TRY(ot__check_given("tableau", "where to put its properties", info));
    *info = (ot_tableau_info){ 0 };
    OT_TRY(ot__check_given("tableau", "the tableau", t));
    OT_TRY(ot__powers_make(t, &powers));
    describe_stages(t, info);
    ot_status status = find_stage_orders(&powers.scaled, info);
    if (status == OT_OK) status = find_axes(&powers, info);
    if (status == OT_OK) status = find_buffers(t, info);
    ot__powers_free(&powers);
    return status;
}
