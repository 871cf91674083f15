/* SPDX-License-Identifier: BSD-3-Clause
 * The loss on a grid.  For each point, a linear combination of the start and the directions is
 * written to the parameters, and the network is evaluated.  A point does not depend on the points
 * before it, so a grid that was interrupted continues with the same bits.  Points are computed one
 * after another, each on all threads. */
#include "landscape/landscape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/params.h"
#include "base/check.h"
#include "base/decimal.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/dataset.h"
#include "landscape/direction.h"
#include "train/evaluate.h"
#include "train/plugins.h"
#include "store/journal.h"
#include "store/safetensors.h"

enum { DEFAULT_BATCH = 128, MOST_POINTS = 10000000 };

typedef struct work {
    const ot_landscape_opts *opts;
    ot_landscape *l;
    ot_dataset data;     /* the first images of opts->data, whose arrays it shares */
    ot_direction *theta; /* the parameters at the start */
    ot_tier tier;
    ot_dtype dtype;
    ot__pass pass;
    ot__landscape_journal journal;
} work;

/* ---- options ---- */

static ot_status check_axis(const ot_landscape_opts *o, int k)
{
    const ot_axis *const x = &o->axis[k];
    if (!x->along) return ot__fail(OT_EINVAL, "axis %d has no direction", k);
    if (!ot__direction_fits(x->along, o->params))
        return ot__fail(OT_ESHAPE, "the direction of axis %d is of another network", k);
    if (x->points < 1 || !isfinite(x->from) || !isfinite(x->to) || x->from > x->to)
        return ot__fail(OT_EINVAL,
                        "axis %d has %d points from %s to %s; it needs at least one, and finite "
                        "ends, the smaller one first",
                        k, x->points, OT__REAL(x->from), OT__REAL(x->to));
    return OT_OK;
}

static ot_status check_options(const ot_landscape_opts *o)
{
    OT_TRY(ot__check_given("landscape", "the options", o));
    if (!o->net || !o->params || !o->data || !o->journal)
        return ot__fail(OT_EINVAL,
                        "a landscape needs a network, parameters, a data set and a journal");
    OT_TRY(ot__params_check("landscape", o->params, ot_net_tape(o->net)));
    if (ot_net_options(o->net)->fused)
        return ot__fail(OT_EINVAL,
                        "the network is fused, so its directions are not those of the network that "
                        "was trained; give the weights that it was fused from");
    if (o->n_axes < 1 || o->n_axes > 2)
        return ot__fail(OT_EINVAL, "there are %d axes; 1 or 2 are possible", o->n_axes);
    for (int k = 0; k < o->n_axes; k++)
        OT_TRY(check_axis(o, k));
    if (o->n_axes == 2 && o->axis[0].points > MOST_POINTS / o->axis[1].points)
        return ot__fail(OT_EINVAL, "the grid has %d by %d points; at most %d in all are possible",
                        o->axis[0].points, o->axis[1].points, MOST_POINTS);
    if (o->images < 0 || o->images > ot_dataset_count(o->data))
        return ot__fail(OT_EINVAL, "%d images are wanted, and the data set has %d", o->images,
                        ot_dataset_count(o->data));
    if (o->batch < 0) return ot__fail(OT_EINVAL, "batch is %d; it must be at least 1", o->batch);
    if ((int)o->bn < OT_BN_AUTO || o->bn > OT_BN_BATCH)
        return ot__fail(OT_EINVAL, "batch norm is %d; it must be 0 to %d", (int)o->bn, OT_BN_BATCH);
    return OT_OK;
}

/* *untrained: all running statistics have their initial values, also along the axes. */
static ot_status is_untrained(const ot_landscape_opts *o, bool *untrained)
{
    ot_params *start = NULL;
    *untrained = false;
    for (int k = 0; k < o->n_axes; k++)
        if (o->axis[k].along->towards) return OT_OK;
    OT_TRY(ot_params_new(ot_net_tape(o->net), &start));
    *untrained = true;
    ot_status status = OT_OK;
    for (int i = 0; i < ot_params_count(start) && status == OT_OK; i++) {
        if (ot_params_trained(start, i)) continue;
        const void *const a = ot_params_value(start, i, OT_F32);
        const void *const b = ot_params_value(o->params, i, OT_F32);
        if (!a || !b)
            status = OT_ENOMEM;
        else if (memcmp(a, b, ot_params_elements(start, i) * sizeof(float)) != 0)
            *untrained = false;
    }
    ot_params_free(start);
    return status;
}

/* ---- the grid ---- */

