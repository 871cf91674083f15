/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

TCase *available_case(void);
TCase *beta_case(void);
TCase *chunks_case(void);
TCase *decimal_case(void);
TCase *directory_case(void);
TCase *file_case(void);
TCase *json_case(void);
TCase *jsonl_case(void);
TCase *kind_case(void);
TCase *machine_case(void);
TCase *memory_case(void);
TCase *names_case(void);
TCase *rng_case(void);
TCase *system_case(void);
TCase *table_case(void);
TCase *temporary_case(void);
TCase *text_case(void);
