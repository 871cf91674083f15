/* SPDX-License-Identifier: BSD-3-Clause
 * The safetensors format (github.com/huggingface/safetensors): 8 bytes with the length of the
 * header (little endian), a JSON header with the dtype, shape and offsets of each tensor, and the
 * data without holes.
 *
 * odetape writes tensors of type "F32" and "F64", little endian, and reads headers with tensors of
 * all types.  Its files have checksums in the header's "__metadata__": "xxh3:NAME" is the XXH3-128
 * of a tensor's bytes.  "xxh3" is that of the header itself, in compact form with sorted keys and
 * without this entry.  A file has all of these checksums or, from another program, none.
 *
 * A checkpoint holds the states of the optimiser: the velocities of SGD as tensors
 * "momentum_buffer.NAME", any other state S as "optimiser.S.NAME".  It holds the moving average of
 * the weights, if there is one, as "average.NAME". */
#ifndef OT_STORE_SAFETENSORS_H
#define OT_STORE_SAFETENSORS_H

#include <jansson.h>

#include "base/status.h"

enum {
    OT__ST_MAX_HEADER = 100000000, /* bytes, the limit of the format's own library */
    OT__ST_MAX_TENSORS = 65536,
    OT__ST_MAX_RANK = 8,
};

/* One tensor of a file. */
typedef struct ot__st_tensor {
    const char *name, *dtype; /* they point into the header's JSON */
    int rank;
    size_t dim[OT__ST_MAX_RANK];
    size_t begin, end; /* of its bytes, counted from the start of the data */
} ot__st_tensor;

typedef struct ot__st_header {
    json_t *json;
    int n;
    ot__st_tensor *tensor; /* n tensors, in the order of their data */
} ot__st_header;

/* Reads and checks the text of a header; the file has data_size bytes of data.  path is for
 * messages.  OT_EFORMAT, OT_ENOMEM; then *h is empty. */
ot_status ot__st_parse(const char *path, const char *text, size_t size, size_t data_size,
                       ot__st_header *h);
void ot__st_header_free(ot__st_header *h);
/* The bits of an element of a dtype; 0 if the format has no such dtype. */
size_t ot__st_bits(const char *dtype);
/* The value of a key of the metadata; NULL if there is no such key. */
const char *ot__st_metadata(const ot__st_header *h, const char *key);

/* A file that is open for reading.  Its header has been checked, its data has not been read. */
typedef struct ot__st_file {
    const char *path;
    int fd;
    size_t data_at; /* offset of the data in the file */
    bool checksums; /* the file has checksums */
    ot__st_header header;
} ot__st_file;

/* OT_ENOENT, OT_EFORMAT, OT_EIO, OT_ENOMEM. */
ot_status ot__st_open(const char *path, ot__st_file *f);
void ot__st_close(ot__st_file *f);
/* Reads the values of one tensor.  OT_EFORMAT if its checksum is wrong, OT_EIO. */
ot_status ot__st_read(const ot__st_file *f, const ot__st_tensor *t, void *values);

/* Reads all tensors and checks their checksums.  OT_EFORMAT, OT_EIO, OT_ENOMEM. */
ot_status ot__st_check(const ot__st_file *f);

/* One tensor to be written. */
typedef struct ot__st_item {
    char *name; /* in memory of its own */
    ot_dtype dtype;
    ot_shape shape;
    const void *values;
    size_t bytes;
} ot__st_item;

/* The states of an optimiser: for each trained parameter n arrays of the same size. */
typedef struct ot__states {
    int n;
    const char *const *name;               /* of each */
    void *(*of)(void *user, int i, int k); /* state k of parameter i; NULL if it is not trained */
    void *user;
    ot_dtype dtype;
} ot__states;

/* Lists all tensors of a network in dtype and, unless states is NULL, their states, which must have
 * the same dtype.  OT_ENOMEM. */
ot_status ot__st_list(ot_params *ps, const ot__states *states, ot_dtype dtype, int *n,
                      ot__st_item **item);
void ot__st_list_free(int n, ot__st_item *item);

/* Writes a file, which replaces an old one in one step: the items, which are sorted by name, the
 * normalisation if it is known and not assumed, and n_pairs further pairs of metadata.  The file is
 * written in the open directory `folder`, under the last part of `path`; with folder -1 it is
 * written to `path`.  OT_EINVAL for a pair that is not allowed, OT_ECREATE, OT_EIO, OT_ENOMEM. */
ot_status ot__st_write(int folder, const char *path, int n, ot__st_item item[],
                       const ot_normalisation *normalisation, int n_pairs,
                       const char *const pair[][2]);

/* Reads the normalisation from a file's metadata.  If it is missing, *out is CIFAR-10's, marked as
 * assumed.  OT_EFORMAT if it is malformed, OT_ENOMEM. */
ot_status ot__st_normalisation(const ot__st_file *f, ot_normalisation *out);
ot_status ot__st_normalisation_of(const char *path, ot_normalisation *out);

/* Loads the network's values from a file and, unless states is NULL, the states of its trained
 * tensors, of which the file must have all and no others.  After an error nothing is changed.
 * OT_EFORMAT, OT_EIO, OT_ENOMEM. */
ot_status ot__st_load(const ot__st_file *f, ot_params *ps, const ot__states *states);

/* The names of a file of other software: `find` returns the index of the parameter that a name
 * means, -1 if there is none, and OT__LEAVE_OUT for a tensor that is not wanted. */
enum { OT__LEAVE_OUT = -2 };
typedef struct ot__translation {
    const char *name; /* of the naming, for messages */
    int (*find)(const void *user, const ot_params *ps, const char *name);
    const void *user;
} ot__translation;
/* ot_net_import, with the names translated by this function. */
ot_status ot__params_import(ot_params *ps, const char *path, const ot__translation *names,
                            ot_fit *fit);

/* The part of a tensor's name after that of a state; NULL if it is not named as a state.  The name
 * of the state is written to `state`. */
enum { OT__ST_STATE_NAME = 48 };
const char *ot__st_after_state(const char *name, char state[OT__ST_STATE_NAME]);
/* The beginning of the names of a state's tensors: "momentum_buffer." or "optimiser.STATE.". */
void ot__st_state_prefix(const char *state, char prefix[OT__ST_STATE_NAME + 12]);

/* The moving average of a training: value[i] are the numbers, in dtype, that belong to tensor i of
 * the network.  List adds them to the n items.  Load reads all of them from a file and writes
 * `value` as it goes.  OT_EFORMAT, OT_EIO, OT_ENOMEM. */
ot_status ot__st_list_average(const ot_params *ps, void *const value[], ot_dtype dtype, int *n,
                              ot__st_item **item);
ot_status ot__st_load_average(const ot__st_file *f, const ot_params *ps, void *const value[],
                              ot_dtype dtype);
/* The name of the network's tensor of which a tensor with this name is the average; NULL if it is
 * not named as an average. */
const char *ot__st_after_average(const char *name);

/* An XXH3-128 checksum as 32 hexadecimal digits. */
typedef struct ot__st_digest {
    char text[33];
} ot__st_digest;
#define OT__ST_CHECKSUM "xxh3"
#define OT__ST_CHECKSUM_OF "xxh3:"
/* Whether a key of the metadata is that of a checksum. */
bool ot__st_is_checksum(const char *key);
ot__st_digest ot__st_checksum(const void *data, size_t size);
/* The checksum of the header without its own entry; "" if there is no memory. */
ot__st_digest ot__st_header_checksum(const json_t *header);

#endif
