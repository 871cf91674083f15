/* SPDX-License-Identifier: BSD-3-Clause
 * Tests the reader of journals: which lines it accepts, and what it makes of missing ones. */
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "store/cases.h"
#include "train/fixture.h"
#include "store/history.h"
#include "train/small.h"

#define RUN "{\"event\":\"run\",\"net\":{}}\n"
#define EPOCH(n) "{\"event\":\"epoch\",\"epoch\":" #n ",\"test_accuracy\":0.25}\n"
#define RESUME(n) "{\"event\":\"resume\",\"epochs\":" #n "}\n"
#define END "{\"event\":\"end\",\"status\":\"success\",\"measured_bytes\":7}\n"

#define NAMES17                                                                                    \
    "\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,"     \
    "\"l\":1,"                                                                                     \
    "\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"q\":1"
#define LEARNED(n, ...) "{\"event\":\"epoch\",\"epoch\":" #n ",\"scalars\":{" __VA_ARGS__ "}}\n"
#define STEPS(n, counts) "{\"event\":\"epoch\",\"epoch\":" #n "," counts "}\n"

static ot_status read_text(const char *text, ot_history **h)
{
    put_file(in_folder("journal"), text, strlen(text));
    return ot_history_read(in_folder("journal"), h);
}

/* One character per epoch: 'x' if its line is there, '-' if it is lost. */
static const struct {
    const char *text, *epochs;
    bool ended, cut;
} good[] = {
    { "", "", false, false },
    { RUN, "", false, false },
    { RUN EPOCH(1) EPOCH(2), "xx", false, false },
    { RUN EPOCH(1) END, "x", true, false },
    { RUN EPOCH(1) END RESUME(1) EPOCH(2), "xx", false, false },
    { RUN EPOCH(1) EPOCH(2) RESUME(1) EPOCH(2) EPOCH(3), "xxx", false, false },
    { RUN RESUME(2) EPOCH(3), "--x", false, false },
    { RUN EPOCH(1) RESUME(3) EPOCH(4) RESUME(5), "x--x-", false, false },
    { RUN "{\"event\":\"resume\"}\n" EPOCH(1), "x", false, false },
    { RUN EPOCH(1) "{\"event\"", "x", false, true },
};

START_TEST(whole_lines_are_a_history)
{
    ot_history *h;
    ck_ok(read_text(good[_i].text, &h));
    ck_assert_int_eq(h->start != NULL, *good[_i].text != 0);
    ck_assert_int_eq(h->epochs, (int)strlen(good[_i].epochs));
    for (int i = 0; i < h->epochs; i++) {
        const bool there = good[_i].epochs[i] == 'x';
        ck_assert_int_eq(h->epoch[i].epoch, there ? i + 1 : 0);
        ck_assert(there ? h->epoch[i].test_accuracy == 0.25 : isnan(h->epoch[i].test_accuracy));
        ck_assert(isnan(h->epoch[i].train_accuracy) && isnan(h->epoch[i].seconds));
    }
    ck_assert_int_eq(h->ended, good[_i].ended);
    if (h->ended) ck_assert_int_eq(h->status, OT_OK);
    if (h->ended) ck_assert_uint_eq(h->measured_bytes, 7);
    ck_assert_int_eq(h->note != NULL, good[_i].cut);
    ot_history_free(h);
}
END_TEST

static const struct {
    const char *text, *place;
} bad[] = {
    { EPOCH(1), ":1: no training began" },
    { END, ":1: no training began" },
    { RUN RUN, ":2: a training begins only once" },
    { RUN EPOCH(2), ":2: it is not the next epoch" },
    { RUN EPOCH(1) EPOCH(1), ":3: it is not the next epoch" },
    { RUN EPOCH(1.0), ":2: it is not the next epoch" },
    { RUN RESUME(2) EPOCH(2), ":3: it is not the next epoch" },
    { RUN RESUME(-1), ":2: it resumes after an impossible epoch" },
    { RUN RESUME(1000000001), ":2: it resumes after an impossible epoch" },
    { RUN "{\"event\":\"pause\"}\n", ":2: it is not a line of a training" },
    { RUN "[]\n", ":2: it is not a line of a training" },
    { "{\n", ":1: it is not JSON" },
    { RUN "{\"event\":\"epoch\",\"epoch\":1,\"test_accuracy\":1.5}\n", ":2: a number" },
    { RUN "{\"event\":\"epoch\",\"epoch\":1,\"train_accuracy\":-1}\n", ":2: a number" },
    { RUN "{\"event\":\"epoch\",\"epoch\":1,\"seconds\":-1}\n", ":2: a number" },
    { RUN "{\"event\":\"epoch\",\"epoch\":1,\"lr\":\"0.1\"}\n", ":2: a number" },
    { RUN "{\"event\":\"epoch\",\"epoch\":1,\"scalars\":[1]}\n", ":2: \"scalars\" does not have" },
    { RUN LEARNED(1, "\"h\":\"1\""), ":2: a learned number is no number" },
    { RUN RESUME(1000000) LEARNED(1000001, NAMES17), ":3: it has too many learned numbers" },
    { RUN LEARNED(1, NAMES17) RESUME(1000000), ":3: it has too many learned numbers" },
    { RUN STEPS(1, "\"train_accepted\":-1"), ":2: a number" },
    { RUN STEPS(1, "\"train_accepted\":3000000000"), ":2: a number" },
    { RUN STEPS(1, "\"test_evaluations\":1.5"), ":2: a number" },
    { RUN STEPS(1, "\"test_largest_step\":-1"), ":2: a number" },
    { RUN STEPS(1, "\"order_residuals\":{}"), ":2: a number" },
    { RUN STEPS(1, "\"order_residuals\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"), ":2: a number" },
};

