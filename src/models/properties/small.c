/* SPDX-License-Identifier: BSD-3-Clause
 * The networks of a check: a system with other options, at its own size or small. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/option.h"
#include "base/rng.h"
#include "models/properties/property.h"
#include "models/systems.h"

enum { BATCH = 3, CLASSES = 3, LEAST_IMAGE = 8, LEAST_WIDTH = 4, MOST_LEVELS = 2 };

/* ---- options ---- */

static const ot_option *row_of(const char *name)
{
    for (const ot_option *row = ot_net_rows; row->name; row++)
        if (strcmp(row->name, name) == 0) return row;
    return NULL;
}

/* Reads the pairs that have a value, and with `unset` unsets the options of the others. */
static ot_status read_pairs(ot__pairs pairs, bool unset, ot_net_opts *o)
{
    static const ot_net_opts none = { .blocks = NULL };
    for (; pairs && (*pairs)[0]; pairs++) {
        const ot_option *const row = row_of((*pairs)[0]);
        if (!row) return ot__fail(OT_EINVAL, "check: there is no option '%.40s'", (*pairs)[0]);
        if (unset && !(*pairs)[1]) ot__option_copy(row, &none, o);
        if (!unset && (*pairs)[1]) OT_TRY(ot__option_read(row, (*pairs)[1], o));
    }
    return OT_OK;
}

/* ---- a small version ---- */

typedef struct texts {
    char blocks[OT__BLOCKS_TEXT_MOST], levels[OT__LEVELS_TEXT_MOST];
} texts;

/* An eighth, rounded up to a multiple of LEAST_WIDTH. */
static int narrow(int width)
{
    return (width / 8 + LEAST_WIDTH - 1) / LEAST_WIDTH * LEAST_WIDTH;
}

static ot_status shrink_blocks(ot_net_opts *o, int most, char text[OT__BLOCKS_TEXT_MOST])
{
    ot__blocks blocks;
    OT_TRY(ot__blocks_parse(o->blocks, 0, NULL, &blocks));
    for (int g = 0; g < blocks.n; g++)
        if (blocks.group[g].count > most) blocks.group[g].count = most;
    const ot_status status = ot__blocks_text(&blocks, text);
    ot__blocks_free(&blocks);
    o->blocks = text;
    return status;
}

static ot_status shrink_levels(ot_net_opts *o, char text[OT__LEVELS_TEXT_MOST])
{
    int n, stride = o->stem_stride ? o->stem_stride : 1;
    ot__level level[OT__MOST_LEVELS];
    o->image = LEAST_IMAGE;
    if (!o->levels) {
        o->width = narrow(o->width ? o->width : 64);
        return OT_OK;
    }
    OT_TRY(ot__levels_parse(o->levels, &n, level));
    if (n > MOST_LEVELS && !strchr(o->blocks, '+')) n = MOST_LEVELS; /* the others are like them */
    for (int i = 0; i < n; i++) {
        if (!level[i].derived) level[i].width = narrow(level[i].width);
        stride *= level[i].stride;
    }
    ot__levels_text(n, level, text);
    o->levels = text;
    if (2 * stride > o->image) o->image = 2 * stride;
    return OT_OK;
}

static ot_status shrink(ot_net_opts *o, int blocks, texts *text)
{
    o->batch = BATCH;
    o->classes = CLASSES;
    if (o->step == OT_STEP_CONTROLLED) {
        o->step = OT_STEP_FIXED;
        o->control = (ot_control){ 0 };
    }
    OT_TRY(shrink_levels(o, text->levels));
    return o->blocks ? shrink_blocks(o, blocks, text->blocks) : OT_OK;
}

