/* SPDX-License-Identifier: BSD-3-Clause
 * The unit tests of src/train. */
#include "train/cases.h"

OT_TEST_MAIN("train", average_case, bits_case, controlled_case, controlled_state_case,
             described_case, execution_case, faults_case, freeze_case, losses_case, own_tape_case,
             pace_case, predict_case, prolong_case, resume_case, schedule_case, sgd_case,
             starting_case, state_case, train_case, train_run_case, validation_case)