START_TEST(a_line_that_does_not_belong_there_is_refused_with_its_place)
{
    ot_history *h;
    ck_status(read_text(bad[_i].text, &h), OT_EFORMAT);
    ck_assert_ptr_null(h);
    ck_assert_msg(strstr(ot_message(), bad[_i].place), "%s", ot_message());
}
END_TEST

/* Three epochs, of which the second is lost; the third was trained again after a resume.  The
 * number k appears late, and z only in what was trained again. */
START_TEST(learned_numbers_are_read_for_each_epoch)
{
    static const char text[] = RUN LEARNED(1, "\"blocks.0.h\":1,\"blocks.1.h\":2") RESUME(2)
        LEARNED(3, "\"blocks.0.h\":9,\"z\":9") RESUME(2)
            LEARNED(3, "\"k\":4,\"blocks.1.h\":3,\"blocks.0.h\":null");
    static const struct {
        const char *name;
        double value[3];
    } want[] = {
        { "blocks.0.h", { 1, NAN, NAN } },
        { "blocks.1.h", { 2, NAN, 3 } },
        { "z", { NAN, NAN, NAN } },
        { "k", { NAN, NAN, 4 } },
    };
    ot_history *h;
    ck_ok(read_text(text, &h));
    ck_assert_int_eq(h->epochs, 3);
    ck_assert_int_eq(h->scalars, 4);
    for (int i = 0; i < h->scalars; i++) {
        ck_assert_str_eq(h->scalar[i].name, want[i].name);
        for (int e = 0; e < h->epochs; e++)
            ck_assert_msg(isnan(want[i].value[e]) ? isnan(h->scalar[i].value[e])
                                                  : h->scalar[i].value[e] == want[i].value[e],
                          "%s after epoch %d is %g", want[i].name, e + 1, h->scalar[i].value[e]);
    }
    ot_history_free(h);
}
END_TEST

START_TEST(counts_of_steps_and_residuals_are_read)
{
    ot_history *h;
    ck_ok(read_text(
        RUN STEPS(1, "\"train_accepted\":5,\"train_rejected\":2,\"train_evaluations\":112,"
                     "\"train_smallest_step\":0.25,\"train_largest_step\":0.5,"
                     "\"test_evaluations\":3000000000,\"order_residuals\":[0,null,2]") EPOCH(2),
        &h));
    const ot_control_result *const w = &h->epoch[0].train_control;
    ck_assert(w->accepted == 5 && w->rejected == 2 && w->evaluations == 112 &&
              w->smallest == 0.25 && w->largest == 0.5);
    ck_assert_int_eq(h->epoch[0].test_control.evaluations, 3000000000);
    ck_assert_int_eq(h->epoch[0].orders, 3);
    ck_assert(h->epoch[0].order_residual[0] == 0 && isnan(h->epoch[0].order_residual[1]) &&
              h->epoch[0].order_residual[2] == 2);
    ck_assert_int_eq(h->epoch[1].train_control.evaluations, 0);
    ck_assert_int_eq(h->epoch[1].orders, 0);
    ot_history_free(h);
}
END_TEST

static const struct {
    const char *resume;
    bool elsewhere;
} resumes[] = {
    { "\"version\":\"1\",\"machine\":{\"kernels\":\"best\",\"threads\":9,\"cpu\":\"B\"}", false },
    { "\"version\":\"2\",\"machine\":{\"kernels\":\"best\"}", true },
    { "\"version\":\"1\",\"machine\":{\"kernels\":\"portable\"}", true },
    { "\"version\":\"1\"", true },
};

START_TEST(a_resume_by_another_version_or_kernels_is_known)
{
    char text[600];
    ot_history *h;
    snprintf(
        text, sizeof text,
        "{\"event\":\"run\",\"version\":\"1\",\"machine\":{\"kernels\":\"best\",\"cpu\":\"A\"}}\n"
        "{\"event\":\"resume\",\"epochs\":0,%s}\n",
        resumes[_i].resume);
    ck_ok(read_text(text, &h));
    ck_assert_int_eq(h->elsewhere, resumes[_i].elsewhere);
    ot_history_free(h);
}
END_TEST

