/* SPDX-License-Identifier: BSD-3-Clause
 * Unit tests of the parts of the program that are functions. */
#ifndef OT_TESTS_CLI_CASES_H
#define OT_TESTS_CLI_CASES_H

#include <stdio.h>

#include "suite.h"

TCase *axes_case(void);
TCase *outcome_case(void);
TCase *quoting_case(void);
TCase *shards_case(void);
TCase *text_case(void);

#endif
