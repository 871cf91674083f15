# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/models/blocks.c \
	src/models/blocks.h \
	src/models/layers.c \
	src/models/layers.h \
	src/models/learnable.c \
	src/models/learnable.h \
	src/models/net.c \
	src/models/options.c \
	src/models/segments.h \
	src/models/subnet.h \
	src/models/subnet_preact.c \
	src/models/subnet_vgg.c \
	src/models/subnets.c \
	src/models/subnets.def \
	src/models/weights.c \
	src/models/weights.h
EXTRA_DIST += src/models/README.md
