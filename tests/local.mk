# SPDX-License-Identifier: BSD-3-Clause
# Tests mirror src: one Check program per directory, shell tests for the command line and the tree.
# All speak TAP under make check, so that every single test is counted.
TEST_EXTENSIONS = .py .sh
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
LOG_COMPILER = $(TEST_LIMIT)
SH_LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_COMPILER = $(TEST_LIMIT) $(SHELL)
PY_LOG_DRIVER = $(TAP_DRIVER)
PY_LOG_COMPILER = $(TEST_LIMIT) $(SHELL) $(srcdir)/tests/python/run.sh
# What ends a test that takes too long; quickstart sets it to `timeout SECONDS`.
TEST_LIMIT =
# Tests run side by side, so that threads that wait must not spin: on a busy machine that costs
# twenty times the work of small tests.  Waking a second thread costs small tests up to five times
# the work of one; tests of threads set their number.
AM_TESTS_ENVIRONMENT = OMP_WAIT_POLICY=passive; export OMP_WAIT_POLICY; \
	OMP_NUM_THREADS=$${OMP_NUM_THREADS-1}; export OMP_NUM_THREADS; \
	CK_TAP_LOG_FILE_NAME=-; export CK_TAP_LOG_FILE_NAME; \
	CK_DEFAULT_TIMEOUT=120; export CK_DEFAULT_TIMEOUT; \
	srcdir='$(srcdir)'; export srcdir; top_builddir='$(top_builddir)'; export top_builddir; \
	CC='$(CC)'; export CC; CXX='$(CXX)'; export CXX; \
	NUMPY_PYTHON='$(NUMPY_PYTHON)'; export NUMPY_PYTHON; \
	CFLAGS='$(SANITIZER_CFLAGS) $(OPENMP_CFLAGS) $(CFLAGS)'; export CFLAGS; \
	ASAN_OPTIONS="allocator_may_return_null=1:$$ASAN_OPTIONS"; export ASAN_OPTIONS;

TEST_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
TEST_LIBS = libodetape-core.la $(CHECK_LIBS)

EXTRA_DIST += tests/launch.sh tests/suite.h tests/tap.sh tests/temporary.h

include $(srcdir)/tests/api/local.mk
include $(srcdir)/tests/base/local.mk
include $(srcdir)/tests/autograd/local.mk
include $(srcdir)/tests/ops/local.mk
include $(srcdir)/tests/schemes/local.mk
include $(srcdir)/tests/models/local.mk
include $(srcdir)/tests/data/local.mk
include $(srcdir)/tests/store/local.mk
include $(srcdir)/tests/train/local.mk
include $(srcdir)/tests/landscape/local.mk
include $(srcdir)/tests/export/local.mk
include $(srcdir)/tests/fuzz/local.mk
include $(srcdir)/tests/hostile/local.mk
include $(srcdir)/tests/cli/local.mk
include $(srcdir)/tests/python/local.mk
include $(srcdir)/tests/lint/local.mk
