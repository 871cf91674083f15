/* SPDX-License-Identifier: BSD-3-Clause
 * The first two principal components of a few points theta_1 .. theta_n in a space of millions of
 * dimensions.  The rows of R are r_i = theta_i - theta_n, and J subtracts the mean.  The matrix
 * J R R' J has only n rows.  An eigenvector u of it, with eigenvalue lambda, gives the component
 * R' u / sqrt(lambda). */
#include <math.h>
#include <string.h>

#include "base/available.h"
#include "base/check.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "landscape/direction.h"
#include "landscape/eigen.h"

enum { MOST_FILES = 4096 };

typedef struct work {
    ot_params *params;
    int n;           /* number of files */
    size_t numbers;  /* trained numbers in one file */
    float *row;      /* n rows: first theta_i, then r_i */
    double *gram;    /* R R' */
    double *centred; /* J R R' J; ot__eigen puts its eigenvalues on the diagonal */
    double *vector;  /* its eigenvectors, as columns */
} work;

static void free_work(work *w)
{
    ot_params_free(w->params);
    ot__free(w->row);
    ot__free(w->gram);
    ot__free(w->centred);
    ot__free(w->vector);
}

static ot_status new_work(work *w, const ot_net *net, int n)
{
    const size_t square = (size_t)n * (size_t)n;
    *w = (work){ .n = n };
    OT_TRY(ot_params_new(ot_net_tape(net), &w->params));
    w->numbers = ot_params_total(w->params);
    OT_TRY(ot__check_memory((size_t)n * w->numbers * sizeof *w->row + 3 * square * sizeof *w->gram,
                            "the plane of the files"));
    w->row = ot__new((size_t)n * w->numbers, sizeof *w->row);
    w->gram = ot__new(square, sizeof *w->gram);
    w->centred = ot__new(square, sizeof *w->centred);
    w->vector = ot__new(square, sizeof *w->vector);
    return w->row && w->gram && w->centred && w->vector ? OT_OK : OT_ENOMEM;
}

/* Loads the files and subtracts the last one from each. */
static ot_status load_rows(work *w, const char *const file[])
{
    float *to = w->row;
    for (int f = 0; f < w->n; f++) {
        OT_TRY(ot_params_load(w->params, file[f]));
        for (int i = 0; i < ot_params_count(w->params); i++) {
            const size_t n = ot_params_elements(w->params, i);
            if (!ot_params_trained(w->params, i)) continue;
            memcpy(to, ot_params_value(w->params, i, OT_F32), n * sizeof *to);
            to += n;
        }
    }
    const float *const end = w->row + (size_t)(w->n - 1) * w->numbers;
    for (int f = 0; f < w->n; f++) /* the last row is subtracted last, since it becomes 0 */
        for (size_t j = 0; j < w->numbers; j++)
            w->row[(size_t)f * w->numbers + j] -= end[j];
    return OT_OK;
}

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t j = 0; j < n; j++)
        sum += (double)a[j] * b[j];
    return sum;
}

/* Computes R R', of which one triangle is copied from the other. */
static void multiply_rows(work *w)
{
    const int n = w->n;
    OT__PARALLEL_FOR
    for (int k = 0; k < n * n; k++)
        if (k / n <= k % n)
            w->gram[k] = dot(w->row + (size_t)(k / n) * w->numbers,
                             w->row + (size_t)(k % n) * w->numbers, w->numbers);
    for (int k = 0; k < n * n; k++)
        w->gram[k] = w->gram[k / n <= k % n ? k : k % n * n + k / n];
}

