/* SPDX-License-Identifier: BSD-3-Clause
 * The CIFAR-10 binary format, for its reader and its writer.  A file has up to 10000 records.  A
 * record is one byte with the label, then the red, green and blue planes of an image, row by
 * row. */
#ifndef OT_DATA_CIFAR_H
#define OT_DATA_CIFAR_H

#include "data/records.h"
#include "data/source.h"

enum {
    OT__CLASSES = 10,
    OT__RECORD = 1 + (int)sizeof(ot__image32), /* bytes of a record */
    OT__TRAIN_FILES = 5,                       /* most files of the training images */
};

/* Most records of a file: 10000.  A test lowers it, so that a small set has several files. */
extern int ot__file_records;

/* The path of file k (from 0) of a split.  The caller frees it.  NULL when out of memory. */
char *ot__cifar_path(const char *directory, ot_split split, int k);

/* Counts the files of a split.  OT_ENOENT if their numbers have a gap, OT_ENOMEM. */
ot_status ot__cifar_files(const char *directory, ot_split split, int *files);

/* A directory has a file of this name while ot_dataset_save_all writes a set into it. */
#define OT__CIFAR_UNFINISHED ".unfinished-set"

/* Reads the class names in batches.meta.txt of a directory.  If it is missing, they are those of
 * CIFAR-10. */
ot_status ot__cifar_names(const char *directory, char name[OT__CLASSES][OT__NAME_SIZE]);
/* The path of batches.meta.txt.  The caller frees it.  NULL when out of memory. */
char *ot__cifar_names_path(const char *directory);

#endif
