/* SPDX-License-Identifier: BSD-3-Clause
 * Runs the unit tests of src/data. */
#include "data/cases.h"

OT_TEST_MAIN("data", augment_case, cifar100_case, cifar_case, crops_case, identity_case,
             loader_case, memory_case, mixup_case, open_case, pixels_case, policy_case, save_case,
             shapes_case, sheet_case, sizes_case, sources_case, split_case)
