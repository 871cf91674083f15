/* SPDX-License-Identifier: BSD-3-Clause
 * The test cases of src/schemes. */
#include "suite.h"

TCase *adjoint_case(void);
TCase *builtin_case(void);
TCase *early_case(void);
TCase *exact_case(void);
TCase *expr_case(void);
TCase *malformed_case(void);
TCase *order_case(void);
TCase *plugin_case(void);
TCase *proof_case(void);
TCase *repair_case(void);
TCase *residuals_case(void);
TCase *runge_kutta_case(void);
TCase *stability_case(void);
TCase *control_case(void);
TCase *stepper_case(void);
TCase *steps_case(void);
TCase *tableau_case(void);
TCase *trees_case(void);
