/* SPDX-License-Identifier: BSD-3-Clause
 * Tests landscapes of the small network: their numbers, their journal and their files. */
#include <math.h>
#include <string.h>

#include "landscape/cases.h"
#include "landscape/trained.h"

static ot_landscape_opts line(const ot_direction *d, double from, double to, int points)
{
    return (ot_landscape_opts){
        .net = s.net,
        .params = s.params,
        .data = s.train,
        .batch = SMALL_BATCH,
        .n_axes = 1,
        .axis = { { d, from, to, points } },
        .journal = in_folder("points.jsonl"),
    };
}

static ot_landscape *compute(const ot_landscape_opts *opts)
{
    ot_landscape *l = NULL;
    ck_ok(ot_landscape_new(opts, &l));
    return l;
}

static ot_eval_result evaluate(ot_params *params)
{
    ot_eval_result r;
    ck_ok(ot_evaluate(s.net, params, s.train, SMALL_BATCH, OT_TIER_DEFAULT, &r));
    return r;
}

START_TEST(the_centre_is_the_evaluation_and_parameters_are_put_back)
{
    ot_direction *d = random_direction(OT_NORM_FILTER, 1, 0);
    ot_params *before = copy_of(s.params);
    const ot_eval_result there = evaluate(s.params);
    const ot_landscape_opts opts = line(d, -1, 1, 5);
    ot_landscape *l = compute(&opts);
    ck_assert_int_eq(l->bn, OT_BN_RUNNING);
    ck_assert_double_eq(l->at[0][2], 0.0);
    ck_assert_double_eq(l->loss[2], there.loss);
    ck_assert_double_eq(l->accuracy[2], there.accuracy);
    ck_assert_double_ne(l->loss[1], there.loss);
    ck_assert(same_values(before, s.params));
    ot_landscape_free(l);
    ot_params_free(before);
    ot_direction_free(d);
}
END_TEST

START_TEST(a_point_of_a_plane_is_the_evaluation_of_parameters_moved_by_hand)
{
    ot_direction *d[] = { random_direction(OT_NORM_FILTER, 1, 0),
                          random_direction(OT_NORM_FILTER, 1, 1) };
    ot_landscape_opts opts = line(d[0], -0.5, 0.5, 2);
    opts.n_axes = 2;
    opts.axis[1] = (ot_axis){ d[1], -0.25, 0.5, 3 };
    ot_landscape *l = compute(&opts);
    ot_params *moved = copy_of(s.params); /* to a = 0.5, b = 0.125 */
    for (int i = 0; i < ot_params_count(moved); i++) {
        float *const w = ot_params_edit(moved, i, OT_F32);
        for (size_t j = 0; j < ot_params_elements(moved, i); j++)
            w[j] = (float)(w[j] + 0.5 * ot_direction_at(d[0], i, j) +
                           0.125 * ot_direction_at(d[1], i, j));
    }
    ck_assert_double_eq(l->at[1][1], 0.125);
    ck_assert_double_eq(l->loss[1 * 3 + 1], evaluate(moved).loss);
    ck_assert_double_ne(l->loss[1 * 3 + 1], l->loss[0 * 3 + 1]);
    ot_landscape_free(l);
    ot_params_free(moved);
    ot_direction_free(d[0]);
    ot_direction_free(d[1]);
}
END_TEST

/* The weights of the last layer are 0, so the logits of every image are its biases.  Classes are
 * equally frequent, so L(a) = log sum_k exp(a t_k) - a mean(t). */
START_TEST(the_loss_along_the_last_biases_is_the_known_function)
{
    fill(s.params, "head.fc.weight", 0.0f);
    fill(s.params, "head.fc.bias", 0.0f);
    ot_params *target = copy_of(s.params);
    float *const t = ot_params_edit(target, index_of("head.fc.bias"), OT_F32);
    for (int k = 0; k < 10; k++)
        t[k] = (float)(0.25 * k * k - k);
    ot_direction *d = NULL;
    ck_ok(ot_direction_towards(s.params, target, &d));
    const ot_landscape_opts opts = line(d, -1, 1, 9);
    ot_landscape *l = compute(&opts);
    for (int i = 0; i < 9; i++) {
        double sum = 0.0, mean = 0.0;
        for (int k = 0; k < 10; k++) {
            sum += exp(l->at[0][i] * t[k]);
            mean += t[k] / 10;
        }
        ck_assert_double_eq_tol(l->loss[i], log(sum) - l->at[0][i] * mean, 2e-6);
    }
    ot_landscape_free(l);
    ot_direction_free(d);
    ot_params_free(target);
}
END_TEST

