/* SPDX-License-Identifier: BSD-3-Clause
 * The passes without gradients after each epoch: over the test images, over the images that are
 * held out, and over both again with the moving average of the weights. */
#include <math.h>

#include "train/evaluate.h"
#include "train/training.h"

typedef struct evaluation {
    ot__training *training;
    const ot__pass *pass;
    double before; /* when the batch before ended */
} evaluation;

static ot_status after_batch(void *user, int b)
{
    evaluation *e = user;
    ot__training *t = e->training;
    const double now = ot__now();
    ot__times_add(&t->pace.test, now - e->before);
    t->spent_evaluating += now - e->before;
    e->before = now;
    t->evaluated++;
    return ot__finish_batch(t, e->pass, b);
}

/* Evaluates the weights or, while it is in their place, the average.  A pass that was not opened
 * has no images, and its results are NAN. */
static ot_status evaluate(ot__training *t, ot__pass *p, double *loss, double *accuracy)
{
    *loss = *accuracy = NAN;
    if (!p->loader) return OT_OK;
    evaluation e = { t, p, ot__now() };
    const ot_status status = ot__evaluate_pass(p, after_batch, &e);
    if (status == OT_ENUMERIC)
        return ot__fail(status, "after epoch %d%s: %s", t->epoch + 1,
                        t->average.swapped ? ", with the moving average of the weights" : "",
                        ot_message());
    if (status != OT_OK) return status;
    *loss = ot__pass_loss(p);
    *accuracy = ot__pass_accuracy(p);
    return OT_OK;
}

static ot_status evaluate_average(ot__training *t, ot_epoch_result *r)
{
    r->average_loss = r->average_accuracy = NAN;
    r->average_validation_loss = r->average_validation_accuracy = NAN;
    if (!t->average.values) return OT_OK;
    ot__average_swap(&t->average);
    ot_status status = evaluate(t, &t->test, &r->average_loss, &r->average_accuracy);
    if (status == OT_OK)
        status = evaluate(t, &t->validation, &r->average_validation_loss,
                          &r->average_validation_accuracy);
    ot__average_swap(&t->average);
    return status;
}

int ot__evaluation_batches(const ot__training *t)
{
    return (t->test.batches + t->validation.batches) * (t->average.values ? 2 : 1);
}

ot_status ot__evaluate_epoch(ot__training *t, ot_epoch_result *r)
{
    t->evaluated = 0;
    OT_TRY(evaluate(t, &t->test, &r->test_loss, &r->test_accuracy));
    r->test_control = t->test.sums.control;
    OT_TRY(evaluate(t, &t->validation, &r->validation_loss, &r->validation_accuracy));
    return evaluate_average(t, r);
}
