/* SPDX-License-Identifier: BSD-3-Clause
 * Imports of weights that PyTorch has saved: names, layouts, and files that do not fit.  The files
 * are written here with PyTorch's names.  If OT_RESNET20 names the published weights of ResNet-20
 * and OT_CIFAR10 the directory of CIFAR-10, these are tried too. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "models/naming.h"
#include "train/cases.h"
#include "train/fixture.h"
#include "train/reference/import.h"

/* ---- a file with PyTorch's names ---- */

enum { HEADER = 1 << 16 };

/* A safetensors file that is being made. */
typedef struct writing {
    char header[HEADER];
    char *data;
    size_t size, capacity;
} writing;

static writing w;

static void begin_file(void)
{
    strcpy(w.header, "{");
    w.size = 0;
}

/* Adds a tensor.  data NULL: zeros. */
static void add(const char *name, const char *dtype, ot_shape s, const void *data, size_t bytes)
{
    ck_ok(ot__grow((void **)&w.data, &w.capacity, w.size + bytes, 1));
    size_t used = strlen(w.header);
    used +=
        (size_t)snprintf(w.header + used, HEADER - used, "%s\"%s\":{\"dtype\":\"%s\",\"shape\":[",
                         used > 1 ? "," : "", name, dtype);
    for (int k = 0; k < s.rank; k++)
        used += (size_t)snprintf(w.header + used, HEADER - used, "%s%d", k ? "," : "", s.dim[k]);
    snprintf(w.header + used, HEADER - used, "],\"data_offsets\":[%zu,%zu]}", w.size,
             w.size + bytes);
    if (data)
        memcpy(w.data + w.size, data, bytes);
    else
        memset(w.data + w.size, 0, bytes);
    w.size += bytes;
}

static const char *end_file(void)
{
    const size_t n = strlen(strcat(w.header, "}"));
    char *const bytes = ot__new(8 + n + w.size, 1);
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(n >> 8 * i);
    memcpy(bytes + 8, w.header, n);
    memcpy(bytes + 8 + n, w.data, w.size);
    put_file(in_folder("torch.safetensors"), bytes, 8 + n + w.size);
    ot__free(bytes);
    return in_folder("torch.safetensors");
}

enum { PER_LEVEL = 2, NAME = 128 };

/* PyTorch's name of a tensor of a network with two blocks a level. */
static const char *torch_name(const char *ours)
{
    static char name[NAME];
    int block = 0, used = 0;
    if (sscanf(ours, "blocks.%d.stages.0.%n", &block, &used) == 1 && used > 0)
        snprintf(name, NAME, "layer%d.%d.%s", block / PER_LEVEL + 1, block % PER_LEVEL,
                 ours + used);
    else if (sscanf(ours, "blocks.%d.down.conv.%n", &block, &used) == 1 && used > 0)
        snprintf(name, NAME, "layer%d.%d.shortcut.0.%s", block / PER_LEVEL + 1, block % PER_LEVEL,
                 ours + used);
    else if (sscanf(ours, "blocks.%d.down.bn.%n", &block, &used) == 1 && used > 0)
        snprintf(name, NAME, "layer%d.%d.shortcut.1.%s", block / PER_LEVEL + 1, block % PER_LEVEL,
                 ours + used);
    else if (strncmp(ours, "stem.", 5) == 0)
        snprintf(name, NAME, "%s1.%s", ours[5] == 'c' ? "conv" : "bn", strchr(ours + 5, '.') + 1);
    else
        snprintf(name, NAME, "linear.%s", ours + strlen("head.fc."));
    return name;
}

static ot_net *narrow_net(const char *down)
{
    ot_net *net = NULL;
    const ot_net_opts o = { .system = "resnet20-v1",
                            .blocks = "euler x2",
                            .levels = "2,4:2,6:2",
                            .down = down,
                            .image = 8,
                            .classes = 5,
                            .batch = IMPORT_IMAGES };
    ck_ok(ot_net_new(&o, &net));
    return net;
}

static ot_params *params_of(const ot_net *net, uint64_t seed)
{
    ot_params *ps = NULL;
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    ot_params_init(ps, seed);
    return ps;
}

/* Adds all tensors of a network but one, with a prefix. */
static void add_all(ot_params *ps, const char *prefix, const char *but)
{
    char name[2 * NAME];
    for (int i = 0; i < ot_params_count(ps); i++) {
        snprintf(name, sizeof name, "%s%s", prefix, torch_name(ot_params_name(ps, i)));
        if (but && strcmp(name, but) == 0) continue;
        add(name, "F32", ot_params_shape(ps, i), ot_params_value(ps, i, OT_F32),
            ot_params_elements(ps, i) * sizeof(float));
    }
}

