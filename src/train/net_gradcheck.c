/* SPDX-License-Identifier: BSD-3-Clause
 * The gradient check of a network.  The number and the sizes of controlled steps depend on the
 * parameters, but their gradients count them as constants.  So the first run chooses the steps, and
 * all later ones repeat the sizes of those that it accepted. */
#include "autograd/inspect/gradcheck.h"
#include "base/check.h"
#include "base/memory.h"
#include "train/execution.h"

typedef struct checked {
    ot_execution *e;
    int batch;
    bool chosen;  /* the steps have been chosen, by the first run */
    int replayed; /* their number */
} checked;

static ot_status forward(void *user, uint64_t *piece)
{
    checked *const c = user;
    if (!c->chosen) {
        OT_TRY(ot_execution_forward(c->e, c->batch));
        OT_TRY(ot_execution_replay(c->e, c->e));
        c->replayed = ot_execution_control(c->e).accepted;
        c->chosen = true;
    }
    OT_TRY(ot_execution_forward(c->e, c->batch));
    *piece = ot__execution_piece(c->e); /* of the accepted steps alone */
    return OT_OK;
}

static ot_status backward(void *user, const double *w)
{
    return ot_execution_backward(((checked *)user)->e, w);
}

static ot_status check(const ot_net *net, bool random, const ot_gradcheck_opts *opts,
                       ot_execution *e, ot_program **program, ot_gradcheck_report *report)
{
    checked c = { .e = e, .batch = ot_execution_describe(e).batch };
    int n = 0;
    for (int i = 0; i < ot__execution_programs(e); i++) {
        const ot__execution_program p = ot__execution_program_at(e, i);
        if (!p.forward_step) program[n++] = p.program;
    }
    ot__execution_watch_pieces(e);
    const ot__checked f = { .tape = ot_net_tape(net),
                            .params = ot_execution_params(e),
                            .random = random,
                            .n = n,
                            .program = program,
                            .batch = c.batch,
                            .forward = forward,
                            .backward = backward,
                            .user = &c };
    const ot_status status = ot__gradcheck(&f, opts, report);
    report->replayed = c.replayed;
    return status;
}

static ot_status check_gradient(const ot_net *net)
{
    if (ot_net_options(net)->gradient == OT_GRADIENT_DISCRETE) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "gradcheck: the continuous adjoint approximates the gradient of the solution, "
                    "not of the steps that are taken; check the gradient discrete");
}

ot_status ot_net_gradcheck(const ot_net *net, ot_params *params, const ot_gradcheck_opts *opts,
                           ot_gradcheck_report *report)
{
    static const ot_gradcheck_opts defaults = { 0 };
    ot_execution *e = NULL;
    if (!opts) opts = &defaults;
    OT_TRY(ot__check_given("gradcheck", "where to put the report", report));
    *report = (ot_gradcheck_report){ 0 };
    OT_TRY(ot__check_given("gradcheck", "the network", net));
    OT_TRY(check_gradient(net));
    OT_TRY(ot__gradcheck_options(opts));
    const ot_compile_opts compile = { .dtype = OT_F64,
                                      .evaluate = opts->evaluate,
                                      .input_gradients = true,
                                      .batch = opts->batch,
                                      .params = params };
    OT_TRY(ot_execution_new(net, &compile, &e));
    ot_program **const program = ot__new((size_t)ot__execution_programs(e), sizeof(ot_program *));
    const ot_status status = program ? check(net, !params, opts, e, program, report) : OT_ENOMEM;
    ot__free(program);
    ot_execution_free(e);
    return status;
}
