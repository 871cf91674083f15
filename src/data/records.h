/* SPDX-License-Identifier: BSD-3-Clause
 * Files of records, in which CIFAR-10 and CIFAR-100 come.  A record is one or two labels of a byte
 * each, then the red, green and blue planes of an image of 32 x 32, row by row. */
#ifndef OT_DATA_RECORDS_H
#define OT_DATA_RECORDS_H

#include "data/image32.h"

typedef struct ot__records {
    const char *set; /* its name, for messages */
    int labels;      /* before each image, 1 or 2 */
    struct {
        const char *kind; /* "", or with a blank after it, for messages */
        int classes;
    } label[2];
    int taken; /* which label is read */
} ot__records;

/* A record in bytes. */
size_t ot__record_size(const ot__records *format);
/* An empty set for `most` images of the format. */
ot_status ot__records_new(const ot__records *format, int most, ot_dataset **out);

/* The number of records by the size of a file, including an incomplete one, at most `most`.  0 if
 * the size cannot be read; reading the file fails later with the reason. */
int ot__records_count(const ot__records *format, const char *path, int most);

/* Appends the records of a file, at most `most`.  OT_EFORMAT, with the file and the offset in the
 * message, if the file is empty, too long or cut, or if a label is out of range.  OT_ENOENT,
 * OT_EIO, OT_ENOMEM. */
ot_status ot__records_read(const ot__records *format, const char *path, int most, ot_dataset *d);

/* Writes the planes of an image. */
void ot__planes_write(const ot__image *image, uint8_t *plane);

/* Reads a file with one class name per line.  *good says whether it has exactly `classes` valid
 * names.  If not, `name` is unspecified; that is no error, because names are only printed.
 * OT_ENOMEM. */
ot_status ot__class_names_read(const char *path, int classes, char (*name)[OT__NAME_SIZE],
                               bool *good);

/* True also for a file that cannot be examined; reading it fails later with the reason. */
bool ot__exists(const char *path);
bool ot__is_folder(const char *where);

#endif
