/* SPDX-License-Identifier: BSD-3-Clause
 * Loops over the registries of all parts: schemes, sub-nets, branches, norms, ways down, stems and
 * heads.  A new part is tested here without a change.  Every scheme but long tableaux is tried with
 * every part of every kind, though not with every combination of them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/cases.h"
#include "models/parts.h"
#include "schemes/parts.h"

typedef struct registry {
    ot__registry *(*of)(void);
    size_t offset; /* of its field in ot_net_opts */
    bool optional; /* a network may do without such a part */
} registry;

#define FIELD(member) offsetof(ot_net_opts, member)
static const registry registries[] = {
    { ot__subnets, FIELD(subnet), false }, { ot__branches, FIELD(branch), true },
    { ot__norms, FIELD(norm), false },     { ot__downs, FIELD(down), false },
    { ot__stems, FIELD(stem), false },     { ot__heads, FIELD(head), false },
};
enum { REGISTRIES = sizeof registries / sizeof registries[0], BATCH = 3, CLASSES = 3 };

/* How many choices a registry leaves. */
static int choices(const registry *r)
{
    return ot__registry_count(r->of()) + r->optional;
}

static int most_choices(void)
{
    int most = 1;
    for (int r = 0; r < REGISTRIES; r++)
        if (choices(&registries[r]) > most) most = choices(&registries[r]);
    return most;
}

/* Chooses parts by the numbers of a scheme and of a turn.  In as many turns as the largest registry
 * has choices, a scheme meets all parts; which parts meet each other differs between schemes. */
static void choose(ot_net_opts *o, int scheme, int turn)
{
    for (int r = 0; r < REGISTRIES; r++) {
        const int k = (turn + r * scheme) % choices(&registries[r]);
        const ot_about *const about = ot__registry_at(registries[r].of(), k);
        *(const char **)((char *)o + registries[r].offset) = about ? about->name : NULL;
    }
}

static const ot_subnet_kind *subnet_of(const ot_net_opts *o)
{
    return o->subnet ? (const ot_subnet_kind *)ot__registry_look(ot__subnets(), o->subnet,
                                                                 strlen(o->subnet))
                     : NULL;
}

/* A part's number for its default attributes; 1 if it has none. */
static int number(int (*of)(const void *attributes), const ot_about *about)
{
    return of ? of(about->defaults) : 1;
}

static ot_net_opts options(int scheme, int turn)
{
    const ot_scheme *const s = ot_scheme_at(scheme);
    const bool even = ot_scheme_table(s)->flags & OT_SCHEME_EVEN;
    static char blocks[64], levels[64];
    ot_net_opts o = {
        .blocks = blocks, .levels = levels, .image = 4, .classes = CLASSES, .batch = BATCH
    };
    choose(&o, scheme, turn);
    const ot_subnet_kind *const subnet = subnet_of(&o);
    const ot_stem_kind *const stem =
        (const ot_stem_kind *)ot__registry_look(ot__stems(), o.stem, strlen(o.stem));
    const int unit = (even ? 2 : 1) * number(subnet->multiple, &subnet->about);
    snprintf(blocks, sizeof blocks, "%s x%d", ot_scheme_name(s),
             ot_scheme_evaluations(s) > 2 ? 1 : 2);
    const int narrow = unit > 2 ? unit : 3 * unit;
    snprintf(levels, sizeof levels, "%d,%d:2", narrow, narrow + unit);
    o.image *= number(stem->stride, &stem->about);
    return o;
}

/* Whether the shape cannot change inside a block of this network. */
static bool needs_between(const ot_net_opts *o, const ot_scheme *s)
{
    const ot_subnet_kind *const subnet = subnet_of(o);
    const ot_branch_kind *const branch =
        o->branch ? (const ot_branch_kind *)ot__registry_look(ot__branches(), o->branch,
                                                              strlen(o->branch))
                  : NULL;
    return ot_scheme_table(s)->flags & OT_SCHEME_ONE_SHAPE || ot_scheme_table(s)->channels ||
           (branch && branch->one_shape) || (subnet && subnet->one_shape) ||
           o->weights != OT_WEIGHTS_INDEPENDENT;
}

static bool is_inside(const char *down)
{
    return ((const ot_down_kind *)ot__registry_look(ot__downs(), down, strlen(down)))->inside;
}

