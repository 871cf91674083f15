/* SPDX-License-Identifier: BSD-3-Clause
 * Expands the grids of an experiment into runs, which are called members.  The directory of a
 * member is named by all options that differ from the command's defaults.  So its name stays the
 * same when the experiment file grows, and finished runs are found again. */
#include "cli/sweep/grid.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/frame/settle.h"
#include "cli/frame/plugins.h"
#include "base/decimal.h"
#include "cli/frame/recipe.h"
#include "cli/frame/claims.h"

static bool is_key(const cli_grid *g, int key, const char *name)
{
    return strcmp(g->e->key[key].option->name, name) == 0;
}

static const cli_value *chosen(const cli_grid *g, const cli_member *m, const char *name)
{
    const int key = cli_experiment_key(g->e, name);
    return key < 0 ? NULL : m->chosen[key];
}

static void *group_of(const cli_command *c, char *settings, const ot_option *options)
{
    for (const cli_group *g = c->groups; g->title; g++)
        if (g->options == options) return settings + g->offset;
    return NULL;
}

/* The line that a message names: that of the net, otherwise of the grid, otherwise the first. */
static int line_of(const cli_grid *g, const cli_member *m)
{
    const cli_value *const net = chosen(g, m, "net");
    if (net) return net->line;
    return m->grid == CLI_NO_SECTION ? 1 : g->e->section[m->grid].line;
}

const char *cli_member_value(const cli_grid *g, const cli_member *m, int key)
{
    if (is_key(g, key, "net")) return m->blocks;
    if (is_key(g, key, "data") && g->data) return g->data;
    return g->e->key[key].group && m->chosen[key] ? m->chosen[key]->text : NULL;
}

/* ---- one member ------------------------------------------------------------------------------ */

static ot_status plan_net(const ot_net_opts *opts, ot_net_info *info, ot_program_info *plan)
{
    const ot_compile_opts how = { .plan_only = true };
    ot_net *net = NULL;
    ot_execution *e = NULL;
    ot_status status = ot_net_new(opts, &net);
    if (status == OT_OK) status = cli_claims_check(net);
    if (status == OT_OK) status = ot_execution_new(net, &how, &e);
    if (status == OT_OK) {
        *info = ot_net_describe(net);
        *plan = ot_execution_describe(e);
    }
    ot_execution_free(e);
    ot_net_free(net);
    return status;
}

/* Returns the line of the first value whose default would make the network valid; otherwise that of
 * the net. */
static int line_to_blame(const cli_grid *g, const cli_member *m, const ot_net_opts *opts)
{
    const cli_experiment *const e = g->e;
    for (int k = 0; k < e->n_keys; k++) {
        const cli_group *const group = e->key[k].group;
        ot_net_opts others = *opts;
        ot_net_info net;
        ot_program_info program;
        if (!m->chosen[k] || !group || group->options != ot_net_rows || is_key(g, k, "net"))
            continue;
        ot__option_copy(e->key[k].option,
                        (const void *)((const char *)e->command->defaults + group->offset),
                        &others);
        if (plan_net(&others, &net, &program) == OT_OK) return m->chosen[k]->line;
    }
    return line_of(g, m);
}

static ot_status plan(cli_grid *g, cli_member *m, const ot_net_opts *opts)
{
    char sentence[512];
    const ot_status status = plan_net(opts, &m->net, &m->plan);
    m->controlled = opts->step == OT_STEP_CONTROLLED;
    if (status == OT_OK) return OT_OK;
    if (status == OT_ENOMEM) return cli_no_memory();
    snprintf(sentence, sizeof sentence, "%s", ot_message());
    return cli_experiment_refuse(g->e, line_to_blame(g, m, opts), "%s", sentence);
}

/* Writes "rk4 x2", or "FILE:x2" if the scheme is a file. */
static void write_blocks(char *text, size_t size, const char *scheme, int count)
{
    snprintf(text, size, "%s%sx%d", scheme, strpbrk(scheme, "/.") ? ":" : " ", count);
}

/* Whether a description has a count or several schemes: a blank, comma or plus outside of the
 * attributes of a scheme. */
static bool has_several(const char *blocks)
{
    int depth = 0;
    for (const char *at = blocks; *at; at++) {
        depth += (*at == '(') - (*at == ')');
        if (depth <= 0 && strchr(", +", *at)) return true;
    }
    return false;
}

/* *blocks becomes the greatest number of blocks that a network of this depth has room for, which
 * may be 0.  A depth counts the stem, the convolutions of the blocks, and the linear layer. */
