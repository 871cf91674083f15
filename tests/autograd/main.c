/* SPDX-License-Identifier: BSD-3-Clause */
#include "autograd/cases.h"

OT_TEST_MAIN("autograd", compile_case, gather_case, gradcheck_case, listing_case, params_case,
             plan_case, report_case, run_case, tape_case, together_case, views_case)
