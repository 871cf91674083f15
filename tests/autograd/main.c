/* SPDX-License-Identifier: BSD-3-Clause
 * Runs the unit tests of src/autograd. */
#include "autograd/cases.h"

OT_TEST_MAIN("autograd", access_case, compile_case, freeze_case, gradcheck_case, gradient_sums_case,
             listing_case, order_case, params_case, plan_case, report_case, run_case, tape_case)
