/* SPDX-License-Identifier: BSD-3-Clause
 * The CIFAR-100 binary format, for the two sources that read one of its labels each. */
#ifndef OT_DATA_CIFAR100_H
#define OT_DATA_CIFAR100_H

#include "data/source.h"

/* The labels of a record in their order: 20 coarse ones and 100 fine ones. */
typedef enum ot__cifar100_label { OT__COARSE, OT__FINE } ot__cifar100_label;

#define OT__CIFAR100_FILES "a folder with train.bin and test.bin"

/* Reads a split of a folder with one of its labels.  OT_ENOENT, OT_EFORMAT, OT_EIO, OT_ENOMEM. */
ot_status ot__cifar100_open(const char *directory, ot_split split, ot__cifar100_label label,
                            ot_dataset **out);
ot_status ot__cifar100_has_split(const void *attributes, const char *directory, ot_split split,
                                 bool *has);

#endif