/* Options that have no effect on a scheme with layers of its own are refused, and then left out. */
static void leave_out_unused(ot_net_opts *o, const ot_scheme *s)
{
    ot_net *net = NULL;
    if (!(ot_scheme_table(s)->flags & OT_SCHEME_OWN_F)) return;
    ck_status(ot_net_new(o, &net), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), "layers of its own") != NULL, "%s", ot_message());
    o->subnet = o->branch = NULL;
    o->weights = OT_WEIGHTS_INDEPENDENT;
}

/* A sub-net that alternates must be refused where evaluations share weights: in some of the schemes
 * that need one shape, and with shared weights in all.  Then one that does not alternate is
 * taken. */
static void replace_alternating(ot_net_opts *o, const ot_scheme *s)
{
    ot_net *net = NULL;
    const bool may = ot_scheme_table(s)->flags & OT_SCHEME_ONE_SHAPE;
    const bool must = o->weights != OT_WEIGHTS_INDEPENDENT;
    if (!o->subnet || !subnet_of(o)->alternates || (!may && !must)) return;
    const ot_status status = ot_net_new(o, &net);
    ot_net_free(net);
    ck_assert(status == OT_EINVAL || !must);
    if (status == OT_OK) return;
    ck_assert_msg(strstr(ot_message(), "cannot share weights") != NULL, "%s", ot_message());
    o->subnet = "mlp";
}

/* A head that would be the same for all images must be refused.  Then another is taken. */
static void replace_head(ot_net_opts *o)
{
    const ot_norm_kind *const norm =
        (const ot_norm_kind *)ot__registry_look(ot__norms(), o->norm, strlen(o->norm));
    const ot_head_kind *const head =
        (const ot_head_kind *)ot__registry_look(ot__heads(), o->head, strlen(o->head));
    ot_net *net = NULL;
    if (!head->mean_of_norm || !norm->levels_images ||
        !norm->levels_images(norm->about.defaults, 1))
        return;
    const ot_status status = ot_net_new(o, &net);
    ot_net_free(net);
    if (status == OT_OK || !strstr(ot_message(), "--head bn-relu-pool")) return;
    o->head = "bn-relu-pool";
}

/* Where channels grow, their number may not be divisible by the groups of the norm.  Then another
 * norm is taken. */
static void replace_norm(ot_net_opts *o)
{
    ot_net *net = NULL;
    const ot_status status = ot_net_new(o, &net);
    ot_net_free(net);
    if (status == OT_EINVAL && strstr(ot_message(), "cannot be divided into")) o->norm = "layer";
}

/* A sub-net that works with one norm refuses another, and then gets it. */
static void choose_its_norm(ot_net_opts *o)
{
    ot_net *net = NULL;
    const ot_subnet_kind *const subnet = subnet_of(o);
    if (!subnet || !subnet->norm || strcmp(o->norm, subnet->norm) == 0) return;
    ck_status(ot_net_new(o, &net), OT_EINVAL);
    ck_assert_msg(strstr(ot_message(), "--norm") != NULL, "%s", ot_message());
    o->norm = subnet->norm;
}

/* Makes the network.  A change of shape that cannot be inside a block must be refused, and is then
 * made between blocks. */
static ot_net *make(ot_net_opts *o, const ot_scheme *s)
{
    ot_net *net = NULL;
    leave_out_unused(o, s);
    choose_its_norm(o);
    replace_head(o);
    if (ot_scheme_table(s)->flags & OT_SCHEME_OWN_DOWN && is_inside(o->down)) {
        ck_status(ot_net_new(o, &net), OT_EINVAL);
        ck_assert_msg(strstr(ot_message(), "has no effect") != NULL, "%s", ot_message());
        o->down = NULL;
    }
    if (needs_between(o, s) && (!o->down || is_inside(o->down))) {
        ck_status(ot_net_new(o, &net), OT_EINVAL);
        ck_assert_msg(strstr(ot_message(), "--down connector") != NULL, "%s", ot_message());
        o->down = "connector";
    }
    replace_alternating(o, s);
    replace_norm(o);
    ck_ok(ot_net_new(o, &net));
    return net;
}

static const char *shown(const ot_net *net)
{
    static char text[512];
    const ot_net_opts *const o = ot_net_options(net);
    snprintf(text, sizeof text, "%s, subnet %s, branch %s, norm %s, down %s, stem %s, head %s",
             o->blocks, o->subnet ? o->subnet : "none", o->branch ? o->branch : "none", o->norm,
             o->down, o->stem, o->head);
    return text;
}

