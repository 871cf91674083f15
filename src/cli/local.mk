# SPDX-License-Identifier: BSD-3-Clause
bin_PROGRAMS += odetape
odetape_CPPFLAGS = -I$(top_srcdir)/src $(JANSSON_CFLAGS)
odetape_LDADD = libodetape.la $(JANSSON_LIBS)
odetape_SOURCES = \
	src/cli/cmd_data_info.c \
	src/cli/cmd_data_make.c \
	src/cli/cmd_data_sheet.c \
	src/cli/cmd_diff.c \
	src/cli/cmd_doctor.c \
	src/cli/cmd_eval.c \
	src/cli/cmd_gradcheck.c \
	src/cli/cmd_inspect.c \
	src/cli/cmd_plan.c \
	src/cli/cmd_plot.c \
	src/cli/cmd_scheme_check.c \
	src/cli/cmd_scheme_compare.c \
	src/cli/cmd_scheme_diff.c \
	src/cli/cmd_scheme_integrate.c \
	src/cli/cmd_scheme_list.c \
	src/cli/cmd_scheme_plot.c \
	src/cli/cmd_scheme_show.c \
	src/cli/cmd_scheme_slope.c \
	src/cli/cmd_tape.c \
	src/cli/cmd_train.c \
	src/cli/cmd_verify.c \
	src/cli/command.h \
	src/cli/commands.def \
	src/cli/gnuplot.c \
	src/cli/gnuplot.h \
	src/cli/groups.c \
	src/cli/groups.h \
	src/cli/help.c \
	src/cli/help.h \
	src/cli/main.c \
	src/cli/message.c \
	src/cli/message.h \
	src/cli/metrics.c \
	src/cli/metrics.h \
	src/cli/options.c \
	src/cli/options.h \
	src/cli/plan.c \
	src/cli/plan.h \
	src/cli/progress.c \
	src/cli/progress.h \
	src/cli/recipe.c \
	src/cli/recipe.h \
	src/cli/record.c \
	src/cli/record.h \
	src/cli/rundir.c \
	src/cli/rundir.h \
	src/cli/schemes.c \
	src/cli/schemes.h \
	src/cli/stop.c \
	src/cli/stop.h \
	src/cli/systems.c \
	src/cli/systems.h \
	src/cli/tensors.c \
	src/cli/tensors.h \
	src/cli/text.c \
	src/cli/text.h \
	src/cli/textplot.c \
	src/cli/textplot.h \
	src/cli/threads.c \
	src/cli/threads.h \
	src/cli/training.c \
	src/cli/training.h \
	src/cli/tree.c \
	src/cli/tree.h \
	src/cli/values.c
EXTRA_DIST += src/cli/README.md
