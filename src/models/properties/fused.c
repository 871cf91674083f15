/* SPDX-License-Identifier: BSD-3-Clause
 * The network with its batch norms made part of the convolutions before them computes, in
 * evaluation, what the network itself does.  Fresh statistics and weights, 0 and 1, would hide
 * errors.  So the running statistics are those after a few batches, and all vectors of weights are
 * drawn at random. */
#include <math.h>

#include "models/properties/property.h"

enum { BATCHES = 3 };

/* Moves all weights with one dimension, which are those of norms and biases. */
static ot_status move_vectors(ot_params *ps)
{
    for (int i = 0; i < ot_params_count(ps); i++) {
        if (!ot_params_trained(ps, i) || ot_params_shape(ps, i).rank != 1) continue;
        double *const w = ot_params_edit(ps, i, OT_F64);
        double by[256];
        if (!w) return OT_ENOMEM;
        for (size_t j = 0, n = ot_params_elements(ps, i); j < n; j++) {
            if (j % 256 == 0) ot__random_numbers(i + 2, n - j < 256 ? n - j : 256, by);
            w[j] += 0.3 * by[j % 256];
        }
    }
    return OT_OK;
}

/* The same network and parameters in evaluation. */
static ot_status evaluating(const ot_net *net, ot_params *ps, ot__small *s)
{
    const ot_var logits = ot_net_logits(net);
    *s = (ot__small){ .net = (ot_net *)(uintptr_t)net };
    OT_TRY(ot_compile(ot_net_tape(net), ot_net_loss(net),
                      &(ot_compile_opts){ .dtype = OT_F64,
                                          .evaluate = true,
                                          .forward_only = true,
                                          .params = ps,
                                          .n_keep = 1,
                                          .keep = &logits },
                      &s->program));
    return ot__small_run(s);
}

static ot_status compare(ot__checking *c, const ot__small *s, const ot_net *fused, ot_params *ps)
{
    ot__small whole = { NULL }, joined = { NULL };
    ot_status status = evaluating(s->net, s->params, &whole);
    if (status == OT_OK) status = evaluating(fused, ps, &joined);
    if (status == OT_OK)
        ot__checking_report(c, "logits against those of the fused network",
                            ot__small_distance(&whole, &joined), 0, c->check->bound);
    ot_program_free(whole.program);
    ot_program_free(joined.program);
    return status;
}

static ot_status run(ot__checking *c)
{
    ot__small s;
    ot_net *fused = NULL;
    ot_params *ps = NULL;
    OT_TRY(ot__small_new(c, c->check->options, 2, &s));
    ot_status status = move_vectors(s.params);
    for (int i = 0; i < BATCHES && status == OT_OK; i++)
        status = ot__small_run(&s);
    if (status == OT_OK) status = ot_net_fuse(s.net, s.params, &fused, &ps);
    if (status == OT_OK) status = compare(c, &s, fused, ps);
    ot_params_free(ps);
    ot_net_free(fused);
    ot__small_free(&s);
    return status;
}

const ot__property ot__property_fused = { .name = "fused", .run = run };
