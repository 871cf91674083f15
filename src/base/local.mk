# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/base/available.c \
	src/base/available.h \
	src/base/beta.c \
	src/base/beta.h \
	src/base/check.c \
	src/base/chunks.c \
	src/base/chunks.h \
	src/base/check.h \
	src/base/clock.h \
	src/base/comm.c \
	src/base/comm.h \
	src/base/comm_later.c \
	src/base/comm_later.h \
	src/base/comm_module.h \
	src/base/decimal.c \
	src/base/decimal.h \
	src/base/directory.c \
	src/base/directory.h \
	src/base/file.c \
	src/base/file.h \
	src/base/intern.c \
	src/base/intern.h \
	src/base/json.c \
	src/base/json.h \
	src/base/jsonl.c \
	src/base/jsonl.h \
	src/base/kind.c \
	src/base/kind.h \
	src/base/machine.c \
	src/base/machine.h \
	src/base/median.h \
	src/base/memory.c \
	src/base/memory.h \
	src/base/names.c \
	src/base/names.h \
	src/base/normalisation.c \
	src/base/normalisation.h \
	src/base/npy.c \
	src/base/npy.h \
	src/base/number.h \
	src/base/option.c \
	src/base/option.h \
	src/base/parallel.h \
	src/base/peaks.c \
	src/base/preset.c \
	src/base/preset.h \
	src/base/private.h \
	src/base/registry.c \
	src/base/registry.h \
	src/base/rng.c \
	src/base/rng.h \
	src/base/status.c \
	src/base/status.h \
	src/base/system.c \
	src/base/system.h \
	src/base/table.c \
	src/base/table.h \
	src/base/temporary.c \
	src/base/temporary.h \
	src/base/text.c \
	src/base/text.h \
	src/base/workers.c \
	src/base/workers.h
EXTRA_DIST += src/base/README.md

# The module that calls MPI, which the library loads only under a launcher.  Each interface of the
# library has its own folder, so that two of them can be installed side by side.
moduledir = $(pkglibdir)/$(OT_SONAME)
if HAVE_MPI
OT_MPI_CPPFLAGS = -DOT_MPI_MODULE='"$(moduledir)/comm_mpi.so"'
module_LTLIBRARIES = comm_mpi.la
comm_mpi_la_SOURCES = src/base/comm_mpi.c
comm_mpi_la_CFLAGS = $(AM_CFLAGS) $(MPI_CFLAGS)
comm_mpi_la_LDFLAGS = -module -shared -avoid-version -pthread
comm_mpi_la_LIBADD = $(MPI_LIBS)
else
OT_MPI_CPPFLAGS = -DOT_MPI_MODULE='""'
EXTRA_DIST += src/base/comm_mpi.c
endif
