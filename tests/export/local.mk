# SPDX-License-Identifier: BSD-3-Clause
check_PROGRAMS += tests/export/fixtures
tests_export_fixtures_CFLAGS = $(AM_CFLAGS)
tests_export_fixtures_CPPFLAGS = $(TEST_CPPFLAGS)
tests_export_fixtures_LDADD = libodetape-core.la
tests_export_fixtures_SOURCES = tests/export/fixtures.c
EXPORT_TESTS = \
	tests/export/command.sh \
	tests/export/onnx.sh \
	tests/export/pytorch.sh
TESTS += $(EXPORT_TESTS)
$(EXPORT_TESTS:.sh=.log): odetape$(EXEEXT) tests/cli/images.stamp tests/export/fixtures$(EXEEXT)
EXTRA_DIST += $(EXPORT_TESTS) tests/export/README.md tests/export/compare.js tests/export/compare.py \
	tests/export/networks.sh
