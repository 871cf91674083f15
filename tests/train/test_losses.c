/* SPDX-License-Identifier: BSD-3-Clause
 * Tests trainings with smoothed labels and with mixup: ten steps are PyTorch's, in double, the bits
 * do not depend on threads or interruptions, and evaluations do not see either. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "data/dataset.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/reference/losses.h"
#include "train/session.h"

/* ---- the numbers of PyTorch ---- */

enum { IMAGES = 40, SIZE = 8, CLASSES = 5, BATCH = 8, NUMBERS = SIZE * SIZE * 3 };

/* The images and labels of reference/losses.py. */
static ot_dataset *numbered(void)
{
    static uint8_t pixel[IMAGES * NUMBERS];
    int32_t label[IMAGES];
    uint32_t noise = 1;
    ot_dataset *d = NULL;
    for (size_t i = 0; i < sizeof pixel; i++) {
        noise = noise * 1664525u + 1013904223u;
        pixel[i] = (uint8_t)(noise >> 24);
    }
    for (int i = 0; i < IMAGES; i++)
        label[i] = (3 * i + 1) % CLASSES;
    ck_ok(ot_dataset_new(
        &(ot_dataset_desc){ .count = IMAGES,
                            .height = SIZE,
                            .width = SIZE,
                            .channels = 3,
                            .classes = CLASSES,
                            .images = pixel,
                            .labels = label,
                            .normalisation = { .channels = 3, .deviation = { 1, 1, 1 } } },
        &d));
    return d;
}

static double initial(const char *name, int j, int fan_in)
{
    int s = 0;
    for (const char *c = name; *c; c++)
        s += (unsigned char)*c;
    const double v = sin(0.37 * s + 1.7 * j);
    if (strcmp(strrchr(name, '.'), ".bias") == 0) return 0.1 * v;
    return strstr(name, ".bn") ? 1 + 0.1 * v : v * sqrt(2.0 / fan_in);
}

static ot_params *set_values(const ot_net *net)
{
    ot_params *ps = NULL;
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    for (int i = 0; i < ot_params_count(ps); i++) {
        const ot_shape s = ot_params_shape(ps, i);
        double *const w = ot_params_edit(ps, i, OT_F64);
        int fan_in = 1;
        for (int d = 1; d < s.rank; d++)
            fan_in *= s.dim[d];
        for (size_t j = 0; ot_params_trained(ps, i) && j < ot_params_elements(ps, i); j++)
            w[j] = initial(ot_params_name(ps, i), (int)j, fan_in);
    }
    return ps;
}

typedef struct comparison {
    const struct losses_run *run;
    int step;
} comparison;

/* Other orders of summation move a checksum by up to 1e-14. */
static void expect(const comparison *c, const char *what, double found, double expected)
{
    ck_assert_msg(fabs(found - expected) <= 1e-12, "%s, step %d: %s is %.17g, not %.17g",
                  c->run->id, c->step + 1, what, found, expected);
}

static void compare_step(const ot_train_step *now, void *user)
{
    comparison *const c = user;
    ck_assert_int_lt(c->step, LOSSES_STEPS);
    expect(c, "the loss", now->loss, c->run->step[c->step].loss);
    for (int k = 0; k < LOSSES_TENSORS; k++) {
        const int i = ot_params_find(now->params, losses_names[k]);
        const double *const w = ot_params_value(now->params, i, OT_F64);
        double sum = 0;
        for (size_t j = 0; j < ot_params_elements(now->params, i); j++)
            sum += w[j] * sin(0.5 + 2.3 * (double)j);
        expect(c, losses_names[k], sum, c->run->step[c->step].checksum[k]);
    }
    c->step++;
}

