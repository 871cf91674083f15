# SPDX-License-Identifier: BSD-3-Clause
if HAVE_CHECK
check_PROGRAMS += tests/train/train
TESTS += tests/train/train
endif
tests_train_train_CFLAGS = $(TEST_CFLAGS)
tests_train_train_CPPFLAGS = $(TEST_CPPFLAGS)
tests_train_train_LDADD = $(TEST_LIBS)
tests_train_train_SOURCES = \
	tests/train/cases.h \
	tests/train/fixture.c \
	tests/train/fixture.h \
	tests/models/reference/compare.h \
	tests/models/reference/reference.h \
	tests/train/main.c \
	tests/train/reference/freeze.h \
	tests/train/reference/losses.h \
	tests/train/reference/neural_ode.h \
	tests/train/reference/optimisers.h \
	tests/train/reference/smoothness.h \
	tests/train/session.c \
	tests/train/session.h \
	tests/train/small.c \
	tests/train/small.h \
	tests/train/reference/average.h \
	tests/train/test_adjoint.c \
	tests/train/test_average.c \
	tests/train/test_bits.c \
	tests/train/test_choices.c \
	tests/train/test_controlled.c \
	tests/train/test_described.c \
	tests/train/test_execution.c \
	tests/train/test_faults.c \
	tests/train/test_freeze.c \
	tests/train/reference/import.h \
	tests/train/test_fuse.c \
	tests/train/test_import.c \
	tests/train/test_losses.c \
	tests/train/test_memory_limit.c \
	tests/train/test_rebuild.c \
	tests/train/test_optimiser.c \
	tests/train/test_own_tape.c \
	tests/train/test_pace.c \
	tests/train/test_predict.c \
	tests/train/test_prolong.c \
	tests/train/test_recipe.c \
	tests/train/test_resume.c \
	tests/train/test_schedule.c \
	tests/train/test_settle.c \
	tests/train/test_smoothness.c \
	tests/train/test_starting.c \
	tests/train/test_state.c \
	tests/train/test_train.c \
	tests/train/test_train_run.c \
	tests/train/test_validation.c
EXTRA_DIST += tests/train/reference/average.py tests/train/reference/import.py
EXTRA_DIST += tests/train/reference/neural_ode.py

check_PROGRAMS += tests/train/save_example
tests_train_save_example_LDADD = libodetape-core.la
tests_train_save_example_SOURCES = tests/train/save_example.c
TESTS += tests/train/numpy.sh

# Processes that are killed and resumed; how many kills and which: KILLS and SEED.
if HAVE_CHECK
check_PROGRAMS += tests/train/kill
TESTS += tests/train/kill
endif
tests_train_kill_CFLAGS = $(TEST_CFLAGS)
tests_train_kill_CPPFLAGS = $(TEST_CPPFLAGS)
tests_train_kill_LDADD = $(TEST_LIBS)
tests_train_kill_SOURCES = \
	tests/train/fixture.c \
	tests/train/fixture.h \
	tests/train/kill.c \
	tests/train/session.c \
	tests/train/session.h \
	tests/train/small.c \
	tests/train/small.h
EXTRA_DIST += tests/train/numpy.sh tests/train/reference/freeze.py tests/train/reference/losses.py \
	tests/train/reference/optimisers.py \
	tests/train/reference/smoothness.py

# The numbers that trainings leave, which moving and rewriting code must not change.
check_PROGRAMS += tests/train/pinned
tests_train_pinned_CPPFLAGS = $(TEST_CPPFLAGS)
tests_train_pinned_LDADD = libodetape-core.la
tests_train_pinned_SOURCES = tests/train/pinned.c
TESTS += tests/train/pinned.sh tests/train/processes.sh
EXTRA_DIST += tests/train/pinned.sh tests/train/pinned.txt tests/train/processes.sh

# What looking for numbers that are not finite costs; run only by check-watch.
EXTRA_PROGRAMS += tests/train/watch
tests_train_watch_LDADD = libodetape-core.la
tests_train_watch_SOURCES = tests/train/watch.c
CLEANFILES += tests/train/watch$(EXEEXT)
