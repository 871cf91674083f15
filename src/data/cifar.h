/* SPDX-License-Identifier: BSD-3-Clause
 * The CIFAR-10 binary format, as its reader and its writer share it: files of up to 10000 records,
 * a record one label byte and the red, green and blue planes of an image, row by row. */
#ifndef OT_DATA_CIFAR_H
#define OT_DATA_CIFAR_H

#include "data/dataset.h"

enum {
    OT__RECORD = 1 + (int)sizeof(ot__image),
    OT__FILE_RECORDS = 10000,
    OT__TRAIN_FILES = 5,
};

/* Path of file k (from 0) of a split, to be freed; NULL when out of memory. */
char *ot__cifar_path(const char *directory, ot_split split, int k);

/* Files of a split, numbered without a gap. OT_ENOENT at a gap, OT_ENOMEM. */
ot_status ot__cifar_files(const char *directory, ot_split split, int *files);

/* A file that is in a directory while ot_dataset_save_all writes a set there. */
#define OT__CIFAR_UNFINISHED ".unfinished-set"

/* The class names that a directory gives (batches.meta.txt), else those of CIFAR-10. */
ot_status ot__cifar_names(const char *directory, char name[OT__CLASSES][OT__NAME_SIZE]);
char *ot__cifar_names_path(const char *directory);

#endif
