/* SPDX-License-Identifier: BSD-3-Clause
 * Files that describe themselves: weights are saved with the description of their network and
 * training, and a network is built from the description in a file.  Files may come from anybody.
 * So a description must not name another file, and the shapes in the file's header are compared
 * with those of the network before any memory for tensors is allocated. */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/intern.h"
#include "base/memory.h"
#include "base/option.h"
#include "store/safetensors.h"
#include "train/description.h"
#include "train/parts.h"
#include "train/plugins.h"
#include "train/training.h"

/* ---- saving ---- */

static ot_status add_all(ot__pairs *to, int n, const char *const metadata[][2])
{
    for (int i = 0; i < n; i++) {
        OT_TRY(ot__check_given("save", "a key of the metadata", metadata[i][0]));
        OT_TRY(ot__check_given("save", "a value of the metadata", metadata[i][1]));
        OT_TRY(ot__pairs_add(to, metadata[i][0], metadata[i][1]));
    }
    return OT_OK;
}

ot_status ot__training_describe(ot__training *t)
{
    ot_train_opts *const o = &t->opts;
    OT_TRY(ot__describe_training(o, &t->metadata));
    OT_TRY(add_all(&t->metadata, o->n_metadata, o->metadata));
    o->n_metadata = (int)t->metadata.n;
    o->metadata = (const char *const(*)[2])t->metadata.pair;
    return OT_OK;
}

ot_status ot_net_save(const ot_net *net, ot_params *params, const char *path, int n,
                      const char *const metadata[][2])
{
    ot__pairs all = { 0 };
    OT_TRY(ot__check_given("save", "the network", net));
    OT_TRY(ot__check_list("save", "pairs of metadata", n, metadata));
    ot_status status = ot__describe_net(net, &all);
    if (status == OT_OK) status = add_all(&all, n, metadata);
    if (status == OT_OK)
        status = ot_params_save(params, path, (int)all.n, (const char *const(*)[2])all.pair);
    ot__pairs_free(&all);
    return status;
}

ot_status ot_train_save(const ot_train_opts *opts, const char *name, int n,
                        const char *const metadata[][2])
{
    ot__pairs all = { 0 };
    ot_train_opts used;
    OT_TRY(ot__train_options(opts, false, &used));
    OT_TRY(ot__check_list("save", "pairs of metadata", n, metadata));
    ot_status status = ot__describe_training(&used, &all);
    if (status == OT_OK) status = add_all(&all, n, metadata);
    if (status == OT_OK)
        status =
            ot_run_save(used.run, name, used.params, (int)all.n, (const char *const(*)[2])all.pair);
    ot__pairs_free(&all);
    return status;
}

/* ---- reading ---- */

enum { MOST_SCHEMES = 32 };

/* Reads the rows that the file has.  `required` names one that it must have.  Texts point into the
 * file. */
static ot_status read_rows(const ot__st_file *f, const ot_option *row, const char *required,
                           void *of)
{
    for (; row->name; row++) {
        const char *const value = ot__st_metadata(&f->header, row->name);
        if (!value && strcmp(row->name, required) == 0)
            return ot__fail(OT_EFORMAT, "%s: there is no metadata named %s", f->path, row->name);
        if (value && ot__option_read(row, value, of) != OT_OK)
            return ot__fail(OT_EFORMAT, "%s: %s", f->path, ot_message());
    }
    return OT_OK;
}

/* The schemes in the metadata of a file, to be freed; *n of them, also on failure. */
static ot_status read_schemes(const ot__st_file *f, int *n, ot_scheme *scheme[MOST_SCHEMES])
{
    for (*n = 0; *n < MOST_SCHEMES; ++*n) {
        char key[24], origin[512];
        snprintf(key, sizeof key, "scheme.%d", *n);
        snprintf(origin, sizeof origin, "%.480s: %s", f->path, key);
        const char *const text = ot__st_metadata(&f->header, key);
        if (!text) return OT_OK; /* there are no more */
        OT_TRY(ot_scheme_parse(text, origin, &scheme[*n]));
    }
    return OT_OK;
}

/* Whether a description of blocks has the path of a tableau file: a slash or a dot outside of the
 * attributes of schemes. */
