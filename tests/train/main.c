/* SPDX-License-Identifier: BSD-3-Clause */
#include "train/cases.h"

OT_TEST_MAIN("train", aside_case, bits_case, controlled_case, directions_case, faults_case,
             journal_case, landscape_case, pace_case, predict_case, reader_rules_case, resume_case,
             run_case, safetensors_case, schedule_case, sgd_case, state_case, tensors_case,
             train_case, train_run_case)
