/* SPDX-License-Identifier: BSD-3-Clause
 * A forward-only program whose root is the logits, over the batches of the loader. */
#include "cli/confusion.h"

#include <math.h>
#include <stdlib.h>

#include "cli/groups.h"

typedef struct pass {
    const ot_net *net;
    ot_program *program;
    ot_loader *loader;
    ot_dtype dtype;
    size_t pixels; /* numbers an image */
    float *images;
    int32_t *labels;
} pass;

static double logit(const pass *p, size_t i)
{
    const void *const v = ot_program_value(p->program, ot_net_logits(p->net));
    return p->dtype == OT_F64 ? ((const double *)v)[i] : (double)((const float *)v)[i];
}

/* The class of image i of the batch, -1 when a logit is not finite. */
static int class_of(const pass *p, int classes, int i)
{
    int best = 0;
    for (int k = 0; k < classes; k++) {
        const double v = logit(p, (size_t)i * (size_t)classes + (size_t)k);
        if (!isfinite(v)) return -1;
        if (v > logit(p, (size_t)i * (size_t)classes + (size_t)best)) best = k;
    }
    return best;
}

static void hand_over(const pass *p, int n)
{
    void *const to = ot_program_input(p->program, ot_net_images(p->net));
    for (size_t i = 0; i < (size_t)n * p->pixels; i++)
        if (p->dtype == OT_F64)
            ((double *)to)[i] = (double)p->images[i];
        else
            ((float *)to)[i] = p->images[i];
}

/* -1: a logit is not finite; else how many images there were. */
static int count_batch(const pass *p, cli_confusion *c, int n)
{
    for (int i = 0; i < n; i++) {
        const int taken = class_of(p, c->classes, i);
        if (taken < 0) return -1;
        c->count[p->labels[i] * c->classes + taken]++;
    }
    return n;
}

static ot_status run(const pass *p, cli_confusion *c)
{
    for (int b = 0; b < ot_loader_batches(p->loader); b++) {
        const int n = ot_loader_fill(p->loader, b, p->images, p->labels);
        hand_over(p, n);
        const ot_status status = ot_forward(p->program, n);
        if (status != OT_OK) return status;
        if (count_batch(p, c, n) < 0) return OT_ENUMERIC;
        c->images += n;
    }
    return OT_OK;
}

static ot_status open_pass(pass *p, ot_params *params, const ot_dataset *d, int batch)
{
    ot_compile_opts how = cli_compile_opts(&(const cli_program){ .evaluate = true });
    how.params = params;
    how.batch = batch;
    p->dtype = how.dtype;
    p->images = calloc((size_t)batch * p->pixels, sizeof *p->images);
    p->labels = calloc((size_t)batch, sizeof *p->labels);
    if (!p->images || !p->labels) return OT_ENOMEM;
    const ot_status status =
        ot_compile(ot_net_tape(p->net), ot_net_logits(p->net), &how, &p->program);
    return status == OT_OK ? ot_loader_new(d, &(const ot_loader_opts){ .batch = batch }, &p->loader)
                           : status;
}

ot_status cli_confusion_new(const ot_net *net, ot_params *params, const ot_dataset *d, int batch,
                            cli_confusion *out)
{
    const ot_net_opts *const opts = ot_net_options(net);
    pass p = { .net = net,
               .pixels = (size_t)opts->image * (size_t)opts->image * (size_t)opts->channels };
    *out = (cli_confusion){ .classes = ot_dataset_classes(d) };
    if (opts->classes != out->classes || opts->image != 32 || opts->channels != 3) return OT_EINVAL;
    out->count = calloc((size_t)out->classes * (size_t)out->classes, sizeof *out->count);
    ot_status status = out->count ? open_pass(&p, params, d, batch) : OT_ENOMEM;
    if (status == OT_OK) status = run(&p, out);
    ot_loader_free(p.loader);
    ot_program_free(p.program);
    free(p.images);
    free(p.labels);
    return status;
}

void cli_confusion_free(cli_confusion *c)
{
    free(c->count);
    c->count = NULL;
}