static bool names_a_file(const char *blocks)
{
    int depth = 0;
    for (const char *at = blocks; *at; at++) {
        depth += (*at == '(') - (*at == ')');
        if (depth <= 0 && strchr("/.", *at)) return true;
    }
    return false;
}

static ot_status build(const char *path, const ot_net_opts *opts, ot_net **net)
{
    if (strncmp(opts->blocks, "tape:", 5) == 0)
        return ot__fail(OT_EFORMAT,
                        "%s: the network was recorded by a program of its own (%.40s); only that "
                        "program can read the file",
                        path, opts->blocks);
    if (names_a_file(opts->blocks))
        return ot__fail(OT_EFORMAT, "%s: the network '%.80s' names a file", path, opts->blocks);
    const ot_status status = ot_net_new(opts, net);
    if (status == OT_OK) return OT_OK;
    return ot__fail(status == OT_EINVAL ? OT_EFORMAT : status, "%s: %s", path, ot_message());
}

static ot_status check_shapes(const char *path, const ot_net *net)
{
    ot_params *shapes = NULL;
    ot_status status = ot_params_new(ot_net_tape(net), &shapes);
    if (status == OT_OK) status = ot_params_check(shapes, path);
    ot_params_free(shapes);
    return status;
}

static ot_status open_net(const ot__st_file *f, int batch, ot_net **net)
{
    ot_net_opts opts = { .batch = batch };
    ot_scheme *scheme[MOST_SCHEMES];
    OT_TRY(read_rows(f, ot_net_rows, "net", &opts));
    OT_TRY(read_rows(f, ot_net_shape_rows, "", &opts));
    ot_status status = read_schemes(f, &opts.n_schemes, scheme);
    opts.schemes = (const ot_scheme *const *)scheme;
    if (status == OT_OK) {
        status = build(f->path, &opts, net);
        if (status == OT_EFORMAT) status = ot__explain_plugins(f, status);
    }
    if (status == OT_OK) status = check_shapes(f->path, *net);
    for (int i = 0; i < opts.n_schemes; i++)
        ot_scheme_free(scheme[i]);
    return status;
}

ot_status ot_net_open(const char *path, int batch, ot_net **net)
{
    ot__st_file f;
    OT_TRY(ot__check_given("net", "where to put it", net));
    *net = NULL;
    OT_TRY(ot__check_given("net", "the path", path));
    OT_TRY(ot__st_open(path, &f));
    const ot_status status = open_net(&f, batch, net);
    ot__st_close(&f);
    if (status == OT_OK) return OT_OK;
    ot_net_free(*net);
    *net = NULL;
    return status;
}

/* Copies texts that point into a file, which will be closed. */
static ot_status keep_texts(const ot_option *row, void *of)
{
    for (; row->name; row++) {
        if (row->kind != OT_OPTION_TEXT) continue;
        const char **const text = (const char **)((char *)of + row->offset);
        if (*text && !(*text = ot__intern(*text)))
            return ot__fail(OT_ENOMEM, "out of memory for an option");
    }
    return OT_OK;
}

/* Checks that the parts of a training are there; they may be those of a plugin. */
static ot_status check_parts(const ot__st_file *f, const ot_train_opts *o)
{
    const ot__registry *const registry[] = { ot__optimisers(), ot__schedules() };
    const char *const text[] = { o->optimiser, o->schedule };
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        ot__part part;
        if (!text[i]) continue;
        ot_status status = ot__part_read(registry[i], text[i], &part);
        ot__part_free(&part);
        if (status == OT_EINVAL) status = ot__fail(OT_EFORMAT, "%s: %s", f->path, ot_message());
        if (status == OT_EFORMAT) status = ot__explain_plugins(f, status);
        if (status != OT_OK) return status;
    }
    return OT_OK;
}

ot_status ot_train_read(const char *path, ot_train_opts *opts)
{
    ot__st_file f;
    OT_TRY(ot__check_given("training", "the path", path));
    OT_TRY(ot__check_given("training", "its options", opts));
    OT_TRY(ot__st_open(path, &f));
    ot_train_opts read = *opts;
    ot_status status = read_rows(&f, ot_train_rows, "epochs", &read);
    if (status == OT_OK) status = keep_texts(ot_train_rows, &read);
    if (status == OT_OK) status = check_parts(&f, &read);
    if (status == OT_OK) *opts = read;
    ot__st_close(&f);
    return status;
}