static void check_shapes(const ot_net *net, const ot_scheme *s)
{
    const ot_tape *const t = ot_net_tape(net);
    const ot_shape logits = ot_var_shape(t, ot_net_logits(net));
    const ot_net_info info = ot_net_describe(net);
    ck_assert_int_eq(logits.rank, 2);
    ck_assert(logits.dim[0] == BATCH && logits.dim[1] == CLASSES);
    ck_assert_int_eq(ot_var_shape(t, ot_net_loss(net)).rank, 0);
    ck_assert_msg(info.evaluations == info.n_blocks * ot_scheme_evaluations(s),
                  "%s: %d evaluations in %d blocks", shown(net), info.evaluations, info.n_blocks);
}

static void check_names(const ot_net *net)
{
    static const char *const roots[] = { "stem.", "blocks.", "levels.", "head." };
    ot_params *ps = NULL;
    ck_ok(ot_params_new(ot_net_tape(net), &ps));
    for (int i = 0; i < ot_params_count(ps); i++) {
        bool known = false;
        for (size_t k = 0; k < sizeof roots / sizeof roots[0]; k++)
            known |= strncmp(ot_params_name(ps, i), roots[k], strlen(roots[k])) == 0;
        ck_assert_msg(known, "%s: %s", shown(net), ot_params_name(ps, i));
    }
    ot_params_free(ps);
}

/* The last norm of timed has as many groups as channels here, so the mean of f(x) over the pixels
 * is a parameter.  Without a shortcut a head that only pools depends on nothing else, and all other
 * derivatives are 0. */
static bool is_constant(const ot_net_opts *o)
{
    return strncmp(o->blocks, "plain", 5) == 0 && strcmp(o->subnet, "timed") == 0 &&
           strcmp(o->head, "pool") == 0;
}

static void check_gradients(const ot_net *net, bool evaluate)
{
    ot_gradcheck_report r = { .decided = false };
    /* In a small network without shortcuts most derivatives may be too near to a corner. */
    for (uint64_t seed = 1; seed <= 4 && !r.decided; seed++) {
        const ot_gradcheck_opts how = {
            .seed = seed,
            .evaluate = evaluate,
            .tolerance = 1e-5, /* norms over a few pixels are curved, so differences of one entry
                                  are less exact than those along all, below */
            .all_below = 1,
            .directions = 1
        };
        ck_ok(ot_gradcheck(ot_net_tape(net), ot_net_loss(net), NULL, &how, &r));
    }
    if (!r.decided && is_constant(ot_net_options(net))) return;
    ck_assert_msg(r.passed && r.dot_error < 1e-7,
                  "%s: error %.2e in %s (read by %s): %.9g, numeric %.9g; dot %.2e", shown(net),
                  r.worst_error, r.worst_tensor, r.worst_op, r.worst_analytic, r.worst_numeric,
                  r.dot_error);
}

/* A long tableau takes one turn, since its code is that of the short ones. */
static int turns(const ot_scheme *s)
{
    return ot_scheme_tableau(s) && ot_scheme_evaluations(s) > 4 ? 1 : most_choices();
}

START_TEST(every_scheme_works_with_every_part)
{
    for (int turn = 0; turn < turns(ot_scheme_at(_i)); turn++) {
        ot_net_opts o = options(_i, turn);
        ot_net *const net = make(&o, ot_scheme_at(_i));
        check_shapes(net, ot_scheme_at(_i));
        check_names(net);
        check_gradients(net, turn % 4 == 3);
        ot_net_free(net);
    }
}
END_TEST

/* Weights that evaluations share, in each scheme: the change of shape must be between blocks. */
START_TEST(every_scheme_can_share_weights)
{
    static const ot_weights kinds[] = { OT_WEIGHTS_SHARED, OT_WEIGHTS_THETA };
    const bool is_long = turns(ot_scheme_at(_i)) == 1;
    for (int k = 0; k < (is_long ? 1 : 2); k++) {
        ot_net_opts o = options(_i, 0);
        o.weights = kinds[is_long ? _i % 2 : k];
        ot_net *const net = make(&o, ot_scheme_at(_i));
        check_shapes(net, ot_scheme_at(_i));
        check_gradients(net, false);
        ot_net_free(net);
    }
}
END_TEST

/* ---- attributes ---- */

/* All registries, that of the schemes too. */
static ot__registry *registry_at(int i)
{
    return i < REGISTRIES ? registries[i].of() : i == REGISTRIES ? ot__schemes() : NULL;
}

