/* SPDX-License-Identifier: BSD-3-Clause
 * The format ONNX.  Without protobuf-c and onnx's schema, onnx_missing.c refuses it. */
#include "export/onnx.h"

const ot__format_kind ot__format_onnx = {
    .about = { .name = "onnx", .what = "a model of ONNX for evaluation" },
    .write = ot__onnx_write,
};
