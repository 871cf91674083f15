/* SPDX-License-Identifier: BSD-3-Clause
 * The plugins whose parts a network or a training uses, its images included, in metadata and JSON,
 * and their comparison with those that a file was made with. */
#ifndef OT_TRAIN_PLUGINS_H
#define OT_TRAIN_PLUGINS_H

#include <jansson.h>

#include "base/status.h"
#include "store/pairs.h"
#include "store/safetensors.h"

/* A network and, unless opts is NULL, the schedule and the optimiser of its training. */
typedef struct ot__plugin_user {
    const ot_net *net;
    const ot_train_opts *opts;
} ot__plugin_user;

/* Adds "plugin.0" (the name), "plugin.0.path", "plugin.0.hash", "plugin.1", ...  OT_ENOMEM. */
ot_status ot__describe_plugins(ot__plugin_user u, ot__pairs *to);
/* An array of objects with name, path and hash; NULL if there is no memory. */
json_t *ot__plugins_json(ot__plugin_user u);
/* Those of a training: an object with the hash of each name; NULL if there is no memory. */
json_t *ot__plugin_hashes_json(const ot_train_opts *opts);

/* Compares two such objects; NULL stands for an empty one.  OT_EINVAL names the first plugin that
 * differs.  With opts->accept_plugins, opts->on_note gets the sentence instead. */
ot_status ot__plugins_check(const char *path, const json_t *then, const json_t *now,
                            const ot_train_opts *opts);

/* For a network that could not be built: adds to the message which plugin of the file is not
 * loaded, if there is one.  Returns status. */
ot_status ot__explain_plugins(const ot__st_file *f, ot_status status);

#endif
