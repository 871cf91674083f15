/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

TCase *gradients_case(void);
