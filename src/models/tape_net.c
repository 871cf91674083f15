/* SPDX-License-Identifier: BSD-3-Clause
 * Makes a network of a tape that the caller recorded: any stem, head and loss.  Its description in
 * files is a digest of the tape's listing, "tape:0123...", because a file cannot hold the program
 * that recorded it. */
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "autograd/tape.h"
#include "base/check.h"
#include "base/memory.h"
#include "models/net.h"

/* ---- the digest ---- */

static void add_text(XXH3_state_t *hash, const char *text)
{
    XXH3_128bits_update(hash, text ? text : "", strlen(text ? text : "") + 1);
}

static void add_int(XXH3_state_t *hash, int value)
{
    char text[16];
    snprintf(text, sizeof text, "%d", value);
    add_text(hash, text);
}

/* Adds a line of the listing: the op or the kind and name of a leaf, operands and shape. */
static void add_node(XXH3_state_t *hash, const ot__node *node)
{
    const ot__record *const r = &node->record;
    add_text(hash, r->op ? r->op->name : node->name);
    add_int(hash, (int)node->leaf);
    for (int k = 0; k < r->n_in; k++)
        add_int(hash, r->in[k].id);
    add_int(hash, r->shape.rank);
    for (int k = r->batched ? 1 : 0; k < r->shape.rank; k++)
        add_int(hash, r->shape.dim[k]);
    if (!ot__has_rule(node->rule)) return; /* as before there were rules */
    char rule[48];
    snprintf(rule, sizeof rule, "lr %.17g, decay %d", node->rule.lr, !node->rule.no_decay);
    add_text(hash, rule);
}

/* Writes "tape:" and 32 hexadecimal digits.  The batch is not part of the digest. */
static ot_status write_digest(const ot_tape *t, char *text, size_t size)
{
    XXH3_state_t *hash = XXH3_createState();
    if (!hash) return OT_ENOMEM;
    XXH3_128bits_reset(hash);
    for (size_t id = 1; id < t->n; id++)
        add_node(hash, &t->node[id]);
    const XXH128_hash_t sum = XXH3_128bits_digest(hash);
    XXH3_freeState(hash);
    snprintf(text, size, "tape:%016llx%016llx", (unsigned long long)sum.high64,
             (unsigned long long)sum.low64);
    return OT_OK;
}

/* ---- checks ---- */

static bool is_leaf(const ot_tape *t, ot_var v, ot__leaf kind)
{
    return v.id > 0 && (size_t)v.id < t->n && t->node[v.id].leaf == kind;
}

/* Second labels and the weights of the first ones, if there are any. */
static ot_status check_second(const ot_tape *t, const ot_net_vars *v)
{
    const int batch = ot_var_shape(t, v->images).dim[0];
    if (!v->second_labels.id && !v->label_weight.id) return OT_OK;
    if (!is_leaf(t, v->second_labels, OT__LABELS) || v->second_labels.id == v->labels.id ||
        !is_leaf(t, v->label_weight, OT__INPUT) || ot_var_shape(t, v->label_weight).rank != 1)
        return ot__fail(OT_EINVAL,
                        "net: second labels must be another ot_labels leaf of the tape, and "
                        "label_weight an ot_input of shape (N); give both, or neither");
    if (ot_var_shape(t, v->second_labels).dim[0] == batch &&
        ot_var_shape(t, v->label_weight).dim[0] == batch)
        return OT_OK;
    return ot__fail(
        OT_ESHAPE, "net: there are %d second labels and %d weights for a batch of %d images",
        ot_var_shape(t, v->second_labels).dim[0], ot_var_shape(t, v->label_weight).dim[0], batch);
}

static ot_status check_inputs(const ot_tape *t, const ot_net_vars *v)
{
    if (!is_leaf(t, v->images, OT__INPUT) || ot_var_shape(t, v->images).rank != 4)
        return ot__fail(OT_EINVAL, "net: images must be an ot_input of shape (N, H, W, channels)");
    if (!is_leaf(t, v->labels, OT__LABELS))
        return ot__fail(OT_EINVAL, "net: labels must be an ot_labels leaf of the tape");
    OT_TRY(check_second(t, v));
    for (size_t id = 1; id < t->n; id++)
        if ((t->node[id].leaf == OT__INPUT && (int)id != v->images.id &&
             (int)id != v->label_weight.id) ||
            (t->node[id].leaf == OT__LABELS && (int)id != v->labels.id &&
             (int)id != v->second_labels.id))
            return ot__fail(OT_EINVAL,
                            "net: the tape has a second input, %.80s; a training can only fill in "
                            "one input of images and one of labels",
                            t->node[id].name);
    const int batch = ot_var_shape(t, v->images).dim[0];
    if (ot_var_shape(t, v->labels).dim[0] == batch) return OT_OK;
    return ot__fail(OT_ESHAPE, "net: there are %d labels for a batch of %d images",
                    ot_var_shape(t, v->labels).dim[0], batch);
}

static ot_status check_results(const ot_tape *t, const ot_net_vars *v)
{
    const ot_shape logits = ot_var_shape(t, v->logits), loss = ot_var_shape(t, v->loss);
    if (!v->loss.id || loss.rank != 0)
        return ot__fail(OT_EINVAL, "net: the loss is missing or is no scalar; it is for example "
                                   "what ot_softmax_xent returns");
    if (logits.rank != 2 || logits.dim[0] != ot_var_shape(t, v->images).dim[0] || logits.dim[1] < 2)
        return ot__fail(OT_ESHAPE, "net: logits must have the shape (N, classes) with the batch N "
                                   "of the images and at least 2 classes");
    return OT_OK;
}

/* ---- making one ---- */

static ot_status fill(ot_net *net, const ot_tape *t, const ot_net_vars *v)
{
    const ot_shape images = ot_var_shape(t, v->images);
    OT_TRY(write_digest(t, net->blocks_text, sizeof net->blocks_text));
    net->borrowed = t;
    net->images = v->images;
    net->labels = v->labels;
    net->second_labels = v->second_labels;
    net->label_weight = v->label_weight;
    net->logits = v->logits;
    net->loss = v->loss;
    net->opts = (ot_net_opts){ .blocks = net->blocks_text,
                               .image = images.dim[1],
                               .channels = images.dim[3],
                               .classes = ot_var_shape(t, v->logits).dim[1],
                               .batch = images.dim[0],
                               .h = 1,
                               .second_labels = v->second_labels.id != 0 };
    net->segments.of = ot__new(1, sizeof *net->segments.of);
    if (!net->segments.of) return OT_ENOMEM;
    net->segments.of[net->segments.n++] =
        (ot__segment){ .name = "network", .x = v->images, .y = v->loss };
    return OT_OK;
}

ot_status ot_net_of_tape(const ot_tape *t, const ot_net_vars *vars, ot_net **out)
{
    OT_TRY(ot__check_given("net", "where to put it", out));
    *out = NULL;
    OT_TRY(ot__check_given("net", "the tape", t));
    OT_TRY(ot__check_given("net", "its vars", vars));
    if (ot_tape_status(t) != OT_OK) return ot__fail(ot_tape_status(t), "%s", ot_tape_message(t));
    OT_TRY(check_inputs(t, vars));
    OT_TRY(check_results(t, vars));
    ot_net *net = ot__new(1, sizeof *net);
    if (!net) return OT_ENOMEM;
    const ot_status status = fill(net, t, vars);
    if (status == OT_OK)
        *out = net;
    else
        ot_net_free(net);
    return status;
}
