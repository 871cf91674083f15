/* SPDX-License-Identifier: BSD-3-Clause
 * The Jacobian J of f is symmetric and negative semidefinite, as that of -K^T s(K y) is (Ruthotto
 * and Haber 2018): <J'v, u> = <J'u, v> and <J'v, v> <= 0 for random u and v. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "models/properties/property.h"

enum { CHANNELS = 4, PROBES = 4 };

static double dot(size_t n, const double *x, const double *y)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

/* Compares the products of the probes v with J'v; v and product hold PROBES rows of n numbers. */
static void report(ot__checking *c, size_t n, const double *v, const double *product)
{
    double asymmetry = 0, positive = 0;
    for (size_t i = 0; i < PROBES; i++) {
        const double square = dot(n, v + i * n, product + i * n);
        positive = fmax(positive, square / dot(n, v + i * n, v + i * n));
        for (size_t j = 0; j < i; j++) {
            const double one = dot(n, v + i * n, product + j * n);
            const double two = dot(n, v + j * n, product + i * n);
            asymmetry = fmax(asymmetry, fabs(one - two) / fabs(square));
        }
    }
    ot__checking_report(c, "|<J'v, u> - <J'u, v>| / |<J'v, v>|", asymmetry, 0, c->check->bound);
    ot__checking_report(c, "positive part of <J'v, v> / <v, v>", positive, 0, c->check->bound);
}

static ot_status probe(ot__checking *c, const ot__chain *r, ot_program *p, size_t n)
{
    double *const v = ot__new(2 * PROBES * n, sizeof *v), *const product = v + PROBES * n;
    ot_status status = v ? OT_OK : OT_ENOMEM;
    for (size_t i = 0; i < PROBES && status == OT_OK; i++) {
        ot__random_numbers(1 + (int)i, n, v + i * n);
        status = ot_forward(p, ot_var_shape(r->tape, r->x).dim[0]);
        if (status == OT_OK) status = ot_backward(p, v + i * n, false);
        if (status == OT_OK) memcpy(product + i * n, ot_program_grad(p, r->x), n * sizeof *v);
    }
    if (status == OT_OK) report(c, n, v, product);
    ot__free(v);
    return status;
}

static ot_status run(ot__checking *c)
{
    ot__chain *r = NULL;
    ot_program *p = NULL;
    OT_TRY(ot__chain_new(c, ot_scheme_find("plain"), CHANNELS, &r));
    const ot_var f = ot_block_eval(&r->block[0], r->x, NULL);
    const ot_shape s = ot_var_shape(r->tape, f);
    ot_status status = ot__chain_run(r, f, 0, NULL, &p);
    if (status == OT_OK) {
        status = probe(c, r, p, (size_t)(s.dim[0] * s.dim[1] * s.dim[2] * s.dim[3]));
        ot_program_free(p);
    }
    ot__chain_free(r);
    return status;
}

const ot__property ot__property_symmetric = { .name = "symmetric", .run = run };
