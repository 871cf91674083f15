/* SPDX-License-Identifier: BSD-3-Clause
 * Runs all test cases of src/schemes. */
#include "schemes/cases.h"

OT_TEST_MAIN("schemes", exact_case, expr_case, tableau_case, malformed_case, builtin_case,
             trees_case, order_case, proof_case, stability_case, runge_kutta_case, early_case,
             steps_case, residuals_case, repair_case, control_case, stepper_case, adjoint_case,
             plugin_case)
