/* SPDX-License-Identifier: BSD-3-Clause */
#include "api/misuse.h"

static ot_net *net;
static ot_params *params;

static void build(void)
{
    ck_ok(ot_net_new(&(ot_net_opts){ .blocks = "euler x1", .width = 4, .batch = 8 }, &net));
    ck_ok(ot_params_new(ot_net_tape(net), &params));
}

static void discard(void)
{
    ot_params_free(params);
    ot_net_free(net);
}

static ot_status made(ot_net_opts o)
{
    ot_net *other = NULL;
    if (!o.blocks) o.blocks = "rk4 x1";
    const ot_status status = ot_net_new(&o, &other);
    ot_net_free(other);
    return status;
}

START_TEST(a_network_refuses_options_out_of_range)
{
    ot_net *other = NULL;
    REFUSES(ot_net_new(NULL, &other), "NULL");
    REFUSES(ot_net_new(&(ot_net_opts){ .blocks = "rk4 x1" }, NULL), "NULL");
    REFUSES(ot_net_new(&(ot_net_opts){ 0 }, &other), "blocks");
    REFUSES(made((ot_net_opts){ .width = -1 }), "width");
    REFUSES(made((ot_net_opts){ .width = 5000 }), "width");
    REFUSES(made((ot_net_opts){ .stem_stride = 3 }), "stride");
    REFUSES(made((ot_net_opts){ .image = -1 }), "image");
    REFUSES(made((ot_net_opts){ .channels = -1 }), "channels");
    REFUSES(made((ot_net_opts){ .classes = 1 }), "classes");
    REFUSES(made((ot_net_opts){ .batch = -1 }), "batch");
    REFUSES(made((ot_net_opts){ .output = (ot_output)9 }), "output");
    REFUSES(made((ot_net_opts){ .step = (ot_step_kind)9 }), "step");
    REFUSES(made((ot_net_opts){ .weights = (ot_weights)-1 }), "weights");
    REFUSES(made((ot_net_opts){ .project_order = 3, .learn_tableau = true }), "order");
    REFUSES(made((ot_net_opts){ .n_schemes = -1 }), "schemes");
    REFUSES(made((ot_net_opts){ .n_schemes = 1 }), "schemes");
    REFUSES(made((ot_net_opts){ .subnet = "none" }), "none");
    REFUSES(made((ot_net_opts){ .blocks = "nonesuch x1" }), "nonesuch");
    REFUSES(made((ot_net_opts){ .blocks = "fehlberg45 x1",
                                .step = OT_STEP_CONTROLLED,
                                .weights = OT_WEIGHTS_SHARED,
                                .control.tolerance = NAN }),
            "tolerance");
}
END_TEST

START_TEST(files_of_networks_refuse_what_is_missing)
{
    ot_net *other = NULL;
    ot_train_opts opts = { 0 };
    REFUSES(ot_net_open(NULL, 0, &other), "NULL");
    REFUSES(ot_net_open("weights", 0, NULL), "NULL");
    REFUSES(ot_net_save(NULL, NULL, "weights", 0, NULL), "NULL");
    REFUSES(ot_net_save(net, NULL, "weights", 0, NULL), "NULL");
    REFUSES(ot_train_read(NULL, &opts), "NULL");
    REFUSES(ot_train_read("weights", NULL), "NULL");
    REFUSES(ot_train_save(NULL, "weights", 0, NULL), "options");
    SURVIVES(ot_train_defaults(NULL));
    GIVES(ot_dataset_where(NULL) == NULL);
}
END_TEST

START_TEST(imports_and_fusions_refuse_what_is_missing)
{
    ot_net *fused = NULL;
    ot_params *values = NULL;
    REFUSES(ot_net_import(NULL, params, "weights", "pytorch-resnet", NULL), "NULL");
    REFUSES(ot_net_import(net, NULL, "weights", "pytorch-resnet", NULL), "NULL");
    REFUSES(ot_net_import(net, params, NULL, "pytorch-resnet", NULL), "NULL");
    REFUSES(ot_net_import(net, params, "weights", NULL, NULL), "NULL");
    REFUSES(ot_net_import(net, params, "weights", "nonesuch", NULL), "nonesuch");
    REFUSES(ot_register_naming(NULL), "NULL");
    REFUSES(ot_register_naming(&(ot_naming){ .about.name = "n" }), "rules");
    GIVES(ot_naming_at(0) && !ot_naming_at(-1) && !ot_naming_at(10000));
    REFUSES(ot_net_fuse(NULL, params, &fused, &values), "NULL");
    REFUSES(ot_net_fuse(net, NULL, &fused, &values), "NULL");
    REFUSES(ot_net_fuse(net, params, NULL, &values), "NULL");
    REFUSES(ot_net_fuse(net, params, &fused, NULL), "NULL");
    GIVES(!fused && !values);
    REFUSES(ot_export(NULL, params, "npy", "out", NULL), "NULL");
    REFUSES(ot_export(net, NULL, "npy", "out", NULL), "NULL");
    REFUSES(ot_export(net, params, NULL, "out", NULL), "NULL");
    REFUSES(ot_export(net, params, "npy", NULL, NULL), "NULL");
    REFUSES(ot_export(net, params, "nonesuch", "out", NULL), "nonesuch");
    GIVES(ot_export_format_at(0) && !ot_export_format_at(-1) && !ot_export_format_at(100));
}
END_TEST