START_TEST(ten_steps_are_those_of_pytorch_in_double)
{
    comparison c = { .run = &losses_runs[_i] };
    ot_net *net = NULL;
    ck_ok(ot_net_new(&(ot_net_opts){ .blocks = "euler x1",
                                     .width = 4,
                                     .image = SIZE,
                                     .classes = CLASSES,
                                     .batch = BATCH,
                                     .label_smoothing = c.run->smoothing,
                                     .second_labels = c.run->mixup > 0 },
                     &net));
    ot_params *ps = set_values(net);
    ot_dataset *d = numbered();
    ck_ok(ot_train(&(ot_train_opts){ .net = net,
                                     .params = ps,
                                     .train = d,
                                     .test = d,
                                     .epochs = 2,
                                     .batch = BATCH,
                                     .lr = 0.1,
                                     .momentum = 0.9,
                                     .weight_decay = 1e-2,
                                     .seed = 11,
                                     .mixup = c.run->mixup,
                                     .tier = OT_TIER_REFERENCE,
                                     .on_step = compare_step,
                                     .user = &c },
                   NULL));
    ck_assert_int_eq(c.step, LOSSES_STEPS);
    ot_dataset_free(d);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

/* ---- all networks ---- */

static const ot_net_opts kinds[] = {
    { .label_smoothing = 0.1 },
    { .second_labels = true },
    { .label_smoothing = 0.2, .second_labels = true },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* The options of kind i; the second half of them have controlled steps. */
static ot_net_opts options(int i)
{
    ot_net_opts o = kinds[i % KINDS];
    o.blocks = i < KINDS ? "euler x1" : "dormand_prince54 x1";
    o.width = 3;
    o.stem_stride = 2;
    o.batch = SMALL_BATCH;
    if (i < KINDS) return o;
    o.step = OT_STEP_CONTROLLED;
    o.weights = OT_WEIGHTS_SHARED;
    o.control.tolerance = 1e-2;
    return o;
}

/* Replaces the network of a small training. */
static void use(small *s, const ot_net_opts *o)
{
    ot_params_free(s->params);
    ot_net_free(s->net);
    ck_ok(ot_net_new(o, &s->net));
    ck_ok(ot_params_new(ot_net_tape(s->net), &s->params));
    ot_params_init(s->params, 5);
    s->opts.net = s->net;
    s->opts.params = s->params;
    s->opts.mixup = o->second_labels ? 0.4 : 0;
}

/* Trains with so many threads.  If `stop` is not 0, the training is interrupted after that many
 * batches, and resumed with another number of threads.  Returns the newest checkpoint. */
static char *train_as(const ot_net_opts *o, int threads, int stop, size_t *size)
{
    for (int part = 0; part < (stop ? 2 : 1); part++) {
        session w;
        ck_ok(ot_set_threads(part ? 4 - threads : threads));
        session_new(&w);
        use(&w.s, o);
        if (part == 0)
            ck_ok(ot_run_open(in_folder("."), &w.run));
        else
            ck_ok(session_reopen(&w));
        w.s.opts.run = w.run;
        w.s.train->count = 70;
        w.s.test->count = 30;
        w.stop_after = part == 0 ? stop : 0;
        ck_status(ot_train(&w.s.opts, NULL), part == 0 && stop ? OT_EINTERRUPTED : OT_OK);
        session_end(&w);
    }
    char *const checkpoint = newest_checkpoint(size);
    remove_files();
    return checkpoint;
}

START_TEST(the_bits_are_the_same_at_any_number_of_threads_and_after_a_resume_at_any_step)
{
    const ot_net_opts o = options(_i);
    size_t expected_size, size;
    char *const expected = train_as(&o, 1, 0, &expected_size);
    for (int stop = 0; stop < 8; stop++) { /* two epochs of three batches and one */
        char *const found = train_as(&o, 1 + stop % 3, stop, &size);
        ck_assert_msg(size == expected_size && memcmp(found, expected, size) == 0,
                      "kind %d, interrupted after %d batches: other bytes", _i, stop);
        ot__free(found);
    }
    ot__free(expected);
}
END_TEST

START_TEST(an_evaluation_sees_neither_smoothing_nor_second_labels)
{
    const ot_net_opts o = options(_i);
    ot_net_opts plain = o;
    ot_eval_result a, b;
    small s = small_new(), t = small_new();
    plain.label_smoothing = 0;
    plain.second_labels = false;
    use(&s, &o);
    use(&t, &plain);
    ck_ok(ot_evaluate(s.net, s.params, s.test, 32, OT_TIER_DEFAULT, &a));
    ck_ok(ot_evaluate(t.net, t.params, t.test, 32, OT_TIER_DEFAULT, &b));
    ck_assert(a.loss == b.loss && a.accuracy == b.accuracy);
    small_free(&s);
    small_free(&t);
}
END_TEST

START_TEST(the_gradient_is_that_of_differences_in_training_and_evaluation)
{
    ot_net_opts o = options(_i / 2);
    ot_net *net = NULL;
    ot_gradcheck_report report;
    o.image = 8;
    o.batch = 3;
    ck_ok(ot_net_new(&o, &net));
    ck_ok(ot_net_gradcheck(net, NULL,
                           &(ot_gradcheck_opts){ .seed = 1, .evaluate = _i % 2, .tolerance = 1e-6 },
                           &report));
    ck_assert_msg(report.passed, "kind %d: %g in %s", _i / 2, report.worst_error,
                  report.worst_tensor);
    ot_net_free(net);
}
END_TEST

START_TEST(a_network_in_a_file_has_its_smoothing_and_its_second_labels)
{
    const ot_net_opts o = options(_i);
    ot_net *net = NULL;
    ot_train_opts read = { 0 };
    small s = small_new();
    ot_run *run = NULL;
    use(&s, &o);
    ck_ok(ot_run_open(in_folder("."), &run));
    s.opts.run = run;
    ck_ok(ot_train_save(&s.opts, "weights.safetensors", 0, NULL));
    ck_ok(ot_net_open(in_folder("weights.safetensors"), SMALL_BATCH, &net));
    ck_ok(ot_train_read(in_folder("weights.safetensors"), &read));
    ck_assert(ot_net_options(net)->label_smoothing == o.label_smoothing);
    ck_assert(ot_net_options(net)->second_labels == o.second_labels);
    ck_assert_int_eq(ot_net_second_labels(net).id != 0, o.second_labels);
    ck_assert(read.mixup == s.opts.mixup);
    ot_net_free(net);
    ot_run_close(run);
    small_free(&s);
}
END_TEST

/* ---- defaults ---- */

START_TEST(a_network_without_either_has_the_tape_of_before)
{
    const ot_net_opts plain = { .blocks = "rk4 x1", .width = 2, .batch = 2 };
    ot_net_opts second = plain;
    ot_net *a = NULL, *b = NULL;
    second.second_labels = true;
    ck_ok(ot_net_new(&plain, &a));
    ck_ok(ot_net_new(&second, &b));
    ck_assert_int_eq(ot_tape_length(ot_net_tape(a)) + 2, ot_tape_length(ot_net_tape(b)));
    ck_assert_int_eq(ot_net_logits(a).id, ot_net_logits(b).id);
    ck_assert_int_eq(ot_net_second_labels(a).id, 0);
    ck_assert_int_eq(ot_net_label_weight(a).id, 0);
    ot_net_free(a);
    ot_net_free(b);
}
END_TEST

START_TEST(second_labels_without_mixup_change_no_bit)
{
    size_t size[2];
    double loss[2];
    for (int second = 0; second < 2; second++) {
        ot_net_opts o = options(0);
        small s = small_new();
        ot_train_result r;
        o.label_smoothing = 0;
        o.second_labels = second;
        use(&s, &o);
        s.opts.mixup = 0;
        ck_ok(ot_train(&s.opts, &r));
        loss[second] = r.last.train_loss;
        size[second] = ot_params_total(s.params);
        small_free(&s);
    }
    ck_assert(loss[0] == loss[1]);
    ck_assert_uint_eq(size[0], size[1]);
}
END_TEST

/* ---- refusals ---- */

static void refused(ot_net_opts o, double mixup, int batch, const char *reason)
{
    small s = small_new();
    use(&s, &o);
    s.opts.mixup = mixup;
    s.opts.batch = batch;
    ck_status(ot_train(&s.opts, NULL), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), reason), "%s", ot_message());
    small_free(&s);
}

