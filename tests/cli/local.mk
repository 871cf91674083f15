# SPDX-License-Identifier: BSD-3-Clause
CLI_TESTS = \
	tests/cli/bits.sh \
	tests/cli/experiment.sh \
	tests/cli/files.sh \
	tests/cli/landscape.sh \
	tests/cli/learn.sh \
	tests/cli/look.sh \
	tests/cli/manual.sh \
	tests/cli/memory.sh \
	tests/cli/report.sh \
	tests/cli/reproduce.sh \
	tests/cli/scheme.sh \
	tests/cli/sweep.sh \
	tests/cli/tensors.sh \
	tests/cli/train.sh \
	tests/cli/usage.sh
TESTS += $(CLI_TESTS)
$(CLI_TESTS:.sh=.log): odetape$(EXEEXT)
EXTRA_DIST += tests/cli/experiments $(CLI_TESTS) tests/cli/README.md tests/cli/lib.sh
