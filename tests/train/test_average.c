/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the moving average of the weights: its numbers against PyTorch's AveragedModel
 * (reference/average.py) and against a computation by hand, its files, and that a resume at any
 * step leaves the same bytes. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "models/reference/reference.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/reference/average.h"
#include "train/session.h"

/* ---- against PyTorch ---- */

enum { TRAIN = 8, TEST = 5, CLASSES = 3, SIDE = 8, IMAGE = SIDE * SIDE * 3 };

/* The images of average.py from number `first` on. */
static ot_dataset *images(int first, int count)
{
    static uint8_t bytes[TRAIN * IMAGE];
    int32_t labels[TRAIN];
    ot_dataset *d = NULL;
    for (int i = 0; i < count; i++) {
        labels[i] = (first + i) % CLASSES;
        for (int j = 0; j < IMAGE; j++)
            bytes[i * IMAGE + j] =
                (uint8_t)((73 * j + 29 * (first + i) + j * j * (first + i + 1)) % 251);
    }
    ck_ok(ot_dataset_new(
        &(ot_dataset_desc){ .count = count,
                            .height = SIDE,
                            .width = SIDE,
                            .channels = 3,
                            .classes = CLASSES,
                            .images = bytes,
                            .labels = labels,
                            .normalisation = { .channels = 3,
                                               .mean = { 0.4f, 0.5f, 0.6f },
                                               .deviation = { 0.2f, 0.25f, 0.3f } } },
        &d));
    return d;
}

static void set_values(ot_params *ps)
{
    for (int i = 0; i < ot_params_count(ps); i++) {
        const ot_shape s = ot_params_shape(ps, i);
        int fan_in = 1;
        for (int d = 1; d < s.rank; d++)
            fan_in *= s.dim[d];
        double *const w = ot_params_edit(ps, i, OT_F64);
        for (size_t j = 0; j < ot_params_elements(ps, i); j++)
            w[j] = reference_value(ot_params_name(ps, i), (int)j, fan_in);
    }
}

/* Compares "average.NAME" of a checkpoint with PyTorch's tensor after a step. */
static void compare(const ot_safetensors *f, int k, int step)
{
    char name[128];
    snprintf(name, sizeof name, "average.%s", average_tensors[k].name);
    const int i = ot_safetensors_find(f, name);
    ck_assert_msg(i >= 0, "%s is missing", name);
    const ot_tensor_info info = ot_safetensors_tensor(f, i);
    ck_assert_str_eq(info.dtype, "F64");
    double *const value = malloc(info.bytes), checksum = 0, squares = 0;
    ck_ok(ot_safetensors_read(f, i, value));
    for (size_t j = 0; j < info.elements; j++) {
        checksum += value[j] * reference_pattern((int)j);
        squares += value[j] * value[j];
    }
    const double *const expected = average_tensors[k].of[step];
    const double most = 1e-12 * fmax(1, expected[1]);
    ck_assert_msg(fabs(checksum - expected[0]) <= most && fabs(sqrt(squares) - expected[1]) <= most,
                  "%s after step %d: %.17g %.17g, not %.17g %.17g", name, step + 1, checksum,
                  sqrt(squares), expected[0], expected[1]);
    free(value);
}

static void compare_step(int step)
{
    char name[64];
    ot_safetensors *f = NULL;
    snprintf(name, sizeof name, "checkpoint-%08d.safetensors", step + 1);
    ck_ok(ot_safetensors_open(in_folder(name), &f));
    for (int k = 0; k < AVERAGE_TENSORS; k++)
        compare(f, k, step);
    ot_safetensors_close(f);
}

START_TEST(the_average_after_each_of_ten_steps_is_that_of_pytorch)
{
    ot_net *net = NULL;
    ot_params *ps = NULL;
    ot_run *run = NULL;
    ot_history *h = NULL;
    ot_dataset *train = images(0, TRAIN), *test = images(TRAIN, TEST);
    ck_ok(ot_net_new(&(ot_net_opts){ .blocks = "euler x1",
                                     .levels = "3,4:2",
                                     .down = "P",
                                     .image = SIDE,
                                     .batch = TRAIN,
                                     .classes = CLASSES },
                     &net));
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    set_values(ps);
    ck_assert_int_eq(ot_params_count(ps), AVERAGE_TENSORS);
    ck_ok(ot_run_open(in_folder("."), &run));
    const ot_train_opts opts = { .net = net,
                                 .params = ps,
                                 .train = train,
                                 .test = test,
                                 .epochs = AVERAGE_STEPS,
                                 .batch = TRAIN,
                                 .lr = 0.05,
                                 .momentum = 0.9,
                                 .weight_decay = 1e-3,
                                 .average = 0.8,
                                 .tier = OT_TIER_REFERENCE,
                                 .run = run,
                                 .keep = AVERAGE_STEPS + 1,
                                 .journal = in_folder("metrics.jsonl") };
    ck_ok(ot_train(&opts, NULL));
    for (int step = 0; step < AVERAGE_STEPS; step++)
        compare_step(step);
    ck_ok(ot_history_read(in_folder("metrics.jsonl"), &h));
    for (int step = 0; step < AVERAGE_STEPS; step++)
        ck_assert_double_eq_tol(h->epoch[step].average_loss, average_losses[step], 1e-12);
    ot_history_free(h);
    ot_run_close(run);
    ot_params_free(ps);
    ot_net_free(net);
    ot_dataset_free(train);
    ot_dataset_free(test);
}
END_TEST

