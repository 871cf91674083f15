# SPDX-License-Identifier: BSD-3-Clause
if HAVE_CHECK
check_PROGRAMS += tests/schemes/schemes
TESTS += tests/schemes/schemes
endif
check_PROGRAMS += tests/schemes/typos
TESTS += tests/schemes/typos.sh
tests_schemes_typos_CPPFLAGS = $(TEST_CPPFLAGS)
tests_schemes_typos_LDADD = libodetape-core.la
tests_schemes_typos_SOURCES = tests/schemes/typos.c
tests_schemes_schemes_CFLAGS = $(TEST_CFLAGS)
tests_schemes_schemes_CPPFLAGS = $(TEST_CPPFLAGS)
tests_schemes_schemes_LDADD = $(TEST_LIBS)
tests_schemes_schemes_SOURCES = \
	tests/schemes/cases.h \
	tests/schemes/golden.h \
	tests/schemes/levels.c \
	tests/schemes/levels.h \
	tests/schemes/main.c \
	tests/schemes/steppers/problems.c \
	tests/schemes/steppers/problems.h \
	tests/schemes/steppers/test_adjoint.c \
	tests/schemes/steppers/test_control.c \
	tests/schemes/steppers/test_stepper.c \
	tests/schemes/steppers/test_steps.c \
	tests/schemes/tableau/test_exact.c \
	tests/schemes/tableau/test_expr.c \
	tests/schemes/tableau/test_malformed.c \
	tests/schemes/tableau/test_order.c \
	tests/schemes/tableau/test_proof.c \
	tests/schemes/tableau/test_repair.c \
	tests/schemes/tableau/test_residuals.c \
	tests/schemes/tableau/test_stability.c \
	tests/schemes/tableau/test_tableau.c \
	tests/schemes/tableau/test_trees.c \
	tests/schemes/test_builtin.c \
	tests/schemes/test_early.c \
	tests/schemes/test_plugin.c \
	tests/schemes/test_runge_kutta.c
EXTRA_DIST += tests/schemes/golden.py tests/schemes/tableaux.json tests/schemes/typos.sh
EXTRA_DIST += \
	tests/schemes/wrong/fehlberg_as_coded.tableau \
	tests/schemes/wrong/gill_as_coded.tableau \
	tests/schemes/wrong/heun3_as_coded.tableau \
	tests/schemes/wrong/huta_as_coded.tableau \
	tests/schemes/wrong/improved_euler_as_coded.tableau \
	tests/schemes/wrong/kutta_nystrom_as_coded.tableau \
	tests/schemes/wrong/rk2_as_coded.tableau \
	tests/schemes/wrong/rk4_first_upload.tableau
