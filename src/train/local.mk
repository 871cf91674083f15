# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/train/average.c \
	src/train/average.h \
	src/train/backup.c \
	src/train/backup.h \
	src/train/checkpoint.c \
	src/train/checkpoint.h \
	src/train/described.c \
	src/train/description.c \
	src/train/description.h \
	src/train/epoch.c \
	src/train/epoch_evaluate.c \
	src/train/evaluate.c \
	src/train/evaluate.h \
	src/train/execution.c \
	src/train/execution.h \
	src/train/execution_report.c \
	src/train/fit.c \
	src/train/fit.h \
	src/train/net_gradcheck.c \
	src/train/options.c \
	src/train/pace.c \
	src/train/pace.h \
	src/train/pass.c \
	src/train/pass.h \
	src/train/plugins.c \
	src/train/plugins.h \
	src/train/position.c \
	src/train/position.h \
	src/train/prolong.c \
	src/train/prolong.h \
	src/train/resident.c \
	src/train/resident.h \
	src/train/saving.c \
	src/train/schedule.c \
	src/train/schedule.h \
	src/train/sgd.c \
	src/train/sgd.h \
	src/train/starting.c \
	src/train/trainer.c \
	src/train/training.h
EXTRA_DIST += src/train/README.md
