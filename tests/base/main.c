/* SPDX-License-Identifier: BSD-3-Clause
 * Runs the unit tests of src/base. */
#include "base/cases.h"

OT_TEST_MAIN("base", available_case, beta_case, chunks_case, decimal_case, directory_case,
             file_case, json_case, jsonl_case, kind_case, machine_case, memory_case, names_case,
             rng_case, system_case, table_case, temporary_case, text_case)
