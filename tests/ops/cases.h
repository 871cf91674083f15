/* SPDX-License-Identifier: BSD-3-Clause
 * The test cases of this directory, one per file test_*.c. */
#include "suite.h"

TCase *batch_norm_case(void);
TCase *batch_sums_case(void);
TCase *chunk_sums_case(void);
TCase *conv2d_case(void);
TCase *float32_case(void);
TCase *gemm_case(void);
TCase *golden_case(void);
TCase *golden_ops_case(void);
TCase *gradients_case(void);
TCase *on_read_case(void);
TCase *pools_case(void);
TCase *reading_case(void);
TCase *refused_case(void);
TCase *scan_case(void);
TCase *shapes_case(void);
TCase *smooth_case(void);
TCase *softmax_xent_case(void);
TCase *conv2d_best_case(void);
TCase *transpose_case(void);
TCase *views_case(void);
