/* SPDX-License-Identifier: BSD-3-Clause
 * Writes model.py, which defines the network as classes of PyTorch, and model.safetensors.  Texts
 * that come from elsewhere, such as the title of a tableau, stand in comments, without control
 * characters, so that they cannot become code. */
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "export/pytorch.h"

/* ---- what the file begins with ---- */

/* Each line of a text as a comment. */
static void write_comment(const char *text, FILE *to)
{
    while (*text) {
        const size_t n = strcspn(text, "\n");
        char *const line = ot__format("%.*s", (int)n, text);
        if (line) ot__make_printable(line);
        fprintf(to, line && *line ? "# %s\n" : "#\n", line ? line : "");
        ot__free(line);
        text += n + (text[n] == '\n');
    }
}

static void write_scheme(const ot_scheme *s, FILE *to)
{
    const ot_scheme_kind *const kind = ot_scheme_table(s);
    fputs("#\n", to);
    if (ot_scheme_text(s)) {
        write_comment(ot_scheme_text(s), to);
        return;
    }
    char *const text = ot__format("scheme    = %s\nequation  = %s%s%s\n", ot_scheme_name(s),
                                  kind->about.equation ? kind->about.equation : "",
                                  kind->about.reference ? "\nreference = " : "",
                                  kind->about.reference ? kind->about.reference : "");
    if (text) write_comment(text, to);
    ot__free(text);
}

static void write_head(const ot__export *e, FILE *to)
{
    const ot_scheme *s;
    const char *const blocks = ot_net_options(e->net)->blocks;
    fprintf(to, "# Written by odetape %s.\n", ot_version());
    char *const about =
        ot__format("The network: %s%s%s", blocks ? blocks : "a tape",
                   e->opts.source ? "\nThe weights: " : "", e->opts.source ? e->opts.source : "");
    if (about) write_comment(about, to);
    ot__free(about);
    if (ot_net_scheme(e->net, 0))
        fputs(
            "#\n# A block advances x by one step of its scheme, with a small network f of its own "
            "for each\n# stage: k_i = f_i(x + sum_j a_ij k_j), y = x + sum_i b_i k_i.\n",
            to);
    for (int i = 0; (s = ot_net_scheme(e->net, i)) != NULL; i++)
        write_scheme(s, to);
    fputs("\"\"\"An image classifier.\n\n"
          "    from model import load\n\n"
          "    model = load(\"model.safetensors\")\n"
          "    logits = model(images)  # (N, channels, height, width), numbers from 0 to 1\n\n"
          "The functions evaluate and train show how to go on.\n\"\"\"\n\n"
          "import json\nfrom pathlib import Path\n\nimport torch\nimport torch.nn.functional as F\n"
          "from torch import nn\n",
          to);
}

static void write_numbers(const char *name, int n, const float x[], FILE *to)
{
    ot__real text;
    fprintf(to, "%s = (", name);
    for (int c = 0; c < n; c++)
        fprintf(to, "%s%s", ot__float_text(&text, x[c]), c + 1 < n ? ", " : n == 1 ? "," : "");
    fputs(")\n", to);
}

static void write_classes_list(const ot__export *e, FILE *to)
{
    const int n = ot_net_options(e->net)->classes;
    json_t *names = json_array();
    for (int k = 0; k < n; k++) {
        json_t *name = NULL;
        if (ot__json_text(e->opts.class_names[k], &name) != OT_OK) name = json_string("?");
        ot__json_append(&names, name);
    }
    char *const text = names ? json_dumps(names, JSON_ENSURE_ASCII) : NULL;
    if (text) fprintf(to, "CLASSES = %s\n", text);
    free(text);
    json_decref(names);
}

static void write_constants(const ot__export *e, FILE *to)
{
    const ot_normalisation n = ot_params_normalisation(e->ps);
    if (n.channels > 0 || e->opts.class_names) fputc('\n', to);
    if (n.channels > 0) {
        fputs("# Images are normalised by these numbers of each channel.\n", to);
        write_numbers("MEAN", n.channels, n.mean, to);
        write_numbers("DEVIATION", n.channels, n.deviation, to);
    }
    if (e->opts.class_names) write_classes_list(e, to);
}

/* ---- what it ends with ---- */

static const char loading[] =
    "\n\ndef read_tensors(path):\n"
    "    \"\"\"The tensors of a safetensors file, by name.\"\"\"\n"
    "    data = bytearray(Path(path).read_bytes())\n"
    "    begin_of_data = 8 + int.from_bytes(data[:8], \"little\")\n"
    "    header = json.loads(data[8:begin_of_data])\n"
    "    data = data[begin_of_data:]\n"
    "    header.pop(\"__metadata__\", None)\n"
    "    tensors = {}\n"
    "    for name, entry in header.items():\n"
    "        begin, end = entry[\"data_offsets\"]\n"
    "        if entry[\"dtype\"] != \"F32\":\n"
    "            raise ValueError(f\"{name} is {entry['dtype']}; F32 is expected\")\n"
    "        tensor = torch.frombuffer(data[begin:end], dtype=torch.float32)\n"
    "        tensors[name] = tensor.reshape(entry[\"shape\"])\n"
    "    return tensors\n"
    "\n\ndef load(path=None):\n"
    "    \"\"\"The network with the weights of a file; None: model.safetensors beside this "
    "file.\"\"\"\n"
    "    if path is None:\n"
    "        path = Path(__file__).with_name(\"model.safetensors\")\n"
    "    model = Network()\n"
    "    missing, unknown = model.load_state_dict(read_tensors(path), strict=False)\n"
    "    missing = [name for name in missing if not name.endswith(\"num_batches_tracked\")]\n"
    "    if missing or unknown:\n"
    "        raise ValueError(f\"{path}: missing {missing}, unknown {unknown}\")\n"
    "    return model.eval()\n";

