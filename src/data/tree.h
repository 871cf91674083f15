/* SPDX-License-Identifier: BSD-3-Clause
 * A folder with a folder of PNG files for each class. */
#ifndef OT_DATA_TREE_H
#define OT_DATA_TREE_H

#include "data/dataset.h"

/* Names in the order of strcmp. */
typedef struct ot__listing {
    char **name;
    size_t count, room;
} ot__listing;

typedef struct ot__tree {
    char *path;
    ot__listing classes;
    ot__listing *files; /* of each class; their names end in .png */
} ot__tree;

/* Lists the names of a folder that do not begin with a dot.  OT_ENOENT if it is no folder, OT_EIO,
 * OT_ENOMEM; then the listing is empty. */
ot_status ot__listing_read(const char *folder, ot__listing *out);
void ot__listing_free(ot__listing *l);
/* The index of a name; -1 if it is not in the listing. */
int ot__listing_find(const ot__listing *l, const char *name);

/* Lists classes and files.  OT_ENOENT if there are no classes, or none of the files of one.
 * OT_EFORMAT for a file that is not where PNG files are expected, and for a folder whose name is no
 * name of a class.  OT_EIO, OT_ENOMEM.  The caller frees the tree also after an error. */
ot_status ot__tree_read(const char *path, ot__tree *out);
void ot__tree_free(ot__tree *t);
/* The path of a file in new memory; NULL without memory. */
char *ot__tree_path(const ot__tree *t, int class, int file);

#endif
