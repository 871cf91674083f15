/* SPDX-License-Identifier: BSD-3-Clause */
#include "models/passes.h"

#include <math.h>
#include <string.h>

void pass_compile(pass *p, bool evaluate)
{
    const ot_var logits = ot_net_logits(p->net);
    ck_ok(ot_compile(ot_net_tape(p->net), ot_net_loss(p->net),
                     &(ot_compile_opts){ .dtype = p->dtype,
                                         .evaluate = evaluate,
                                         .forward_only = evaluate,
                                         .params = p->params,
                                         .n_keep = 1,
                                         .keep = &logits },
                     &p->program));
    pass_fill(p);
}

pass pass_new(const ot_net_opts *opts, ot_dtype dtype, uint64_t seed)
{
    pass p = { .dtype = dtype };
    ck_ok(ot_net_new(opts, &p.net));
    const ot_tape *const t = ot_net_tape(p.net);
    p.batch = ot_net_options(p.net)->batch;
    ck_ok(ot_params_new(t, &p.params));
    ot_params_init(p.params, seed);
    pass_compile(&p, false);
    return p;
}

void pass_free(pass *p)
{
    ot_program_free(p->program);
    ot_params_free(p->params);
    ot_net_free(p->net);
}

void pass_fill(const pass *p)
{
    const ot_net_opts *const o = ot_net_options(p->net);
    void *const images = ot_program_input(p->program, ot_net_images(p->net));
    int32_t *const labels = ot_program_input(p->program, ot_net_labels(p->net));
    const int n = o->batch * o->image * o->image * o->channels;
    for (int j = 0; j < n; j++)
        if (p->dtype == OT_F64)
            ((double *)images)[j] = sin(0.9 + 0.31 * j);
        else
            ((float *)images)[j] = (float)sin(0.9 + 0.31 * j);
    for (int i = 0; i < o->batch; i++)
        labels[i] = (3 * i + 1) % o->classes;
}

double pass_value(const pass *p, ot_var v, int k)
{
    const void *const x = ot_program_value(p->program, v);
    return p->dtype == OT_F64 ? ((const double *)x)[k] : (double)((const float *)x)[k];
}

double pass_forward(const pass *p)
{
    ck_ok(ot_forward(p->program, p->batch));
    return pass_value(p, ot_net_loss(p->net), 0);
}

void pass_backward(const pass *p)
{
    ck_ok(ot_backward(p->program, NULL, false));
}

int pass_find(const pass *p, const char *name)
{
    const int i = ot_params_find(p->params, name);
    ck_assert_msg(i >= 0, "there is no %s", name);
    return i;
}

double *pass_edit(const pass *p, const char *name)
{
    return ot_params_edit(p->params, pass_find(p, name), OT_F64);
}

const double *pass_gradient(const pass *p, const char *name)
{
    return ot_params_grad(p->params, pass_find(p, name), OT_F64);
}

size_t pass_count(const pass *p, const char *scope)
{
    size_t n = 0;
    for (int i = 0; i < ot_params_count(p->params); i++)
        if (ot_params_trained(p->params, i) &&
            strncmp(ot_params_name(p->params, i), scope, strlen(scope)) == 0)
            n += ot_params_elements(p->params, i);
    return n;
}