static const char evaluating[] =
    "\n\ndef evaluate(model, batches):\n"
    "    \"\"\"The accuracy over batches of images and labels.\"\"\"\n"
    "    model.eval()\n"
    "    correct = count = 0\n"
    "    with torch.no_grad():\n"
    "        for images, labels in batches:\n"
    "            correct += (model(images).argmax(dim=1) == labels).sum().item()\n"
    "            count += len(labels)\n"
    "    return correct / count\n";

static void write_training(const ot__export *e, FILE *to)
{
    const double e_smooth = ot_net_options(e->net)->label_smoothing;
    fputs("\n\ndef train(model, batches, lr=0.01, momentum=0.9, weight_decay=0.0):\n"
          "    \"\"\"One epoch of stochastic gradient descent.\"\"\"\n"
          "    model.train()\n"
          "    optimiser = torch.optim.SGD(model.parameters(), lr, momentum, "
          "weight_decay=weight_decay)\n"
          "    for images, labels in batches:\n",
          to);
    if (e_smooth > 0)
        fprintf(to, "        loss = F.cross_entropy(model(images), labels, label_smoothing=%s)\n",
                OT__REAL(e_smooth));
    else
        fputs("        loss = F.cross_entropy(model(images), labels)\n", to);
    fputs("        optimiser.zero_grad()\n"
          "        loss.backward()\n"
          "        optimiser.step()\n",
          to);
}

static ot_status write_model(FILE *to, void *user)
{
    const ot__pytorch *const p = user;
    write_head(p->e, to);
    write_constants(p->e, to);
    ot__pytorch_helpers(p, to);
    for (size_t c = 0; c < p->n_classes; c++)
        OT_TRY(ot__pytorch_write_class(p, &p->class[c], to));
    fputs(loading, to);
    fputs(evaluating, to);
    write_training(p->e, to);
    return OT_OK;
}

/* ---- the export ---- */

/* Dissolves modules until each can be computed at one time. */
static ot_status untangle(ot__pytorch *p)
{
    for (int k = 0; k < (int)p->n_modules; k++) {
        int stuck = OT__NOWHERE;
        ot__items items;
        if (k != OT__ROOT && !p->module[k].first_record) continue;
        const ot_status status = ot__pytorch_items(p, k, &items, &stuck);
        ot__pytorch_items_free(&items);
        OT_TRY(status);
        if (stuck == OT__NOWHERE) continue;
        p->module[stuck].dissolved = true;
        ot__pytorch_owners(p);
        k = -1;
    }
    return OT_OK;
}

static ot_status check_ops(const ot__walk *w)
{
    for (int id = 1; id < (int)w->tape->n; id++) {
        const ot__record *const r = &ot__walk_node(w, id)->record;
        if (!w->needed[id] || !r->op) continue;
        if (!ot__pytorch_can(r->op))
            return ot__fail(OT_EINVAL,
                            "pytorch: the op '%s' in the scope '%.60s' cannot be exported: there "
                            "is no emitter for it",
                            r->op->name, ot__walk_node(w, id)->scope);
        if (r->batched && r->shape.rank != 4 && r->shape.rank != 2)
            return ot__fail(OT_EINVAL,
                            "pytorch: the result of '%s' in the scope '%.60s' is %s; tensors with "
                            "a batch must be (N,H,W,C) or (N,C)",
                            r->op->name, ot__walk_node(w, id)->scope, ot__shape_text(r->shape));
    }
    return OT_OK;
}

/* Of parameters that the logits do not need, nothing is known to PyTorch. */
static ot_status check_tensors(const ot__pytorch *p)
{
    for (int id = 1; id < (int)p->walk.tape->n; id++) {
        const ot__node *const n = ot__walk_node(&p->walk, id);
        if (ot__is_tensor(n) && !p->walk.needed[id])
            return ot__fail(OT_EINVAL, "pytorch: the logits do not depend on the tensor '%.200s'",
                            n->name);
    }
    return OT_OK;
}

static ot_status make(ot__pytorch *p)
{
    OT_TRY(ot__walk_open("pytorch", p->e->net, &p->walk));
    OT_TRY(check_ops(&p->walk));
    OT_TRY(check_tensors(p));
    OT_TRY(ot__pytorch_tree(p));
    OT_TRY(untangle(p));
    return ot__pytorch_classes(p);
}

static ot_status save(ot__pytorch *p)
{
    char *const model = ot__format("%s/model.py", p->e->path);
    char *const weights = ot__format("%s/model.safetensors", p->e->path);
    ot_status status = model && weights ? ot__export_directory(p->e) : OT_ENOMEM;
    if (status == OT_OK) status = ot_params_save(p->e->ps, weights, 0, NULL);
    if (status == OT_OK) status = ot__file_fill(model, write_model, p);
    ot__free(weights);
    ot__free(model);
    return status;
}

static void free_all(ot__pytorch *p)
{
    for (size_t c = 0; c < p->n_classes; c++) {
        ot__free(p->class[c].argument);
        ot__free(p->class[c].argument_name);
    }
    ot__free(p->class);
    ot__free(p->module);
    ot__free(p->home);
    ot__free(p->owner);
    ot__free(p->through);
    ot__free(p->inside);
    ot__strings_free(&p->strings);
    ot__walk_free(&p->walk);
}

static ot_status write_directory(const ot__export *e)
{
    ot__pytorch p = { .e = e };
    ot_status status = make(&p);
    if (status == OT_OK) status = save(&p);
    free_all(&p);
    return status;
}

const ot__format_kind ot__format_pytorch = {
    .about = { .name = "pytorch",
               .what = "model.py, a module of PyTorch, and model.safetensors",
               .directory = true },
    .write = write_directory,
};
