/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

TCase *directions_case(void);
TCase *landscape_case(void);