static ot_status blocks_at_depth(cli_grid *g, cli_member *m, const ot_net_opts *opts, int depth,
                                 int *blocks)
{
    ot_net_opts one = *opts;
    cli_member probe = *m;
    char text[CLI_LONGEST_NAME];
    if (has_several(opts->blocks))
        return cli_experiment_refuse(g->e, line_of(g, m),
                                     "net is '%s'; with a depth it must be the name of one scheme",
                                     opts->blocks);
    write_blocks(text, sizeof text, opts->blocks, 1);
    one.blocks = text;
    OT_TRY(plan(g, &probe, &one));
    if (probe.net.convs < 1)
        return cli_experiment_refuse(g->e, line_of(g, m),
                                     "a block of %s has no convolutions; write a number of blocks "
                                     "instead of a depth",
                                     opts->blocks);
    *blocks = (depth - 2) / probe.net.convs;
    return OT_OK;
}

static ot_status fill_settings(cli_grid *g, cli_member *m, char *settings)
{
    cli_experiment *const e = g->e;
    for (int k = 0; k < e->n_keys; k++) {
        const cli_key *const key = &e->key[k];
        const char *text = key->group && m->chosen[k] ? m->chosen[k]->text : NULL;
        if (is_key(g, k, "data") && g->data) text = g->data;
        if (text && ot__option_read(key->option, text, settings + key->group->offset) != OT_OK)
            return cli_experiment_refuse(e, m->chosen[k] ? m->chosen[k]->line : 1, "%s",
                                         ot_message());
    }
    return OT_OK;
}

/* Sets m->blocks and opts->blocks.  They are "" if the depth has no room for a block. */
static ot_status choose_blocks(cli_grid *g, cli_member *m, ot_net_opts *opts)
{
    const cli_value *const depth = chosen(g, m, "depth");
    if (!opts->blocks)
        return cli_experiment_refuse(g->e, line_of(g, m),
                                     "'net' is missing; it names the blocks, such as rk4 x2");
    if (strlen(opts->blocks) >= sizeof m->blocks - 16)
        return cli_experiment_refuse(g->e, line_of(g, m), "net is too long");
    snprintf(m->blocks, sizeof m->blocks, "%s", opts->blocks);
    if (depth) {
        long long layers = 0; /* the reader has checked that the text is a number */
        const char *text = depth->text;
        ot__read_whole(&text, 0, INT_MAX, &layers);
        int blocks = 0;
        OT_TRY(blocks_at_depth(g, m, opts, (int)layers, &blocks));
        write_blocks(m->blocks, sizeof m->blocks, opts->blocks, blocks);
        if (blocks == 0) m->blocks[0] = 0;
    }
    opts->blocks = m->blocks;
    return OT_OK;
}

/* Appends a text to a file name.  Letters, digits and "._+" are kept; a run of other characters
 * becomes one dash. */
static void append_slug(char *name, size_t size, const char *text)
{
    size_t n = strlen(name);
    if (n > 0 && n + 1 < size) name[n++] = '-';
    for (; *text && n + 1 < size; text++)
        if (isalnum((unsigned char)*text) || strchr("._+", *text))
            name[n++] = *text;
        else if (n > 0 && name[n - 1] != '-')
            name[n++] = '-';
    name[n] = 0;
}

static const char *last_part(const char *path)
{
    const char *last = path;
    for (const char *p = path; *p; p++)
        if (*p == '/' && p[1] && p[1] != '/') last = p + 1;
    return last;
}

/* Appends the name of a source of data, if there is one, and the last part of the path. */
static void append_data(char *name, size_t size, const char *where)
{
    char source[64];
    const size_t n = strcspn(where, ":/");
    if (where[n] == ':' && n < sizeof source) {
        snprintf(source, sizeof source, "%.*s", (int)n, where);
        append_slug(name, size, source);
        where += n + 1;
    }
    append_slug(name, size, last_part(where));
}

static uint64_t fnv1a(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash;
}

/* Names a member by its options.  A name that is too long for a directory is cut and ends with a
 * hash of the whole name. */
static void choose_name(cli_grid *g, cli_member *m, const char *settings)
{
    const cli_experiment *const e = g->e;
    char whole[4096] = "", text[OT__OPTION_TEXT], usual[OT__OPTION_TEXT], seed[32];
    append_slug(whole, sizeof whole, m->net.blocks);
    for (int k = 0; k < e->n_keys; k++) {
        const cli_key *const key = &e->key[k];
        if (!key->group || is_key(g, k, "net") || is_key(g, k, "seed")) continue;
        const size_t at = key->group->offset;
        ot__option_write(key->option, settings + at, text, sizeof text);
        ot__option_write(key->option, (const char *)e->command->defaults + at, usual, sizeof usual);
        if (strcmp(text, usual) == 0 || strcmp(text, "builtin") == 0) continue;
        append_slug(whole, sizeof whole, key->option->name);
        if (is_key(g, k, "data"))
            append_data(whole, sizeof whole, text);
        else if (ot__option_has_argument(key->option))
            append_slug(whole, sizeof whole, text);
    }
    snprintf(seed, sizeof seed, "seed-%llu", (unsigned long long)m->seed);
    append_slug(whole, sizeof whole, seed);
    if (strlen(whole) <= CLI_LONGEST_NAME)
        snprintf(m->name, sizeof m->name, "%s", whole);
    else
        snprintf(m->name, sizeof m->name, "%.*s-%016llx", CLI_LONGEST_NAME - 17, whole,
                 (unsigned long long)fnv1a(whole));
}