START_TEST(the_ends_between_two_networks_are_their_losses)
{
    ot_params *first = copy_of(s.params);
    ot_train_result result;
    s.opts.seed = 9;
    ot_params_init(s.params, 6);
    ck_ok(ot_train(&s.opts, &result)); /* a second training, in s.params */
    ot_direction *d = NULL;
    ck_ok(ot_direction_towards(first, s.params, &d));
    const double losses[] = { evaluate(first).loss, evaluate(s.params).loss };
    ot_landscape_opts opts = line(d, 0, 1, 3);
    opts.params = first;
    ot_landscape *l = compute(&opts);
    ck_assert_double_ne(losses[0], losses[1]);
    ck_assert_double_eq(l->loss[0], losses[0]);
    ck_assert_double_eq(l->loss[2], losses[1]);
    ot_landscape_free(l);
    ot_direction_free(d);
    ot_params_free(first);
}
END_TEST

/* If a variance is extrapolated below 0, the network is not defined. */
START_TEST(a_negative_variance_gives_no_number)
{
    ot_params *target = copy_of(s.params);
    fill(s.params, "blocks.0.stages.0.bn1.running_var", 1.0f);
    fill(target, "blocks.0.stages.0.bn1.running_var", 3.0f);
    ot_direction *d = NULL;
    ck_ok(ot_direction_towards(s.params, target, &d));
    const ot_landscape_opts opts = line(d, -1, 1, 3);
    ot_landscape *l = compute(&opts);
    ck_assert(isnan(l->loss[0]) && isnan(l->accuracy[0]));
    ck_assert(isfinite(l->loss[1]) && isfinite(l->loss[2]));
    ot_landscape_free(l);
    ot_direction_free(d);
    ot_params_free(target);
}
END_TEST

/* The first batch of the data by a program that uses its statistics. */
static double loss_of_a_batch(void)
{
    ot_program *p = NULL;
    ot_loader *loader = NULL;
    ck_ok(ot_compile(ot_net_tape(s.net), ot_net_loss(s.net),
                     &(ot_compile_opts){ .batch = SMALL_BATCH, .params = s.params }, &p));
    ck_ok(ot_loader_new(s.train, &(ot_loader_opts){ .batch = SMALL_BATCH }, &loader));
    const int n = ot_loader_fill(loader, 0, ot_program_input(p, ot_net_images(s.net)),
                                 ot_program_input(p, ot_net_labels(s.net)));
    ck_ok(ot_forward(p, n));
    const double loss = *(const float *)ot_program_value(p, ot_net_loss(s.net));
    ot_loader_free(loader);
    ot_program_free(p);
    return loss;
}

START_TEST(before_training_batch_norm_uses_the_batch)
{
    ot_params_init(s.params, 5);
    ot_params *before = copy_of(s.params);
    ot_direction *d = random_direction(OT_NORM_FILTER, 1, 0);
    ot_landscape_opts opts = line(d, 0, 0, 1);
    opts.images = SMALL_BATCH;
    ot_landscape *l = compute(&opts);
    ck_assert_int_eq(l->bn, OT_BN_BATCH);
    ck_assert(same_values(before, s.params)); /* running statistics too */
    ck_assert_double_eq_tol(l->loss[0], loss_of_a_batch(), 1e-6);
    ot_landscape_free(l);
    opts.bn = OT_BN_RUNNING;
    opts.params = before;
    opts.journal = in_folder("running.jsonl");
    l = compute(&opts);
    ck_assert_int_eq(l->bn, OT_BN_RUNNING);
    ot_landscape_free(l);
    ot_direction_free(d);
    ot_params_free(before);
}
END_TEST

START_TEST(options_out_of_range_are_refused)
{
    ot_direction *d = random_direction(OT_NORM_FILTER, 1, 0);
    const ot_landscape_opts good = line(d, -1, 1, 3);
    ot_landscape_opts bad[9];
    for (int k = 0; k < 9; k++)
        bad[k] = good;
    bad[0].net = NULL;
    bad[1].n_axes = 3;
    bad[2].axis[0].points = 0;
    bad[3].axis[0].to = NAN;
    bad[4].axis[0].to = -2;
    bad[5].images = SMALL_TRAIN + 1;
    bad[6].batch = -1;
    bad[7].axis[0].along = NULL;
    bad[8].bn = (ot_bn)7;
    for (int k = 0; k < 9; k++) {
        ot_landscape *l = NULL;
        ck_status(ot_landscape_new(&bad[k], &l), OT_EINVAL);
        ck_assert_ptr_null(l);
    }
    ot_direction *none = NULL;
    ck_status(ot_direction_random(s.params, (ot_norm)3, 1, 0, &none), OT_EINVAL);
    few f = few_new(1);
    ck_status(ot_direction_towards(f.params, s.params, &none), OT_ESHAPE);
    few_free(f);
    ot_direction_free(d);
}
END_TEST

