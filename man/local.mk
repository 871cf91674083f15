# SPDX-License-Identifier: BSD-3-Clause
# Pages of the program are put together from these sources (README.md), all others are written by hand.
MANUAL_DATE = November 30, 2026
COMMAND_PAGES = \
	man/odetape-compare.1 \
	man/odetape-data.1 \
	man/odetape-diff.1 \
	man/odetape-doctor.1 \
	man/odetape-eval.1 \
	man/odetape-export.1 \
	man/odetape-fuse.1 \
	man/odetape-gradcheck.1 \
	man/odetape-import.1 \
	man/odetape-inspect.1 \
	man/odetape-landscape.1 \
	man/odetape-new.1 \
	man/odetape-plan.1 \
	man/odetape-plot.1 \
	man/odetape-predict.1 \
	man/odetape-recipe.1 \
	man/odetape-report.1 \
	man/odetape-scheme.1 \
	man/odetape-sweep.1 \
	man/odetape-system.1 \
	man/odetape-tape.1 \
	man/odetape-train.1 \
	man/odetape-verify.1 \
	man/odetape.1
COMMAND_TEXTS = \
	man/commands/compare.mdoc \
	man/commands/data.mdoc \
	man/commands/diff.mdoc \
	man/commands/doctor.mdoc \
	man/commands/eval.mdoc \
	man/commands/export.mdoc \
	man/commands/fuse.mdoc \
	man/commands/gradcheck.mdoc \
	man/commands/import.mdoc \
	man/commands/inspect.mdoc \
	man/commands/landscape.mdoc \
	man/commands/new.mdoc \
	man/commands/odetape.mdoc \
	man/commands/plan.mdoc \
	man/commands/plot.mdoc \
	man/commands/predict.mdoc \
	man/commands/recipe.mdoc \
	man/commands/report.mdoc \
	man/commands/scheme.mdoc \
	man/commands/sweep.mdoc \
	man/commands/system.mdoc \
	man/commands/tape.mdoc \
	man/commands/train.mdoc \
	man/commands/verify.mdoc \
	man/options.mdoc \
	man/page.awk
EXTRA_DIST += $(COMMAND_TEXTS) man/README.md
CLEANFILES += $(COMMAND_PAGES)
man_MANS = $(COMMAND_PAGES)
$(COMMAND_PAGES): $(COMMAND_TEXTS) src/cli/commands.def
	$(AM_V_GEN)$(MKDIR_P) man && $(AWK) -v folder='$(srcdir)/man' \
	-v commands='$(srcdir)/src/cli/commands.def' -v page='$(@F)' -v version='$(PACKAGE_VERSION)' \
	-v date='$(MANUAL_DATE)' -f $(srcdir)/man/page.awk >$@.tmp && mv $@.tmp $@

FUNCTION_PAGES = \
	man/ot_block.3 \
	man/ot_dataset.3 \
	man/ot_execution.3 \
	man/ot_export.3 \
	man/ot_gradcheck.3 \
	man/ot_integrate.3 \
	man/ot_landscape.3 \
	man/ot_machine.3 \
	man/ot_net.3 \
	man/ot_ops.3 \
	man/ot_option.3 \
	man/ot_params.3 \
	man/ot_plugin.3 \
	man/ot_processes.3 \
	man/ot_program.3 \
	man/ot_scheme.3 \
	man/ot_status.3 \
	man/ot_tableau.3 \
	man/ot_tape.3 \
	man/ot_train.3
FUNCTION_TEXTS = man/functions.awk man/functions.list
EXTRA_DIST += $(FUNCTION_TEXTS)
CLEANFILES += $(FUNCTION_PAGES) man/links
man_MANS += $(FUNCTION_PAGES)
noinst_DATA = man/links
$(FUNCTION_PAGES) man/links: $(FUNCTION_TEXTS) src/odetape.h
	$(AM_V_GEN)$(MKDIR_P) man && $(AWK) -v header='$(srcdir)/src/odetape.h' \
	-v list='$(srcdir)/man/functions.list' -v page='$(@F)' -v version='$(PACKAGE_VERSION)' \
	-v date='$(MANUAL_DATE)' -f $(srcdir)/man/functions.awk >$@.tmp && mv $@.tmp $@

# Every function and type is a page that includes the one that describes it.
install-data-hook:
	@while read -r name page; do \
	    echo ".so man3/$$page.3" >'$(DESTDIR)$(man3dir)'/$$name.3 || exit; \
	done <man/links
uninstall-hook:
	@[ ! -e man/links ] || while read -r name page; do \
	    rm -f '$(DESTDIR)$(man3dir)'/$$name.3; \
	done <man/links

dist_man_MANS += \
	man/odetape-experiment.5 \
	man/odetape-images.5 \
	man/odetape-python.3 \
	man/odetape-run.5 \
	man/odetape-systems.7 \
	man/odetape-tableau.5 \
	man/odetape-tutorial.7 \
	man/odetape.3