/* ---- what is taken ---- */

static const char *const prefixes[] = { "", "module." };
static const char *const downs[] = { "A", "B" };

START_TEST(the_same_bits_come_back_under_the_names_of_the_network)
{
    ot_net *const net = narrow_net(downs[_i % 2]);
    ot_params *const saved = params_of(net, 3), *const ps = params_of(net, 4);
    ot_fit fit;
    begin_file();
    add_all(saved, prefixes[_i / 2], NULL);
    add("bn1.num_batches_tracked", "I64", OT_SCALAR, NULL, 8);
    add("layer1.0.bn1.num_batches_tracked", "I64", OT_SCALAR, NULL, 8);
    ck_assert(!same_values(saved, ps));
    ck_ok(ot_net_import(net, ps, end_file(), "pytorch-resnet", &fit));
    ck_assert(same_values(saved, ps));
    ck_assert_int_eq(fit.taken.n, ot_params_count(ps));
    ck_assert(fit.missing.n == 0 && fit.unknown.n == 0 && fit.unlike.n == 0);
    ot_params_free(ps);
    ot_params_free(saved);
    ot_net_free(net);
}
END_TEST

/* ---- what is computed ---- */

/* The rule of the values in reference/import.py. */
static double formula(const char *name, int j, int fan_in)
{
    const char *const last = strrchr(name, '.') + 1, *parent = last - 1;
    int s = 0;
    for (const char *c = name; *c; c++)
        s += (unsigned char)*c;
    while (parent > name && parent[-1] != '.')
        parent--;
    const double v = sin(0.37 * s + 1.7 * j);
    if (strcmp(last, "running_mean") == 0) return 0.05 * v;
    if (strcmp(last, "bias") == 0) return 0.1 * v;
    if (strcmp(last, "running_var") == 0 || strncmp(parent, "bn", 2) == 0) return 1 + 0.1 * v;
    return v * sqrt(2.0 / fan_in);
}

static void add_formula(const ot_params *ps)
{
    for (int i = 0; i < ot_params_count(ps); i++) {
        const char *const name = torch_name(ot_params_name(ps, i));
        const ot_shape s = ot_params_shape(ps, i);
        const size_t n = ot_params_elements(ps, i);
        double *const values = ot__new(n, sizeof *values);
        int fan_in = 1;
        for (int d = 1; d < s.rank; d++)
            fan_in *= s.dim[d];
        for (size_t j = 0; j < n; j++)
            values[j] = formula(name, (int)j, fan_in);
        add(name, "F64", s, values, n * sizeof *values);
        ot__free(values);
    }
}

static ot_execution *double_execution(const ot_net *net, ot_params *ps)
{
    ot_execution *e = NULL;
    ck_ok(ot_execution_new(
        net,
        &(ot_compile_opts){ .dtype = OT_F64, .evaluate = true, .forward_only = true, .params = ps },
        &e));
    return e;
}

/* Runs forward and compares the logits with PyTorch's. */
static void check_logits(ot_execution *e, int classes, const double *want)
{
    ck_ok(ot_execution_forward(e, IMPORT_IMAGES));
    const double *const got = ot_execution_logits(e);
    for (int k = 0; k < IMPORT_IMAGES * classes; k++)
        ck_assert_msg(fabs(got[k] - want[k]) <= 1e-10, "logit %d is %.17g, PyTorch's is %.17g", k,
                      got[k], want[k]);
}

