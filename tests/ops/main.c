/* SPDX-License-Identifier: BSD-3-Clause */
#include "ops/cases.h"

OT_TEST_MAIN("ops", gradients_case)
