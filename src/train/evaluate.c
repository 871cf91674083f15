/* SPDX-License-Identifier: BSD-3-Clause
 * Evaluation and prediction: one forward pass over a data set.  An evaluation uses the sums of the
 * pass; a prediction stores the class and the logits of each image. */
#include "train/evaluate.h"

#include <math.h>

#include "base/workers.h"
#include "train/fit.h"
#include "train/pace.h"

/* The loader of an evaluation does not shuffle, so a batch is a range of images of the set. */
static ot_status not_finite(const ot__pass *p, int b, const char *what)
{
    return ot__fail(OT_ENUMERIC, "in batch %d of %d of the evaluation, from image %ld on: %s",
                    b + 1, p->batches, (long)b * p->batch, what);
}

static const char *not_finite_loss(double loss)
{
    return isnan(loss)  ? "the loss is nan; it must be finite"
           : loss > 0.0 ? "the loss is inf; it must be finite"
                        : "the loss is -inf; it must be finite";
}

ot_status ot__evaluate_pass(ot__pass *p, ot_status (*after_batch)(void *user, int b), void *user)
{
    ot__pass_begin(p, 0);
    for (int b = 0; b < p->batches; b++) {
        double loss = 0.0;
        const ot_status status = ot__pass_forward(p, b, &loss);
        if (status == OT_ENUMERIC) return not_finite(p, b, ot_message());
        if (status != OT_OK) return status;
        if (!isfinite(loss)) return not_finite(p, b, not_finite_loss(loss));
        if (after_batch) OT_TRY(after_batch(user, b));
    }
    return OT_OK;
}

/* An evaluation whose memory is to be planned for different batches. */
typedef struct request {
    const ot_net *net;
    ot_params *params;
    const ot_dataset *data;
    ot__pass_opts opts;
} request;

static ot_status needed(void *user, int batch, size_t *bytes)
{
    const request *r = user;
    ot__pass p;
    ot__pass_opts opts = r->opts;
    opts.plan_only = true;
    opts.loader.batch = batch;
    OT_TRY(ot__pass_open(r->net, r->params, r->data, &opts, &p));
    *bytes = ot__pass_bytes(&p) + ot__pass_product_bytes(&p);
    ot__pass_close(&p);
    return OT_OK;
}

ot_status ot__evaluation_open(const ot_net *net, ot_params *params, const ot_dataset *d,
                              const ot__pass_opts *opts, ot__pass *p)
{
    request r = { net, params, d, *opts };
    OT_TRY(ot__start_threads()); /* before the available memory is measured */
    const ot__available there = ot__memory_available();
    OT_TRY(ot__check_fit(&there, opts->loader.batch, needed, &r));
    return ot__pass_open(net, params, d, opts, p);
}

/* Opens the pass of an evaluation; batch 0: 128. */
static ot_status open_pass(const ot_net *net, ot_params *params, const ot_dataset *d, int batch,
                           ot_tier tier, bool features, ot__pass *p)
{
    if (batch < 0) return ot__fail(OT_EINVAL, "batch is %d; it must be at least 1", batch);
    ot__pass_opts opts = { .loader.batch = batch ? batch : 128, .features = features };
    OT_TRY(ot__resolve_tier(tier, &opts.tier));
    return ot__evaluation_open(net, params, d, &opts, p);
}

ot_status ot_evaluate(const ot_net *net, ot_params *params, const ot_dataset *d, int batch,
                      ot_tier tier, ot_eval_result *result)
{
    if (!net || !params || !d || !result)
        return ot__fail(OT_EINVAL,
                        "evaluation needs a network, parameters, a data set and a result");
    ot__pass p;
    OT_TRY(open_pass(net, params, d, batch, tier, false, &p));
    const double start = ot__now();
    const ot_status status = ot__evaluate_pass(&p, NULL, NULL);
    const double seconds = ot__now() - start;
    *result = (ot_eval_result){
        .loss = ot__pass_loss(&p),
        .accuracy = ot__pass_accuracy(&p),
        .images = (int)p.sums.images,
        .control = p.sums.control,
        .images_per_second = seconds > 0.0 ? (double)p.sums.images / seconds : 0.0,
    };
    ot__pass_close(&p);
    return status;
}

/* ---- predictions ---- */

/* Where the predictions of a whole data set are stored. */
typedef struct prediction {
    const ot__pass *pass;
    int classes, features; /* numbers of logits and of features per image */
    ot_predictions to;
} prediction;

/* Stores the prediction of image i of the batch.  false: a logit is not finite. */
static bool take_image(const prediction *p, size_t image, int i)
{
    const ot_predictions *const to = &p->to;
    for (int k = 0; k < p->classes; k++) {
        const double logit = ot__pass_logit(p->pass, i, k);
        if (!isfinite(logit)) return false;
        if (to->logits) to->logits[image * (size_t)p->classes + (size_t)k] = (float)logit;
    }
    for (int k = 0; to->features && k < p->features; k++)
        to->features[image * (size_t)p->features + (size_t)k] =
            (float)ot__pass_feature(p->pass, i, k);
    if (to->classes) to->classes[image] = ot__pass_answer(p->pass, i);
    return true;
}

/* Stores the predictions of batch b.  The loader does not shuffle, so its images are the next ones
 * of the set. */
static ot_status take_batch(void *user, int b)
{
    const prediction *to = user;
    const long first = (long)b * to->pass->batch;
    for (long image = first; image < to->pass->sums.images; image++)
        if (!take_image(to, (size_t)image, (int)(image - first)))
            return ot__fail(OT_ENUMERIC, "a logit of image %ld is not finite", image);
    return OT_OK;
}

ot_status ot_predict_into(const ot_net *net, ot_params *params, const ot_dataset *d, int batch,
                          ot_tier tier, const ot_predictions *out)
{
    if (!net || !params || !d || !out)
        return ot__fail(OT_EINVAL, "a prediction needs a network, parameters, a data set and a "
                                   "place for its results");
    ot__pass p;
    OT_TRY(open_pass(net, params, d, batch, tier, out->features != NULL, &p));
    prediction to = { &p, ot_net_options(net)->classes, 0, *out };
    if (out->features) to.features = ot_var_shape(ot_net_tape(net), ot_net_features(net)).dim[1];
    const ot_status status = ot__evaluate_pass(&p, take_batch, &to);
    ot__pass_close(&p);
    return status;
}

ot_status ot_predict(const ot_net *net, ot_params *params, const ot_dataset *d, int batch,
                     ot_tier tier, int32_t *classes, float *logits)
{
    const ot_predictions out = { .classes = classes, .logits = logits };
    return ot_predict_into(net, params, d, batch, tier, &out);
}
