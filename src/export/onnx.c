/* SPDX-License-Identifier: BSD-3-Clause
 * Writes a model of ONNX: the records that the logits need, of the network with fused batch
 * norms. */
#include <limits.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "export/onnx.h"
#include "export/onnx_graph.h"

enum { IR_VERSION = 7, OPSET = 13, FLOAT = 1 };

/* ---- nodes ---- */

static ot_status refuse(const ot__node *n)
{
    return ot__fail(
        OT_EINVAL,
        "onnx: the op '%s' in the scope '%.60s' cannot be exported: there is no emitter "
        "for it",
        n->record.op->name, n->scope);
}

static const char *add_images(ot__onnx *g)
{
    const ot_normalisation n = ot_params_normalisation(g->ps);
    if (n.channels == 0) return "images";
    const char *const mean = ot__onnx_channels(g, "image_mean", n.channels, n.mean);
    const char *const deviation = ot__onnx_channels(g, "image_deviation", n.channels, n.deviation);
    const char *const centred =
        ot__onnx_add(g, &(ot__onnx_op){ .type = "Sub", .in = { "images", mean } });
    return ot__onnx_add(g, &(ot__onnx_op){ .type = "Div", .in = { centred, deviation } });
}

static ot_status add_leaf(ot__onnx *g, const ot__node *n, const char **name)
{
    const int i = ot_params_find(g->ps, n->name);
    const float *const value = ot_params_value(g->ps, i, OT_F32);
    if (!value) return OT_ENOMEM;
    *name = ot__onnx_tensor(g, ot__say(&g->strings, "%s", n->name), n->record.shape, value);
    return OT_OK;
}

static ot_status add_records(ot__onnx *g, const char **name)
{
    const ot__walk *const w = g->walk;
    for (int id = 1; id <= w->logits; id++) {
        const ot__node *const n = ot__walk_node(w, id);
        if (!w->needed[id]) continue;
        if (id == w->images)
            name[id] = add_images(g);
        else if (n->leaf)
            OT_TRY(add_leaf(g, n, &name[id]));
        else if (!(name[id] = ot__onnx_record(g, id, name)))
            return refuse(n);
    }
    if (g->n_nodes > 0) g->node[g->n_nodes - 1]->output[0] = (char *)"logits";
    return g->failed || g->strings.failed ? OT_ENOMEM : OT_OK;
}

/* ---- the model ---- */

typedef struct port {
    Onnx__ValueInfoProto info;
    Onnx__TypeProto type;
    Onnx__TypeProto__Tensor tensor;
    Onnx__TensorShapeProto shape;
    Onnx__TensorShapeProto__Dimension dim[4], *dims[4];
} port;

/* An input or a result, whose first dimension is the batch. */
static void fill_port(port *p, const char *name, int rank, const int dim[])
{
    onnx__value_info_proto__init(&p->info);
    onnx__type_proto__init(&p->type);
    onnx__type_proto__tensor__init(&p->tensor);
    onnx__tensor_shape_proto__init(&p->shape);
    p->info.name = (char *)name;
    p->info.type = &p->type;
    p->type.value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    p->type.tensor_type = &p->tensor;
    p->tensor.has_elem_type = true;
    p->tensor.elem_type = FLOAT;
    p->tensor.shape = &p->shape;
    p->shape.n_dim = (size_t)rank;
    p->shape.dim = p->dims;
    for (int k = 0; k < rank; k++) {
        onnx__tensor_shape_proto__dimension__init(&p->dim[k]);
        p->dims[k] = &p->dim[k];
        p->dim[k].value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
        p->dim[k].dim_value = dim[k];
    }
    p->dim[0].value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
    p->dim[0].dim_param = (char *)"N";
}

static ot_status save(const ot__export *e, const Onnx__ModelProto *model)
{
    const size_t size = onnx__model_proto__get_packed_size(model);
    if (size > INT_MAX)
        return ot__fail(OT_EINVAL, "onnx: the model has %zu bytes; a file can have %d", size,
                        INT_MAX);
    uint8_t *const data = ot__new(size, 1);
    if (!data) return OT_ENOMEM;
    onnx__model_proto__pack(model, data);
    const ot_status status = ot__file_write(e->path, data, size);
    ot__free(data);
    return status;
}

