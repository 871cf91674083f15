/* SPDX-License-Identifier: BSD-3-Clause
 * Stands in for onnx.c where configure has not found ONNX. */
#include "export/onnx.h"

ot_status ot__onnx_write(const ot__export *e)
{
    (void)e;
    return ot__fail(OT_EINVAL,
                    "onnx: this odetape was configured without ONNX; install libonnx-dev, "
                    "libprotobuf-c-dev and protobuf-c-compiler, and configure --with-onnx");
}