START_TEST(the_logits_are_those_of_pytorch)
{
    ot_net *const net = narrow_net(downs[_i]);
    ot_params *const ps = params_of(net, 1);
    begin_file();
    add_formula(ps);
    ck_ok(ot_net_import(net, ps, end_file(), "pytorch-resnet", NULL));
    ot_execution *const e = double_execution(net, ps);
    double *const x = ot_execution_images(e);
    for (int j = 0; j < IMPORT_IMAGES * 8 * 8 * 3; j++)
        x[j] = sin(0.9 + 0.31 * j);
    check_logits(e, 5, _i ? &import_option_b[0][0] : &import_option_a[0][0]);
    ot_execution_free(e);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

/* ---- what is refused ---- */

typedef struct refusal {
    const char *but;         /* this tensor is left out */
    const char *name, *type; /* this one is added, if it has a name: */
    ot_shape shape;
    size_t bytes;
    const char *says;
} refusal;

static const refusal refusals[] = {
    { .but = "bn1.bias", .says = "1 of the network missing in the file (stem.bn.bias)" },
    { .name = "aux.weight",
      .type = "F32",
      .shape = { 1, { 2 } },
      .bytes = 8,
      .says = "1 of the file unknown to the network (aux.weight)" },
    { .name = "layer4.0.bn1.bias",
      .type = "F32",
      .shape = { 1, { 6 } },
      .bytes = 24,
      .says = "unknown to the network (layer4.0.bn1.bias)" },
    { .name = "layer1.2.bn1.bias",
      .type = "F32",
      .shape = { 1, { 2 } },
      .bytes = 8,
      .says = "unknown to the network (layer1.2.bn1.bias)" },
    { .name = "layer1.00.bn1.bias",
      .type = "F32",
      .shape = { 1, { 2 } },
      .bytes = 8,
      .says = "unknown to the network (layer1.00.bn1.bias)" },
    { .name = "layer99999999999999999999.0.bn1.bias",
      .type = "F32",
      .shape = { 1, { 2 } },
      .bytes = 8,
      .says = "unknown to the network" },
    { .but = "linear.weight",
      .name = "linear.weight",
      .type = "F32",
      .shape = { 2, { 6, 5 } },
      .bytes = 120,
      .says = "1 of another shape or type (linear.weight)" },
    { .but = "linear.bias",
      .name = "linear.bias",
      .type = "I32",
      .shape = { 1, { 5 } },
      .bytes = 20,
      .says = "1 of another shape or type (linear.bias)" },
    { .name = "fc.bias",
      .type = "F32",
      .shape = { 1, { 5 } },
      .bytes = 20,
      .says = "two of its tensors are, by the names of pytorch-resnet, head.fc.bias" },
    { .name = "module.bn1.bias",
      .type = "F32",
      .shape = { 1, { 2 } },
      .bytes = 8,
      .says = "two of its tensors are, by the names of pytorch-resnet, stem.bn.bias" },
    { .name = "x\\u202ey",
      .type = "F32",
      .shape = { 1, { 2 } },
      .bytes = 8,
      .says = "unknown to the network (x?y)" },
};
enum { REFUSALS = sizeof refusals / sizeof refusals[0] };

START_TEST(a_file_that_does_not_fit_is_refused_and_nothing_is_changed)
{
    const refusal *const r = &refusals[_i];
    ot_net *const net = narrow_net("A");
    ot_params *const saved = params_of(net, 3), *const ps = params_of(net, 4),
                     *const before = params_of(net, 4);
    ot_fit fit = { .taken.n = -1 };
    begin_file();
    add_all(saved, "", r->but);
    if (r->name) add(r->name, r->type, r->shape, NULL, r->bytes);
    const char *const path = end_file();
    ck_status(ot_net_import(net, ps, path, "pytorch-resnet", &fit), OT_EFORMAT);
    ck_assert_msg(strstr(ot_message(), r->says) && strstr(ot_message(), path), "%s", ot_message());
    ck_assert(same_values(ps, before));
    ck_assert_int_gt(fit.taken.n, 0);
    ot_params_free(before);
    ot_params_free(ps);
    ot_params_free(saved);
    ot_net_free(net);
}
END_TEST

START_TEST(an_unknown_naming_is_answered_with_the_nearest)
{
    ot_net *const net = narrow_net("A");
    ot_params *const ps = params_of(net, 4);
    ck_status(ot_net_import(net, ps, "none", "pytorch-resnets", NULL), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), "did you mean 'pytorch-resnet'"), "%s", ot_message());
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

/* ---- namings ---- */

/* A name that is too long for any tensor, and patterns that a name fits in part only. */
START_TEST(names_that_no_rule_fits_are_unknown)
{
    char ours[OT__NAMING_MOST], longest[400];
    ot_net *const net = narrow_net("A");
    const ot_naming *const torch = ot_naming_at(0);
    static const char *const unknown[] = { "",        "conv1",          "conv1weight", "layer1",
                                           "layer1.", "layer.0.conv1.", "module.",     "linear" };
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        ck_assert_msg(ot__naming_translate(torch, net, unknown[i], ours) == OT__UNNAMED, "%s",
                      unknown[i]);
    memset(longest, 'x', sizeof longest);
    memcpy(longest, "conv1.", 6);
    for (size_t n = 230; n < sizeof longest; n++) {
        longest[n] = 0;
        const bool fits = n + strlen("stem.conv.") - strlen("conv1.") < OT__NAMING_MOST;
        ck_assert_int_eq(ot__naming_translate(torch, net, longest, ours),
                         fits ? OT__NAMED : OT__UNNAMED);
        longest[n] = 'x';
    }
    ot_net_free(net);
}
END_TEST

static const ot_naming_rule own_rules[] = { { "drop.*", NULL },
                                            { "L{level}B{index}-*", "blocks.{block}.stages.0.*" },
                                            { "*", "*" },
                                            { NULL, NULL } };