/* The names of the classes, one per line, as files of odetape have them. */
static const char *class_names(const ot__export *e, ot__onnx *g)
{
    const char *text = "";
    for (int k = 0; k < ot_net_options(e->net)->classes; k++)
        text = ot__say(&g->strings, "%s%s%s", text, k > 0 ? "\n" : "", e->opts.class_names[k]);
    return text;
}

static void fill_model(const ot__export *e, ot__onnx *g, Onnx__ModelProto *model,
                       Onnx__GraphProto *graph)
{
    onnx__model_proto__init(model);
    onnx__graph_proto__init(graph);
    model->has_ir_version = true;
    model->ir_version = IR_VERSION;
    model->producer_name = (char *)"odetape";
    model->producer_version = (char *)ot_version();
    if (e->opts.source) model->doc_string = (char *)e->opts.source;
    model->graph = graph;
    graph->name = (char *)"network";
    graph->n_node = g->n_nodes;
    graph->node = g->node;
    graph->n_initializer = g->n_tensors;
    graph->initializer = g->tensor;
}

static ot_status write_model(const ot__export *e, ot__onnx *g)
{
    Onnx__ModelProto model;
    Onnx__GraphProto graph;
    Onnx__OperatorSetIdProto opset = ONNX__OPERATOR_SET_ID_PROTO__INIT;
    Onnx__StringStringEntryProto names = ONNX__STRING_STRING_ENTRY_PROTO__INIT;
    port in, out;
    const ot_shape x = ot_var_shape(g->walk->tape, (ot_var){ g->walk->images });
    const ot_shape y = ot_var_shape(g->walk->tape, (ot_var){ g->walk->logits });
    fill_port(&in, "images", 4, (const int[]){ 0, x.dim[3], x.dim[1], x.dim[2] });
    fill_port(&out, "logits", 2, y.dim);
    fill_model(e, g, &model, &graph);
    opset.domain = (char *)"";
    opset.has_version = true;
    opset.version = OPSET;
    model.n_opset_import = 1;
    model.opset_import = (Onnx__OperatorSetIdProto *[]){ &opset };
    names.key = (char *)"class-names";
    names.value = (char *)(e->opts.class_names ? class_names(e, g) : "");
    model.n_metadata_props = e->opts.class_names ? 1 : 0;
    model.metadata_props = (Onnx__StringStringEntryProto *[]){ &names };
    graph.n_input = graph.n_output = 1;
    graph.input = (Onnx__ValueInfoProto *[]){ &in.info };
    graph.output = (Onnx__ValueInfoProto *[]){ &out.info };
    return g->strings.failed ? OT_ENOMEM : save(e, &model);
}

static ot_status build(const ot__export *e, const ot_net *net, ot_params *ps)
{
    ot__walk walk;
    ot_status status = ot__walk_open("onnx", net, &walk);
    ot__onnx g = { .walk = &walk, .ps = ps };
    const char **const name = status == OT_OK ? ot__new(walk.tape->n, sizeof *name) : NULL;
    if (status == OT_OK) status = name ? add_records(&g, name) : OT_ENOMEM;
    if (status == OT_OK) status = write_model(e, &g);
    ot__free(name);
    ot__onnx_free(&g);
    ot__walk_free(&walk);
    return status;
}

/* A network that has nothing to fuse is exported as it is. */
ot_status ot__onnx_write(const ot__export *e)
{
    ot_net *fused = NULL;
    ot_params *values = NULL;
    ot_status status = ot_net_fuse(e->net, e->ps, &fused, &values);
    if (status == OT_EINVAL)
        status = build(e, e->net, e->ps);
    else if (status == OT_OK)
        status = build(e, fused, values);
    ot_params_free(values);
    ot_net_free(fused);
    return status;
}
