# SPDX-License-Identifier: BSD-3-Clause
# Examples are compiled by make installcheck, against the installed library as a user would.
exampledir = $(docdir)/examples
dist_example_DATA = \
	examples/README.md \
	examples/gradient.c \
	examples/new_optimiser.c \
	examples/new_scheme.c \
	examples/own_scheme.c \
	examples/scheme.cpp \
	examples/train_tiny.c
