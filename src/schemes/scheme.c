/* SPDX-License-Identifier: BSD-3-Clause
 * Makes schemes.  A Runge-Kutta scheme is made from a tableau: it keeps the exact tableau and
 * derives doubles and text from it once.  Any other scheme is a table of functions with attributes.
 * Also answers questions about a scheme, and records one step with a function of the caller's. */
#include "schemes/scheme.h"

#include "base/check.h"
#include "base/memory.h"
#include "schemes/block.h"

static ot_status derive_doubles(ot_scheme *s)
{
    const ot_tableau *t = s->tableau;
    const size_t n = (size_t)t->stages, entries = n * (n - 1) / 2;
    s->a = ot__new(entries + 2 * n, sizeof *s->a);
    if (!s->a) return OT_ENOMEM;
    s->b = s->a + entries;
    s->c = s->b + n;
    double *a = s->a;
    ot__exact c;
    ot__exact_init(&c);
    for (int i = 0; i < t->stages; i++) {
        for (int j = 0; j < i; j++)
            *a++ = ot__exact_double(&t->a[i].x[j]);
        ot__tableau_c(t, i, &c);
        s->b[i] = ot__exact_double(&t->b.x[i]);
        s->c[i] = ot__exact_double(&c);
    }
    ot__exact_clear(&c);
    return OT_OK;
}

static ot_status build(ot_scheme *s)
{
    s->kind = &ot_scheme_runge_kutta;
    OT_TRY(ot__tableau_text(s->tableau, &s->text));
    return derive_doubles(s);
}

/* Makes a scheme that owns the tableau.  After an error the tableau is freed. */
static ot_status adopt(ot_tableau *t, ot_scheme **out)
{
    ot_scheme *s = ot__new(1, sizeof *s);
    if (!s) {
        ot_tableau_free(t);
        return OT_ENOMEM;
    }
    s->tableau = t;
    const ot_status status = build(s);
    if (status == OT_OK)
        *out = s;
    else
        ot_scheme_free(s);
    return status;
}

ot_status ot_scheme_parse(const char *text, const char *origin, ot_scheme **out)
{
    ot_tableau *t;
    OT_TRY(ot__check_given("scheme", "where to put it", out));
    *out = NULL;
    OT_TRY(ot_tableau_parse(text, origin, &t));
    return adopt(t, out);
}

ot_status ot_scheme_read(const char *path, ot_scheme **out)
{
    ot_tableau *t;
    OT_TRY(ot__check_given("scheme", "where to put it", out));
    *out = NULL;
    OT_TRY(ot_tableau_read(path, &t));
    return adopt(t, out);
}