static ot_status new_axis(ot_landscape *l, int k, const ot_axis *x)
{
    l->points[k] = x->points;
    l->at[k] = ot__new((size_t)x->points, sizeof *l->at[k]);
    if (!l->at[k]) return OT_ENOMEM;
    const double intervals = x->points > 1 ? x->points - 1 : 1;
    for (int i = 0; i < x->points; i++)
        l->at[k][i] = x->from + (x->to - x->from) * (i / intervals);
    return OT_OK;
}

static ot_status new_grid(const ot_landscape_opts *o, ot_landscape *l)
{
    *l = (ot_landscape){ .n_axes = o->n_axes, .points = { 1, 1 }, .bn = o->bn };
    l->images = o->images ? o->images : ot_dataset_count(o->data);
    l->batch = o->batch ? o->batch : DEFAULT_BATCH;
    for (int k = 0; k < o->n_axes; k++)
        OT_TRY(new_axis(l, k, &o->axis[k]));
    const size_t n = (size_t)ot__landscape_points(l);
    l->loss = ot__new(n, sizeof *l->loss);
    l->accuracy = ot__new(n, sizeof *l->accuracy);
    if (!l->loss || !l->accuracy) return OT_ENOMEM;
    if (l->bn != OT_BN_AUTO) return OT_OK;
    bool untrained;
    OT_TRY(is_untrained(o, &untrained));
    l->bn = untrained ? OT_BN_BATCH : OT_BN_RUNNING;
    return OT_OK;
}

void ot_landscape_free(ot_landscape *l)
{
    if (!l) return;
    for (int k = 0; k < 2; k++)
        ot__free(l->at[k]);
    ot__free(l->loss);
    ot__free(l->accuracy);
    ot__free(l);
}

/* ---- circumstances ---- */

static json_t *checksum(const void *data, size_t size)
{
    return json_string(ot__st_checksum(data, size).text);
}

static json_t *checksum_direction(const ot_direction *d)
{
    return checksum(d->value, d->begin[d->n] * sizeof *d->value);
}

static json_t *axes_json(const ot_landscape_opts *o)
{
    json_t *axes = json_array();
    for (int k = 0; k < o->n_axes; k++) {
        const ot_axis *const x = &o->axis[k];
        ot__json_append(&axes, json_pack("{s:f, s:f, s:i, s:b, s:o}", "from", x->from, "to", x->to,
                                         "points", x->points, "towards", x->along->towards,
                                         "direction", checksum_direction(x->along)));
    }
    return axes;
}

static json_t *machine_json(ot_tier tier)
{
    json_t *json = ot__machine_json(tier);
    json_object_del(json, "threads");
    return json;
}

/* The entry "plugins" is left out if the network uses none.  The images have checksums, whatever
 * made them. */
static json_t *circumstances(const work *w)
{
    const ot_landscape *const l = w->l;
    const size_t images = (size_t)l->images;
    json_t *const plugins = ot__plugins_json((ot__plugin_user){ .net = w->opts->net });
    json_t *all =
        json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:i, s:i, s:s, s:o}", "version", ot_version(),
                  "machine", machine_json(w->tier), "net", ot_net_options(w->opts->net)->blocks,
                  "parameters", checksum_direction(w->theta), "image_data",
                  checksum(w->data.image, images * sizeof *w->data.image), "label_data",
                  checksum(w->data.label, images * sizeof *w->data.label), "images", l->images,
                  "batch", l->batch, "batch_norm", l->bn == OT_BN_BATCH ? "batch" : "running",
                  "axes", axes_json(w->opts));
    if (plugins && json_array_size(plugins) == 0)
        json_decref(plugins);
    else
        ot__json_set(&all, "plugins", plugins);
    return all;
}

/* ---- points ---- */

/* Sets tensor i to weight*theta + sum_k c[k] d_k.  A term with the factor 0 is left out, since it
 * may have numbers that are not finite. */
static void combine(const work *w, int i, double weight, const double c[2])
{
    const ot_landscape_opts *const o = w->opts;
    void *const values = ot_params_edit(o->params, i, w->dtype);
    const size_t begin = w->theta->begin[i], n = w->theta->begin[i + 1] - begin;
    for (size_t j = 0; j < n; j++) {
        double x = weight != 0.0 ? weight * w->theta->value[begin + j] : 0.0;
        for (int k = 0; k < o->n_axes; k++)
            if (c[k] != 0.0) x += c[k] * o->axis[k].along->value[begin + j];
        ot__set_number(values, w->dtype, j, x);
    }
}

