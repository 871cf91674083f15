/* SPDX-License-Identifier: BSD-3-Clause
 * Nodes and constants of a graph. */
#include "export/onnx_graph.h"

#include <string.h>

#include "base/memory.h"

enum { FLOAT = 1, INT64 = 7 }; /* TensorProto.DataType */

void *ot__onnx_memory(ot__onnx *g, size_t n, size_t size)
{
    void *const memory = ot__new(n ? n : 1, size);
    if (memory && ot__grow((void **)&g->memory, &g->memory_room, g->n_memory + 1,
                           sizeof *g->memory) == OT_OK) {
        g->memory[g->n_memory++] = memory;
        return memory;
    }
    ot__free(memory);
    g->failed = true;
    return NULL;
}

void ot__onnx_free(ot__onnx *g)
{
    for (size_t i = 0; i < g->n_memory; i++)
        ot__free(g->memory[i]);
    ot__free(g->memory);
    ot__free(g->node);
    ot__free(g->tensor);
    ot__strings_free(&g->strings);
}

/* ---- nodes ---- */

static void fill_attribute(ot__onnx *g, const ot__onnx_attribute *from, Onnx__AttributeProto *to)
{
    onnx__attribute_proto__init(to);
    to->name = (char *)from->name;
    to->has_type = true;
    if (from->n == 0) {
        to->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT;
        to->has_f = true;
        to->f = (float)from->real;
    } else if (!from->list) {
        to->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT;
        to->has_i = true;
        to->i = from->value[0];
    } else {
        to->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS;
        to->ints = ot__onnx_memory(g, (size_t)from->n, sizeof *to->ints);
        if (!to->ints) return;
        to->n_ints = (size_t)from->n;
        memcpy(to->ints, from->value, to->n_ints * sizeof *to->ints);
    }
}

static void fill_attributes(ot__onnx *g, const ot__onnx_op *op, Onnx__NodeProto *node)
{
    size_t n = 0;
    while (n < OT__ONNX_ATTRIBUTES && op->attribute[n].name)
        n++;
    Onnx__AttributeProto *const all = ot__onnx_memory(g, n, sizeof *all);
    node->attribute = ot__onnx_memory(g, n, sizeof *node->attribute);
    if (!all || !node->attribute) return;
    node->n_attribute = n;
    for (size_t i = 0; i < n; i++) {
        fill_attribute(g, &op->attribute[i], &all[i]);
        node->attribute[i] = &all[i];
    }
}

const char *ot__onnx_add_list(ot__onnx *g, const ot__onnx_op *op, int n, const char *const in[])
{
    Onnx__NodeProto *const node = ot__onnx_memory(g, 1, sizeof *node);
    const char *const result = ot__say(&g->strings, "v%zu", g->n_nodes + 1);
    if (!node ||
        ot__grow((void **)&g->node, &g->node_room, g->n_nodes + 1, sizeof *g->node) != OT_OK) {
        g->failed = true;
        return "";
    }
    onnx__node_proto__init(node);
    g->node[g->n_nodes++] = node;
    node->op_type = (char *)op->type;
    node->name = (char *)result;
    node->input = ot__onnx_memory(g, (size_t)n, sizeof *node->input);
    node->output = ot__onnx_memory(g, 1, sizeof *node->output);
    if (!node->input || !node->output) return "";
    node->n_input = (size_t)n;
    for (int i = 0; i < n; i++)
        node->input[i] = (char *)in[i];
    node->n_output = 1;
    node->output[0] = (char *)result;
    fill_attributes(g, op, node);
    return result;
}

const char *ot__onnx_add(ot__onnx *g, const ot__onnx_op *op)
{
    int n = 0;
    while (n < OT__ONNX_OPERANDS && op->in[n])
        n++;
    return ot__onnx_add_list(g, op, n, op->in);
}

/* ---- constants ---- */

static const char *add_tensor(ot__onnx *g, const char *name, int type, int rank,
                              const int64_t dim[], const void *data, size_t bytes)
{
    Onnx__TensorProto *const t = ot__onnx_memory(g, 1, sizeof *t);
    if (!t || ot__grow((void **)&g->tensor, &g->tensor_room, g->n_tensors + 1, sizeof *g->tensor) !=
                  OT_OK) {
        g->failed = true;
        return "";
    }
    onnx__tensor_proto__init(t);
    t->name = (char *)name;
    t->has_data_type = true;
    t->data_type = type;
    t->dims = ot__onnx_memory(g, (size_t)rank, sizeof *t->dims);
    if (!t->dims) return "";
    t->n_dims = (size_t)rank;
    if (rank > 0) memcpy(t->dims, dim, (size_t)rank * sizeof *t->dims);
    t->has_raw_data = true;
    t->raw_data = (ProtobufCBinaryData){ bytes, (uint8_t *)data };
    g->tensor[g->n_tensors++] = t;
    return name;
}

static const char *constant_name(ot__onnx *g)
{
    return ot__say(&g->strings, "constant:%zu", g->n_tensors);
}

const char *ot__onnx_integers(ot__onnx *g, int n, const int64_t value[])
{
    const size_t bytes = (size_t)n * sizeof *value;
    int64_t *const copy = ot__onnx_memory(g, (size_t)n, sizeof *copy);
    if (!copy) return "";
    memcpy(copy, value, bytes);
    return add_tensor(g, constant_name(g), INT64, 1, (const int64_t[]){ n }, copy, bytes);
}

const char *ot__onnx_channels(ot__onnx *g, const char *name, int n, const float value[])
{
    const size_t bytes = (size_t)n * sizeof *value;
    float *const copy = ot__onnx_memory(g, (size_t)n, sizeof *copy);
    if (!copy) return "";
    memcpy(copy, value, bytes);
    return add_tensor(g, name, FLOAT, 3, (const int64_t[]){ n, 1, 1 }, copy, bytes);
}

const char *ot__onnx_number(ot__onnx *g, double value)
{
    float *const copy = ot__onnx_memory(g, 1, sizeof *copy);
    if (!copy) return "";
    *copy = (float)value;
    return add_tensor(g, constant_name(g), FLOAT, 0, NULL, copy, sizeof *copy);
}

const char *ot__onnx_tensor(ot__onnx *g, const char *name, ot_shape shape, const float *value)
{
    int64_t dim[OT_MAX_RANK];
    for (int k = 0; k < shape.rank; k++)
        dim[k] = shape.dim[k];
    return add_tensor(g, name, FLOAT, shape.rank, dim, value, ot__elements(shape) * sizeof *value);
}
