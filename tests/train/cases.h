/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

TCase *average_case(void);
TCase *bits_case(void);
TCase *choices_case(void);
TCase *controlled_case(void);
TCase *controlled_state_case(void);
TCase *described_case(void);
TCase *execution_case(void);
TCase *faults_case(void);
TCase *freeze_case(void);
TCase *losses_case(void);
TCase *optimiser_case(void);
TCase *own_tape_case(void);
TCase *pace_case(void);
TCase *predict_case(void);
TCase *prolong_case(void);
TCase *recipe_case(void);
TCase *resume_case(void);
TCase *schedule_case(void);
TCase *settle_case(void);
TCase *smoothness_case(void);
TCase *starting_case(void);
TCase *state_case(void);
TCase *train_case(void);
TCase *train_run_case(void);
TCase *validation_case(void);