START_TEST(mixup_is_refused_where_it_cannot_be)
{
    refused(options(1), -0.1, 32, "alpha is -0.1");
    refused(options(1), INFINITY, 32, "alpha is inf");
    refused(options(1), NAN, 32, "alpha is nan");
    refused(options(1), 2e6, 32, "alpha is 2000000");
    refused(options(1), 0.2, 1, "the batch is 1 image");
    refused(options(0), 0.2, 32, "ot_net_vars.second_labels");
}
END_TEST

START_TEST(a_smoothing_outside_of_0_to_1_is_refused)
{
    static const double bad[] = { -0.1, 1, 2, NAN, INFINITY };
    ot_net *net = NULL;
    ck_status(ot_net_new(&(ot_net_opts){ .blocks = "euler x1", .label_smoothing = bad[_i] }, &net),
              OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), "label smoothing is"), "%s", ot_message());
    ot_tape *const t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(2, 3)), labels = ot_labels(t, "l", 2);
    ot_softmax_xent_with(t, x, labels, &(ot_xent_opts){ .smoothing = bad[_i] });
    ck_status(ot_tape_status(t), OT_EINVAL);
    ck_assert_msg(strstr(ot_tape_message(t), "smoothing is"), "%s", ot_tape_message(t));
    ot_tape_free(t);
}
END_TEST

TCase *losses_case(void)
{
    TCase *c = tcase_create("losses");
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, ten_steps_are_those_of_pytorch_in_double, 0,
                        sizeof losses_runs / sizeof losses_runs[0]);
    tcase_add_loop_test(
        c, the_bits_are_the_same_at_any_number_of_threads_and_after_a_resume_at_any_step, 0,
        2 * KINDS);
    tcase_add_loop_test(c, an_evaluation_sees_neither_smoothing_nor_second_labels, 0, 2 * KINDS);
    tcase_add_loop_test(c, the_gradient_is_that_of_differences_in_training_and_evaluation, 0,
                        4 * KINDS);
    tcase_add_loop_test(c, a_network_in_a_file_has_its_smoothing_and_its_second_labels, 0,
                        2 * KINDS);
    tcase_add_test(c, a_network_without_either_has_the_tape_of_before);
    tcase_add_test(c, second_labels_without_mixup_change_no_bit);
    tcase_add_test(c, mixup_is_refused_where_it_cannot_be);
    tcase_add_loop_test(c, a_smoothing_outside_of_0_to_1_is_refused, 0, 5);
    return c;
}
