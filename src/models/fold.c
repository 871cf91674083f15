/* SPDX-License-Identifier: BSD-3-Clause
 * The values of a fused network (Ding et al. 2021, section 3.3): a batch norm in evaluation is
 * y = s x + (beta - s mean) with s = gamma/sqrt(var + eps), and so is part of the convolution
 * before it. */
#include <math.h>

#include "autograd/params.h"
#include "base/check.h"
#include "base/memory.h"
#include "models/fusion.h"
#include "ops/attr.h"

/* A convolution whose values are being computed. */
typedef struct folding {
    const ot__fusion *fusion;
    ot_params *from; /* the parameters of the network that is not fused */
    double *weight, *bias;
} folding;

/* ---- one branch ---- */

/* Adds the kernel of a branch, times scale[o] for output channel o, to the centre of the weight. */
static void add_kernel(const folding *g, ot_shape all, ot_shape own, const double *scale,
                       const double *kernel)
{
    const int down = (all.dim[2] - own.dim[2]) / 2, right = (all.dim[3] - own.dim[3]) / 2;
    const size_t row = (size_t)own.dim[3], size = (size_t)own.dim[2] * row;
    for (int o = 0; o < all.dim[0]; o++)
        for (int i = 0; i < all.dim[1]; i++)
            for (size_t j = 0; j < size; j++) {
                const size_t pair = (size_t)o * (size_t)all.dim[1] + (size_t)i;
                const size_t y = (size_t)down + j / row, x = (size_t)right + j % row;
                g->weight[(pair * (size_t)all.dim[2] + y) * (size_t)all.dim[3] + x] +=
                    scale[o] * kernel[pair * size + j];
            }
}

/* x itself is the kernel of one pixel that is 1 where both channels are the same. */
static void make_identity(int channels, double *kernel)
{
    for (int c = 0; c < channels; c++)
        kernel[(size_t)c * (size_t)channels + (size_t)c] = 1;
}

/* numbers: six arrays of one number per channel, all 0. */
static ot_status fold_branch(const folding *g, const ot__branch *b, ot_shape all, double *numbers,
                             double *kernel)
{
    const ot_tape *const t = g->fusion->tape;
    const ot__record *const norm = &ot__node_of(t, b->norm)->record;
    const size_t channels = (size_t)all.dim[0];
    double *const of[OT__BN_OPERANDS + 1] = { numbers,
                                              numbers + channels,
                                              numbers + 2 * channels,
                                              numbers + 3 * channels,
                                              numbers + 4 * channels,
                                              numbers + 5 * channels };
    double *const scale = of[0], *const bias = of[OT__BN_OPERANDS];
    for (int k = OT__BN_GAMMA; k < OT__BN_OPERANDS; k++)
        OT_TRY(ot__add_constant(t, g->from, norm->in[k], 1, of[k]));
    if (b->bias.id) OT_TRY(ot__add_constant(t, g->from, b->bias, 1, bias));
    for (size_t c = 0; c < channels; c++) {
        scale[c] = of[OT__BN_GAMMA][c] /
                   sqrt(of[OT__BN_VAR][c] + ((const ot__batch_norm_attr *)norm->attr)->eps);
        g->bias[c] += of[OT__BN_BETA][c] + scale[c] * (bias[c] - of[OT__BN_MEAN][c]);
    }
    if (b->conv.id)
        OT_TRY(ot__add_constant(t, g->from, b->weight, 1, kernel));
    else
        make_identity(all.dim[0], kernel);
    const ot_shape pixel = OT_SHAPE(all.dim[0], all.dim[1], 1, 1);
    add_kernel(g, all, b->conv.id ? ot_var_shape(t, b->weight) : pixel, scale, kernel);
    return OT_OK;
}

/* ---- one convolution ---- */

static ot_status fold_branches(const folding *g, const ot__fused *f)
{
    const size_t elements = ot__elements(f->weight), channels = (size_t)f->weight.dim[0];
    ot_status status = OT_OK;
    for (int i = 0; status == OT_OK && i < f->n; i++) {
        double *const numbers = ot__new((OT__BN_OPERANDS + 1) * channels, sizeof *numbers);
        double *const kernel = ot__new(elements, sizeof *kernel);
        status = numbers && kernel ? fold_branch(g, &f->branch[i], f->weight, numbers, kernel)
                                   : OT_ENOMEM;
        ot__free(kernel);
        ot__free(numbers);
    }
    return status;
}

