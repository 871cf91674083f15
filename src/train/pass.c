/* SPDX-License-Identifier: BSD-3-Clause
 * One batch after another through a network: loads it, runs it and adds up what came of it. */
#include "train/pass.h"

#include <string.h>

#include "base/check.h"
#include "base/comm.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/dataset.h"
#include "data/loader.h"
#include "train/sharing.h"

ot_status ot__resolve_tier(ot_tier tier, ot_tier *out)
{
    OT_TRY(ot__check_choice("kernels", "the tier", (int)tier, OT_TIER_BEST));
    if (tier == OT_TIER_DEFAULT) OT_TRY(ot_machine_check());
    *out = tier == OT_TIER_DEFAULT ? ot_machine().tier : tier;
    return OT_OK;
}

ot_dtype ot__dtype_of(ot_tier tier)
{
    return tier == OT_TIER_REFERENCE ? OT_F64 : OT_F32;
}

static ot_status check_fit(const ot_net *net, const ot_dataset *d)
{
    const ot_net_opts *o = ot_net_options(net);
    const ot_shape s = ot_var_shape(ot_net_tape(net), ot_net_images(net));
    if (s.dim[1] != d->height || s.dim[2] != d->width || s.dim[3] != d->channels)
        return ot__fail(OT_ESHAPE,
                        "the network takes images of %dx%dx%d; the data set's are %dx%dx%d",
                        s.dim[1], s.dim[2], s.dim[3], d->height, d->width, d->channels);
    if (d->classes != o->classes)
        return ot__fail(OT_ESHAPE, "the network has %d classes; the data set has %d", o->classes,
                        d->classes);
    if (ot_dataset_count(d) < 1) return ot__fail(OT_EINVAL, "the data set has no images");
    return OT_OK;
}

static ot_status compile(ot__pass *p, ot_params *params, const ot__pass_opts *opts)
{
    const ot__share share = { .most = p->batch, .apart = opts->apart };
    const ot_compile_opts how = {
        .dtype = p->dtype,
        .evaluate = !opts->train && !opts->batch_statistics,
        .forward_only = !opts->train,
        .batch = opts->shared ? ot__most_images_here(p->batch) : p->batch,
        .share = opts->shared ? &share : NULL,
        .tier = opts->tier,
        .params = params,
        .plan_only = opts->plan_only,
        .memory_limit = opts->memory_limit,
        .rebuild = opts->rebuild,
    };
    return (opts->features ? ot__execution_with_features : ot_execution_new)(p->net, &how,
                                                                             &p->execution);
}

/* Images are normalised as in the training of the weights, not by the data set's own numbers. */
static ot_status open_loader(ot__pass *p, const ot_params *params, const ot_dataset *d,
                             const ot_loader_opts *opts)
{
    ot_loader_opts used = *opts;
    if (used.normalisation.channels == 0) used.normalisation = ot_params_normalisation(params);
    return ot_loader_new(d, &used, &p->loader);
}

/* Opens the loader and counts its batches. */
static ot_status load_from(ot__pass *p, const ot_params *params, const ot_dataset *d,
                           const ot_loader_opts *opts)
{
    OT_TRY(open_loader(p, params, d, opts));
    p->batches = ot_loader_batches(p->loader);
    return OT_OK;
}

static ot_status open_parts(ot__pass *p, ot_params *params, const ot_dataset *d,
                            const ot__pass_opts *opts)
{
    OT_TRY(check_fit(p->net, d));
    p->numbers = ot__image_bytes(d);
    OT_TRY(load_from(p, params, d, &opts->loader));
    OT_TRY(compile(p, params, opts));
    p->mixes = opts->shared && opts->loader.mixup > 0;
    if ((p->dtype == OT_F32 && !p->mixes) || opts->plan_only) return OT_OK;
    p->staging = ot__new((size_t)p->batch * p->numbers, sizeof *p->staging);
    if (p->mixes) p->labels = ot__new(2 * (size_t)p->batch, sizeof *p->labels);
    return p->staging && (p->labels || !p->mixes) ? OT_OK : OT_ENOMEM;
}

