# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/landscape/direction.c \
	src/landscape/direction.h \
	src/landscape/eigen.c \
	src/landscape/eigen.h \
	src/landscape/landscape.c \
	src/landscape/landscape.h \
	src/landscape/landscape_journal.c \
	src/landscape/landscape_save.c \
	src/landscape/trajectory.c
EXTRA_DIST += src/landscape/README.md
