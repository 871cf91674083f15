# SPDX-License-Identifier: BSD-3-Clause
# Tests of odetape.py; without a Python that has numpy they are skipped, and counted as such.
PYTHON_TESTS = \
	tests/python/test_arrays.py \
	tests/python/test_layouts.py \
	tests/python/test_manual.py \
	tests/python/test_mistakes.py \
	tests/python/test_recording.py \
	tests/python/test_training.py
TESTS += $(PYTHON_TESTS)
EXTRA_DIST += $(PYTHON_TESTS) tests/python/README.md tests/python/fuzz.py tests/python/run.sh tests/python/tap.py