/* ---- interruptions ---- */

static volatile sig_atomic_t stop;
static int stop_after;

static void count(int done, int points, double loss, void *user)
{
    (void)points, (void)loss, (void)user;
    if (done == stop_after) stop = 1;
}

static void check_same_file(const char *name, const char *other)
{
    size_t n, m;
    char *a = get_file(in_folder(name), &n), *b = get_file(in_folder(other), &m);
    ck_assert_msg(n == m && memcmp(a, b, n) == 0, "%s and %s differ", name, other);
    free(a);
    free(b);
}

START_TEST(an_interrupted_grid_ends_with_the_same_bytes_at_any_number_of_threads)
{
    ot_direction *d = random_direction(OT_NORM_FILTER, 1, 0);
    ot_landscape_opts opts = line(d, -1, 1, 6);
    opts.journal = in_folder("whole.jsonl");
    ot_landscape_free(compute(&opts));

    ck_ok(ot_set_threads(3));
    char path[600];
    snprintf(path, sizeof path, "%s", in_folder("parts.jsonl"));
    opts.journal = path;
    opts.stop = &stop;
    opts.on_point = count;
    ot_landscape *l = NULL;
    for (int part = 1; part < 6; part += 2) {
        stop = 0;
        stop_after = part;
        ck_status(ot_landscape_new(&opts, &l), OT_EINTERRUPTED);
        size_t size;
        char *text = get_file(path, &size); /* a line that was being written */
        text[size] = '{';
        put_file(path, text, size + 1);
        free(text);
    }
    stop = 0;
    l = compute(&opts);
    ck_assert_int_eq(l->loaded, 5);
    check_same_file("whole.jsonl", "parts.jsonl");
    ot_landscape_free(l);

    l = compute(&opts); /* all points are in the journal */
    ck_assert_int_eq(l->loaded, 6);
    ot_landscape_free(l);
    ot_direction_free(d);
}
END_TEST

/* Replaces `from` by `to` in a journal, and checks the status with which it is refused. */
static void check_refused(const ot_landscape_opts *opts, const char *journal, const char *from,
                          const char *to, ot_status expected)
{
    char text[8192];
    const char *const at = strstr(journal, from);
    ck_assert_msg(at != NULL, "there is no %s in %s", from, journal);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - journal), journal, to, at + strlen(from));
    put_file(opts->journal, text, strlen(text));
    ot_landscape *l = NULL;
    ck_status(ot_landscape_new(opts, &l), expected);
    ck_assert_msg(strstr(ot_message(), "points.jsonl"), "%s", ot_message());
    ck_assert_ptr_null(l);
}

START_TEST(malformed_journals_and_those_of_others_are_refused)
{
    static const char *const wrong[][2] = {
        { "{\"landscape\"", "{\"seascape\"" },
        { "{\"landscape\"", "[\"landscape\"" },
        { "{\"point\":1,", "{\"point\":2," },
        { "{\"point\":1,", "{\"point\":1.5," },
        { "{\"point\":1,", "{\"point\":1,\"point\":1," },
        { "{\"point\":1,\"loss\":", "{\"point\":1,\"loss\":-" },
        { "{\"point\":1,\"loss\":", "{\"point\":1,\"lass\":" },
        { "{\"point\":1,\"loss\":", "{\"point\":1,\"loss\":null,\"was\":" },
        { "\"accuracy\":", "\"accuracy\":1" },
        { "{\"point\":2,", "\n{\"point\":2," },
        { "{\"point\":2,", "{\"point\":2,\"a\":[" },
    };
    static const char *const other[][2] = {
        { "\"images\":200", "\"images\":100" },
        { "\"batch\":32", "\"batch\":64" },
        { "\"batch_norm\":\"running\"", "\"batch_norm\":\"batch\"" },
        { "\"to\":1.0", "\"to\":2.0" },
        { "\"direction\":\"", "\"direction\":\"0" },
        { "\"parameters\":\"", "\"parameters\":\"0" },
    };
    ot_direction *d = random_direction(OT_NORM_FILTER, 1, 0);
    ot_landscape_opts opts = line(d, -1, 1, 3);
    char path[600];
    snprintf(path, sizeof path, "%s", in_folder("points.jsonl"));
    opts.journal = path;
    ot_landscape_free(compute(&opts));
    size_t size;
    char *journal = get_file(path, &size);
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++)
        check_refused(&opts, journal, wrong[k][0], wrong[k][1], OT_EFORMAT);
    for (size_t k = 0; k < sizeof other / sizeof other[0]; k++)
        check_refused(&opts, journal, other[k][0], other[k][1], OT_EINVAL);
    char more[8192];
    snprintf(more, sizeof more, "%s{\"point\":3,\"loss\":1.0,\"accuracy\":0.5}\n", journal);
    put_file(path, more, strlen(more));
    ot_landscape *l = NULL;
    ck_status(ot_landscape_new(&opts, &l), OT_EFORMAT);
    put_file(path, "{}\0\n", 4);
    ck_status(ot_landscape_new(&opts, &l), OT_EFORMAT);
    free(journal);
    ot_direction_free(d);
}
END_TEST

