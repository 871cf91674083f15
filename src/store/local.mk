# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += \
	src/store/aside.c \
	src/store/aside.h \
	src/store/history.c \
	src/store/history.h \
	src/store/journal.c \
	src/store/journal.h \
	src/store/journal_reopen.c \
	src/store/pairs.c \
	src/store/pairs.h \
	src/store/params_average.c \
	src/store/params_init.c \
	src/store/params_load.c \
	src/store/params_save.c \
	src/store/results.c \
	src/store/results.h \
	src/store/run.c \
	src/store/run.h \
	src/store/run_files.c \
	src/store/run_files.h \
	src/store/safetensors.h \
	src/store/safetensors_checksum.c \
	src/store/safetensors_file.c \
	src/store/safetensors_header.c \
	src/store/safetensors_normalisation.c \
	src/store/safetensors_write.c \
	src/store/states.c \
	src/store/tensors.c \
	src/store/tensors_compare.c
EXTRA_DIST += src/store/README.md