START_TEST(questions_to_no_network_have_answers)
{
    double residual[OT_RESIDUAL_ORDERS];
    SURVIVES(ot_net_free(NULL));
    GIVES(ot_net_tape(NULL) == NULL);
    GIVES(ot_net_images(NULL).id == 0);
    GIVES(ot_net_labels(NULL).id == 0);
    GIVES(ot_net_logits(NULL).id == 0);
    GIVES(ot_net_loss(NULL).id == 0);
    GIVES(ot_net_second_labels(NULL).id == 0 && ot_net_second_labels(net).id == 0);
    GIVES(ot_net_label_weight(NULL).id == 0 && ot_net_label_weight(net).id == 0);
    GIVES(ot_net_features(NULL).id == 0);
    GIVES(ot_net_options(NULL) == NULL);
    GIVES(ot_net_scheme(NULL, 0) == NULL && ot_net_scheme(net, -1) == NULL);
    GIVES(ot_net_describe(NULL).params == 0);
    SURVIVES(ot_net_project(NULL, params, OT_F32));
    SURVIVES(ot_net_project(net, NULL, OT_F32));
    GIVES(ot_net_order_residuals(NULL, params, OT_F32, residual) == 0);
    GIVES(ot_net_order_residuals(net, NULL, OT_F32, residual) == 0);
}
END_TEST

START_TEST(an_execution_refuses_what_is_missing_or_out_of_order)
{
    ot_execution *e = NULL;
    ot_gradcheck_report r;
    REFUSES(ot_execution_new(NULL, NULL, &e), "network");
    REFUSES(ot_execution_new(net, NULL, NULL), "NULL");
    REFUSES(ot_execution_new(net, &(ot_compile_opts){ .batch = -1 }, &e), "batch");
    ck_ok(ot_execution_new(net, NULL, &e));
    REFUSES(ot_execution_forward(NULL, 1), "execution");
    REFUSES(ot_execution_forward(e, 0), "1");
    REFUSES(ot_execution_backward(NULL, NULL), "execution");
    REFUSES(ot_execution_backward(e, NULL), "forward");
    REFUSES(ot_execution_replay(NULL, e), "execution");
    REFUSES(ot_execution_replay(e, NULL), "execution");
    REFUSES(ot_execution_list(NULL, OT_LIST_TEXT, stderr), "execution");
    REFUSES(ot_execution_list(e, OT_LIST_TEXT, NULL), "NULL");
    REFUSES(ot_execution_list(e, (ot_list_format)9, stderr), "format");
    REFUSES(ot_execution_plan(NULL, OT_LIST_WIDE, false, stderr), "execution");
    REFUSES(ot_execution_plan(e, OT_LIST_WIDE, false, NULL), "NULL");
    REFUSES(ot_execution_measure(NULL, true), "execution");
    REFUSES(ot_execution_profile(NULL, NULL, 0, OT_LIST_WIDE, false, stderr), "execution");
    REFUSES(ot_execution_profile(e, NULL, 0, OT_LIST_WIDE, false, stderr), "measure");
    GIVES(ot_execution_params(NULL) == NULL && ot_execution_logits(NULL) == NULL);
    GIVES(ot_execution_images(NULL) == NULL && ot_execution_labels(NULL) == NULL);
    GIVES(isnan(ot_execution_loss(NULL)));
    GIVES(ot_execution_control(NULL).accepted == 0 && ot_execution_describe(NULL).calls == 0);
    SURVIVES(ot_execution_free(NULL));
    REFUSES(ot_net_gradcheck(NULL, NULL, NULL, &r), "network");
    REFUSES(ot_net_gradcheck(net, NULL, NULL, NULL), "NULL");
    REFUSES(ot_net_gradcheck(net, NULL, &(ot_gradcheck_opts){ .batch = -1 }, &r), "batch");
    ot_execution_free(e);
}
END_TEST

TCase *networks_case(void)
{
    TCase *c = tcase_create("networks");
    tcase_add_checked_fixture(c, build, discard);
    tcase_add_test(c, a_network_refuses_options_out_of_range);
    tcase_add_test(c, files_of_networks_refuse_what_is_missing);
    tcase_add_test(c, imports_and_fusions_refuse_what_is_missing);
    tcase_add_test(c, questions_to_no_network_have_answers);
    tcase_add_test(c, an_execution_refuses_what_is_missing_or_out_of_order);
    return c;
}