/* ---- by hand ---- */

enum { FEW = 20 };
static const double DECAY = 0.9;

static struct {
    int steps;
    float of[FEW]; /* the average of the first numbers of head.fc.weight */
} by_hand;

static void on_step(const ot_train_step *now, void *user)
{
    (void)user;
    const float *const w =
        ot_params_value(now->params, ot_params_find(now->params, "head.fc.weight"), OT_F32);
    for (int j = 0; j < FEW; j++)
        by_hand.of[j] = by_hand.steps == 0
                            ? w[j]
                            : (float)(DECAY * (double)by_hand.of[j] + (1 - DECAY) * (double)w[j]);
    by_hand.steps++;
}

/* The file holds the average, and evaluating it gives the results of the last epoch. */
START_TEST(average_safetensors_is_the_average_and_was_evaluated)
{
    session w;
    ot_train_result r;
    ot_eval_result e;
    session_begin(&w);
    w.s.opts.average = DECAY;
    w.s.opts.on_step = on_step;
    ck_ok(ot_train(&w.s.opts, &r));
    ck_assert(isnan(r.last.validation_loss) && isnan(r.last.average_validation_loss));
    ck_ok(ot_evaluate(w.s.net, w.s.params, w.s.test, SMALL_BATCH, OT_TIER_DEFAULT, &e));
    ck_assert(e.loss == r.last.test_loss); /* the weights are in their place */
    ck_ok(ot_params_load(w.s.params, in_folder("average.safetensors")));
    const float *const a =
        ot_params_value(w.s.params, ot_params_find(w.s.params, "head.fc.weight"), OT_F32);
    for (int j = 0; j < FEW; j++)
        ck_assert(a[j] == by_hand.of[j]);
    ck_ok(ot_evaluate(w.s.net, w.s.params, w.s.test, SMALL_BATCH, OT_TIER_DEFAULT, &e));
    ck_assert(e.loss == r.last.average_loss && e.accuracy == r.last.average_accuracy);
    ck_assert(e.loss != r.last.test_loss);
    session_end(&w);
}
END_TEST

START_TEST(an_average_changes_nothing_but_itself)
{
    ot_train_result r[2];
    small s[2] = { small_new(), small_new() };
    s[1].opts.average = DECAY;
    for (int k = 0; k < 2; k++)
        ck_ok(ot_train(&s[k].opts, &r[k]));
    ck_assert(same_values(s[0].params, s[1].params));
    ck_assert(r[0].last.test_loss == r[1].last.test_loss);
    ck_assert(isnan(r[0].last.average_loss) && !isnan(r[1].last.average_loss));
    small_free(&s[0]);
    small_free(&s[1]);
}
END_TEST

START_TEST(the_predicted_memory_contains_the_average)
{
    ot_train_result r[2];
    small s[2] = { small_new(), small_new() };
    size_t bytes = 0;
    for (int i = 0; i < ot_params_count(s[0].params); i++)
        bytes += ot_params_elements(s[0].params, i) * sizeof(float);
    s[1].opts.average = DECAY;
    for (int k = 0; k < 2; k++)
        ck_ok(ot_train(&s[k].opts, &r[k]));
    const size_t more = r[1].predicted_bytes - r[0].predicted_bytes;
    ck_assert_msg(more >= bytes && more < bytes + 64 * (size_t)ot_params_count(s[0].params),
                  "%zu bytes for %zu", more, bytes);
    small_free(&s[0]);
    small_free(&s[1]);
}
END_TEST

/* ---- resumes ---- */

/* Two epochs of seven steps; then two batches of test images, of held-out images, and of both again
 * with the average. */
enum { HELD_OUT = 40, TRAIN_BATCHES = 5, EVALUATED = 8, STOPS = 2 * (TRAIN_BATCHES + EVALUATED) };

static const ot_net_opts nets[] = {
    { .blocks = "euler x1", .width = 4, .stem_stride = 2, .batch = SMALL_BATCH },
    { .blocks = "bogacki_shampine32 x1",
      .width = 4,
      .stem_stride = 2,
      .batch = SMALL_BATCH,
      .weights = OT_WEIGHTS_SHARED,
      .step = OT_STEP_CONTROLLED,
      .control.tolerance = 0.1 },
};