static const cli_member *find_duplicate(const cli_grid *g, const cli_member *m)
{
    for (int i = 0; i < g->n; i++)
        if (strcmp(g->member[i].name, m->name) == 0) return &g->member[i];
    return NULL;
}

static int grid_line(const cli_grid *g, const cli_member *m)
{
    return m->grid == CLI_NO_SECTION ? line_of(g, m) : g->e->section[m->grid].line;
}

/* Refuses two members with one name.  Within one grid they have different values of some option,
 * which the name does not distinguish, such as two spellings; the message names both. */
static ot_status refuse_duplicate(cli_grid *g, const cli_member *m, const cli_member *other)
{
    for (int k = 0; other->grid == m->grid && k < g->e->n_keys; k++) {
        const cli_value *const now = m->chosen[k], *const before = other->chosen[k];
        if (now && before && now != before)
            return cli_experiment_refuse(
                g->e, now->line,
                "the run %s occurs twice, for %s '%s' and for '%s' in line "
                "%d",
                m->name, g->e->key[k].option->name, now->text, before->text, before->line);
    }
    return cli_experiment_refuse(g->e, grid_line(g, m),
                                 "the run %s occurs twice, the first time in line %d", m->name,
                                 grid_line(g, other));
}

/* Adds a member unless its name exists.  Two depths of one grid may have room for the same number
 * of blocks; then the second is left out. */
static ot_status add_new(cli_grid *g, const cli_member *m)
{
    const cli_member *const other = find_duplicate(g, m);
    if (other && other->grid == m->grid && chosen(g, other, "depth") != chosen(g, m, "depth")) {
        g->n_left_out++;
        return OT_OK;
    }
    if (other) return refuse_duplicate(g, m, other);
    g->n++;
    return OT_OK;
}

/* A member whose options are looked up by name, all except one. */
typedef struct lookup {
    const cli_grid *grid;
    const cli_member *member;
    const char *except; /* or NULL */
} lookup;

static bool is_chosen(const char *name, const void *user)
{
    const lookup *const l = user;
    if (l->except && strcmp(name, l->except) == 0) return false;
    return chosen(l->grid, l->member, name) != NULL;
}

/* Returns the line of the first option of the training that is refused and would not be if it were
 * not given; otherwise that of the net. */
static int line_of_refused(const cli_grid *g, const cli_member *m, char *settings)
{
    const cli_experiment *const e = g->e;
    ot_train_opts *const recipe = group_of(e->command, settings, ot_train_rows);
    const ot_train_opts given = *recipe;
    for (int k = 0; k < e->n_keys; k++) {
        const lookup l = { g, m, e->key[k].option->name };
        *recipe = given;
        if (m->chosen[k] && e->key[k].group && e->key[k].group->options == ot_train_rows &&
            cli_settle_training(e->command, settings, is_chosen, &l) == OT_OK)
            return m->chosen[k]->line;
    }
    return line_of(g, m);
}

static ot_status settle(cli_grid *g, const cli_member *m, char *settings)
{
    const cli_command *const c = g->e->command;
    const lookup l = { g, m, NULL };
    char sentence[512];
    if (cli_apply_system(c, settings, is_chosen, &l) != OT_OK)
        return cli_experiment_refuse(g->e, line_of(g, m), "%s", ot_message());
    if (cli_settle_training(c, settings, is_chosen, &l) == OT_OK) return OT_OK;
    snprintf(sentence, sizeof sentence, "%s", ot_message());
    return cli_experiment_refuse(g->e, line_of_refused(g, m, settings), "%s", sentence);
}

static ot_status try_member(cli_grid *g, cli_member *m, char *settings)
{
    const cli_command *const c = g->e->command;
    ot_net_opts *const net = group_of(c, settings, ot_net_rows);
    ot_train_opts *const recipe = group_of(c, settings, ot_train_rows);
    OT_TRY(fill_settings(g, m, settings));
    const ot_net_opts given = *net;
    const ot_train_opts given_recipe = *recipe;
    OT_TRY(settle(g, m, settings));
    OT_TRY(choose_blocks(g, m, net));
    g->n_left_out += m->blocks[0] == 0;
    if (m->blocks[0] == 0) return OT_OK;
    net->batch = recipe->batch;
    m->seed = recipe->seed;
    m->epochs = recipe->epochs;
    OT_TRY(plan(g, m, net));
    *net = given; /* a system is in the name, not the options that it stands for */
    *recipe = given_recipe;
    choose_name(g, m, settings);
    return add_new(g, m);
}

