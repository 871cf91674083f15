# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/models/blocks.c \
	src/models/blocks.h \
	src/models/checks.c \
	src/models/down_a.c \
	src/models/down_b.c \
	src/models/down_connector.c \
	src/models/down_maxpool.c \
	src/models/down_p.c \
	src/models/downs.def \
	src/models/head_bn_relu_pool.c \
	src/models/head_pool.c \
	src/models/heads.def \
	src/models/learnable.c \
	src/models/learnable.h \
	src/models/levels.c \
	src/models/net.c \
	src/models/net.h \
	src/models/options.c \
	src/models/parts.c \
	src/models/parts.h \
	src/models/record.c \
	src/models/segments.h \
	src/models/stem_conv.c \
	src/models/stem_conv_bn_relu.c \
	src/models/stems.def \
	src/models/system_ho_resnet.c \
	src/models/system_resnet20_v1.c \
	src/models/system_resnet20_v2.c \
	src/models/tape_net.c \
	src/models/systems.c \
	src/models/systems.def \
	src/models/widths.c \
EXTRA_DIST += src/models/README.md
