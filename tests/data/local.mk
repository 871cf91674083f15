# SPDX-License-Identifier: BSD-3-Clause
if HAVE_CHECK
check_PROGRAMS += tests/data/data
TESTS += tests/data/data
endif
tests_data_data_CFLAGS = $(TEST_CFLAGS)
tests_data_data_CPPFLAGS = $(TEST_CPPFLAGS)
tests_data_data_LDADD = $(TEST_LIBS)
tests_data_data_SOURCES = \
	tests/data/cases.h \
	tests/data/common.c \
	tests/data/crops.h \
	tests/data/main.c \
	tests/data/pillow.c \
	tests/data/test_augment.c \
	tests/data/test_cifar.c \
	tests/data/test_cifar100.c \
	tests/data/test_crops.c \
	tests/data/test_duplicates.c \
	tests/data/test_identity.c \
	tests/data/test_images.c \
	tests/data/test_import.c \
	tests/data/test_loader.c \
	tests/data/test_memory.c \
	tests/data/test_mistaken.c \
	tests/data/test_mixup.c \
	tests/data/test_mnist.c \
	tests/data/test_open.c \
	tests/data/test_pixels.c \
	tests/data/test_png.c \
	tests/data/test_policy.c \
	tests/data/test_resize.c \
	tests/data/test_save.c \
	tests/data/test_shapes.c \
	tests/data/test_sheet.c \
	tests/data/test_sizes.c \
	tests/data/test_sources.c \
	tests/data/test_split.c
EXTRA_DIST += \
	tests/data/crops.py \
	tests/data/import.py \
	tests/data/import.txt \
	tests/data/pillow.py \
	tests/data/pillow.txt \
	tests/data/policies.txt
