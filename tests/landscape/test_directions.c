/* SPDX-License-Identifier: BSD-3-Clause
 * Tests directions in the space of the small network's parameters, and the plane of a
 * trajectory. */
#include <math.h>

#include "landscape/cases.h"
#include "landscape/eigen.h"
#include "landscape/trained.h"

static double part_length(const ot_direction *d, int i, size_t from, size_t n)
{
    double sum = 0.0;
    for (size_t j = from; j < from + n; j++) {
        const double x =
            d ? ot_direction_at(d, i, j) : ((const float *)ot_params_value(s.params, i, OT_F32))[j];
        sum += x * x;
    }
    return sqrt(sum);
}

static bool moves(int i)
{
    return ot_params_trained(s.params, i) && ot_params_shape(s.params, i).rank > 1;
}

START_TEST(every_filter_of_a_direction_is_as_long_as_the_weights)
{
    ot_direction *d = random_direction(OT_NORM_FILTER, 1, 0);
    for (int i = 0; i < ot_params_count(s.params); i++) {
        if (!moves(i)) continue;
        const size_t outputs = (size_t)ot_params_shape(s.params, i).dim[0];
        const size_t size = ot_params_elements(s.params, i) / outputs;
        for (size_t o = 0; o < outputs; o++) {
            const double w = part_length(NULL, i, o * size, size);
            ck_assert_double_eq_tol(part_length(d, i, o * size, size), w, 1e-7 * w);
        }
    }
    ot_direction_free(d);
}
END_TEST

START_TEST(every_layer_of_a_layer_normalised_direction_is_as_long_as_the_weights)
{
    ot_direction *d = random_direction(OT_NORM_LAYER, 1, 0);
    for (int i = 0; i < ot_params_count(s.params); i++) {
        if (!moves(i)) continue;
        const size_t n = ot_params_elements(s.params, i);
        const double w = part_length(NULL, i, 0, n);
        ck_assert_double_eq_tol(part_length(d, i, 0, n), w, 1e-7 * w);
    }
    ot_direction_free(d);
}
END_TEST

/* Both come from one draw: d_filter = factor * z and d_weight = z * w. */
START_TEST(a_weight_normalised_direction_is_the_draw_times_the_weight)
{
    ot_direction *f = random_direction(OT_NORM_FILTER, 1, 0);
    ot_direction *w = random_direction(OT_NORM_WEIGHT, 1, 0);
    const int i = index_of("head.fc.weight");
    const float *const theta = ot_params_value(s.params, i, OT_F32);
    const size_t size = (size_t)ot_params_shape(s.params, i).dim[1];
    for (size_t j = 0; j < ot_params_elements(s.params, i); j++) {
        const size_t first = j / size * size;
        const double factor =
            ot_direction_at(f, i, first) * theta[first] / ot_direction_at(w, i, first);
        ck_assert_double_eq_tol(ot_direction_at(f, i, j) * theta[j],
                                factor * ot_direction_at(w, i, j), 1e-9);
    }
    ot_direction_free(f);
    ot_direction_free(w);
}
END_TEST

START_TEST(biases_batch_norm_and_statistics_do_not_move)
{
    for (int norm = OT_NORM_FILTER; norm <= OT_NORM_WEIGHT; norm++) {
        ot_direction *d = random_direction((ot_norm)norm, 1, 0);
        int still = 0;
        for (int i = 0; i < ot_params_count(s.params); i++) {
            const double length = part_length(d, i, 0, ot_params_elements(s.params, i));
            ck_assert_msg((length > 0.0) == moves(i), "%s has length %g",
                          ot_params_name(s.params, i), length);
            still += !moves(i);
        }
        ck_assert_int_gt(still, 8);
        ot_direction_free(d);
    }
}
END_TEST

START_TEST(directions_differ_by_seed_and_index_and_are_nearly_orthogonal)
{
    ot_direction *a = random_direction(OT_NORM_FILTER, 1, 0);
    ot_direction *again = random_direction(OT_NORM_FILTER, 1, 0);
    ot_direction *others[] = { random_direction(OT_NORM_FILTER, 1, 1),
                               random_direction(OT_NORM_FILTER, 2, 0) };
    ck_assert_double_eq(ot_direction_dot(a, again), ot_direction_dot(a, a));
    for (int k = 0; k < 2; k++) {
        const double cosine = ot_direction_dot(a, others[k]) /
                              sqrt(ot_direction_dot(a, a) * ot_direction_dot(others[k], others[k]));
        ck_assert_double_lt(fabs(cosine), 0.3); /* for 450 numbers one standard deviation is 0.05 */
        ot_direction_free(others[k]);
    }
    ot_direction_free(a);
    ot_direction_free(again);
}
END_TEST

