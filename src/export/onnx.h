/* SPDX-License-Identifier: BSD-3-Clause
 * Writing a model of ONNX. */
#ifndef OT_EXPORT_ONNX_H
#define OT_EXPORT_ONNX_H

#include "export/export.h"

/* Writes the model.  Errors of ot_export; OT_EINVAL also without ONNX. */
ot_status ot__onnx_write(const ot__export *e);

#endif
