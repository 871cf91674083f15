/* SPDX-License-Identifier: BSD-3-Clause
 * Every scheme trains to the same bytes at any number of threads, with or without a journal, and
 * interrupted or not.  A scheme is tried with one kind of network; with OT_ALL_BITS in the
 * environment, with every kind. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/dataset.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/session.h"

enum { TRAIN = 70, TEST = 30 }; /* two epochs of three batches and one */

static const ot_net_opts kinds[] = {
    { .step = OT_STEP_FIXED },
    { .step = OT_STEP_LEARNED },
    { .step = OT_STEP_LEARNED_OUTPUT },
    { .step = OT_STEP_CHANNEL, .step_clamp = true },
    { .learn_tableau = true },
    { .learn_tableau = true, .project_order = 1 },
    { .weights = OT_WEIGHTS_SHARED },
    { .weights = OT_WEIGHTS_THETA },
    { .output = OT_OUTPUT_LAST },
    { .step = OT_STEP_LEARNED, .learn_tableau = true, .weights = OT_WEIGHTS_THETA },
    { .step = OT_STEP_CONTROLLED, .weights = OT_WEIGHTS_SHARED, .control.tolerance = 1e-2 },
    { .step = OT_STEP_CONTROLLED,
      .weights = OT_WEIGHTS_SHARED,
      .subnet = "timed",
      .control.steps = 3 },
    { .step = OT_STEP_CONTROLLED,
      .weights = OT_WEIGHTS_SHARED,
      .control.steps = 2,
      .gradient = OT_GRADIENT_BACKSOLVE },
    { .step = OT_STEP_CONTROLLED,
      .weights = OT_WEIGHTS_SHARED,
      .subnet = "timed(activation=silu)",
      .control.tolerance = 1e-2,
      .gradient = OT_GRADIENT_BACKSOLVE },
};
enum { CONTROLLED = 10, EQUAL, EQUAL_BACK, CONTROLLED_BACK, KINDS = CONTROLLED + 1 };

typedef struct subject {
    const ot_scheme *scheme;
    const ot_net_opts *kind;
    ot_policy policy; /* crop and flip are always on */
    int cutout;
} subject;

typedef struct attempt {
    int threads[2];
    int stop;    /* batches after which it is interrupted, and resumed with threads[1]; 0: never */
    bool silent; /* without a journal */
} attempt;

/* The others are compared with the first. */
static const attempt attempts[] = {
    { { 1, 1 }, 0, false }, { { 3, 2 }, 4, false }, { { 1, 1 }, 0, false }, { { 2, 2 }, 0, true },
    { { 3, 3 }, 0, false }, { { 4, 4 }, 0, true },  { { 8, 8 }, 0, false }, { { 1, 8 }, 1, false },
    { { 2, 4 }, 2, true },  { { 4, 1 }, 3, false }, { { 8, 2 }, 5, false }, { { 1, 3 }, 7, true },
};
enum { ATTEMPTS = sizeof attempts / sizeof attempts[0], FEW_ATTEMPTS = 2 };

static const char *describe(const ot_scheme *scheme)
{
    static char text[64];
    snprintf(text, sizeof text, "%s x1", ot_scheme_name(scheme));
    return text;
}

static ot_net_opts options(const ot_scheme *scheme, const ot_net_opts *kind)
{
    ot_net_opts o = *kind;
    o.blocks = describe(scheme);
    o.width = 2;
    o.stem_stride = 2;
    o.batch = SMALL_BATCH;
    if (ot_scheme_order(scheme) < o.project_order) o.project_order = 0;
    return o;
}

/* Schemes without a tableau have no networks of some kinds. */
static bool is_possible(const ot_scheme *scheme, const ot_net_opts *kind)
{
    const ot_net_opts o = options(scheme, kind);
    ot_net *net = NULL;
    if (ot_scheme_tableau(scheme)) return true;
    const ot_status status = ot_net_new(&o, &net);
    ck_assert(status == OT_OK || status == OT_EINVAL);
    ot_net_free(net);
    return status == OT_OK;
}

static void use(session *w, const subject *what)
{
    ot_net_opts o = options(what->scheme, what->kind);
    small *s = &w->s;
    if (what->policy == OT_POLICY_NONE) o.image = 16; /* the others need 32 pixels */
    small_use(s, &o);
    s->opts.policy = what->policy;
    s->opts.cutout = what->cutout;
    s->train->count = TRAIN;
    s->test->count = TEST;
}

