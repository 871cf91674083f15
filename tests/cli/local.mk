# SPDX-License-Identifier: BSD-3-Clause
CLI_TESTS = \
	tests/cli/commands/controlled.sh \
	tests/cli/commands/data.sh \
	tests/cli/commands/files.sh \
	tests/cli/commands/foreign.sh \
	tests/cli/commands/images.sh \
	tests/cli/commands/import_tableau.sh \
	tests/cli/commands/landscape.sh \
	tests/cli/commands/large.sh \
	tests/cli/commands/learn.sh \
	tests/cli/commands/look.sh \
	tests/cli/commands/memory.sh \
	tests/cli/commands/memory_limit.sh \
	tests/cli/commands/predict.sh \
	tests/cli/commands/processes.sh \
	tests/cli/commands/recipe.sh \
	tests/cli/commands/scheme.sh \
	tests/cli/commands/system.sh \
	tests/cli/commands/tensors.sh \
	tests/cli/commands/train.sh \
	tests/cli/frame/claims.sh \
	tests/cli/frame/completion.sh \
	tests/cli/frame/json.sh \
	tests/cli/frame/manual.sh \
	tests/cli/frame/paste.sh \
	tests/cli/frame/plugins.sh \
	tests/cli/frame/readme.sh \
	tests/cli/frame/shown.sh \
	tests/cli/frame/usage.sh \
	tests/cli/plots/bits.sh \
	tests/cli/plots/curves.sh \
	tests/cli/plots/learned.sh \
	tests/cli/plots/pictures.sh \
	tests/cli/plots/structures.sh \
	tests/cli/report/report.sh \
	tests/cli/runs/echo.sh \
	tests/cli/runs/going_on.sh \
	tests/cli/runs/journals.sh \
	tests/cli/runs/keys.sh \
	tests/cli/runs/source.sh \
	tests/cli/runs/validation.sh \
	tests/cli/runs/weights.sh \
	tests/cli/sweep/experiment.sh \
	tests/cli/sweep/reproduce.sh \
	tests/cli/sweep/shards.sh \
	tests/cli/sweep/sweep.sh
TESTS += $(CLI_TESTS)
$(CLI_TESTS:.sh=.log): odetape$(EXEEXT) tests/cli/images.stamp

# The built-in set as files, for all shell tests of the program.
tests/cli/images.stamp: odetape$(EXEEXT)
	@rm -rf tests/cli/images && $(MKDIR_P) tests/cli/images
	$(AM_V_GEN)OMP_NUM_THREADS=1 ./odetape$(EXEEXT) data make tests/cli/images >/dev/null && touch $@
CLEANFILES += tests/cli/images.stamp
clean-local:
	rm -rf tests/cli/images
EXTRA_DIST += tests/cli/commands/pasted_tableaux tests/cli/sweep/experiments $(CLI_TESTS) tests/cli/README.md tests/cli/lib.sh

# Commands that meet no memory and bad disks; the linker puts wrapped.c before these calls.
if HAVE_CHECK
check_PROGRAMS += tests/cli/commands/faults
TESTS += tests/cli/commands/faults
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
tests_cli_commands_faults_CFLAGS = $(TEST_CFLAGS)
tests_cli_commands_faults_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cli_commands_faults_LDADD = libodetape-cli.la $(TEST_LIBS) $(CLI_LIBS)
tests_cli_commands_faults_LDFLAGS = $(WRAPPED)
tests_cli_commands_faults_SOURCES = \
	tests/cli/commands/faults.c \
	tests/cli/commands/wrapped.c \
	tests/cli/commands/wrapped.h \
	tests/cli/folder.c \
	tests/cli/folder.h \
	tests/cli/prepared.c \
	tests/cli/prepared.h \
	tests/cli/text_of.h

# Losses of power; the linker puts durable.c before fsync.
if HAVE_CHECK
check_PROGRAMS += tests/cli/commands/power
TESTS += tests/cli/commands/power
endif
tests_cli_commands_power_CFLAGS = $(TEST_CFLAGS)
tests_cli_commands_power_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cli_commands_power_LDADD = libodetape-cli.la $(TEST_LIBS) $(CLI_LIBS)
tests_cli_commands_power_LDFLAGS = -Wl,--wrap=fsync
tests_cli_commands_power_SOURCES = \
	tests/cli/commands/durable.c \
	tests/cli/commands/durable.h \
	tests/cli/commands/power.c \
	tests/cli/folder.c \
	tests/cli/folder.h \
	tests/cli/prepared.c \
	tests/cli/prepared.h \
	tests/cli/text_of.h

# Parts of the program that are functions.
if HAVE_CHECK
check_PROGRAMS += tests/cli/cli
TESTS += tests/cli/cli
endif
tests_cli_cli_CFLAGS = $(TEST_CFLAGS)
tests_cli_cli_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cli_cli_LDADD = libodetape-cli.la $(TEST_LIBS) $(CLI_LIBS)
tests_cli_cli_SOURCES = \
	tests/cli/cases.h \
	tests/cli/folder.c \
	tests/cli/folder.h \
	tests/cli/frame/test_quoting.c \
	tests/cli/frame/test_text.c \
	tests/cli/main.c \
	tests/cli/plots/test_axes.c \
	tests/cli/runs/test_outcome.c \
	tests/cli/runs/test_shards.c

# What pages make of text.
if HAVE_CHECK
check_PROGRAMS += tests/cli/report/html
TESTS += tests/cli/report/html
endif
tests_cli_report_html_CFLAGS = $(TEST_CFLAGS)
tests_cli_report_html_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cli_report_html_LDADD = libodetape-cli.la $(TEST_LIBS) $(CLI_LIBS)
tests_cli_report_html_SOURCES = tests/cli/report/html.c

# Options over their own tables.
if HAVE_CHECK
check_PROGRAMS += tests/cli/frame/options
TESTS += tests/cli/frame/options
endif
tests_cli_frame_options_CFLAGS = $(TEST_CFLAGS)
tests_cli_frame_options_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cli_frame_options_LDADD = libodetape-cli.la $(TEST_LIBS) $(CLI_LIBS)
tests_cli_frame_options_SOURCES = tests/cli/frame/options.c tests/cli/text_of.h

# Checkpoints with right checksums and other metadata.
if HAVE_CHECK
check_PROGRAMS += tests/cli/commands/forged
TESTS += tests/cli/commands/forged
endif
tests_cli_commands_forged_CFLAGS = $(TEST_CFLAGS)
tests_cli_commands_forged_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cli_commands_forged_LDADD = libodetape-cli.la $(TEST_LIBS) $(CLI_LIBS)
tests_cli_commands_forged_SOURCES = \
	tests/cli/commands/forged.c \
	tests/cli/folder.c \
	tests/cli/folder.h \
	tests/cli/prepared.c \
	tests/cli/prepared.h \
	tests/cli/text_of.h \
	tests/train/fixture.c \
	tests/train/fixture.h

# Columns of results over their own table.
if HAVE_CHECK
check_PROGRAMS += tests/cli/runs/columns
TESTS += tests/cli/runs/columns
endif
tests_cli_runs_columns_CFLAGS = $(TEST_CFLAGS)
tests_cli_runs_columns_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cli_runs_columns_LDADD = libodetape-cli.la $(TEST_LIBS) $(CLI_LIBS)
tests_cli_runs_columns_SOURCES = tests/cli/runs/columns.c
