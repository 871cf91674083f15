/* SPDX-License-Identifier: BSD-3-Clause
 * The safetensors format: 8 bytes with the length of the header (little endian), a header of JSON
 * that gives each tensor's dtype, shape and place, and the data, without holes.
 *
 * odetape writes tensors of "F32" and "F64", little endian, and reads the headers of all types. Its
 * files have checksums in the header's "__metadata__": "xxh3:NAME" is the XXH3-128 of a tensor's
 * bytes, and "xxh3" is the one of the header itself, written compactly with sorted keys and without
 * this entry.  A file has all of them or, from another program, none.
 *
 * Velocities of the optimiser, in checkpoints, are tensors "momentum_buffer.NAME". */
#ifndef OT_STORE_SAFETENSORS_H
#define OT_STORE_SAFETENSORS_H

#include <jansson.h>

#include "base/status.h"

enum {
    OT__ST_MAX_HEADER = 100000000, /* bytes, as the format's own library has it */
    OT__ST_MAX_TENSORS = 65536,
    OT__ST_MAX_RANK = 8,
};

/* One tensor of a file; begin and end count from the start of the data. */
typedef struct ot__st_tensor {
    const char *name, *dtype; /* in the header */
    int rank;
    size_t dim[OT__ST_MAX_RANK];
    size_t begin, end;
} ot__st_tensor;

typedef struct ot__st_header {
    json_t *json;
    int n;
    ot__st_tensor *tensor; /* in the order of the data */
} ot__st_header;

/* Check the text of a header of a file with data_size bytes of data.  path is for messages.
 * OT_EFORMAT, OT_ENOMEM; then h is empty. */
ot_status ot__st_parse(const char *path, const char *text, size_t size, size_t data_size,
                       ot__st_header *h);
void ot__st_header_free(ot__st_header *h);
/* NULL when there is no such key. */
const char *ot__st_metadata(const ot__st_header *h, const char *key);

/* A file open for reading.  Its header is checked, its data is not read yet. */
typedef struct ot__st_file {
    const char *path;
    int fd;
    size_t data_at; /* bytes before the data */
    bool checksums;
    ot__st_header header;
} ot__st_file;

ot_status ot__st_open(const char *path,
                      ot__st_file *f); /* OT_ENOENT, OT_EFORMAT, OT_EIO, OT_ENOMEM */
void ot__st_close(ot__st_file *f);
/* The values of one tensor; OT_EFORMAT when the checksum differs, OT_EIO. */
ot_status ot__st_read(const ot__st_file *f, const ot__st_tensor *t, void *values);

/* Read all of it; what is wrong is the status. */
ot_status ot__st_check(const ot__st_file *f);

/* One tensor to be written. */
typedef struct ot__st_item {
    char *name; /* its own */
    ot_dtype dtype;
    ot_shape shape;
    const void *values;
    size_t bytes;
} ot__st_item;

/* The numbers that an optimiser keeps for each trained parameter, as many as the parameter has. */
typedef struct ot__velocities {
    void *(*of)(void *user, int i); /* of parameter i; NULL if it is not trained */
    void *user;
    ot_dtype dtype;
} ot__velocities;
#define OT__ST_VELOCITY "momentum_buffer."

/* All tensors of a network in dtype and, unless v is NULL, their velocities, which must have this
 * dtype too.  OT_ENOMEM. */
ot_status ot__st_list(ot_params *ps, const ot__velocities *v, ot_dtype dtype, int *n,
                      ot__st_item **item);
void ot__st_list_free(int n, ot__st_item *item);

/* Write a file in one step: items (sorted here), the normalisation if it is known and not assumed,
 * and n_pairs other pairs of metadata.  It goes into the open folder, of whose names `path` ends
 * with one, or if that is -1 to the path.  OT_EINVAL for a pair that cannot be kept, OT_ECREATE,
 * OT_EIO, OT_ENOMEM. */
ot_status ot__st_write(int folder, const char *path, int n, ot__st_item item[],
                       const ot_normalisation *normalisation, int n_pairs,
                       const char *const pair[][2]);

/* The normalisation that a file's metadata has.  A file without one gets CIFAR-10's, marked as
 * assumed.  OT_EFORMAT for one that is malformed, OT_ENOMEM. */
ot_status ot__st_normalisation(const ot__st_file *f, ot_normalisation *out);
ot_status ot__st_normalisation_of(const char *path, ot_normalisation *out);

/* Read the network's values from a file and, unless v is NULL, the velocities of its trained
 * tensors: all of them or, when anything is wrong, none.  OT_EFORMAT, OT_EIO, OT_ENOMEM. */
ot_status ot__st_load(const ot__st_file *f, ot_params *ps, const ot__velocities *v);

/* Checksums as text. */
typedef struct ot__st_digest {
    char text[33];
} ot__st_digest;
#define OT__ST_CHECKSUM "xxh3"
#define OT__ST_CHECKSUM_OF "xxh3:"
bool ot__st_is_checksum(const char *key); /* of metadata */
ot__st_digest ot__st_checksum(const void *data, size_t size);
/* Of the header, without its own entry; the text is empty when memory runs out. */
ot__st_digest ot__st_header_checksum(const json_t *header);

#endif
