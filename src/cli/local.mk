# SPDX-License-Identifier: BSD-3-Clause
# The program is its main file and a part that tests link too.
CLI_CPPFLAGS = -I$(top_srcdir)/src $(INIH_CFLAGS) $(JANSSON_CFLAGS)
CLI_LIBS = $(INIH_LIBS) $(JANSSON_LIBS)
bin_PROGRAMS += odetape
odetape_CPPFLAGS = $(CLI_CPPFLAGS)
odetape_LDADD = libodetape-cli.la libodetape.la $(CLI_LIBS)
# A program without the shared library exports the functions that plugins call: all of the library,
# also what the program itself does not need.
odetape_LDFLAGS = -export-dynamic
if STATIC_PROGRAM
odetape_LDFLAGS += -Wl,--whole-archive,.libs/libodetape.a,--no-whole-archive
endif
odetape_SOURCES = src/cli/frame/main.c
noinst_LTLIBRARIES += libodetape-cli.la
libodetape_cli_la_CPPFLAGS = $(CLI_CPPFLAGS)
libodetape_cli_la_SOURCES = \
	src/cli/commands.def \
	src/cli/commands/compare.c \
	src/cli/commands/data_import.c \
	src/cli/commands/data_info.c \
	src/cli/commands/data_make.c \
	src/cli/commands/data_sheet.c \
	src/cli/commands/diff.c \
	src/cli/commands/doctor.c \
	src/cli/commands/eval.c \
	src/cli/commands/fuse.c \
	src/cli/commands/gradcheck.c \
	src/cli/commands/gradients.c \
	src/cli/commands/gradients.h \
	src/cli/commands/import.c \
	src/cli/commands/inspect.c \
	src/cli/commands/landscape.c \
	src/cli/commands/new_branch.c \
	src/cli/commands/new_down.c \
	src/cli/commands/new_scheme.c \
	src/cli/commands/new_source.c \
	src/cli/commands/new_subnet.c \
	src/cli/commands/plan.c \
	src/cli/commands/plan_curve.c \
	src/cli/commands/plan_curve.h \
	src/cli/commands/plot.c \
	src/cli/commands/plugin_source.c \
	src/cli/commands/plugin_source.h \
	src/cli/commands/presets.c \
	src/cli/commands/presets.h \
	src/cli/commands/profile.c \
	src/cli/commands/profile.h \
	src/cli/commands/repair.c \
	src/cli/commands/repair.h \
	src/cli/commands/report.c \
	src/cli/commands/scheme_check.c \
	src/cli/commands/scheme_compare.c \
	src/cli/commands/scheme_diff.c \
	src/cli/commands/scheme_import.c \
	src/cli/commands/scheme_integrate.c \
	src/cli/commands/scheme_list.c \
	src/cli/commands/scheme_plot.c \
	src/cli/commands/scheme_show.c \
	src/cli/commands/scheme_slope.c \
	src/cli/commands/recipe_list.c \
	src/cli/commands/recipe_show.c \
	src/cli/commands/system_check.c \
	src/cli/commands/system_list.c \
	src/cli/commands/system_show.c \
	src/cli/commands/sweep.c \
	src/cli/commands/systems.c \
	src/cli/commands/systems.h \
	src/cli/commands/tape.c \
	src/cli/commands/tensors.c \
	src/cli/commands/tensors.h \
	src/cli/commands/train.c \
	src/cli/commands/tree.c \
	src/cli/commands/tree.h \
	src/cli/commands/verify.c \
	src/cli/frame/claims.c \
	src/cli/frame/claims.h \
	src/cli/frame/command.h \
	src/cli/frame/csv.c \
	src/cli/frame/csv.h \
	src/cli/frame/dispatch.c \
	src/cli/frame/dispatch.h \
	src/cli/frame/groups.c \
	src/cli/frame/groups.h \
	src/cli/frame/help.c \
	src/cli/frame/help.h \
	src/cli/frame/lock.c \
	src/cli/frame/lock.h \
	src/cli/frame/message.c \
	src/cli/frame/message.h \
	src/cli/frame/options.c \
	src/cli/frame/options.h \
	src/cli/frame/page.c \
	src/cli/frame/page.h \
	src/cli/frame/plugins.c \
	src/cli/frame/plugins.h \
	src/cli/frame/print.c \
	src/cli/frame/print.h \
	src/cli/frame/recipe.h \
	src/cli/frame/schemes.c \
	src/cli/frame/schemes.h \
	src/cli/frame/scratch.c \
	src/cli/frame/scratch.h \
	src/cli/frame/settle.c \
	src/cli/frame/settle.h \
	src/cli/frame/shell.c \
	src/cli/frame/shell.h \
	src/cli/frame/stop.c \
	src/cli/frame/stop.h \
	src/cli/frame/text.c \
	src/cli/frame/text.h \
	src/cli/frame/threads.c \
	src/cli/frame/threads.h \
	src/cli/frame/ticks.c \
	src/cli/frame/ticks.h \
	src/cli/frame/words.c \
	src/cli/frame/words.h \
	src/cli/plots/gnuplot.c \
	src/cli/plots/gnuplot.h \
	src/cli/plots/landscape_plot.c \
	src/cli/plots/landscape_plot.h \
	src/cli/plots/learned_plot.c \
	src/cli/plots/learned_plot.h \
	src/cli/plots/textplot.c \
	src/cli/plots/textplot.h \
	src/cli/report/confusion.c \
	src/cli/report/confusion.h \
	src/cli/report/html.c \
	src/cli/report/html.h \
	src/cli/report/region.c \
	src/cli/report/region.h \
	src/cli/report/report.h \
	src/cli/report/report_curves.c \
	src/cli/report/report_data.c \
	src/cli/report/report_learned.c \
	src/cli/report/report_runs.c \
	src/cli/report/report_schemes.c \
	src/cli/report/report_steps.c \
	src/cli/report/report_tables.c \
	src/cli/report/svg.c \
	src/cli/report/svg.h \
	src/cli/runs/columns.c \
	src/cli/runs/columns.h \
	src/cli/runs/compare.c \
	src/cli/runs/compare.h \
	src/cli/runs/init.c \
	src/cli/runs/init.h \
	src/cli/runs/journal.c \
	src/cli/runs/journal.h \
	src/cli/runs/landscape_source.c \
	src/cli/runs/landscape_source.h \
	src/cli/runs/learned.c \
	src/cli/runs/learned.h \
	src/cli/runs/left_out.c \
	src/cli/runs/left_out.h \
	src/cli/runs/metrics.c \
	src/cli/runs/metrics.h \
	src/cli/runs/outcome.c \
	src/cli/runs/outcome.h \
	src/cli/runs/plugins.c \
	src/cli/runs/plugins.h \
	src/cli/runs/progress.c \
	src/cli/runs/progress.h \
	src/cli/runs/results.c \
	src/cli/runs/results.h \
	src/cli/runs/rundir.c \
	src/cli/runs/rundir.h \
	src/cli/runs/source.c \
	src/cli/runs/source.h \
	src/cli/runs/spread.c \
	src/cli/runs/spread.h \
	src/cli/runs/summary.c \
	src/cli/runs/summary.h \
	src/cli/runs/training.c \
	src/cli/runs/training.h \
	src/cli/runs/weights.c \
	src/cli/runs/weights.h \
	src/cli/sweep/experiment.c \
	src/cli/sweep/experiment.h \
	src/cli/sweep/grid.c \
	src/cli/sweep/grid.h \
	src/cli/sweep/series.c \
	src/cli/sweep/series.h \
	src/cli/sweep/series_table.c \
	src/cli/sweep/series_table.h
EXTRA_DIST += src/cli/README.md
