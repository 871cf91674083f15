/* SPDX-License-Identifier: BSD-3-Clause
 * Trainings with frozen parameters: ten steps of SGD against PyTorch, networks with controlled
 * steps against those with fixed ones, and the files of a training. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/reference/freeze.h"
#include "train/session.h"

/* ---- PyTorch ---- */

static ot_net *build(const reference_net *r)
{
    char blocks[64];
    ot_net *net = NULL;
    snprintf(blocks, sizeof blocks, "%s x%d", r->scheme, r->blocks);
    ck_ok(ot_net_new(&(const ot_net_opts){ .blocks = blocks,
                                           .levels = r->levels,
                                           .down = r->down,
                                           .subnet = r->subnet,
                                           .stem = r->stem,
                                           .head = r->head,
                                           .block_relu = r->relu,
                                           .image = r->size,
                                           .batch = r->batch,
                                           .classes = r->classes },
                     &net));
    return net;
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

static void load(ot_execution *e, const reference_net *r)
{
    double *const x = ot_execution_images(e);
    int32_t *const labels = ot_execution_labels(e);
    for (int j = 0; j < r->batch * r->size * r->size * 3; j++)
        x[j] = reference_image(j);
    for (int i = 0; i < r->batch; i++)
        labels[i] = (3 * i + 1) % r->classes;
}

static void compare(const frozen_net *c, ot_params *ps, const reference_tensor *t)
{
    const int i = ot_params_find(ps, t->name);
    ck_assert_msg(i >= 0 && ot_params_elements(ps, i) == (size_t)t->count, "%s", t->name);
    const double *const w = ot_params_value(ps, i, OT_F64);
    double checksum = 0, squares = 0;
    for (int j = 0; j < t->count; j++) {
        checksum += w[j] * reference_pattern(j);
        squares += w[j] * w[j];
    }
    ck_assert_msg(fabs(checksum - t->checksum) <= 1e-12 && fabs(sqrt(squares) - t->norm) <= 1e-12,
                  "%s: %s: checksum %.17g and norm %.17g instead of %.17g and %.17g", c->net.id,
                  t->name, checksum, sqrt(squares), t->checksum, t->norm);
}

START_TEST(ten_steps_with_a_frozen_part_are_those_of_pytorch)
{
    const frozen_net *const c = &frozen_nets[_i];
    ot_net *const net = build(&c->net);
    ot_params *ps = NULL;
    ot_execution *e = NULL;
    ot_optimiser *sgd = NULL;
    const ot_optimiser_opts how = { .momentum = freeze_momentum, .weight_decay = freeze_decay };
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    ck_ok(ot_params_freeze(ps, c->patterns));
    ck_ok(ot_execution_new(net, &(ot_compile_opts){ .dtype = OT_F64, .params = ps }, &e));
    ck_ok(ot_optimiser_new(ps, OT_F64, &how, &sgd));
    set_values(ps);
    load(e, &c->net);
    for (int step = 0; step < FREEZE_STEPS; step++) {
        ck_ok(ot_execution_forward(e, c->net.batch));
        ck_assert_msg(fabs(ot_execution_loss(e) - c->losses[step]) < 1e-12, "%s, step %d: %.17g",
                      c->net.id, step, ot_execution_loss(e));
        ck_ok(ot_execution_backward(e, NULL));
        ot_optimiser_step(sgd, freeze_lr);
    }
    for (int i = 0; i < c->n_tensors; i++)
        compare(c, ps, &c->tensors[i]);
    ot_optimiser_free(sgd);
    ot_execution_free(e);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

/* ---- controlled steps ---- */

static const char *const frozen_parts[] = { "stem.*",  "stem.*,blocks.0.*", "blocks.1.*",
                                            "*.bn1.*", "*.conv?.weight",    "head.*" };
enum { PARTS = sizeof frozen_parts / sizeof frozen_parts[0] };

/* Three steps of SGD.  The network has fixed steps, or controlled ones of which the first, of
 * length 1, is accepted. */
static ot_net *train_three(bool controlled, const char *frozen, ot_params **ps)
{
    const reference_net form = { .size = 8, .batch = 4, .classes = 5 };
    ot_net_opts o = { .blocks = "bogacki_shampine32 x2",
                      .width = 4,
                      .weights = OT_WEIGHTS_SHARED,
                      .image = form.size,
                      .batch = form.batch,
                      .classes = form.classes };
    ot_net *net = NULL;
    ot_execution *e = NULL;
    ot_optimiser *sgd = NULL;
    const ot_optimiser_opts how = { .momentum = 0.9, .weight_decay = 1e-3 };
    if (controlled) {
        o.step = OT_STEP_CONTROLLED;
        o.control = (ot_control){ .tolerance = 1e6, .first = 1 };
    }
    ck_ok(ot_net_new(&o, &net));
    ck_ok(ot_params_new(ot_net_tape(net), ps));
    ck_ok(ot_params_freeze(*ps, frozen));
    ck_ok(ot_execution_new(net, &(ot_compile_opts){ .dtype = OT_F64, .params = *ps }, &e));
    ck_ok(ot_optimiser_new(*ps, OT_F64, &how, &sgd));
    load(e, &form);
    for (int step = 0; step < 3; step++) {
        ck_ok(ot_execution_forward(e, form.batch));
        ck_ok(ot_execution_backward(e, NULL));
        ot_optimiser_step(sgd, 0.02);
    }
    ot_optimiser_free(sgd);
    ot_execution_free(e);
    return net;
}

START_TEST(controlled_steps_freeze_the_same_as_fixed_ones)
{
    ot_params *a = NULL, *b = NULL;
    ot_net *const one = train_three(true, frozen_parts[_i], &a);
    ot_net *const other = train_three(false, frozen_parts[_i], &b);
    for (int i = 0; i < ot_params_count(b); i++) {
        if (!ot_params_trained(b, i)) continue; /* each stage of fixed steps has statistics */
        const int k = ot_params_find(a, ot_params_name(b, i));
        const double *x = ot_params_value(a, k, OT_F64), *y = ot_params_value(b, i, OT_F64);
        ck_assert(ot_params_frozen(a, k) == ot_params_frozen(b, i));
        for (size_t j = 0; j < ot_params_elements(b, i); j++)
            ck_assert_msg(fabs(x[j] - y[j]) < 1e-8, "%s: %.17g and %.17g", ot_params_name(b, i),
                          x[j], y[j]);
    }
    ot_params_free(a);
    ot_params_free(b);
    ot_net_free(one);
    ot_net_free(other);
}
END_TEST

/* Several steps, whose weights do not add up to 1 exactly, leave frozen statistics as they are. */
START_TEST(frozen_statistics_keep_their_bits_through_controlled_steps)
{
    ot_params *ps = NULL;
    ot_net *net = NULL;
    ot_execution *e = NULL;
    const reference_net form = { .size = 8, .batch = 4, .classes = 5 };
    ck_ok(ot_net_new(&(const ot_net_opts){ .blocks = "bogacki_shampine32 x1",
                                           .width = 4,
                                           .weights = OT_WEIGHTS_SHARED,
                                           .image = form.size,
                                           .batch = form.batch,
                                           .classes = form.classes,
                                           .step = OT_STEP_CONTROLLED,
                                           .control = { .tolerance = 1e6, .first = 0.07 } },
                     &net));
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    ck_ok(ot_params_freeze(ps, "blocks.0.*"));
    ck_ok(ot_execution_new(net, &(ot_compile_opts){ .dtype = OT_F64, .params = ps }, &e));
    set_values(ps);
    ot_params *before = NULL;
    ck_ok(ot_params_new(ot_net_tape(net), &before));
    set_values(before);
    load(e, &form);
    ck_ok(ot_execution_forward(e, form.batch));
    ck_assert_int_gt(ot_execution_control(e).accepted, 2);
    ck_ok(ot_execution_backward(e, NULL));
    for (int i = 0; i < ot_params_count(ps); i++) {
        const bool same = memcmp(ot_params_value(ps, i, OT_F64), ot_params_value(before, i, OT_F64),
                                 ot_params_elements(ps, i) * sizeof(double)) == 0;
        if (!ot_params_trained(ps, i) && strcmp(ot_params_name(ps, i), "blocks.0.h") != 0)
            ck_assert_msg(same == ot_params_frozen(ps, i), "%s", ot_params_name(ps, i));
    }
    ot_execution_free(e);
    ot_params_free(before);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

/* ---- trainings ---- */

START_TEST(a_training_keeps_frozen_values_and_stores_no_velocity_of_them)
{
    session w;
    session_begin(&w);
    const int stem = ot_params_find(w.s.params, "stem.conv.weight");
    const size_t bytes = ot_params_elements(w.s.params, stem) * sizeof(float);
    void *const before = ot__new(bytes, 1);
    memcpy(before, ot_params_value(w.s.params, stem, OT_F32), bytes);
    w.s.opts.freeze = (ot_text){ "stem.*" };
    ck_ok(ot_train(&w.s.opts, NULL));
    ck_assert_int_eq(memcmp(before, ot_params_value(w.s.params, stem, OT_F32), bytes), 0);
    ot__free(before);
    session_end(&w);
    size_t size = 0;
    char *const file = newest_checkpoint(&size);
    json_t *const header = header_of(file);
    ck_assert(json_object_get(header, "stem.conv.weight"));
    ck_assert(!json_object_get(header, "momentum_buffer.stem.conv.weight"));
    ck_assert(json_object_get(header, "momentum_buffer.head.fc.weight"));
    json_decref(header);
    ot__free(file);
}
END_TEST

START_TEST(a_resume_with_other_patterns_is_refused)
{
    static const char *const others[] = { "", "stem.*,head.*" };
    session w;
    session_begin(&w);
    w.s.opts.freeze = (ot_text){ "stem.*" };
    ck_ok(ot_train(&w.s.opts, NULL));
    session_end(&w);
    ck_ok(session_resume(&w));
    snprintf(w.s.opts.freeze.s, sizeof w.s.opts.freeze.s, "%s", others[_i]);
    ck_status(ot_train(&w.s.opts, NULL), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), "freeze"), "%s", ot_message());
    session_end(&w);
}
END_TEST

START_TEST(interrupted_and_resumed_gives_the_same_bytes)
{
    session w;
    size_t size[2];
    session_begin(&w);
    w.s.opts.freeze = (ot_text){ "stem.*,*.bn1.*" };
    ck_ok(ot_train(&w.s.opts, NULL));
    session_end(&w);
    char *const whole = newest_checkpoint(&size[0]);
    remove_files();
    session_begin(&w);
    w.s.opts.freeze = (ot_text){ "stem.*,*.bn1.*" };
    w.stop_after = 5;
    ck_status(ot_train(&w.s.opts, NULL), OT_EINTERRUPTED);
    session_end(&w);
    ck_ok(session_resume(&w));
    w.s.opts.freeze = (ot_text){ "stem.*,*.bn1.*" };
    ck_ok(ot_train(&w.s.opts, NULL));
    session_end(&w);
    char *const parts = newest_checkpoint(&size[1]);
    ck_assert_uint_eq(size[0], size[1]);
    ck_assert_int_eq(memcmp(whole, parts, size[0]), 0);
    ot__free(whole);
    ot__free(parts);
}
END_TEST

TCase *freeze_case(void)
{
    TCase *c = tcase_create("freeze");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, ten_steps_with_a_frozen_part_are_those_of_pytorch, 0,
                        sizeof frozen_nets / sizeof frozen_nets[0]);
    tcase_add_loop_test(c, controlled_steps_freeze_the_same_as_fixed_ones, 0, PARTS);
    tcase_add_test(c, frozen_statistics_keep_their_bits_through_controlled_steps);
    tcase_add_test(c, a_training_keeps_frozen_values_and_stores_no_velocity_of_them);
    tcase_add_loop_test(c, a_resume_with_other_patterns_is_refused, 0, 2);
    tcase_add_test(c, interrupted_and_resumed_gives_the_same_bytes);
    return c;
}
