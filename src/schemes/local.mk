# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/schemes/builtin.c \
	src/schemes/early.c \
	src/schemes/early.h \
	src/schemes/exact.c \
	src/schemes/exact.h \
	src/schemes/expr.c \
	src/schemes/expr.h \
	src/schemes/moving.c \
	src/schemes/moving.h \
	src/schemes/order.c \
	src/schemes/registry.c \
	src/schemes/residuals.c \
	src/schemes/residuals.h \
	src/schemes/roots.c \
	src/schemes/roots.h \
	src/schemes/runge_kutta.c \
	src/schemes/scheme.c \
	src/schemes/scheme.h \
	src/schemes/source.c \
	src/schemes/source.h \
	src/schemes/stability.c \
	src/schemes/stability.h \
	src/schemes/stages.c \
	src/schemes/stepper.c \
	src/schemes/stepper.h \
	src/schemes/surds.c \
	src/schemes/surds.h \
	src/schemes/tableau.c \
	src/schemes/tableau.h \
	src/schemes/tableau_new.c \
	src/schemes/tableau_rows.c \
	src/schemes/tableau_text.c \
	src/schemes/trees.c \
	src/schemes/trees.h
EXTRA_DIST += src/schemes/README.md
