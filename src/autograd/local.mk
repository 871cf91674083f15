# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/autograd/bind.c \
	src/autograd/builder.h \
	src/autograd/compile.c \
	src/autograd/gather.c \
	src/autograd/gradcheck.c \
	src/autograd/listing.c \
	src/autograd/live.c \
	src/autograd/occupancy.c \
	src/autograd/occupancy.h \
	src/autograd/op.h \
	src/autograd/params.c \
	src/autograd/params.h \
	src/autograd/plan.c \
	src/autograd/plan.h \
	src/autograd/profile.c \
	src/autograd/program.h \
	src/autograd/report.c \
	src/autograd/report.h \
	src/autograd/run.c \
	src/autograd/scan.c \
	src/autograd/scan.h \
	src/autograd/shape.c \
	src/autograd/tape.c \
	src/autograd/tape.h \
	src/autograd/together.c \
	src/autograd/views.c
EXTRA_DIST += src/autograd/README.md
