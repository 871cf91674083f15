/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

TCase *compile_case(void);
TCase *gather_case(void);
TCase *gradcheck_case(void);
TCase *listing_case(void);
TCase *params_case(void);
TCase *plan_case(void);
TCase *report_case(void);
TCase *run_case(void);
TCase *tape_case(void);
TCase *together_case(void);
TCase *views_case(void);
