/* SPDX-License-Identifier: BSD-3-Clause
 * Runs the unit tests of src/models. */
#include "models/cases.h"

OT_TEST_MAIN("models", block_files_case, blocks_case, exhaustion_case, gradients_case,
             learnable_case, memory_case, memory_limit_case, net_case, own_layers_case,
             own_parts_case, own_properties_case, parts_case, properties_case, rebuild_case,
             reference_case, refusals_case, registration_case, returns_case, special_case,
             starting_case, subnets_case, systems_case, time_case)
