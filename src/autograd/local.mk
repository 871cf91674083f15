# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/autograd/op.h \
	src/autograd/shape.c \
	src/autograd/tape.c \
	src/autograd/tape.h