static const ot_naming own_naming = { .about.name = "own", .rules = own_rules };

START_TEST(a_program_adds_a_naming_of_its_own)
{
    char ours[OT__NAMING_MOST];
    ot_net *const net = narrow_net("A");
    ck_ok(ot_register_naming(&own_naming));
    ck_status(ot_register_naming(&own_naming), OT_EINVAL);
    ck_status(ot_register_naming(&(ot_naming){ .about.name = "bare" }), OT_EINVAL);
    int n = 0;
    while (ot_naming_at(n))
        n++;
    ck_assert_ptr_eq(ot_naming_at(n - 1), &own_naming);
    ck_assert_int_eq(ot__naming_translate(&own_naming, net, "L2B1-bn1.bias", ours), OT__NAMED);
    ck_assert_str_eq(ours, "blocks.3.stages.0.bn1.bias");
    ck_assert_int_eq(ot__naming_translate(&own_naming, net, "L0B1-bn1.bias", ours), OT__UNNAMED);
    ck_assert_int_eq(ot__naming_translate(&own_naming, net, "drop.it", ours), OT__LEFT_OUT);
    ck_assert_int_eq(ot__naming_translate(&own_naming, net, "head.fc.bias", ours), OT__NAMED);
    ck_assert_str_eq(ours, "head.fc.bias");
    ot_net_free(net);
}
END_TEST

/* ---- published weights ---- */

static const ot_normalisation published = { .channels = 3,
                                            .mean = { 0.485f, 0.456f, 0.406f },
                                            .deviation = { 0.229f, 0.224f, 0.225f } };

/* The first images of the test set as a network reads them, in double. */
static void read_images(const char *directory, double *x)
{
    char path[1024];
    unsigned char record[3073];
    snprintf(path, sizeof path, "%s/test_batch.bin", directory);
    FILE *const f = fopen(path, "rb");
    ck_assert_msg(f != NULL, "%s cannot be opened", path);
    for (int i = 0; i < IMPORT_IMAGES; i++) {
        ck_assert(fread(record, sizeof record, 1, f) == 1);
        for (int j = 0; j < 3072; j++) { /* (3,32,32) in the file */
            const int c = j / 1024, pixel = j % 1024;
            x[i * 3072 + pixel * 3 + c] = (record[1 + j] / 255.0 - (double)published.mean[c]) /
                                          (double)published.deviation[c];
        }
    }
    fclose(f);
}

START_TEST(published_weights_give_the_published_numbers)
{
    const char *const weights = getenv("OT_RESNET20"), *const cifar = getenv("OT_CIFAR10");
    ot_net *net = NULL;
    ot_dataset *test = NULL;
    ot_eval_result r;
    if (!weights || !cifar) OT_SKIP("OT_RESNET20 and OT_CIFAR10 name no files");
    ck_ok(ot_net_new(&(ot_net_opts){ .system = "resnet20-v1", .batch = IMPORT_IMAGES }, &net));
    ot_params *const ps = params_of(net, 1);
    ck_ok(ot_net_import(net, ps, weights, "pytorch-resnet", NULL));
    ck_ok(ot_params_set_normalisation(ps, &published));
    ot_execution *const e = double_execution(net, ps);
    read_images(cifar, ot_execution_images(e));
    check_logits(e, 10, &import_genuine[0][0]);
    ck_ok(ot_dataset_open(cifar, OT_SPLIT_TEST, &test));
    ck_ok(ot_evaluate(net, ps, test, 128, OT_TIER_DEFAULT, &r));
    ck_assert_double_eq_tol(r.accuracy * r.images, 9173, 1.001);
    ck_assert_double_eq_tol(r.loss, 0.37266, 1e-5);
    ot_dataset_free(test);
    ot_execution_free(e);
    ot_params_free(ps);
    ot_net_free(net);
}
END_TEST

TCase *import_case(void)
{
    TCase *c = tcase_create("import");
    tcase_set_timeout(c, 600);
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_loop_test(c, the_same_bits_come_back_under_the_names_of_the_network, 0, 4);
    tcase_add_loop_test(c, the_logits_are_those_of_pytorch, 0, 2);
    tcase_add_loop_test(c, a_file_that_does_not_fit_is_refused_and_nothing_is_changed, 0, REFUSALS);
    tcase_add_test(c, an_unknown_naming_is_answered_with_the_nearest);
    tcase_add_test(c, names_that_no_rule_fits_are_unknown);
    tcase_add_test(c, a_program_adds_a_naming_of_its_own);
    tcase_add_test(c, published_weights_give_the_published_numbers);
    return c;
}