/* Sets the parameters to theta + sum_k c_k d_k.  For a direction towards t_k, d_k = t_k - theta. */
static void move_to(const work *w, const double c[2])
{
    double weight = 1.0;
    for (int k = 0; k < w->opts->n_axes; k++)
        if (w->opts->axis[k].along->towards) weight -= c[k];
    for (int i = 0; i < w->theta->n; i++)
        combine(w, i, weight, c);
}

static bool ends_with(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static bool has_negative_variance(const work *w)
{
    for (int i = 0; i < w->theta->n; i++) {
        if (!ends_with(ot_params_name(w->opts->params, i), "running_var")) continue;
        const void *const v = ot_params_value(w->opts->params, i, w->dtype);
        for (size_t j = 0; j < ot_params_elements(w->opts->params, i); j++)
            if (ot__number(v, w->dtype, j) < 0.0) return true;
    }
    return false;
}

/* Whether the caller has asked to stop; called after every batch. */
static ot_status look_for_stop(void *user, int b)
{
    const work *const w = user;
    (void)b;
    if (!w->opts->stop || *w->opts->stop == 0) return OT_OK;
    return ot__fail(OT_EINTERRUPTED, "the landscape was interrupted; the same call continues it");
}

/* Loss and accuracy of point k; NAN if the network is not defined there or a number overflows. */
static ot_status compute_point(work *w, int k)
{
    ot_landscape *const l = w->l;
    const int i = k / l->points[1], j = k % l->points[1];
    move_to(w, (const double[2]){ l->at[0][i], l->n_axes == 2 ? l->at[1][j] : 0.0 });
    l->loss[k] = l->accuracy[k] = NAN;
    if (l->bn == OT_BN_RUNNING && has_negative_variance(w)) return look_for_stop(w, 0);
    const ot_status status = ot__evaluate_pass(&w->pass, look_for_stop, w);
    if (status == OT_ENUMERIC) return OT_OK;
    OT_TRY(status);
    l->loss[k] = ot__pass_loss(&w->pass);
    l->accuracy[k] = ot__pass_accuracy(&w->pass);
    return OT_OK;
}

static ot_status compute(work *w)
{
    const int n = ot__landscape_points(w->l);
    for (int k = w->l->loaded; k < n; k++) {
        OT_TRY(look_for_stop(w, 0));
        OT_TRY(compute_point(w, k));
        OT_TRY(ot__landscape_journal_point(&w->journal, k, w->l));
        if (w->opts->on_point) w->opts->on_point(k + 1, n, w->l->loss[k], w->opts->user);
    }
    return OT_OK;
}

/* Sets the parameters back to the start. */
static void put_back(const work *w)
{
    for (int i = 0; i < w->theta->n; i++)
        combine(w, i, 1.0, (const double[2]){ 0.0, 0.0 });
}

static ot_status open_journal(work *w)
{
    json_t *now = circumstances(w);
    if (!now) return ot__fail(OT_ENOMEM, "there is no memory for the journal's first line");
    const ot_status status = ot__landscape_journal_open(w->opts, now, w->l, &w->journal);
    json_decref(now);
    return status;
}

static ot_status run(work *w)
{
    const ot_landscape_opts *const o = w->opts;
    OT_TRY(new_grid(o, w->l));
    w->data = *o->data;
    w->data.count = w->l->images;
    OT_TRY(ot__evaluation_open(o->net, o->params, &w->data,
                               &(ot__pass_opts){ .tier = w->tier,
                                                 .batch_statistics = w->l->bn == OT_BN_BATCH,
                                                 .loader.batch = w->l->batch },
                               &w->pass));
    OT_TRY(ot__direction_new(o->params, &w->theta));
    OT_TRY(ot__direction_read(w->theta, o->params, w->dtype));
    OT_TRY(open_journal(w));
    const ot_status status = compute(w);
    put_back(w);
    return status;
}

ot_status ot_landscape_new(const ot_landscape_opts *opts, ot_landscape **out)
{
    OT_TRY(ot__check_given("landscape", "where to put it", out));
    *out = NULL;
    OT_TRY(check_options(opts));
    ot_tier tier;
    OT_TRY(ot__resolve_tier(opts->tier, &tier));
    work w = { .opts = opts, .tier = tier, .dtype = ot__dtype_of(tier), .journal.fd = -1 };
    w.l = ot__new(1, sizeof *w.l);
    if (!w.l) return OT_ENOMEM;
    const ot_status status = run(&w);
    ot__landscape_journal_close(&w.journal);
    ot_direction_free(w.theta);
    ot__pass_close(&w.pass);
    if (status == OT_OK)
        *out = w.l;
    else
        ot_landscape_free(w.l);
    return status;
}
