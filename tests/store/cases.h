/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

TCase *aside_case(void);
TCase *history_case(void);
TCase *journal_case(void);
TCase *params_init_case(void);
TCase *reader_rules_case(void);
TCase *run_case(void);
TCase *run_files_case(void);
TCase *safetensors_case(void);
TCase *tensors_case(void);
