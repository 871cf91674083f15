# SPDX-License-Identifier: BSD-3-Clause
experimentsdir = $(pkgdatadir)/experiments
dist_experiments_DATA = \
	experiments/blending.ini \
	experiments/figure1.ini \
	experiments/figure10.ini \
	experiments/figure11.ini \
	experiments/figure12.ini \
	experiments/figure4.ini \
	experiments/figure8.ini \
	experiments/figure9.ini \
	experiments/principles.ini \
	experiments/systems.ini \
	experiments/table2.ini \
	experiments/table3.ini \
	experiments/table4.ini
dist_experiments_SCRIPTS = experiments/reproduce
EXTRA_DIST += experiments/README.md