static void use(session *w, const ot_net_opts *o)
{
    ot_params_free(w->s.params);
    ot_net_free(w->s.net);
    ck_ok(ot_net_new(o, &w->s.net));
    ck_ok(ot_params_new(ot_net_tape(w->s.net), &w->s.params));
    ot_params_init(w->s.params, 5);
    w->s.opts.net = w->s.net;
    w->s.opts.params = w->s.params;
    w->s.opts.average = DECAY;
    w->s.opts.validation = HELD_OUT;
    w->s.opts.crop_fill = OT_CROP_MEAN;
}

static ot_status train_until(const ot_net_opts *net, int stop, bool resume, int threads)
{
    session w;
    ck_ok(ot_set_threads(threads));
    if (resume)
        ck_ok(session_resume(&w));
    else
        session_begin(&w);
    use(&w, net);
    w.stop_after = stop;
    const ot_status status = ot_train(&w.s.opts, NULL);
    ck_assert_str_eq(w.notes, "");
    session_end(&w);
    return status;
}

static const char *const compared[] = { "checkpoint-00000010.safetensors", "average.safetensors",
                                        "best.safetensors" };
enum { COMPARED = 3 };

START_TEST(interrupted_at_any_batch_and_resumed_leaves_the_same_bytes)
{
    char *expected[COMPARED];
    size_t size[COMPARED], found_size;
    ck_ok(train_until(&nets[_i], 0, false, 1));
    for (int k = 0; k < COMPARED; k++)
        expected[k] = get_file(in_folder(compared[k]), &size[k]);
    remove_files();
    for (int stop = 1; stop <= STOPS; stop += _i == 0 ? 1 : 5) {
        ck_status(train_until(&nets[_i], stop, false, 1 + stop % 4), OT_EINTERRUPTED);
        ck_ok(train_until(&nets[_i], 0, true, 1 + (stop + 2) % 4));
        for (int k = 0; k < COMPARED; k++) {
            char *const found = get_file(in_folder(compared[k]), &found_size);
            ck_assert_msg(found_size == size[k] && memcmp(found, expected[k], size[k]) == 0,
                          "%s, stopped after batch %d", compared[k], stop);
            ot__free(found);
        }
        remove_files();
    }
    for (int k = 0; k < COMPARED; k++)
        ot__free(expected[k]);
}
END_TEST

/* ---- checkpoints that lack something ---- */

START_TEST(a_checkpoint_without_the_average_of_a_tensor_is_refused)
{
    static const char *const wrong[] = { "is missing", "another dtype or shape" };
    session w;
    size_t size;
    ck_status(train_until(&nets[0], 2, false, 1), OT_EINTERRUPTED);
    char *const file = newest_checkpoint(&size);
    json_t *const header = header_of(file);
    json_t *const tensor = json_incref(json_object_get(header, "average.stem.conv.weight"));
    ck_assert_ptr_nonnull(tensor);
    json_object_del(header, "average.stem.conv.weight");
    if (_i == 0) /* as another tensor of the same bytes */
        json_object_set(header, "average.nothing", tensor);
    else
        json_array_set_new(json_object_get(tensor, "shape"), 0, json_integer(2)),
            json_array_set_new(json_object_get(tensor, "shape"), 1, json_integer(6)),
            json_object_set(header, "average.stem.conv.weight", tensor);
    json_t *const metadata = json_object_get(header, "__metadata__");
    json_t *const sum = json_incref(json_object_get(metadata, "xxh3:average.stem.conv.weight"));
    json_object_del(metadata, "xxh3:average.stem.conv.weight");
    json_object_set_new(metadata,
                        _i == 0 ? "xxh3:average.nothing" : "xxh3:average.stem.conv.weight", sum);
    put_with_header(in_folder("checkpoint-00000002.safetensors"), file, size, header);
    ck_ok(session_resume(&w));
    use(&w, &nets[0]);
    ck_status(ot_train(&w.s.opts, NULL), OT_EFORMAT);
    ck_assert_msg(strstr(ot_message(), "the average of stem.conv.weight") &&
                      strstr(ot_message(), wrong[_i]),
                  "%s", ot_message());
    session_end(&w);
    json_decref(tensor);
    json_decref(header);
    ot__free(file);
}
END_TEST

TCase *average_case(void)
{
    TCase *c = tcase_create("average");
    tcase_set_timeout(c, 300);
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, the_average_after_each_of_ten_steps_is_that_of_pytorch);
    tcase_add_test(c, average_safetensors_is_the_average_and_was_evaluated);
    tcase_add_test(c, an_average_changes_nothing_but_itself);
    tcase_add_test(c, the_predicted_memory_contains_the_average);
    tcase_add_loop_test(c, interrupted_at_any_batch_and_resumed_leaves_the_same_bytes, 0, 2);
    tcase_add_loop_test(c, a_checkpoint_without_the_average_of_a_tensor_is_refused, 0, 2);
    return c;
}
