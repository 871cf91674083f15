# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/data/augment.c \
	src/data/augment.h \
	src/data/cifar.c \
	src/data/cifar.h \
	src/data/cifar100.c \
	src/data/cifar100.h \
	src/data/cifar100_coarse.c \
	src/data/dataset.c \
	src/data/dataset.h \
	src/data/duplicates.c \
	src/data/font.c \
	src/data/font.h \
	src/data/identity.c \
	src/data/image32.h \
	src/data/images.c \
	src/data/import.c \
	src/data/loader.c \
	src/data/loader.h \
	src/data/mistaken.c \
	src/data/mistaken.h \
	src/data/mixup.c \
	src/data/mixup.h \
	src/data/mnist.c \
	src/data/open.c \
	src/data/pixels.c \
	src/data/pixels.h \
	src/data/png.c \
	src/data/png.h \
	src/data/policy.c \
	src/data/policy.h \
	src/data/records.c \
	src/data/records.h \
	src/data/resize.c \
	src/data/resize.h \
	src/data/save.c \
	src/data/shapes.c \
	src/data/shapes.h \
	src/data/sheet.c \
	src/data/source.h \
	src/data/sources.def \
	src/data/split.c \
	src/data/split.h \
	src/data/tree.c \
	src/data/tree.h
EXTRA_DIST += src/data/README.md
