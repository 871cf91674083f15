/* SPDX-License-Identifier: BSD-3-Clause
 * Runs the unit tests of src/data. */
#include "data/cases.h"

OT_TEST_MAIN("data", augment_case, cifar100_case, cifar_case, crops_case, duplicates_case,
             identity_case, images_case, import_case, loader_case, memory_case, mistaken_case,
             mixup_case, mnist_case, open_case, pixels_case, png_case, policy_case, resize_case,
             save_case, shapes_case, sheet_case, sizes_case, sources_case, split_case)
