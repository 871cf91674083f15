/* SPDX-License-Identifier: BSD-3-Clause
 * The unit tests of src/landscape. */
#include "landscape/cases.h"

OT_TEST_MAIN("landscape", directions_case, landscape_case)
