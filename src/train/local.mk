# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/train/checkpoint.c \
	src/train/checkpoint.h \
	src/train/epoch.c \
	src/train/evaluate.c \
	src/train/evaluate.h \
	src/train/fit.c \
	src/train/fit.h \
	src/train/journal.c \
	src/train/journal.h \
	src/train/journal_reopen.c \
	src/train/options.c \
	src/train/pace.c \
	src/train/pace.h \
	src/train/params_load.c \
	src/train/params_save.c \
	src/train/pass.c \
	src/train/pass.h \
	src/train/resident.c \
	src/train/resident.h \
	src/train/run.c \
	src/train/run.h \
	src/train/safetensors.h \
	src/train/safetensors_checksum.c \
	src/train/safetensors_file.c \
	src/train/safetensors_header.c \
	src/train/safetensors_write.c \
	src/train/saving.c \
	src/train/schedule.c \
	src/train/schedule.h \
	src/train/sgd.c \
	src/train/sgd.h \
	src/train/statistics.c \
	src/train/statistics.h \
	src/train/tensors.c \
	src/train/tensors_compare.c \
	src/train/trainer.c \
	src/train/training.h
EXTRA_DIST += src/train/README.md
