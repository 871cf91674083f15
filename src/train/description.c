/* SPDX-License-Identifier: BSD-3-Clause
 * The metadata of files, the entries of the journal and the values that a resume compares are all
 * made here from the tables of ot_option.  So a new option is in all three as soon as its row is in
 * a table. */
#include "train/description.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/normalisation.h"
#include "base/option.h"
#include "train/plugins.h"

enum { KEY = 24 }; /* bytes of "scheme.31" */

/* ---- metadata ---- */

static ot_status add_rows(const ot_option *row, const void *of, ot__pairs *to)
{
    char value[OT__OPTION_TEXT];
    for (; row->name; row++) {
        if (!ot__option_is_written(row, of)) continue;
        ot__option_write(row, of, value, sizeof value);
        OT_TRY(ot__pairs_add(to, row->name, value));
    }
    return OT_OK;
}

/* The text of the i-th tableau of a network; NULL if there are no more.  A scheme without a tableau
 * is described by its name and attributes, which stand in the description of the blocks. */
static const char *tableau_text(const ot_net *net, int i)
{
    const ot_scheme *s;
    for (int k = 0; (s = ot_net_scheme(net, k)) != NULL; k++)
        if (ot_scheme_tableau(s) && i-- == 0) return ot_scheme_text(s);
    return NULL;
}

/* All of a network but its plugins. */
static ot_status add_net(const ot_net *net, ot__pairs *to)
{
    char key[KEY];
    const char *text;
    OT_TRY(ot__pairs_add(to, "odetape", ot_version()));
    OT_TRY(add_rows(ot_net_rows, ot_net_options(net), to));
    OT_TRY(add_rows(ot_net_shape_rows, ot_net_options(net), to));
    for (int i = 0; (text = tableau_text(net, i)) != NULL; i++) {
        snprintf(key, sizeof key, "scheme.%d", i);
        OT_TRY(ot__pairs_add(to, key, text));
    }
    return OT_OK;
}

ot_status ot__describe_net(const ot_net *net, ot__pairs *to)
{
    OT_TRY(add_net(net, to));
    return ot__describe_plugins((ot__plugin_user){ .net = net }, to);
}

/* Adds a pair unless the value is missing: a data set from memory has no path, and may have no
 * fingerprint. */
static ot_status add_known(ot__pairs *to, const char *key, const char *value)
{
    return value && *value ? ot__pairs_add(to, key, value) : OT_OK;
}

/* The names of the classes, one per line, unless they are their numbers. */
static ot_status add_class_names(const ot_dataset *d, ot__pairs *to)
{
    enum { LINE = 40 };
    const int n = ot_dataset_classes(d);
    bool numbers = true;
    char *const text = ot__new((size_t)n, LINE), *end = text;
    if (!text) return OT_ENOMEM;
    for (int k = 0; k < n; k++) {
        char number[LINE];
        const char *const name = ot_dataset_class_name(d, k);
        snprintf(number, sizeof number, "%d", k);
        numbers &= strcmp(name, number) == 0;
        end += snprintf(end, LINE, "%s%s", k > 0 ? "\n" : "", name);
    }
    const ot_status status = numbers ? OT_OK : ot__pairs_add(to, "class-names", text);
    ot__free(text);
    return status;
}

ot_status ot__describe_training(const ot_train_opts *o, ot__pairs *to)
{
    OT_TRY(add_net(o->net, to));
    OT_TRY(ot__describe_plugins((ot__plugin_user){ o->net, o }, to));
    OT_TRY(add_rows(ot_train_rows, o, to));
    OT_TRY(add_known(to, "data", ot_dataset_where(o->train)));
    OT_TRY(add_class_names(o->train, to));
    OT_TRY(add_known(to, "train-fingerprint", ot_dataset_fingerprint(o->train)));
    return add_known(to, "test-fingerprint", ot_dataset_fingerprint(o->test));
}

/* ---- JSON ---- */

/* Every row, or only those that are worth a line in a file. */
static void set_rows(json_t **json, const ot_option *row, const void *of, bool every)
{
    for (; row->name; row++)
        if (every || ot__option_is_written(row, of))
            ot__json_set(json, row->name, ot__option_json(row, of));
}

json_t *ot__description_json(const ot_net *net, const ot_params *params)
{
    char text[OT__NORMALISATION_TEXT], key[KEY];
    const char *tableau;
    json_t *json = json_object();
    set_rows(&json, ot_net_rows, ot_net_options(net), true);
    set_rows(&json, ot_net_shape_rows, ot_net_options(net), true);
    for (int i = 0; (tableau = tableau_text(net, i)) != NULL; i++) {
        snprintf(key, sizeof key, "scheme.%d", i);
        ot__json_set(&json, key, json_string(tableau));
    }
    const ot_normalisation n = ot_params_normalisation(params);
    ot__normalisation_write(n.channels, n.mean, text);
    ot__json_set(&json, OT__KEY_MEAN, json_string(text));
    ot__normalisation_write(n.channels, n.deviation, text);
    ot__json_set(&json, OT__KEY_DEVIATION, json_string(text));
    return json;
}

json_t *ot__journal_net_json(const ot_net *net, const ot_net_info *info)
{
    json_t *json = json_object();
    set_rows(&json, ot_net_rows, ot_net_options(net), false);
    ot__json_set(&json, "evaluations", json_integer(info->evaluations));
    ot__json_set(&json, "convs", json_integer(info->convs));
    ot__json_set(&json, "params", json_integer((json_int_t)info->params));
    return json;
}

json_t *ot__options_json(const ot_train_opts *o)
{
    json_t *json = json_object();
    set_rows(&json, ot_train_rows, o, false);
    return json;
}
