# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/base/available.c \
	src/base/available.h \
	src/base/check.c \
	src/base/check.h \
	src/base/clock.h \
	src/base/decimal.c \
	src/base/decimal.h \
	src/base/directory.c \
	src/base/directory.h \
	src/base/file.c \
	src/base/file.h \
	src/base/json.c \
	src/base/json.h \
	src/base/jsonl.c \
	src/base/jsonl.h \
	src/base/machine.c \
	src/base/machine.h \
	src/base/median.h \
	src/base/memory.c \
	src/base/memory.h \
	src/base/names.c \
	src/base/names.h \
	src/base/normalisation.c \
	src/base/normalisation.h \
	src/base/number.h \
	src/base/option.c \
	src/base/option.h \
	src/base/parallel.h \
	src/base/peaks.c \
	src/base/private.h \
	src/base/registry.c \
	src/base/registry.h \
	src/base/rng.c \
	src/base/rng.h \
	src/base/status.c \
	src/base/status.h \
	src/base/system.c \
	src/base/system.h \
	src/base/temporary.c \
	src/base/temporary.h \
	src/base/text.c \
	src/base/text.h \
	src/base/workers.c \
	src/base/workers.h
EXTRA_DIST += src/base/README.md
