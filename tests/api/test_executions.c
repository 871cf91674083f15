/* SPDX-License-Identifier: BSD-3-Clause
 * Executions of networks. */
#include "api/misuse.h"

static ot_net *net;
static ot_execution *e;

static void build(void)
{
    ck_ok(ot_net_new(&(ot_net_opts){ .blocks = "euler x1", .width = 4, .image = 8, .batch = 4 },
                     &net));
    ck_ok(ot_execution_new(net, NULL, &e));
}

static void discard(void)
{
    ot_execution_free(e);
    ot_net_free(net);
}

START_TEST(an_execution_refuses_what_it_cannot_compile)
{
    ot_execution *made = NULL;
    REFUSES(ot_execution_new(NULL, NULL, &made), "NULL");
    REFUSES(ot_execution_new(net, NULL, NULL), "NULL");
    REFUSES(ot_execution_new(net, &(ot_compile_opts){ .dtype = (ot_dtype)7 }, &made), "dtype");
    REFUSES(ot_execution_new(net, &(ot_compile_opts){ .batch = -1 }, &made), "batch");
    SURVIVES(ot_execution_free(NULL));
}
END_TEST

START_TEST(an_execution_refuses_to_run_what_is_not_there)
{
    REFUSES(ot_execution_forward(NULL, 1), "NULL");
    REFUSES(ot_execution_forward(e, 0), "batch");
    REFUSES(ot_execution_forward(e, 5), "batch");
    REFUSES(ot_execution_backward(NULL, NULL), "NULL");
    REFUSES(ot_execution_backward(e, NULL), "forward");
    REFUSES(ot_execution_replay(NULL, e), "NULL");
    REFUSES(ot_execution_replay(e, NULL), "NULL");
}
END_TEST

START_TEST(questions_to_no_execution_have_answers)
{
    GIVES(ot_execution_params(NULL) == NULL);
    GIVES(ot_execution_images(NULL) == NULL);
    GIVES(ot_execution_labels(NULL) == NULL);
    GIVES(ot_execution_second_labels(NULL) == NULL && ot_execution_second_labels(e) == NULL);
    GIVES(ot_execution_label_weight(NULL) == NULL && ot_execution_label_weight(e) == NULL);
    GIVES(ot_execution_logits(NULL) == NULL);
    GIVES(isnan(ot_execution_loss(NULL)));
    GIVES(ot_execution_control(NULL).accepted == 0);
    GIVES(ot_execution_describe(NULL).batch == 0);
    REFUSES(ot_execution_measure(NULL, true), "NULL");
    REFUSES(ot_execution_list(NULL, OT_LIST_TEXT, stdout), "NULL");
    REFUSES(ot_execution_list(e, OT_LIST_TEXT, NULL), "NULL");
    REFUSES(ot_execution_list(e, (ot_list_format)9, stdout), "format");
    REFUSES(ot_execution_plan(NULL, OT_LIST_WIDE, false, stdout), "NULL");
    REFUSES(ot_execution_plan(e, OT_LIST_WIDE, false, NULL), "NULL");
    REFUSES(ot_execution_profile(NULL, NULL, 0, OT_LIST_WIDE, false, stdout), "NULL");
    REFUSES(ot_execution_profile(e, NULL, 0, OT_LIST_WIDE, false, NULL), "NULL");
    REFUSES(ot_execution_profile(e, NULL, 0, OT_LIST_WIDE, false, stdout), "measure");
}
END_TEST

START_TEST(a_gradient_check_of_a_network_needs_one)
{
    ot_gradcheck_report report;
    REFUSES(ot_net_gradcheck(NULL, NULL, NULL, &report), "NULL");
    REFUSES(ot_net_gradcheck(net, NULL, NULL, NULL), "NULL");
    REFUSES(ot_net_gradcheck(net, NULL, &(ot_gradcheck_opts){ .tolerance = 2 }, &report),
            "tolerance");
}
END_TEST

TCase *executions_case(void)
{
    TCase *c = tcase_create("executions");
    tcase_add_checked_fixture(c, build, discard);
    tcase_add_test(c, an_execution_refuses_what_it_cannot_compile);
    tcase_add_test(c, an_execution_refuses_to_run_what_is_not_there);
    tcase_add_test(c, questions_to_no_execution_have_answers);
    tcase_add_test(c, a_gradient_check_of_a_network_needs_one);
    return c;
}
