/* SPDX-License-Identifier: BSD-3-Clause */
#include "api/misuse.h"

OT_TEST_MAIN("api", tapes_case, programs_case, schemes_case, blocks_case, networks_case,
             executions_case, files_case, trainings_case)
