/* SPDX-License-Identifier: BSD-3-Clause
 * Reversible schemes run backwards.  A chain of blocks runs forward, then the inverse of each block
 * runs, from the last to the first.  The result must be the start.
 *
 *     leapfrog     x_prev = 2 s - y + h^2 f(s)
 *     hamiltonian  z = z' + h G(y'),  y = y' - h F(z)
 *     revnet       x2 = y2 - G(y1),   x1 = y1 - F(x2)
 *
 * F and G have one set of weights here. */
#include <math.h>
#include <string.h>

#include "models/properties/property.h"
#include "schemes/scheme.h"

enum { CHANNELS = 8 };

static ot_state leapfrog(ot_block *b, ot_state out)
{
    static const double one = 1;
    const ot_var y = out.v[0], s = out.v[1];
    const ot_var straight = ot_lincomb(
        b->tape, 2, (const ot_coef[]){ { .value = 2 }, { .value = -1 } }, (const ot_var[]){ s, y });
    const ot_var f = ot_block_eval(b, s, NULL);
    return ot_state_of(2, (const ot_var[]){ s, ot_block_sum(b, straight, 1, &one, &f, 2) });
}

/* a + sign h f(x), on half of the channels. */
static ot_var half_step(ot_block *b, ot_var a, double sign, ot_var x)
{
    const ot_eval_opts half = { .channels = b->y_channels / 2 };
    const ot_var f = ot_block_eval(b, x, &half);
    return ot_block_sum(b, a, 1, &sign, &f, 1);
}

static ot_state hamiltonian(ot_block *b, ot_state out)
{
    const ot_var z = half_step(b, out.v[1], 1, out.v[0]);
    return ot_state_of(2, (const ot_var[]){ half_step(b, out.v[0], -1, z), z });
}

static ot_state revnet(ot_block *b, ot_state out)
{
    const ot_var x2 = half_step(b, out.v[1], -1, out.v[0]);
    return ot_state_of(2, (const ot_var[]){ half_step(b, out.v[0], -1, x2), x2 });
}

static const struct {
    const char *scheme;
    ot_state (*back)(ot_block *b, ot_state out);
} inverses[] = {
    { "leapfrog", leapfrog },
    { "hamiltonian", hamiltonian },
    { "revnet", revnet },
};

typedef ot_state step(ot_block *b, ot_state in);

static step *inverse_of(const char *scheme)
{
    for (size_t i = 0; i < sizeof inverses / sizeof inverses[0]; i++)
        if (strcmp(inverses[i].scheme, scheme) == 0) return inverses[i].back;
    return NULL;
}

static ot_state advance(ot__chain *r, int n, step *f, ot_state in)
{
    ot_scope_push(r->tape, "blocks.%d", n);
    in = f(&r->block[n], in);
    ot_scope_pop(r->tape);
    return in;
}

/* |a - b| / |a| of two values of one shape. */
static double distance(const ot__chain *r, const ot_program *p, ot_var a, ot_var b)
{
    const ot_shape s = ot_var_shape(r->tape, a);
    const double *const x = ot_program_value(p, a), *const y = ot_program_value(p, b);
    double difference = 0, whole = 0;
    for (int i = 0; i < s.dim[0] * s.dim[1] * s.dim[2] * s.dim[3]; i++) {
        difference += (x[i] - y[i]) * (x[i] - y[i]);
        whole += x[i] * x[i];
    }
    return sqrt(difference / whole);
}

static ot_status measure(ot__checking *c, ot__chain *r, step *back)
{
    ot_program *p = NULL;
    ot_state s = ot__block_enter(&r->block[0], r->x);
    const ot_state start = s;
    for (int n = 0; n < OT__CHAIN_BLOCKS; n++)
        s = advance(r, n, ot__block_advance, s);
    for (int n = OT__CHAIN_BLOCKS - 1; n >= 0; n--)
        s = advance(r, n, back, s);
    OT_TRY(ot_tape_status(r->tape));
    const ot_var keep[] = { start.v[0], s.v[0] };
    OT_TRY(ot__chain_run(r, s.v[s.n - 1], 2, keep, &p));
    ot__checking_report(c, "|x - inverse(y)| / |x| over 4 blocks",
                        distance(r, p, start.v[0], s.v[0]), 0, c->check->bound);
    ot_program_free(p);
    return OT_OK;
}

static ot_status run(ot__checking *c)
{
    ot_net *net = NULL;
    ot__chain *r = NULL;
    OT_TRY(ot__checking_net(c, c->check->options, 1, &net));
    const ot_scheme *const scheme = ot_net_scheme(net, 0);
    const char *const name = ot_scheme_table(scheme)->about.name;
    step *const back = inverse_of(name);
    ot_status status = OT_EINVAL;
    if (back)
        status = ot__chain_new(c, ot_scheme_find(name), CHANNELS, &r);
    else
        (void)ot__fail(status, "inverse: %s has no inverse; leapfrog, hamiltonian and revnet do",
                       ot_scheme_name(scheme));
    ot_net_free(net);
    if (status == OT_OK) status = measure(c, r, back);
    ot__chain_free(r);
    return status;
}

const ot__property ot__property_inverse = { .name = "inverse", .run = run };