/* ---- files ---- */

START_TEST(files_hold_the_numbers)
{
    double a[] = { -1, 0, 1 }, b[] = { 0, 0.5 }, loss[] = { 1, 2, 3, 0.1, NAN, 6 },
           accuracy[] = { 0, 0.5, 1, 0.25, NAN, 0 };
    const ot_landscape l = {
        .n_axes = 2, .points = { 3, 2 }, .at = { a, b }, .loss = loss, .accuracy = accuracy
    };
    char folder[600];
    snprintf(folder, sizeof folder, "%s", in_folder("."));
    ck_ok(ot_landscape_save(&l, folder));

    size_t size;
    char *npy = get_file(in_folder("loss.npy"), &size);
    ck_assert_uint_eq(size, 128 + 6 * 8);
    ck_assert_mem_eq(npy, "\x93NUMPY\x01\x00\x76\x00", 10);
    ck_assert_ptr_nonnull(
        strstr(npy + 10, "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }"));
    ck_assert_int_eq(npy[127], '\n');
    ck_assert_mem_eq(npy + 128 + 3 * 8, "\x9a\x99\x99\x99\x99\x99\xb9\x3f", 8); /* 0.1 */
    free(npy);
    npy = get_file(in_folder("b.npy"), &size);
    ck_assert_ptr_nonnull(strstr(npy + 10, "'shape': (2,), }"));
    free(npy);

    char *csv = get_file(in_folder("landscape.csv"), &size);
    ck_assert_str_eq(csv, "a,b,loss,accuracy\n-1,0,1,0\n-1,0.5,2,0.5\n0,0,3,1\n"
                          "0,0.5,0.1,0.25\n1,0,nan,nan\n1,0.5,6,0\n");
    free(csv);
    char *vtk = get_file(in_folder("landscape.vtk"), &size);
    ck_assert_ptr_nonnull(strstr(vtk, "# vtk DataFile Version 3.0\n"));
    ck_assert_ptr_nonnull(strstr(vtk, "\nASCII\nDATASET STRUCTURED_POINTS\nDIMENSIONS 3 2 1\n"
                                      "ORIGIN -1 0 0\nSPACING 1 0.5 1\nPOINT_DATA 6\n"
                                      "SCALARS loss double 1\nLOOKUP_TABLE default\n"
                                      "1\n3\nnan\n2\n0.1\n6\nSCALARS accuracy"));
    free(vtk);
    ck_status(ot_landscape_save(&l, in_folder("nowhere")), OT_ECREATE);
}
END_TEST

TCase *landscape_case(void)
{
    TCase *c = tcase_create("landscape");
    tcase_add_checked_fixture(c, trained_setup, trained_teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, the_centre_is_the_evaluation_and_parameters_are_put_back);
    tcase_add_test(c, a_point_of_a_plane_is_the_evaluation_of_parameters_moved_by_hand);
    tcase_add_test(c, the_loss_along_the_last_biases_is_the_known_function);
    tcase_add_test(c, the_ends_between_two_networks_are_their_losses);
    tcase_add_test(c, a_negative_variance_gives_no_number);
    tcase_add_test(c, before_training_batch_norm_uses_the_batch);
    tcase_add_test(c, options_out_of_range_are_refused);
    tcase_add_test(c, an_interrupted_grid_ends_with_the_same_bytes_at_any_number_of_threads);
    tcase_add_test(c, malformed_journals_and_those_of_others_are_refused);
    tcase_add_test(c, files_hold_the_numbers);
    return c;
}
