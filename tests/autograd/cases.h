/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

TCase *access_case(void);
TCase *compile_case(void);
TCase *freeze_case(void);
TCase *gradcheck_case(void);
TCase *gradient_sums_case(void);
TCase *listing_case(void);
TCase *order_case(void);
TCase *params_case(void);
TCase *plan_case(void);
TCase *report_case(void);
TCase *run_case(void);
TCase *tape_case(void);