static ot_status train_part(const subject *what, const attempt *a, int part)
{
    session w;
    ck_ok(ot_set_threads(a->threads[part]));
    session_new(&w);
    use(&w, what);
    if (part == 0)
        ck_ok(ot_run_open(in_folder("."), &w.run));
    else
        ck_ok(session_reopen(&w));
    w.s.opts.run = w.run;
    if (a->silent) w.s.opts.journal = NULL;
    if (part == 0) w.stop_after = a->stop;
    const ot_status status = ot_train(&w.s.opts, NULL);
    session_end(&w);
    return status;
}

static char *train_as(const subject *what, const attempt *a, size_t *size)
{
    if (a->stop) ck_status(train_part(what, a, 0), OT_EINTERRUPTED);
    ck_ok(train_part(what, a, a->stop != 0));
    char *checkpoint = newest_checkpoint(size);
    remove_files();
    return checkpoint;
}

static void try_all(const subject *what, int tries)
{
    size_t expected_size = 0, size = 0;
    char *expected = train_as(what, &attempts[0], &expected_size);
    for (int i = 1; i < tries; i++) {
        char *found = train_as(what, &attempts[i], &size);
        ck_assert_msg(size == expected_size && memcmp(found, expected, size) == 0,
                      "%s, kind %d, policy %d, attempt %d: other bytes",
                      ot_scheme_name(what->scheme), (int)(what->kind - kinds), (int)what->policy,
                      i);
        ot__free(found);
    }
    ot__free(expected);
}

START_TEST(a_scheme_trains_to_the_same_bytes_at_any_number_of_threads_interrupted_or_not)
{
    const bool all = getenv("OT_ALL_BITS") != NULL;
    const ot_scheme *scheme = ot_scheme_at(_i);
    int chosen = _i % CONTROLLED;
    while (!is_possible(scheme, &kinds[chosen]))
        chosen = (chosen + 1) % CONTROLLED; /* ends at the latest at a fixed step */
    for (int kind = 0; kind < KINDS; kind++)
        if (kind == CONTROLLED ? ot_tableau_rows(ot_scheme_tableau(scheme)) > 1
                               : kind == chosen || (all && is_possible(scheme, &kinds[kind])))
            try_all(&(subject){ scheme, &kinds[kind], OT_POLICY_NONE, 0 },
                    all ? ATTEMPTS : FEW_ATTEMPTS);
}
END_TEST

static const struct {
    const char *scheme;
    int kind;
    ot_policy policy;
    int cutout;
} augmented[] = {
    { "euler", 0, OT_POLICY_AUTOAUGMENT, 16 },
    { "rk4", 1, OT_POLICY_AUTOAUGMENT, 16 },
    { "rk4", 0, OT_POLICY_AUTOAUGMENT_DV, 0 },
    { "verner89", 2, OT_POLICY_AUTOAUGMENT_TF, 8 },
};

START_TEST(an_augmented_training_leaves_the_same_bytes_at_any_number_of_threads_interrupted_or_not)
{
    try_all(&(subject){ ot_scheme_find(augmented[_i].scheme), &kinds[augmented[_i].kind],
                        augmented[_i].policy, augmented[_i].cutout },
            ATTEMPTS);
}
END_TEST

static const struct {
    const char *scheme;
    int kind;
} odes[] = { { "rk4_38", EQUAL }, { "rk4", EQUAL_BACK }, { "dormand_prince54", CONTROLLED_BACK } };

START_TEST(a_neural_ode_trains_to_the_same_bytes_at_any_number_of_threads_interrupted_or_not)
{
    try_all(&(subject){ ot_scheme_find(odes[_i].scheme), &kinds[odes[_i].kind], OT_POLICY_NONE, 0 },
            ATTEMPTS);
}
END_TEST

TCase *bits_case(void)
{
    TCase *c = tcase_create("bits");
    tcase_set_timeout(c, 600);
    tcase_add_loop_test(
        c, a_neural_ode_trains_to_the_same_bytes_at_any_number_of_threads_interrupted_or_not, 0, 3);
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(
        c, a_scheme_trains_to_the_same_bytes_at_any_number_of_threads_interrupted_or_not, 0,
        ot_scheme_count());
    tcase_add_loop_test(
        c, an_augmented_training_leaves_the_same_bytes_at_any_number_of_threads_interrupted_or_not,
        0, sizeof augmented / sizeof augmented[0]);
    return c;
}