/* Copies the tableau through its text, which determines it. */
ot_status ot_scheme_from_tableau(const ot_tableau *t, ot_scheme **out)
{
    char *text;
    OT_TRY(ot__check_given("scheme", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("scheme", "the tableau", t));
    OT_TRY(ot__tableau_text(t, &text));
    const ot_status status = ot_scheme_parse(text, t->name, out);
    ot__free(text);
    if (status == OT_OK) (*out)->tableau->tolerance = t->tolerance;
    return status;
}

void ot_scheme_free(ot_scheme *s)
{
    if (!s) return;
    ot__part_free(&s->part);
    ot_tableau_free(s->tableau);
    ot__free(s->a);
    ot__free(s->text);
    ot__free(s);
}

/* The kinds of the registry of schemes are the first member of their tables. */
ot_status ot__scheme_of_kind(const char *text, ot_scheme **out)
{
    *out = NULL;
    ot_scheme *s = ot__new(1, sizeof *s);
    if (!s) return OT_ENOMEM;
    const ot_status status = ot__part_read(ot__schemes(), text, &s->part);
    if (status != OT_OK) {
        ot__free(s);
        return status;
    }
    s->kind = (const ot_scheme_kind *)s->part.about;
    *out = s;
    return OT_OK;
}

ot_status ot__scheme_copy(const ot_scheme *s, ot_scheme **out)
{
    return s->tableau ? ot_scheme_from_tableau(s->tableau, out)
                      : ot__scheme_of_kind(s->part.text, out);
}

ot_status ot__scheme_need_tableau(const char *who, const ot_scheme *s)
{
    if (s->tableau) return OT_OK;
    return ot__fail(OT_EINVAL, "%s needs a Runge-Kutta tableau, which %s does not have; %s has one",
                    who, ot_scheme_name(s), ot_scheme_evaluations(s) > 1 ? "midpoint" : "euler");
}

const ot_scheme_kind *ot_scheme_table(const ot_scheme *s)
{
    return s ? s->kind : NULL;
}

const ot_tableau *ot_scheme_tableau(const ot_scheme *s)
{
    return s ? s->tableau : NULL;
}

const char *ot_scheme_name(const ot_scheme *s)
{
    if (!s) return NULL;
    return s->tableau ? s->tableau->name : s->part.text;
}

const char *ot_scheme_title(const ot_scheme *s)
{
    if (!s) return NULL;
    return s->tableau && s->tableau->title ? s->tableau->title : ot_scheme_name(s);
}

int ot_scheme_order(const ot_scheme *s)
{
    return s && s->tableau ? s->tableau->order : 0;
}

int ot_scheme_stages(const ot_scheme *s)
{
    return s && s->tableau ? s->tableau->stages : 0;
}

int ot_scheme_evaluations(const ot_scheme *s)
{
    bool live[OT__STAGES_MOST];
    if (!s) return 0;
    if (s->tableau) return ot__rk_live(s, OT_OUTPUT_WEIGHTS, live);
    return s->kind->count ? s->kind->count(s->part.attributes) : s->kind->evaluations;
}

int ot__scheme_channels(const ot_scheme *s, int channels)
{
    return s->kind->channels ? s->kind->channels(s->part.attributes, channels) : channels;
}

double ot_scheme_a(const ot_scheme *s, int i, int j)
{
    if (i < 0 || i >= ot_scheme_stages(s) || j < 0 || j >= i) return 0.0;
    return s->a[i * (i - 1) / 2 + j];
}

double ot_scheme_b(const ot_scheme *s, int i)
{
    return i >= 0 && i < ot_scheme_stages(s) ? s->b[i] : 0.0;
}

double ot_scheme_c(const ot_scheme *s, int i)
{
    return i >= 0 && i < ot_scheme_stages(s) ? s->c[i] : 0.0;
}

const char *ot_scheme_text(const ot_scheme *s)
{
    return s ? s->text : NULL;
}

ot_var ot_scheme_step(const ot_scheme *s, ot_tape *t, ot_var x, ot_subnet f, void *user)
{
    return ot_scheme_step_with(s, t, x, f, user, NULL);
}

ot_var ot_scheme_step_with(const ot_scheme *s, ot_tape *t, ot_var x, ot_subnet f, void *user,
                           const ot_step_opts *opts)
{
    static const ot_step_opts defaults = { .output = OT_OUTPUT_WEIGHTS };
    /* s is most often NULL because ot_scheme_find did not know a name; its message says which. */
    if (!s) return ot_tape_fail(t, OT_EINVAL, "no scheme to step with: %s", ot_message());
    if (!f) return ot_tape_fail(t, OT_EINVAL, "%s: no sub-net to step with", ot_scheme_name(s));
    if (!x.id) return ot_tape_fail(t, OT_EINVAL, "%s: x is the null var", ot_scheme_name(s));
    if (!opts) opts = &defaults;
    if (opts->output != OT_OUTPUT_WEIGHTS && opts->output != OT_OUTPUT_LAST)
        return ot_tape_fail(t, OT_EINVAL, "%s: output %d; it must be weights or last",
                            ot_scheme_name(s), (int)opts->output);
    ot_block b;
    ot__block_begin(&b, NULL, t, s);
    b.f = f;
    b.user = user;
    b.step = *opts;
    const ot_shape shape = ot_var_shape(t, x);
    b.channels = b.y_channels = shape.rank > 0 ? shape.dim[shape.rank - 1] : 1;
    const ot_var y = ot__block_leave(&b, ot__block_advance(&b, ot__block_enter(&b, x)));
    return ot__block_check_shape(&b, y, shape);
}
