/* SPDX-License-Identifier: BSD-3-Clause
 * Networks for the tests of exporters: fixtures DIRECTORY makes a folder per network with its
 * exports, images, labels, logits, and its tensors after a step of training.  All is computed in
 * double by the reference kernels.  Networks: each system in its small version, and the networks
 * listed below. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "autograd/op.h"
#include "base/memory.h"
#include "base/npy.h"
#include "base/rng.h"
#include "models/properties/property.h"

static const double RATE = 0.1;

typedef struct made {
    const char *name;
    ot_net_opts opts;
} made;

/* What systems do not have: shared and theta weights, learned steps and tableaux, other norms and
 * sub-nets. */
static const made networks[] = {
    { "rk4-x2", { .blocks = "rk4 x2" } },
    { "verner89", { .blocks = "verner89 x1" } },
    { "shared", { .blocks = "rk4 x1", .weights = OT_WEIGHTS_SHARED } },
    { "theta", { .blocks = "rk4 x1", .weights = OT_WEIGHTS_THETA } },
    { "learned", { .blocks = "rk4 x2", .step = OT_STEP_LEARNED, .learn_tableau = true } },
    { "channel", { .blocks = "euler x2", .step = OT_STEP_CHANNEL } },
    { "group", { .blocks = "euler x2", .norm = "group", .levels = "8,16:2" } },
    { "layer", { .blocks = "euler x2", .norm = "layer" } },
    { "postact", { .blocks = "euler x2", .subnet = "postact", .down = "B", .levels = "8,16:2" } },
    { "gates", { .blocks = "euler x2", .branch = "highway" } },
    { "smoothing", { .blocks = "euler x1", .label_smoothing = 0.1 } },
    { "last", { .blocks = "rk4 x1", .output = OT_OUTPUT_LAST, .block_relu = true } },
};

static const ot_normalisation normalisation = { .channels = 3,
                                                .mean = { 0.5F, 0.25F, 0.375F },
                                                .deviation = { 0.25F, 0.5F, 0.125F } };

static double uniform(uint32_t tensor, size_t i)
{
    const ot__draw d = ot__random(7, OT__RNG_GRADCHECK, (uint32_t)i, tensor, 1, 0);
    return d.word[0] / 4294967296.0;
}

/* Values near the initial ones, which float32 can hold; variances stay positive. */
static ot_status perturb(ot_params *ps)
{
    for (int i = 0; i < ot_params_count(ps); i++) {
        float *const w = ot_params_edit(ps, i, OT_F32);
        if (!w) return OT_ENOMEM;
        for (size_t j = 0; j < ot_params_elements(ps, i); j++)
            w[j] += (float)(0.4 * uniform((uint32_t)i, j) - 0.1);
    }
    return ot_params_set_normalisation(ps, &normalisation);
}

/* ---- one network ---- */

typedef struct fixture {
    const char *folder;
    ot_net *net;
    ot_params *ps;
    ot_execution *execution;
    ot_shape shape; /* of the images */
    float *images;  /* (N,C,H,W), 0 to 1 */
    int32_t *labels;
} fixture;

static ot_status save(const fixture *f, const char *name, ot__npy_type type, int rank,
                      const size_t dim[], const void *values)
{
    char *const path = ot__format("%s/%s.npy", f->folder, name);
    const ot_status status = path ? ot__npy_write(path, type, rank, dim, values) : OT_ENOMEM;
    ot__free(path);
    return status;
}

/* Images as the network reads them from (N,C,H,W): normalised, channels last. */
static ot_status make_images(fixture *f)
{
    const int *const d = f->shape.dim;
    const size_t dim[] = { (size_t)d[0], (size_t)d[3], (size_t)d[1], (size_t)d[2] };
    f->images = ot__new(ot__elements(f->shape), sizeof *f->images);
    f->labels = ot__new((size_t)d[0], sizeof *f->labels);
    if (!f->images || !f->labels) return OT_ENOMEM;
    for (size_t i = 0; i < ot__elements(f->shape); i++)
        f->images[i] = (float)uniform(1000000, i);
    for (int n = 0; n < d[0]; n++)
        f->labels[n] = n % ot_net_options(f->net)->classes;
    OT_TRY(save(f, "labels", OT__NPY_I32, 1, (const size_t[]){ (size_t)d[0] }, f->labels));
    return save(f, "images", OT__NPY_F32, 4, dim, f->images);
}

static void give_images(const fixture *f)
{
    const int *const d = f->shape.dim;
    const size_t pixels = (size_t)d[1] * (size_t)d[2], channels = (size_t)d[3];
    double *const x = ot_execution_images(f->execution);
    for (size_t n = 0; n < (size_t)d[0]; n++)
        for (size_t p = 0; p < pixels; p++)
            for (size_t c = 0; c < channels; c++)
                x[(n * pixels + p) * channels + c] =
                    ((double)f->images[(n * channels + c) * pixels + p] -
                     (double)normalisation.mean[c]) /
                    (double)normalisation.deviation[c];
    memcpy(ot_execution_labels(f->execution), f->labels, (size_t)d[0] * sizeof *f->labels);
}