/* J G J: g_ij minus the means of row i and column j, plus the mean of all. */
static void centre(work *w)
{
    const int n = w->n;
    double all = 0.0, *const mean = w->vector; /* w->vector is not used yet */
    for (int i = 0; i < n; i++) {
        mean[i] = 0.0;
        for (int j = 0; j < n; j++)
            mean[i] += w->gram[i * n + j] / n;
        all += mean[i] / n;
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            w->centred[i * n + j] = w->gram[i * n + j] - mean[i] - mean[j] + all;
}

/* The column with the largest eigenvalue, except the column `except`. */
static int largest(const work *w, int except)
{
    int best = -1;
    for (int k = 0; k < w->n; k++)
        if (k != except && (best < 0 || w->centred[k * w->n + k] > w->centred[best * w->n + best]))
            best = k;
    return best;
}

/* d = factor * R' u, where u is eigenvector k. */
static void combine_rows(const work *w, int k, double factor, ot_direction *d)
{
    size_t from = 0;
    for (int i = 0; i < d->n; i++) {
        if (!ot_params_trained(w->params, i)) continue;
        for (size_t j = d->begin[i]; j < d->begin[i + 1]; j++, from++) {
            double sum = 0.0;
            for (int f = 0; f < w->n; f++)
                sum += w->vector[f * w->n + k] * (double)w->row[(size_t)f * w->numbers + from];
            d->value[j] = factor * sum;
        }
    }
}

/* Makes component k and the coordinates of all rows: that of row f is <r_f, R' u> / sqrt(lambda).
 * The sign is chosen so that the first file has no negative coordinate. */
static ot_status component(work *w, int k, ot_direction **along, double *coordinate)
{
    const int n = w->n;
    double factor = 1.0 / sqrt(w->centred[k * n + k]);
    for (int f = 0; f < n; f++) {
        coordinate[f] = 0.0;
        for (int g = 0; g < n; g++)
            coordinate[f] += w->gram[f * n + g] * w->vector[g * n + k] * factor;
    }
    const bool turn = coordinate[0] < 0.0;
    if (turn) factor = -factor;
    for (int f = 0; f < n && turn; f++)
        coordinate[f] = -coordinate[f];
    OT_TRY(ot__direction_new(w->params, along));
    combine_rows(w, k, factor, *along);
    return OT_OK;
}

static ot_status find_plane(work *w, ot_trajectory *t)
{
    multiply_rows(w);
    centre(w);
    double total = 0.0;
    for (int i = 0; i < w->n; i++)
        total += w->centred[i * w->n + i];
    ot__eigen(w->n, w->centred, w->vector);
    const int first = largest(w, -1), second = largest(w, first);
    const double a = w->centred[first * w->n + first], b = w->centred[second * w->n + second];
    if (!(b > 1e-12 * a))
        return ot__fail(OT_EINVAL,
                        "the %d files lie on one line: there is no plane; give files of "
                        "different states of the training",
                        w->n);
    t->share[0] = a / total;
    t->share[1] = b / total;
    OT_TRY(component(w, first, &t->along[0], t->x));
    return component(w, second, &t->along[1], t->y);
}

static ot_status build(ot_trajectory *t, const ot_net *net, const char *const file[])
{
    work w;
    t->x = ot__new((size_t)t->n, sizeof *t->x);
    t->y = ot__new((size_t)t->n, sizeof *t->y);
    if (!t->x || !t->y) return OT_ENOMEM;
    ot_status status = new_work(&w, net, t->n);
    if (status == OT_OK) status = load_rows(&w, file);
    if (status == OT_OK) status = find_plane(&w, t);
    free_work(&w);
    return status;
}

ot_status ot_trajectory_new(const ot_net *net, int n, const char *const file[], ot_trajectory **out)
{
    OT_TRY(ot__check_given("trajectory", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("trajectory", "the network", net));
    if (n < 3 || n > MOST_FILES)
        return ot__fail(OT_EINVAL, "there %s %d file%s; a plane needs 3 to %d",
                        n == 1 ? "is" : "are", n, n == 1 ? "" : "s", MOST_FILES);
    OT_TRY(ot__check_given("trajectory", "the list of files", file));
    for (int i = 0; i < n; i++)
        OT_TRY(ot__check_given("trajectory", "the name of a file", file[i]));
    ot_trajectory *t = ot__new(1, sizeof *t);
    if (!t) return OT_ENOMEM;
    t->n = n;
    const ot_status status = build(t, net, file);
    if (status == OT_OK)
        *out = t;
    else
        ot_trajectory_free(t);
    return status;
}

void ot_trajectory_free(ot_trajectory *t)
{
    if (!t) return;
    ot__free(t->x);
    ot__free(t->y);
    ot_direction_free(t->along[0]);
    ot_direction_free(t->along[1]);
    ot__free(t);
}
