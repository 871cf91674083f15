/* SPDX-License-Identifier: BSD-3-Clause
 * The unit tests of src/store. */
#include "store/cases.h"

OT_TEST_MAIN("store", aside_case, history_case, journal_case, params_init_case, reader_rules_case,
             run_case, run_files_case, safetensors_case, tensors_case)