static ot_status run_forward(fixture *f, bool evaluate)
{
    const ot_compile_opts how = { .dtype = OT_F64,
                                  .tier = OT_TIER_REFERENCE,
                                  .evaluate = evaluate,
                                  .forward_only = evaluate,
                                  .params = f->ps };
    ot_execution_free(f->execution);
    OT_TRY(ot_execution_new(f->net, &how, &f->execution));
    give_images(f);
    return ot_execution_forward(f->execution, f->shape.dim[0]);
}

static ot_status take_step(fixture *f)
{
    OT_TRY(run_forward(f, false));
    OT_TRY(ot_execution_backward(f->execution, NULL));
    for (int i = 0; i < ot_params_count(f->ps); i++) {
        if (!ot_params_trained(f->ps, i)) continue;
        double *const w = ot_params_edit(f->ps, i, OT_F64);
        const double *const g = ot_params_grad(f->ps, i, OT_F64);
        for (size_t j = 0; j < ot_params_elements(f->ps, i); j++)
            w[j] -= RATE * g[j];
    }
    return OT_OK;
}

/* Names and a source that must not become code. */
static const ot_export_opts named = {
    .source = "a \"\"\" \n\rimport os\f\\",
    .class_names = (const char *const[]){ "one \"", "two \\", "three\n" },
};

static ot_status export_all(const fixture *f)
{
    char *const pytorch = ot__format("%s/pytorch", f->folder);
    char *const onnx = ot__format("%s/model.onnx", f->folder);
    ot_status status = ot_export(f->net, f->ps, "pytorch", pytorch, &named);
    if (status == OT_OK) status = ot_export(f->net, f->ps, "onnx", onnx, &named);
    if (status == OT_EINVAL && strstr(ot_message(), "without ONNX")) status = OT_OK;
    ot__free(onnx);
    ot__free(pytorch);
    return status;
}

static ot_status make_fixture(fixture *f)
{
    f->shape = ot_var_shape(ot_net_tape(f->net), ot_net_images(f->net));
    const size_t rows = (size_t)f->shape.dim[0];
    const size_t classes = (size_t)ot_net_options(f->net)->classes;
    OT_TRY(ot_params_new(ot_net_tape(f->net), &f->ps));
    ot_params_init(f->ps, 1);
    OT_TRY(perturb(f->ps));
    OT_TRY(export_all(f));
    OT_TRY(make_images(f));
    OT_TRY(run_forward(f, true));
    OT_TRY(save(f, "logits", OT__NPY_F64, 2, (const size_t[]){ rows, classes },
                ot_execution_logits(f->execution)));
    OT_TRY(take_step(f));
    char *const after = ot__format("%s/after.safetensors", f->folder);
    const ot_status status = after ? ot_params_save(f->ps, after, 0, NULL) : OT_ENOMEM;
    ot__free(after);
    return status;
}

static ot_status finish(const char *directory, const char *name, ot_net *net)
{
    char *const folder = ot__format("%s/%s", directory, name);
    fixture f = { .folder = folder, .net = net };
    ot_status status = folder && mkdir(folder, 0777) == 0 ? make_fixture(&f) : OT_EIO;
    ot__free(f.labels);
    ot__free(f.images);
    ot_execution_free(f.execution);
    ot_params_free(f.ps);
    ot_net_free(net);
    ot__free(folder);
    if (status != OT_OK) printf("%s: %s\n", name, ot_message());
    return status;
}

int main(int argc, char **argv)
{
    const ot_system *s;
    int failed = argc != 2;
    for (int i = 0; argc == 2 && (s = ot_system_at(i)) != NULL; i++) {
        ot_net *net = NULL;
        const ot__checking c = { .system = s };
        if (ot__checking_net(&c, NULL, 2, &net) == OT_OK)
            failed |= finish(argv[1], s->name, net) != OT_OK;
        else
            failed |= printf("%s: %s\n", s->name, ot_message()) > 0;
    }
    for (size_t i = 0; argc == 2 && i < sizeof networks / sizeof networks[0]; i++) {
        ot_net *net = NULL;
        ot_net_opts o = networks[i].opts;
        o.image = 8;
        o.batch = 3;
        o.classes = 3;
        if (!o.levels) o.width = 4;
        if (ot_net_new(&o, &net) == OT_OK)
            failed |= finish(argv[1], networks[i].name, net) != OT_OK;
        else
            failed |= printf("%s: %s\n", networks[i].name, ot_message()) > 0;
    }
    return failed;
}
