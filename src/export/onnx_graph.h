/* SPDX-License-Identifier: BSD-3-Clause
 * A graph of ONNX while it is built, in the structs that protobuf-c makes of onnx's own schema.
 * Functions return the names of values; all memory belongs to the graph. */
#ifndef OT_EXPORT_ONNX_GRAPH_H
#define OT_EXPORT_ONNX_GRAPH_H

#include "export/export.h"
#include "export/onnx.pb-c.h"
#include "export/strings.h"
#include "export/walk.h"

typedef struct ot__onnx {
    const ot__walk *walk;
    ot_params *ps;
    ot__strings strings;
    void **memory; /* of messages */
    size_t n_memory, memory_room;
    Onnx__NodeProto **node;
    size_t n_nodes, node_room;
    Onnx__TensorProto **tensor; /* numbers that the graph contains */
    size_t n_tensors, tensor_room;
    bool failed; /* there was no memory */
} ot__onnx;

typedef struct ot__onnx_attribute {
    const char *name;
    int n;     /* length of value; 0: it is the number `real` */
    bool list; /* false: value[0] alone */
    int64_t value[4];
    double real;
} ot__onnx_attribute;

enum { OT__ONNX_OPERANDS = 3, OT__ONNX_ATTRIBUTES = 5 };
typedef struct ot__onnx_op {
    const char *type; /* "Conv" */
    const char *in[OT__ONNX_OPERANDS];
    ot__onnx_attribute attribute[OT__ONNX_ATTRIBUTES]; /* those with a name */
} ot__onnx_op;

/* Adds a node and returns the name of its result. */
const char *ot__onnx_add(ot__onnx *g, const ot__onnx_op *op);
/* The same for more operands than an ot__onnx_op has. */
const char *ot__onnx_add_list(ot__onnx *g, const ot__onnx_op *op, int n, const char *const in[]);
/* Constants: whole numbers as a vector, a number, numbers per channel as (C, 1, 1), a tensor of the
 * network. */
const char *ot__onnx_integers(ot__onnx *g, int n, const int64_t value[]);
const char *ot__onnx_number(ot__onnx *g, double value);
const char *ot__onnx_channels(ot__onnx *g, const char *name, int n, const float value[]);
const char *ot__onnx_tensor(ot__onnx *g, const char *name, ot_shape shape, const float *value);
/* Zeroed memory that lives as long as the graph; NULL, with `failed` set, if there is none. */
void *ot__onnx_memory(ot__onnx *g, size_t n, size_t size);
void ot__onnx_free(ot__onnx *g);

/* ---- onnx_ops.c ---- */

/* Adds the nodes of a record, whose operands are values in `name` by id, and returns the name of
 * its result.  NULL: its op has no emitter. */
const char *ot__onnx_record(ot__onnx *g, int id, const char *const name[]);

#endif
