/* SPDX-License-Identifier: BSD-3-Clause
 * What the tests of training share: a folder of their own, and a few parameters without a network.
 */
#ifndef OT_TESTS_TRAIN_FIXTURE_H
#define OT_TESTS_TRAIN_FIXTURE_H

#include <jansson.h>

#include "suite.h"

/* A new folder for each test; the second checks that no temporary file is left. */
void make_folder(void);
void remove_folder(void);
void remove_files(void); /* only these */
/* The path of a file in the folder; valid in four calls. */
const char *in_folder(const char *name);
void put_file(const char *path, const void *data, size_t size);
/* To be freed; a zero byte follows. */
char *get_file(const char *path, size_t *size);

/* The header of a safetensors file in memory, to be freed; and that file with another header, whose
 * own checksum is made right unless there is none. */
json_t *header_of(const char *file);
void put_with_header(const char *path, const char *file, size_t size, json_t *header);

/* A scalar "s", a matrix "w" (2,3), both trained, and the statistic "running" (2); values from the
 * seed. */
typedef struct few {
    ot_tape *tape;
    ot_params *params;
} few;
few few_new(uint64_t seed);
void few_free(few f);
/* All values are the same bits. */
bool same_values(ot_params *a, ot_params *b);

#endif