/* ---- all of them ----------------------------------------------------------------------------- */

static ot_status add_member(cli_grid *g, const cli_member *draft)
{
    const cli_command *const c = g->e->command;
    if (g->n == CLI_MOST_MEMBERS)
        return cli_experiment_refuse(g->e, line_of(g, draft), "there are more than %d runs",
                                     CLI_MOST_MEMBERS);
    char *const settings = calloc(1, c->settings_size);
    if (!settings) return cli_no_memory();
    memcpy(settings, c->defaults, c->settings_size);
    g->member[g->n] = *draft;
    const ot_status status = try_member(g, &g->member[g->n], settings);
    free(settings);
    return status;
}

/* One loop per key; that of the first key is the outermost. */
static ot_status expand(cli_grid *g, cli_member *draft, int key)
{
    if (key == g->e->n_keys) return add_member(g, draft);
    const int source = cli_experiment_source(g->e, draft->grid, g->scale, key);
    draft->chosen[key] = NULL;
    if (source == CLI_NO_SECTION) return expand(g, draft, key + 1);
    for (int i = 0; (draft->chosen[key] = cli_experiment_value(g->e, source, key, i)) != NULL; i++)
        OT_TRY(expand(g, draft, key + 1));
    return OT_OK;
}

/* Returns the line of the first depth.  Only depths can leave an experiment without runs. */
static int depth_line(const cli_experiment *e)
{
    const int key = cli_experiment_key(e, "depth");
    for (int i = 0; i < e->n_values; i++)
        if (e->value[i].key == key) return e->value[i].line;
    return 1;
}

/* Numbers the members and keeps those of the shard. */
static ot_status keep_shard(cli_grid *g)
{
    const int every = g->shard.n > 0 ? g->shard.n : 1, all = g->n;
    for (int i = 0; i < all; i++)
        g->member[i].entry = i + 1;
    g->n = 0;
    for (int i = g->shard.n > 0 ? g->shard.i - 1 : 0; i < all; i += every)
        g->member[g->n++] = g->member[i];
    if (g->n > 0) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "shard %d/%d is empty: the experiment has %d run%s, for as many shards",
                    g->shard.i, g->shard.n, all, all == 1 ? "" : "s");
}

ot_status cli_grid_expand(cli_grid *g)
{
    bool grids = false;
    g->n = g->n_left_out = 0;
    g->member = calloc(CLI_MOST_MEMBERS, sizeof *g->member);
    if (!g->member) return cli_no_memory();
    for (int s = 0; s < g->e->n_sections; s++) {
        if (g->e->section[s].kind != CLI_GRID) continue;
        grids = true;
        OT_TRY(expand(g, &(cli_member){ .grid = s }, 0));
    }
    if (!grids) OT_TRY(expand(g, &(cli_member){ .grid = CLI_NO_SECTION }, 0));
    if (g->n > 0) return keep_shard(g);
    return cli_experiment_refuse(g->e, depth_line(g->e),
                                 "there is no run: these depths have no room for a block");
}

void cli_grid_free(cli_grid *g)
{
    free(g->member);
    g->member = NULL;
    g->n = 0;
}

/* ---- its command ----------------------------------------------------------------------------- */

static bool goes_with_source(const cli_command *c, const char *name)
{
    for (const char *const *b = c->with_source; b && *b; b++)
        if (strcmp(*b, name) == 0) return true;
    return false;
}

int cli_member_arguments(const cli_grid *g, const cli_member *m, const char *dir, bool resume,
                         const char *argument[CLI_MOST_ARGUMENTS])
{
    /* The texts "--name".  They are the same for all members. */
    static char dashed[CLI_MOST_OPTIONS][40];
    const cli_experiment *const e = g->e;
    int n = 0;
    argument[n++] = e->command->name;
    for (int k = 0; k < e->n_keys; k++) {
        const ot_option *const o = e->key[k].option;
        const char *const text = cli_member_value(g, m, k);
        if (!text || (resume && !goes_with_source(e->command, o->name))) continue;
        snprintf(dashed[k], sizeof dashed[k], "--%s", o->name);
        if (ot__option_has_argument(o)) {
            argument[n++] = dashed[k];
            argument[n++] = text;
        } else if (strcmp(text, "true") == 0) {
            argument[n++] = dashed[k];
        }
    }
    n = cli_plugins_arguments(argument, n);
    argument[n++] = resume ? "--resume" : "--out";
    argument[n++] = dir;
    argument[n] = NULL;
    return n;
}
