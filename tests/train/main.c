/* SPDX-License-Identifier: BSD-3-Clause
 * The unit tests of src/train. */
#include "train/cases.h"

OT_TEST_MAIN("train", adjoint_case, average_case, bits_case, choices_case, controlled_case,
             controlled_state_case, described_case, execution_case, faults_case, freeze_case,
             fuse_case, import_case, losses_case, memory_limit_case, rebuild_case, optimiser_case,
             own_tape_case, pace_case, predict_case, prolong_case, recipe_case, resume_case,
             schedule_case, settle_case, smoothness_case, starting_case, state_case, train_case,
             train_run_case, validation_case)