/* Reads "name(attribute=value)" and compares the plain form with `plain`; NULL: it is refused. */
static void read_attribute(const ot__registry *r, const char *name, const ot_option *o,
                           const char *value, bool good)
{
    char text[256];
    ot__part part, again;
    snprintf(text, sizeof text, " %s ( %s = %s ) ", name, o->name, value);
    if (!good) {
        ck_status(ot__part_read(r, text, &part), OT_EINVAL);
        ck_assert_msg(strstr(ot_message(), name) && strstr(ot_message(), o->name), "%s: %s", text,
                      ot_message());
        return;
    }
    ck_ok(ot__part_read(r, text, &part));
    ck_ok(ot__part_read(r, part.text, &again));
    ck_assert_str_eq(part.text, again.text);
    ck_assert_mem_eq(part.attributes, again.attributes, part.about->size);
    ot__part_free(&part);
    ot__part_free(&again);
}

static void try_attribute(const ot__registry *r, const char *name, const ot_option *o)
{
    const bool is_int = o->kind == OT_OPTION_INT, is_number = is_int || o->kind == OT_OPTION_REAL;
    char value[64];
    read_attribute(r, name, o, "no-such-value", false);
    read_attribute(r, name, o, "", false);
    for (int k = 0; o->kind == OT_OPTION_CHOICE && o->choices[k]; k++)
        read_attribute(r, name, o, o->choices[k], true);
    for (int k = 0; o->kind == OT_OPTION_SWITCH && k < 2; k++)
        read_attribute(r, name, o, k ? "true" : "false", true);
    for (int k = 0; is_number && k < 4; k++) { /* the ends, then what lies outside */
        const double end = k % 2 ? o->most : o->least, beyond = k < 2 ? 0 : k == 2 ? -1 : 1;
        snprintf(value, sizeof value, "%.17g", end + beyond * (is_int ? 1 : 1 + 0.5 * fabs(end)));
        read_attribute(r, name, o, value, k < 2);
    }
}

START_TEST(every_attribute_takes_its_values_and_no_others)
{
    const ot__registry *const r = registry_at(_i);
    const ot_about *about;
    for (int i = 0; (about = ot__registry_at(r, i)) != NULL; i++) {
        ot__part part;
        ck_ok(ot__part_read(r, about->name, &part));
        ck_assert_str_eq(part.text, about->name);
        ot__part_free(&part);
        for (const ot_option *o = about->attributes; o && o->name; o++)
            try_attribute(r, about->name, o);
    }
}
END_TEST

START_TEST(every_part_says_what_it_computes)
{
    const ot_about *about;
    for (int i = 0; (about = ot__registry_at(registry_at(_i), i)) != NULL; i++) {
        ck_assert_msg(about->equation && about->equation[0], "%s has no equation", about->name);
        ck_assert_msg(about->reference && about->reference[0], "%s has no reference", about->name);
        for (const ot_option *o = about->attributes; o && o->name; o++)
            ck_assert_msg(o->help && o->help[0], "%s: %s has no help", about->name, o->name);
    }
}
END_TEST

/* Each attribute of a scheme or another part, at each choice and each end, in a network. */
START_TEST(every_scheme_with_attributes_is_a_scheme)
{
    const ot_about *const about = ot__registry_at(ot__schemes(), _i);
    for (const ot_option *o = about->attributes; o && o->name; o++)
        for (int k = 0; o->kind == OT_OPTION_CHOICE && o->choices[k]; k++) {
            char text[128];
            ot_scheme *s = NULL;
            ot_net *net = NULL;
            snprintf(text, sizeof text, "%s(%s=%s)", about->name, o->name, o->choices[k]);
            ck_ok(ot_scheme_open(text, &s));
            const ot_net_opts opts = {
                .blocks = text, .width = 4, .image = 4, .classes = CLASSES, .batch = BATCH
            };
            ck_ok(ot_net_new(&opts, &net));
            check_gradients(net, false);
            ck_assert_str_eq(ot_scheme_name(ot_net_scheme(net, 0)), ot_scheme_name(s));
            ot_net_free(net);
            ot_scheme_free(s);
        }
}
END_TEST

TCase *parts_case(void)
{
    TCase *c = tcase_create("parts");
    tcase_add_loop_test(c, every_scheme_works_with_every_part, 0, ot_scheme_count());
    tcase_add_loop_test(c, every_scheme_can_share_weights, 0, ot_scheme_count());
    tcase_add_loop_test(c, every_attribute_takes_its_values_and_no_others, 0, REGISTRIES + 1);
    tcase_add_loop_test(c, every_part_says_what_it_computes, 0, REGISTRIES + 1);
    tcase_add_loop_test(c, every_scheme_with_attributes_is_a_scheme, 0,
                        ot__registry_count(ot__schemes()));
    tcase_set_timeout(c, 60);
    return c;
}
