/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/cases.h"

OT_TEST_MAIN("cli", axes_case, outcome_case, quoting_case, shards_case, text_case)