ot_status ot__pass_open(const ot_net *net, ot_params *params, const ot_dataset *d,
                        const ot__pass_opts *opts, ot__pass *p)
{
    *p = (ot__pass){ .net = net, .dtype = ot__dtype_of(opts->tier), .batch = opts->loader.batch };
    const ot_status status = open_parts(p, params, d, opts);
    if (status != OT_OK) ot__pass_close(p);
    return status;
}

ot_status ot__pass_share(const ot__pass *of, const ot_params *params, const ot_dataset *d,
                         const ot_loader_opts *opts, ot__pass *p)
{
    *p = *of;
    p->loader = NULL;
    p->borrows = true;
    const ot_status status = load_from(p, params, d, opts);
    if (status != OT_OK) ot__pass_close(p);
    return status;
}

void ot__pass_close(ot__pass *p)
{
    ot_loader_free(p->loader);
    if (!p->borrows) {
        ot_execution_free(p->execution);
        ot__free(p->staging);
        ot__free(p->labels);
    }
    *p = (ot__pass){ 0 };
}

void ot__pass_begin(ot__pass *p, int epoch)
{
    ot_loader_epoch(p->loader, epoch);
    p->sums = (ot__pass_sums){ 0 };
}

/* Fills in second labels and weights. */
static void set_second(const ot__pass *p, const ot__mix *mix, const int32_t *labels)
{
    ot__mixup_labels(mix, labels, ot_execution_second_labels(p->execution));
    for (int i = 0; i < mix->n; i++)
        ot__set_number(ot_execution_label_weight(p->execution), p->dtype, (size_t)i,
                       (double)mix->weight);
}

/* Mixes batch b in pairs as the loader says. */
static void mix(const ot__pass *p, int b, void *x, const int32_t *labels)
{
    const ot__mix mix = ot__loader_mix(p->loader, b);
    ot__mixup_images(&mix, p->dtype, x, p->numbers);
    set_second(p, &mix, labels);
}

/* Loads the whole batch, mixes it, and copies the images that this process has. */
static void load_mixed_part(ot__pass *p, int b, ot__images_here part, void *x, int32_t *labels)
{
    const ot__mix mix = ot__loader_mix(p->loader, b);
    const size_t n = (size_t)part.n, first = (size_t)part.first;
    int32_t *const second = p->labels + p->batch;
    ot__loader_fill(p->loader, b, p->staging, p->labels);
    ot__mixup_images(&mix, OT_F32, p->staging, p->numbers);
    ot__mixup_labels(&mix, p->labels, second);
    memcpy(x, p->staging + first * p->numbers, n * p->numbers * sizeof *p->staging);
    memcpy(labels, p->labels + first, n * sizeof *labels);
    memcpy(ot_execution_second_labels(p->execution), second + first, n * sizeof *second);
    for (size_t i = 0; i < n; i++)
        ot__set_number(ot_execution_label_weight(p->execution), p->dtype, i, (double)mix.weight);
}

/* Loads what this process has of batch b.  If it has nothing, it runs the first image. */
static int load_part(ot__pass *p, int b, void *x, int32_t *labels)
{
    const int whole = ot__loader_images(p->loader, b);
    ot__images_here part = ot__images_here_of(whole);
    ot__share_batch(ot__execution_share(p->execution), whole);
    p->here = part.n;
    if (part.n == 0) part = (ot__images_here){ 0, 1 };
    if (p->labels)
        load_mixed_part(p, b, part, x, labels);
    else
        ot__loader_fill_part(p->loader, b, part.first, part.n, x, labels);
    if (!p->labels && ot_execution_second_labels(p->execution)) {
        const ot__mix unmixed = { .n = part.n, .weight = 1 };
        set_second(p, &unmixed, labels);
    }
    return part.n;
}