ot_status ot__checking_net(const ot__checking *c, ot__pairs options, int blocks, ot_net **out)
{
    ot_net_opts o = { .blocks = NULL };
    OT_TRY(read_pairs(options, false, &o));
    OT_TRY(ot__system_apply(c->system, &o));
    OT_TRY(read_pairs(options, true, &o));
    texts *const text = ot__new(1, sizeof *text);
    if (!text) return OT_ENOMEM;
    ot_status status = blocks ? shrink(&o, blocks, text) : OT_OK;
    if (status == OT_OK) status = ot_net_new(&o, out);
    ot__free(text);
    return status;
}

/* ---- running ---- */

void ot__random_numbers(int which, size_t n, double x[])
{
    for (size_t i = 0; i < n; i++) {
        const ot__draw d = ot__random(1, OT__RNG_GRADCHECK, (uint32_t)i, (uint32_t)which, 0, 0);
        x[i] = ot__normal(d.word[0], d.word[1]);
    }
}

static bool ends_with(const char *name, const char *ending)
{
    const size_t n = strlen(name), m = strlen(ending);
    return n >= m && strcmp(name + n - m, ending) == 0;
}

/* Sets parameters to the values that the check gives. */
static ot_status set_values(ot__pairs values, ot_params *ps)
{
    for (; values && (*values)[0]; values++) {
        double value;
        const char *text = (*values)[1];
        if (!ot__read_real(&text, -1e6, 1e6, &value) || *text)
            return ot__fail(OT_EINVAL, "check: '%.40s' is no number", (*values)[1]);
        for (int i = 0; i < ot_params_count(ps); i++) {
            if (!ends_with(ot_params_name(ps, i), (*values)[0])) continue;
            double *const w = ot_params_edit(ps, i, OT_F64);
            if (!w) return OT_ENOMEM;
            for (size_t j = 0; j < ot_params_elements(ps, i); j++)
                w[j] = value;
        }
    }
    return OT_OK;
}

static ot_status compile(const ot__checking *c, ot__small *s)
{
    const ot_var logits = ot_net_logits(s->net);
    OT_TRY(ot_params_new(ot_net_tape(s->net), &s->params));
    ot_params_init(s->params, 1);
    OT_TRY(set_values(c->check->values, s->params));
    return ot_compile(
        ot_net_tape(s->net), ot_net_loss(s->net),
        &(ot_compile_opts){ .dtype = OT_F64, .params = s->params, .n_keep = 1, .keep = &logits },
        &s->program);
}

ot_status ot__small_new(const ot__checking *c, ot__pairs options, int blocks, ot__small *s)
{
    *s = (ot__small){ 0 };
    ot_status status = ot__checking_net(c, options, blocks, &s->net);
    if (status == OT_OK) status = compile(c, s);
    if (status != OT_OK) ot__small_free(s);
    return status;
}

void ot__small_free(ot__small *s)
{
    ot_program_free(s->program);
    ot_params_free(s->params);
    ot_net_free(s->net);
    *s = (ot__small){ 0 };
}

ot_status ot__small_run(ot__small *s)
{
    const ot_net_opts *const o = ot_net_options(s->net);
    const size_t pixels = (size_t)(o->batch * o->image * o->image * o->channels);
    ot__random_numbers(0, pixels, ot_program_input(s->program, ot_net_images(s->net)));
    int32_t *const labels = ot_program_input(s->program, ot_net_labels(s->net));
    for (int i = 0; i < o->batch; i++)
        labels[i] = i % o->classes;
    return ot_forward(s->program, o->batch);
}

double ot__small_loss(const ot__small *s)
{
    return *(const double *)ot_program_value(s->program, ot_net_loss(s->net));
}

double ot__small_distance(const ot__small *a, const ot__small *b)
{
    const double *const x = ot_program_value(a->program, ot_net_logits(a->net));
    const double *const y = ot_program_value(b->program, ot_net_logits(b->net));
    double largest = 0;
    for (int i = 0; i < BATCH * CLASSES; i++)
        largest = fabs(x[i] - y[i]) > largest || isnan(x[i] - y[i]) ? fabs(x[i] - y[i]) : largest;
    return largest;
}