/* ---- trajectories ---- */

START_TEST(eigenvectors_rebuild_the_matrix)
{
    enum { N = 7 };
    double a[N * N], m[N * N], v[N * N];
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            a[i * N + j] = m[i * N + j] = sin(1.0 + i * j + (double)(i + j));
    ot__eigen(N, a, v);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double sum = 0.0, dot = 0.0;
            for (int k = 0; k < N; k++) {
                sum += v[i * N + k] * a[k * N + k] * v[j * N + k];
                dot += v[k * N + i] * v[k * N + j];
            }
            ck_assert_double_eq_tol(sum, m[i * N + j], 1e-13);
            ck_assert_double_eq_tol(dot, i == j, 1e-13);
        }
}
END_TEST

/* theta + x e + y f, where e and f are two different weights: exact in float32 for these x, y. */
static void save_planted(const char *name, double x, double y)
{
    ot_params *ps = copy_of(s.params);
    fill(ps, "head.fc.bias", 0.0f);
    float *const w = ot_params_edit(ps, index_of("head.fc.bias"), OT_F32);
    w[2] = (float)x;
    w[7] = (float)y;
    ck_ok(ot_params_save(ps, in_folder(name), 0, NULL));
    ot_params_free(ps);
}

START_TEST(the_plane_of_a_trajectory_is_the_planted_one)
{
    /* The mean is (4, 0), sums of squares about it are 64 along x and 4 along y, of xy 0. */
    static const double at[5][2] = { { 8, 1 }, { 8, -1 }, { 4, 0 }, { 0, 1 }, { 0, -1 } };
    char path[5][600];
    const char *file[5];
    for (int f = 0; f < 5; f++) {
        char name[40];
        snprintf(name, sizeof name, "p%d.safetensors", f);
        save_planted(name, at[f][0], at[f][1]);
        snprintf(path[f], sizeof path[f], "%s", in_folder(name));
        file[f] = path[f];
    }
    ot_trajectory *t = NULL;
    ck_ok(ot_trajectory_new(s.net, 5, file, &t));
    const int bias = index_of("head.fc.bias");
    ck_assert_double_eq_tol(t->share[0], 64.0 / 68, 1e-12);
    ck_assert_double_eq_tol(t->share[1], 4.0 / 68, 1e-12);
    ck_assert_double_eq_tol(fabs(ot_direction_at(t->along[0], bias, 2)), 1, 1e-12);
    ck_assert_double_eq_tol(fabs(ot_direction_at(t->along[1], bias, 7)), 1, 1e-12);
    for (int k = 0; k < 2; k++)
        for (int m = 0; m < 2; m++)
            ck_assert_double_eq_tol(ot_direction_dot(t->along[k], t->along[m]), k == m, 1e-12);
    for (int f = 0; f < 5; f++) {
        ck_assert_double_eq_tol(t->x[f], at[f][0], 1e-12);
        ck_assert_double_eq_tol(t->y[f], at[f][1] + 1, 1e-12);
    }
    ot_trajectory_free(t);
    ck_status(ot_trajectory_new(s.net, 2, file, &t), OT_EINVAL);
    const char *const same[] = { path[0], path[0], path[1] };
    ck_status(ot_trajectory_new(s.net, 3, same, &t), OT_EINVAL);
    const char *const missing[] = { path[0], path[1], "nowhere" };
    ck_status(ot_trajectory_new(s.net, 3, missing, &t), OT_ENOENT);
}
END_TEST

TCase *directions_case(void)
{
    TCase *c = tcase_create("directions");
    tcase_add_checked_fixture(c, trained_setup, trained_teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, every_filter_of_a_direction_is_as_long_as_the_weights);
    tcase_add_test(c, every_layer_of_a_layer_normalised_direction_is_as_long_as_the_weights);
    tcase_add_test(c, a_weight_normalised_direction_is_the_draw_times_the_weight);
    tcase_add_test(c, biases_batch_norm_and_statistics_do_not_move);
    tcase_add_test(c, directions_differ_by_seed_and_index_and_are_nearly_orthogonal);
    tcase_add_test(c, eigenvectors_rebuild_the_matrix);
    tcase_add_test(c, the_plane_of_a_trajectory_is_the_planted_one);
    return c;
}