START_TEST(how_a_training_ended_is_one_of_the_statuses)
{
    for (int status = OT_OK; status <= OT_EBUG + 1; status++) {
        char text[400];
        ot_history *h;
        snprintf(text, sizeof text, RUN "{\"event\":\"end\",\"status\":\"%s\"}\n",
                 status <= OT_EBUG ? ot_strerror((ot_status)status) : "well");
        ck_ok(read_text(text, &h));
        ck_assert_int_eq(h->status, status <= OT_EBUG ? status : OT_EBUG);
        ot_history_free(h);
    }
}
END_TEST

/* What a training has written is read back exactly. */
START_TEST(a_training_has_the_history_that_it_reported)
{
    ot_train_result r;
    ot_history *h;
    small s = small_new();
    s.opts.journal = in_folder("journal");
    ck_ok(ot_train(&s.opts, &r));
    ck_ok(ot_history_read(in_folder("journal"), &h));
    ck_assert_int_eq(h->epochs, r.epochs);
    const ot_epoch_result *last = &h->epoch[h->epochs - 1];
    ck_assert(last->lr == r.last.lr && last->train_loss == r.last.train_loss &&
              last->train_accuracy == r.last.train_accuracy &&
              last->test_loss == r.last.test_loss && last->test_accuracy == r.last.test_accuracy &&
              last->seconds == r.last.seconds &&
              last->images_per_second == r.last.images_per_second);
    ck_assert(h->ended && h->status == OT_OK && h->measured_bytes == r.measured_bytes);
    ot_history_free(h);
    small_free(&s);
}
END_TEST

/* A number of each kind is what the parameter is at the end. */
START_TEST(learned_numbers_are_those_of_the_parameters)
{
    static const ot_net_opts nets[] = {
        { .blocks = "rk4 x1", .step = OT_STEP_LEARNED, .learn_tableau = true },
        { .blocks = "lm x2" },
        { .blocks = "euler x1", .branch = "rezero" },
    };
    ot_train_result r;
    ot_history *h;
    small s = small_new();
    ot_net_opts o = nets[_i];
    o.width = 4;
    o.stem_stride = 2;
    o.batch = SMALL_BATCH;
    ot_params_free(s.params);
    ot_net_free(s.net);
    ck_ok(ot_net_new(&o, &s.net));
    ck_ok(ot_params_new(ot_net_tape(s.net), &s.params));
    ot_params_init(s.params, 5);
    s.opts.net = s.net;
    s.opts.params = s.params;
    s.opts.journal = in_folder("journal");
    ck_ok(ot_train(&s.opts, &r));
    ck_ok(ot_history_read(in_folder("journal"), &h));
    ck_assert_int_ge(h->scalars, 1);
    for (int i = 0; i < h->scalars; i++) {
        const int p = ot_params_find(s.params, h->scalar[i].name);
        ck_assert_int_ge(p, 0);
        ck_assert(h->scalar[i].value[h->epochs - 1] ==
                  (double)*(const float *)ot_params_value(s.params, p, OT_F32));
    }
    ot_history_free(h);
    small_free(&s);
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    ot_history *h;
    long n = 1;
    for (;; n++) {
        static const char text[] = RUN LEARNED(1, "\"h\":1,\"k\":2") RESUME(1) "{";
        put_file(in_folder("journal"), text, strlen(text));
        ot__fail_allocation(n, _i);
        const ot_status status = ot_history_read(in_folder("journal"), &h);
        if (ot__fail_allocation(0, 0) < n) break;
        ck_status(status, OT_ENOMEM);
        ck_assert_ptr_null(h);
    }
    ck_assert_int_ge(n, 4);
    ck_assert_ptr_nonnull(h->note);
    ot_history_free(h);
}
END_TEST

TCase *history_case(void)
{
    TCase *c = tcase_create("history");
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, whole_lines_are_a_history, 0, (int)(sizeof good / sizeof good[0]));
    tcase_add_loop_test(c, a_line_that_does_not_belong_there_is_refused_with_its_place, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(c, learned_numbers_are_read_for_each_epoch);
    tcase_add_test(c, counts_of_steps_and_residuals_are_read);
    tcase_add_loop_test(c, a_resume_by_another_version_or_kernels_is_known, 0,
                        (int)(sizeof resumes / sizeof resumes[0]));
    tcase_add_test(c, how_a_training_ended_is_one_of_the_statuses);
    tcase_add_loop_test(c, learned_numbers_are_those_of_the_parameters, 0, 3);
    tcase_add_test(c, a_training_has_the_history_that_it_reported);
    tcase_add_loop_test(c, each_allocation_may_fail, 0, 2);
    return c;
}
