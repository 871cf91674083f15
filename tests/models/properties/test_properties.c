/* SPDX-License-Identifier: BSD-3-Clause
 * Properties of published networks: every system has those of its table, and a network that lacks a
 * property does not pass. */
#include <stdio.h>
#include <string.h>

#include "models/cases.h"

static const char *const blocks[][2] = {
    { "net", "euler" }, { "levels", "16,32:2" }, { "down", "P" }, { NULL, NULL }
};

typedef struct outcome {
    int lines, failed;
    double value;  /* of the first line */
    char text[80]; /* of a line that failed */
} outcome;

static void on_line(const ot_check_line *l, void *user)
{
    outcome *const o = user;
    if (o->lines++ == 0) o->value = l->value;
    if (l->passed) return;
    o->failed++;
    snprintf(o->text, sizeof o->text, "%s: %s %g, %g", l->property, l->what, l->value, l->expected);
}

static outcome check(const ot_system *s, ot_status expected)
{
    outcome o = { 0 };
    bool passed = false;
    const ot_status status = ot_system_check(s, on_line, &o, &passed);
    ck_assert_msg(status == expected, "%s: %s", s->name, ot_message());
    ck_assert(passed == (o.failed == 0 && status == OT_OK));
    return o;
}

START_TEST(a_system_has_the_properties_of_its_table)
{
    const ot_system *const s = ot_system_at(_i);
    const outcome o = check(s, OT_OK);
    ck_assert_msg(o.failed == 0, "%s: %s", s->name, o.text);
    ck_assert_int_ge(o.lines, 2);
}
END_TEST

/* A network of two levels, with a check of its own. */
static outcome check_one(const ot_check *c, ot_status expected)
{
    const ot_check checks[] = { *c, { .property = NULL } };
    return check(&(ot_system){ .name = "mine", .summary = "", .options = blocks, .checks = checks },
                 expected);
}

#define PAIRS(...) ((const char *const[][2]){ __VA_ARGS__, { NULL, NULL } })

START_TEST(a_property_that_holds_passes)
{
    const ot_check holds[] = {
        { .property = "channels", .options = PAIRS({ "net", "euler" }), .expected = 32 },
        { .property = "inverse", .options = PAIRS({ "net", "leapfrog" }), .bound = 1e-12 },
        { .property = "inverse",
          .options = PAIRS({ "net", "leapfrog" }, { "h", "0.5" }),
          .bound = 1e-12 },
        { .property = "inverse",
          .options = PAIRS({ "net", "hamiltonian" }, { "down", "connector" }),
          .bound = 1e-12 },
        { .property = "inverse",
          .options = PAIRS({ "net", "revnet" }, { "down", NULL }),
          .bound = 1e-12 },
        { .property = "identity", .options = PAIRS({ "net", "rk4 x2" }, { "branch", "rezero" }) },
        { .property = "equals",
          .options = PAIRS({ "net", "lm x3" }),
          .other = PAIRS({ "net", "euler x3" }),
          .values = PAIRS({ ".k", "0" }) },
        { .property = "equals",
          .options = PAIRS({ "net", "ab2 x1" }),
          .other = PAIRS({ "net", "euler x1" }) },
        { .property = "equals",
          .options = PAIRS({ "net", "mpoly2" }, { "weights", "shared" }, { "down", "maxpool" }),
          .other = PAIRS({ "net", "poly2" }, { "down", "maxpool" }) },
        { .property = "fused",
          .options = PAIRS({ "net", "euler x2" }, { "subnet", "vgg" }),
          .bound = 1e-12 },
    };
    for (size_t i = 0; i < sizeof holds / sizeof holds[0]; i++) {
        const outcome o = check_one(&holds[i], OT_OK);
        ck_assert_msg(o.failed == 0, "%zu: %s", i, o.text);
    }
}
END_TEST

START_TEST(a_network_without_a_property_does_not_pass)
{
    const ot_check wrong[] = {
        { .property = "parameters", .options = PAIRS({ "net", "euler" }), .expected = 1000 },
        { .property = "channels", .options = PAIRS({ "net", "euler" }), .expected = 33 },
        { .property = "identity", .options = PAIRS({ "net", "euler x2" }), .bound = 1e-3 },
        { .property = "loss", .options = PAIRS({ "net", "euler" }), .bound = 1e-6 },
        { .property = "symmetric", .options = PAIRS({ "net", "euler" }), .bound = 1e-3 },
        { .property = "equals",
          .options = PAIRS({ "net", "lm x3" }),
          .other = PAIRS({ "net", "euler x3" }),
          .values = PAIRS({ ".k", "0.01" }),
          .bound = 1e-6 },
        { .property = "gradient", .options = PAIRS({ "net", "euler" }), .bound = 1e-20 },
        { .property = "inverse", .options = PAIRS({ "net", "leapfrog" }), .bound = 1e-20 },
        { .property = "fused",
          .options = PAIRS({ "net", "euler x2" }, { "subnet", "vgg" }),
          .bound = 1e-20 },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const outcome o = check_one(&wrong[i], OT_OK);
        ck_assert_msg(o.failed > 0 && o.failed < o.lines, "%s: %d of %d lines failed",
                      wrong[i].property, o.failed, o.lines);
    }
}
END_TEST

START_TEST(a_check_that_makes_no_sense_is_a_sentence)
{
    const struct {
        ot_check check;
        const char *sentence;
    } bad[] = {
        { { .property = "invers", .options = PAIRS({ "net", "euler" }) },
          "did you mean 'inverse'" },
        { { .property = "inverse", .options = PAIRS({ "net", "euler" }) },
          "euler has no inverse; leapfrog" },
        { { .property = "identity", .options = PAIRS({ "net", "euler" }) }, "it must have two" },
        { { .property = "loss", .options = PAIRS({ "blocks", "euler" }) },
          "there is no option 'blocks'" },
        { { .property = "loss", .options = PAIRS({ "net", "oiler" }) }, "did you mean" },
        { { .property = "loss",
            .options = PAIRS({ "net", "euler" }),
            .values = PAIRS({ "k", "one" }) },
          "'one' is no number" },
        { { .property = "equals",
            .options = PAIRS({ "net", "euler x2" }),
            .other = PAIRS({ "net", "lm x2" }) },
          "no values for blocks.1.k" },
        { { .property = "fused", .options = PAIRS({ "net", "euler" }, { "norm", "layer" }) },
          "fuse" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        (void)check_one(&bad[i].check, OT_EINVAL);
        ck_assert_msg(strstr(ot_message(), bad[i].sentence) != NULL, "%s", ot_message());
    }
    bool passed;
    ck_status(ot_system_check(NULL, NULL, NULL, &passed), OT_EINVAL);
    ck_status(ot_system_check(ot_system_at(0), NULL, NULL, NULL), OT_EINVAL);
}
END_TEST

TCase *properties_case(void)
{
    TCase *c = tcase_create("properties");
    tcase_add_loop_test(c, a_system_has_the_properties_of_its_table, 0, ot_system_count());
    tcase_add_test(c, a_property_that_holds_passes);
    tcase_add_test(c, a_network_without_a_property_does_not_pass);
    tcase_add_test(c, a_check_that_makes_no_sense_is_a_sentence);
    tcase_set_timeout(c, 300);
    return c;
}
