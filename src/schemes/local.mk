# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/schemes/builtin.c \
	src/schemes/early.c \
	src/schemes/early.h \
	src/schemes/registry.c \
	src/schemes/runge_kutta.c \
	src/schemes/scheme.c \
	src/schemes/scheme.h \
	src/schemes/stages.c \
	src/schemes/steppers/control.c \
	src/schemes/steppers/control.h \
	src/schemes/steppers/snapshot.c \
	src/schemes/steppers/snapshot.h \
	src/schemes/steppers/stepper.c \
	src/schemes/steppers/stepper.h \
	src/schemes/tableau/exact.c \
	src/schemes/tableau/exact.h \
	src/schemes/tableau/expr.c \
	src/schemes/tableau/expr.h \
	src/schemes/tableau/order.c \
	src/schemes/tableau/proof.c \
	src/schemes/tableau/residuals.c \
	src/schemes/tableau/residuals.h \
	src/schemes/tableau/roots.c \
	src/schemes/tableau/roots.h \
	src/schemes/tableau/source.c \
	src/schemes/tableau/source.h \
	src/schemes/tableau/stability.c \
	src/schemes/tableau/stability.h \
	src/schemes/tableau/surds.c \
	src/schemes/tableau/surds.h \
	src/schemes/tableau/tableau.c \
	src/schemes/tableau/tableau.h \
	src/schemes/tableau/tableau_new.c \
	src/schemes/tableau/tableau_rows.c \
	src/schemes/tableau/tableau_text.c \
	src/schemes/tableau/trees.c \
	src/schemes/tableau/trees.h
EXTRA_DIST += src/schemes/README.md
