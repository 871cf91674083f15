/* SPDX-License-Identifier: BSD-3-Clause
 * What ops declare to sum over the batch (ot_op.sums) is all that they sum.  Each example of each
 * op is run in double on a batch and on its two halves:
 *   what is not declared has the same bits in the halves as in the whole;
 *   what is declared has not;
 *   sums over the images are those of the halves, added, up to rounding. */
#include <math.h>
#include <stdio.h>

#include "ops/cases.h"
#include "ops/ops.h"
#include "ops/pair.h"
#include "ops/single.h"

enum { BATCH = 6, HALF = BATCH / 2 };

/* A batch and its halves, after their runs. */
typedef struct split {
    single *whole, *half[2];
    ot__batch_sums sums;
    char where[80];
} split;

static ot__batch_sums sums_of(const ot__record *r, bool evaluate)
{
    return r->op->sums_of ? r->op->sums_of(r, evaluate) : r->op->sums;
}

static single *run(const ot_tape *t, ot_var y, int batch, int first, bool evaluate)
{
    single *s = single_new(t, y, OT_F64, batch);
    single_fill(s, first);
    single_run(s, &s->r->op->reference, NULL, evaluate);
    return s;
}

/* Whether the halves a and b have the bits of the whole: n numbers of which each half has the first
 * or the last n/2 if they are batched, and otherwise all n.  Those of the halves are multiplied by
 * `share`. */
static bool same(const double *whole, const double *a, const double *b, size_t n, bool batched,
                 double share)
{
    for (size_t i = 0; i < n; i++) {
        if (batched && whole[i] != share * (i < n / 2 ? a[i] : b[i - n / 2])) return false;
        if (!batched && (whole[i] != a[i] || whole[i] != b[i])) return false;
    }
    return true;
}

static void check_same(const split *s, const char *what, int k, bool is_same, bool declared)
{
    ck_assert_msg(is_same || declared,
                  "%s: %s %d depends on the other images, but is not declared as a sum", s->where,
                  what, k);
    ck_assert_msg(!is_same || !declared,
                  "%s: %s %d is declared as a sum over the batch, but does not depend on other "
                  "images",
                  s->where, what, k);
}

/* Checks that whole = share * (a + b). */
static void check_sum(const split *s, const char *what, int k, const double *whole, const double *a,
                      const double *b, size_t n, double share)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(a[i]) + fabs(b[i]));
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(fabs(whole[i] - share * (a[i] + b[i])) <= 1e-13 * most,
                      "%s: %s %d, element %zu: %.15g is not the sum of %.15g and %.15g", s->where,
                      what, k, i, whole[i], a[i], b[i]);
}

static void check_result(const split *s)
{
    const ot__record *r = s->whole->r;
    const double *whole = s->whole->y, *a = s->half[0]->y, *b = s->half[1]->y;
    const size_t n = ot__elements(s->whole->ys);
    check_same(s, "result", 0, same(whole, a, b, n, r->batched, 1), s->sums.y);
    if (s->sums.y && !r->batched) check_sum(s, "result", 0, whole, a, b, n, s->sums.mean ? 0.5 : 1);
}

static void check_operand(const split *s, int k)
{
    const bool written = single_has(s->whole->r->op->writes, k), batched = s->whole->batched[k];
    const bool declared = single_has(s->sums.x, k);
    if (!written && !s->whole->gx[k]) return; /* labels */
    const double *whole = written ? s->whole->x[k] : s->whole->gx[k];
    const double *a = written ? s->half[0]->x[k] : s->half[0]->gx[k];
    const double *b = written ? s->half[1]->x[k] : s->half[1]->gx[k];
    const size_t n = ot__elements(s->whole->xs[k]);
    check_same(s, written ? "statistic" : "gradient of operand", k,
               same(whole, a, b, n, batched, s->sums.mean ? 0.5 : 1), declared);
    if (declared && !batched && !s->sums.y)
        check_sum(s, "gradient of operand", k, whole, a, b, n, 1);
}

static bool has_a_batch(const single *s)
{
    for (int k = 0; k < s->r->n_in; k++)
        if (s->batched[k]) return true;
    return false;
}

/* Returns whether the example has a batch. */
static bool check_example(int op, int variant, bool evaluate)
{
    ot_tape *t = ot_tape_new();
    const ot_var y = ot_op_example(op, t, variant);
    const ot__record *r = &ot__node_of(t, y)->record;
    split s = { .sums = sums_of(r, evaluate) };
    snprintf(s.where, sizeof s.where, "%s in example %d of %s%s", r->op->name, variant,
             ot_op_name(op), evaluate ? " in evaluation" : "");
    ck_assert_msg(s.sums.nothing == (!s.sums.y && !s.sums.x),
                  "%s: the op must declare what it sums over the batch, or that it sums nothing",
                  s.where);
    s.whole = run(t, y, BATCH, 0, evaluate);
    for (int i = 0; i < 2; i++)
        s.half[i] = run(t, y, HALF, i * HALF, evaluate);
    const bool batch = has_a_batch(s.whole);
    if (batch) check_result(&s);
    for (int k = 0; batch && k < s.whole->r->n_in; k++)
        check_operand(&s, k);
    single_free(s.whole);
    single_free(s.half[0]);
    single_free(s.half[1]);
    ot_tape_free(t);
    return batch;
}

START_TEST(ops_sum_over_the_batch_what_they_declare_and_nothing_else)
{
    int with_batch = 0;
    for (int variant = 0; variant < examples_of(_i); variant++)
        for (int evaluate = 0; evaluate < 2; evaluate++)
            with_batch += check_example(_i, variant, evaluate);
    ck_assert_int_gt(with_batch, 0);
}
END_TEST

TCase *batch_sums_case(void)
{
    TCase *c = tcase_create("batch_sums");
    tcase_add_loop_test(c, ops_sum_over_the_batch_what_they_declare_and_nothing_else, 0,
                        ot_op_count());
    return c;
}