int ot__pass_load(ot__pass *p, int b)
{
    void *x = ot_execution_images(p->execution);
    int32_t *labels = ot_execution_labels(p->execution);
    if (ot__execution_share(p->execution)) return load_part(p, b, x, labels);
    const int n = ot__loader_fill(p->loader, b, p->dtype == OT_F32 ? x : p->staging, labels);
    double *const to = x;
    for (size_t i = 0; p->dtype == OT_F64 && i < (size_t)n * p->numbers; i++)
        to[i] = p->staging[i];
    if (ot_execution_second_labels(p->execution)) mix(p, b, x, labels);
    return p->here = n;
}

static int classes_of(const ot__pass *p)
{
    return ot_net_options(p->net)->classes;
}

double ot__pass_logit(const ot__pass *p, int i, int k)
{
    return ot__number(ot_execution_logits(p->execution), p->dtype,
                      (size_t)i * (size_t)classes_of(p) + (size_t)k);
}

double ot__pass_feature(const ot__pass *p, int i, int k)
{
    const int width = ot_var_shape(ot_net_tape(p->net), ot_net_features(p->net)).dim[1];
    return ot__number(ot__execution_features(p->execution), p->dtype,
                      (size_t)i * (size_t)width + (size_t)k);
}

int ot__pass_answer(const ot__pass *p, int i)
{
    int best = 0;
    for (int k = 1; k < classes_of(p); k++)
        if (ot__pass_logit(p, i, k) > ot__pass_logit(p, i, best)) best = k;
    return best;
}

/* Counts the right answers of the whole batch. */
static ot_status count_correct(const ot__pass *p, long *correct)
{
    const int32_t *labels = ot_execution_labels(p->execution);
    long long n = 0;
    for (int i = 0; i < p->here; i++)
        n += ot__pass_answer(p, i) == labels[i];
    if (ot__execution_share(p->execution)) OT_TRY(ot__comm_add(&n, 1));
    *correct += (long)n;
    return OT_OK;
}

ot_status ot__pass_forward(ot__pass *p, int b, double *loss)
{
    const int n = ot__pass_load(p, b), images = ot__loader_images(p->loader, b);
    OT_TRY(ot_execution_forward(p->execution, n));
    const ot_control_result control = ot_execution_control(p->execution);
    *loss = ot_execution_loss(p->execution);
    p->sums.loss += *loss * images;
    OT_TRY(count_correct(p, &p->sums.correct));
    p->sums.images += images;
    ot__control_add(&p->sums.control, &control);
    return OT_OK;
}

ot_status ot__pass_backward(ot__pass *p)
{
    OT_TRY(ot_execution_backward(p->execution, NULL));
    p->sums.control.backward_evaluations += ot_execution_control(p->execution).backward_evaluations;
    return OT_OK;
}

double ot__pass_loss(const ot__pass *p)
{
    return p->sums.images ? p->sums.loss / (double)p->sums.images : 0.0;
}

double ot__pass_accuracy(const ot__pass *p)
{
    return p->sums.images ? (double)p->sums.correct / (double)p->sums.images : 0.0;
}

ot_program_info ot__pass_describe(const ot__pass *p)
{
    return ot_execution_describe(p->execution);
}

size_t ot__pass_product_bytes(const ot__pass *p)
{
    return ot__pass_describe(p).product_bytes;
}

size_t ot__pass_bytes(const ot__pass *p)
{
    if (p->borrows || !p->execution) return ot__loader_bytes(p->loader);
    const ot_program_info info = ot__pass_describe(p);
    const size_t states = ot__execution_bytes(p->execution);
    const size_t staging =
        p->dtype == OT_F64 || p->mixes ? (size_t)p->batch * p->numbers * sizeof *p->staging : 0;
    return info.arena_bytes + info.scratch_bytes + states + ot__loader_bytes(p->loader) + staging;
}
