/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

TCase *aside_case(void);
TCase *bits_case(void);
TCase *controlled_case(void);
TCase *directions_case(void);
TCase *faults_case(void);
TCase *journal_case(void);
TCase *landscape_case(void);
TCase *pace_case(void);
TCase *predict_case(void);
TCase *reader_rules_case(void);
TCase *resume_case(void);
TCase *run_case(void);
TCase *safetensors_case(void);
TCase *schedule_case(void);
TCase *sgd_case(void);
TCase *state_case(void);
TCase *tensors_case(void);
TCase *train_case(void);
TCase *train_run_case(void);
