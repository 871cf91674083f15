# SPDX-License-Identifier: BSD-3-Clause
CLI_TESTS = \
	tests/cli/bits.sh \
	tests/cli/claims.sh \
	tests/cli/experiment.sh \
	tests/cli/files.sh \
	tests/cli/journals.sh \
	tests/cli/landscape.sh \
	tests/cli/large.sh \
	tests/cli/learn.sh \
	tests/cli/look.sh \
	tests/cli/manual.sh \
	tests/cli/memory.sh \
	tests/cli/paste.sh \
	tests/cli/pictures.sh \
	tests/cli/report.sh \
	tests/cli/reproduce.sh \
	tests/cli/scheme.sh \
	tests/cli/shown.sh \
	tests/cli/source.sh \
	tests/cli/sweep.sh \
	tests/cli/tensors.sh \
	tests/cli/train.sh \
	tests/cli/usage.sh
TESTS += $(CLI_TESTS)
$(CLI_TESTS:.sh=.log): odetape$(EXEEXT)
EXTRA_DIST += tests/cli/experiments $(CLI_TESTS) tests/cli/README.md tests/cli/lib.sh

# Commands that meet no memory and bad disks; the linker puts wrapped.c before these calls.
if HAVE_CHECK
check_PROGRAMS += tests/cli/faults
TESTS += tests/cli/faults
endif
WRAPPED = \
	-Wl,--wrap=calloc \
	-Wl,--wrap=realloc \
	-Wl,--wrap=reallocarray \
	-Wl,--wrap=aligned_alloc \
	-Wl,--wrap=strdup \
	-Wl,--wrap=open_memstream \
	-Wl,--wrap=fopen \
	-Wl,--wrap=fdopen \
	-Wl,--wrap=fflush \
	-Wl,--wrap=fsync \
	-Wl,--wrap=fallocate \
	-Wl,--wrap=ftruncate \
	-Wl,--wrap=flock \
	-Wl,--wrap=mkdir \
	-Wl,--wrap=mkdirat \
	-Wl,--wrap=mkdtemp \
	-Wl,--wrap=rename \
	-Wl,--wrap=renameat \
	-Wl,--wrap=unlink \
	-Wl,--wrap=unlinkat \
	-Wl,--wrap=read \
	-Wl,--wrap=pread \
	-Wl,--wrap=write \
	-Wl,--wrap=close \
	-Wl,--wrap=fclose \
	-Wl,--wrap=open \
	-Wl,--wrap=openat \
	-Wl,--wrap=getline \
	-Wl,--wrap=__getdelim \
	-Wl,--wrap=json_copy \
	-Wl,--wrap=json_deep_copy \
	-Wl,--wrap=json_dumpf \
	-Wl,--wrap=json_dumps \
	-Wl,--wrap=json_loadb
tests_cli_faults_CFLAGS = $(TEST_CFLAGS)
tests_cli_faults_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cli_faults_LDADD = libodetape-cli.la $(TEST_LIBS) $(CLI_LIBS)
tests_cli_faults_LDFLAGS = $(WRAPPED)
tests_cli_faults_SOURCES = tests/cli/faults.c tests/cli/folder.c tests/cli/folder.h \
	tests/cli/prepared.c tests/cli/prepared.h tests/cli/text_of.h tests/cli/wrapped.c \
	tests/cli/wrapped.h

# Losses of power; the linker puts durable.c before fsync.
if HAVE_CHECK
check_PROGRAMS += tests/cli/power
TESTS += tests/cli/power
endif
tests_cli_power_CFLAGS = $(TEST_CFLAGS)
tests_cli_power_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cli_power_LDADD = libodetape-cli.la $(TEST_LIBS) $(CLI_LIBS)
tests_cli_power_LDFLAGS = -Wl,--wrap=fsync
tests_cli_power_SOURCES = tests/cli/durable.c tests/cli/durable.h tests/cli/folder.c \
	tests/cli/folder.h tests/cli/power.c tests/cli/prepared.c tests/cli/prepared.h \
	tests/cli/text_of.h

# What pages make of text.
if HAVE_CHECK
check_PROGRAMS += tests/cli/html
TESTS += tests/cli/html
endif
tests_cli_html_CFLAGS = $(TEST_CFLAGS)
tests_cli_html_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cli_html_LDADD = libodetape-cli.la $(TEST_LIBS) $(CLI_LIBS)
tests_cli_html_SOURCES = tests/cli/html.c

# Options over their own tables.
if HAVE_CHECK
check_PROGRAMS += tests/cli/options
TESTS += tests/cli/options
endif
tests_cli_options_CFLAGS = $(TEST_CFLAGS)
tests_cli_options_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cli_options_LDADD = libodetape-cli.la $(TEST_LIBS) $(CLI_LIBS)
tests_cli_options_SOURCES = tests/cli/options.c tests/cli/text_of.h

# Checkpoints with right checksums and other metadata.
if HAVE_CHECK
check_PROGRAMS += tests/cli/forged
TESTS += tests/cli/forged
endif
tests_cli_forged_CFLAGS = $(TEST_CFLAGS)
tests_cli_forged_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cli_forged_LDADD = libodetape-cli.la $(TEST_LIBS) $(CLI_LIBS)
tests_cli_forged_SOURCES = tests/cli/folder.c tests/cli/folder.h tests/cli/forged.c \
	tests/cli/prepared.c tests/cli/prepared.h tests/cli/text_of.h tests/train/fixture.c \
	tests/train/fixture.h

# Columns of results over their own table.
if HAVE_CHECK
check_PROGRAMS += tests/cli/columns
TESTS += tests/cli/columns
endif
tests_cli_columns_CFLAGS = $(TEST_CFLAGS)
tests_cli_columns_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cli_columns_LDADD = libodetape-cli.la $(TEST_LIBS) $(CLI_LIBS)
tests_cli_columns_SOURCES = tests/cli/columns.c
