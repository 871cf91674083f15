# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/autograd/compile/access.c \
	src/autograd/compile/bind.c \
	src/autograd/compile/compile.c \
	src/autograd/compile/deliver.c \
	src/autograd/compile/extent.c \
	src/autograd/compile/gradient_sums.c \
	src/autograd/compile/limit.c \
	src/autograd/compile/limit.h \
	src/autograd/compile/live.c \
	src/autograd/compile/mark.c \
	src/autograd/compile/occupancy.c \
	src/autograd/compile/occupancy.h \
	src/autograd/compile/order.c \
	src/autograd/compile/passes.h \
	src/autograd/compile/plan.c \
	src/autograd/compile/plan.h \
	src/autograd/compile/replay.c \
	src/autograd/compile/replays.h \
	src/autograd/compile/reuse.c \
	src/autograd/compile/segments.c \
	src/autograd/cost.c \
	src/autograd/cost.h \
	src/autograd/freeze.c \
	src/autograd/inspect/gradcheck.c \
	src/autograd/inspect/gradcheck.h \
	src/autograd/inspect/listing.c \
	src/autograd/inspect/listing.h \
	src/autograd/inspect/profile.c \
	src/autograd/inspect/report.c \
	src/autograd/inspect/scan.c \
	src/autograd/inspect/scan.h \
	src/autograd/inspect/text.c \
	src/autograd/inspect/text.h \
	src/autograd/op.h \
	src/autograd/operands.c \
	src/autograd/operands.h \
	src/autograd/params.c \
	src/autograd/params.h \
	src/autograd/program.c \
	src/autograd/program.h \
	src/autograd/run.c \
	src/autograd/shape.c \
	src/autograd/tape.c \
	src/autograd/tape.h
EXTRA_DIST += src/autograd/README.md
