# SPDX-License-Identifier: BSD-3-Clause
# The program is its main file and a part that tests link too.
CLI_CPPFLAGS = -I$(top_srcdir)/src $(INIH_CFLAGS) $(JANSSON_CFLAGS)
CLI_LIBS = $(INIH_LIBS) $(JANSSON_LIBS)
bin_PROGRAMS += odetape
odetape_CPPFLAGS = $(CLI_CPPFLAGS)
odetape_LDADD = libodetape-cli.la libodetape.la $(CLI_LIBS)
odetape_SOURCES = src/cli/main.c
noinst_LTLIBRARIES += libodetape-cli.la
libodetape_cli_la_CPPFLAGS = $(CLI_CPPFLAGS)
libodetape_cli_la_SOURCES = \
	src/cli/augmentation.c \
	src/cli/augmentation.h \
	src/cli/brief.c \
	src/cli/brief.h \
	src/cli/cmd_compare.c \
	src/cli/cmd_data_info.c \
	src/cli/cmd_data_make.c \
	src/cli/cmd_data_sheet.c \
	src/cli/cmd_diff.c \
	src/cli/cmd_doctor.c \
	src/cli/cmd_eval.c \
	src/cli/cmd_gradcheck.c \
	src/cli/cmd_inspect.c \
	src/cli/cmd_landscape.c \
	src/cli/cmd_plan.c \
	src/cli/cmd_plot.c \
	src/cli/cmd_report.c \
	src/cli/cmd_scheme_check.c \
	src/cli/cmd_scheme_compare.c \
	src/cli/cmd_scheme_diff.c \
	src/cli/cmd_scheme_integrate.c \
	src/cli/cmd_scheme_list.c \
	src/cli/cmd_scheme_plot.c \
	src/cli/cmd_scheme_show.c \
	src/cli/cmd_scheme_slope.c \
	src/cli/cmd_sweep.c \
	src/cli/cmd_tape.c \
	src/cli/cmd_train.c \
	src/cli/cmd_verify.c \
	src/cli/command.h \
	src/cli/commands.def \
	src/cli/compare.c \
	src/cli/compare.h \
	src/cli/confusion.c \
	src/cli/confusion.h \
	src/cli/dispatch.c \
	src/cli/dispatch.h \
	src/cli/experiment.c \
	src/cli/experiment.h \
	src/cli/gnuplot.c \
	src/cli/gnuplot.h \
	src/cli/gradients.c \
	src/cli/gradients.h \
	src/cli/grid.c \
	src/cli/grid.h \
	src/cli/groups.c \
	src/cli/groups.h \
	src/cli/help.c \
	src/cli/help.h \
	src/cli/html.c \
	src/cli/html.h \
	src/cli/journal.c \
	src/cli/journal.h \
	src/cli/landscape_plot.c \
	src/cli/landscape_plot.h \
	src/cli/lock.c \
	src/cli/lock.h \
	src/cli/message.c \
	src/cli/message.h \
	src/cli/metrics.c \
	src/cli/metrics.h \
	src/cli/number.c \
	src/cli/number.h \
	src/cli/options.c \
	src/cli/options.h \
	src/cli/outcome.c \
	src/cli/outcome.h \
	src/cli/profile.c \
	src/cli/profile.h \
	src/cli/progress.c \
	src/cli/progress.h \
	src/cli/recipe.c \
	src/cli/recipe.h \
	src/cli/record.c \
	src/cli/record.h \
	src/cli/region.c \
	src/cli/region.h \
	src/cli/report.h \
	src/cli/report_curves.c \
	src/cli/report_data.c \
	src/cli/report_runs.c \
	src/cli/report_schemes.c \
	src/cli/report_steps.c \
	src/cli/report_tables.c \
	src/cli/rundir.c \
	src/cli/rundir.h \
	src/cli/schemes.c \
	src/cli/schemes.h \
	src/cli/source.c \
	src/cli/source.h \
	src/cli/scratch.c \
	src/cli/scratch.h \
	src/cli/series.c \
	src/cli/series.h \
	src/cli/series_table.c \
	src/cli/series_table.h \
	src/cli/shell.c \
	src/cli/shell.h \
	src/cli/spread.c \
	src/cli/spread.h \
	src/cli/stop.c \
	src/cli/stop.h \
	src/cli/subject.c \
	src/cli/subject.h \
	src/cli/svg.c \
	src/cli/svg.h \
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