/* The values, all 0, of a parameter "scope.name" of the fused network. */
static ot_status cleared(ot_params *ps, const char *scope, const char *name, double **values)
{
    char *const whole = ot__format("%s.%s", scope, name);
    if (!whole) return OT_ENOMEM;
    const int i = ot_params_find(ps, whole);
    *values = ot_params_edit(ps, i, OT_F64);
    ot__free(whole);
    if (!*values) return OT_ENOMEM;
    for (size_t j = 0; j < ot_params_elements(ps, i); j++)
        (*values)[j] = 0;
    return OT_OK;
}

static ot_status fold(const ot__fusion *fusion, ot_params *from, ot_params *to)
{
    for (int i = 0; i < fusion->n; i++) {
        const ot__fused *const f = &fusion->of[i];
        folding g = { .fusion = fusion, .from = from };
        if (f->same_as >= 0 || !fusion->needed[f->y.id]) continue;
        OT_TRY(cleared(to, f->scope, "weight", &g.weight));
        OT_TRY(cleared(to, f->scope, "bias", &g.bias));
        OT_TRY(fold_branches(&g, f));
    }
    return OT_OK;
}

/* ---- the network ---- */

/* All that is not fused keeps its name and its values. */
static ot_status copy_values(ot_params *from, ot_params *to)
{
    for (int i = 0; i < ot_params_count(to); i++) {
        const int k = ot_params_find(from, ot_params_name(to, i));
        if (k < 0 || ot_params_elements(from, k) != ot_params_elements(to, i)) continue;
        const double *const value = ot_params_value(from, k, OT_F64);
        double *const copy = ot_params_edit(to, i, OT_F64);
        if (!value || !copy) return OT_ENOMEM;
        for (size_t j = 0; j < ot_params_elements(to, i); j++)
            copy[j] = value[j];
    }
    const ot_normalisation n = ot_params_normalisation(from);
    return n.channels ? ot_params_set_normalisation(to, &n) : OT_OK;
}

/* The network again, with `fused`.  As in files, tableaux are given and all else is named. */
static ot_status build(const ot_net *net, ot_net **out)
{
    ot_net_opts opts = *ot_net_options(net);
    const ot_scheme *s;
    const ot_scheme **const schemes = ot__new((size_t)net->blocks.n + 1, sizeof *schemes);
    if (!schemes) return OT_ENOMEM;
    for (int i = 0; (s = ot_net_scheme(net, i)) != NULL; i++)
        if (ot_scheme_tableau(s)) schemes[opts.n_schemes++] = s;
    opts.schemes = schemes;
    opts.fused = true;
    const ot_status status = ot_net_new(&opts, out);
    ot__free(schemes);
    return status;
}

static ot_status make(const ot_net *net, ot_params *ps, ot_net **fused, ot_params **values)
{
    ot__fusion f;
    OT_TRY(build(net, fused));
    OT_TRY(ot_params_new(ot_net_tape(*fused), values));
    OT_TRY(copy_values(ps, *values));
    ot_status status = ot__fusion_find(net, &f);
    if (status == OT_OK) status = fold(&f, ps, *values);
    ot__fusion_free(&f);
    return status;
}

ot_status ot_net_fuse(const ot_net *net, ot_params *ps, ot_net **fused, ot_params **fused_params)
{
    OT_TRY(ot__check_given("fuse", "where to put the network", fused));
    OT_TRY(ot__check_given("fuse", "where to put its parameters", fused_params));
    *fused = NULL;
    *fused_params = NULL;
    OT_TRY(ot__check_given("fuse", "the network", net));
    OT_TRY(ot__params_check("fuse", ps, ot_net_tape(net)));
    if (net->opts.fused)
        return ot__fail(OT_EINVAL, "fuse: the network is fused already; its batch norms that are "
                                   "left follow no convolution");
    if (!net->tape)
        return ot__fail(OT_EINVAL, "fuse: a program of its own recorded the network; only networks "
                                   "that their options describe can be fused");
    const ot_status status = make(net, ps, fused, fused_params);
    if (status == OT_OK) return OT_OK;
    ot_params_free(*fused_params);
    ot_net_free(*fused);
    *fused_params = NULL;
    *fused = NULL;
    return status;
}
