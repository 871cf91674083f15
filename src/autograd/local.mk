# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/autograd/compile/bind.c \
	src/autograd/compile/builder.h \
	src/autograd/compile/compile.c \
	src/autograd/compile/gather.c \
	src/autograd/compile/live.c \
	src/autograd/compile/occupancy.c \
	src/autograd/compile/occupancy.h \
	src/autograd/compile/plan.c \
	src/autograd/compile/plan.h \
	src/autograd/compile/together.c \
	src/autograd/compile/views.c \
	src/autograd/inspect/gradcheck.c \
	src/autograd/inspect/listing.c \
	src/autograd/inspect/profile.c \
	src/autograd/inspect/report.c \
	src/autograd/inspect/report.h \
	src/autograd/inspect/scan.c \
	src/autograd/inspect/scan.h \
	src/autograd/op.h \
	src/autograd/params.c \
	src/autograd/params.h \
	src/autograd/program.h \
	src/autograd/run.c \
	src/autograd/shape.c \
	src/autograd/tape.c \
	src/autograd/tape.h
EXTRA_DIST += src/autograd/README.md
