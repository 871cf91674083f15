/* SPDX-License-Identifier: BSD-3-Clause
 * Runs the test cases of the ops. */
#include "ops/cases.h"

OT_TEST_MAIN("ops", batch_norm_case, batch_sums_case, chunk_sums_case, conv2d_case, float32_case,
             gemm_case, golden_case, golden_ops_case, gradients_case, on_read_case, pools_case,
             reading_case, refused_case, scan_case, shapes_case, smooth_case, softmax_xent_case,
             transpose_case, conv2d_best_case, views_case)
