/* SPDX-License-Identifier: BSD-3-Clause
 * What tests of training and files share: a directory for each test, and a few parameters without a
 * network. */
#ifndef OT_TESTS_TRAIN_FIXTURE_H
#define OT_TESTS_TRAIN_FIXTURE_H

#include <jansson.h>

#include "suite.h"

/* Makes a new directory for a test. */
void make_folder(void);
/* Checks that no temporary file is left, and removes the directory. */
void remove_folder(void);
/* Removes the files in the directory. */
void remove_files(void);
/* The path of a file in the directory; valid until the fourth call after this one. */
const char *in_folder(const char *name);
void put_file(const char *path, const void *data, size_t size);
/* Reads a file into new memory, with a zero byte after it. */
char *get_file(const char *path, size_t *size);

/* The header of a safetensors file in memory; json_decref it. */
json_t *header_of(const char *file);
/* Writes that file with another header.  If this has a checksum of its own, it is corrected. */
void put_with_header(const char *path, const char *file, size_t size, json_t *header);

/* Trained parameters, a scalar "s" and a matrix "w" (2,3), and the statistic "running" (2), with
 * values from the seed. */
typedef struct few {
    ot_tape *tape;
    ot_params *params;
} few;
few few_new(uint64_t seed);
void few_free(few f);
/* Whether all values have the same bits. */
bool same_values(ot_params *a, ot_params *b);

#endif
