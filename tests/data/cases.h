/* SPDX-License-Identifier: BSD-3-Clause
 * The cases of src/data and what they share: a temporary directory for each test, and files in
 * it. */
#include "data/image32.h"
#include "data/shapes.h"
#include "suite.h"

enum { RECORD = 3073, RECORD100 = 3074 };

TCase *augment_case(void);
TCase *cifar_case(void);
TCase *cifar100_case(void);
TCase *crops_case(void);
TCase *duplicates_case(void);
TCase *identity_case(void);
TCase *images_case(void);
TCase *import_case(void);
TCase *loader_case(void);
TCase *memory_case(void);
TCase *mistaken_case(void);
TCase *mixup_case(void);
TCase *mnist_case(void);
TCase *open_case(void);
TCase *pixels_case(void);
TCase *png_case(void);
TCase *policy_case(void);
TCase *resize_case(void);
TCase *save_case(void);
TCase *shapes_case(void);
TCase *sheet_case(void);
TCase *sizes_case(void);
TCase *sources_case(void);
TCase *split_case(void);

extern char folder[OT_TEMPORARY];
void make_folder(void);
void empty_folder(void);
void remove_folder(void);                /* with everything in it */
const char *in_folder(const char *name); /* a path in the directory; valid for one further call */

void put_file(const char *name, const void *data, size_t size);
/* Writes a file of n records.  Image i has pixels byte_of(seed + i, ...) and label (seed + i) %
 * 10. */
void put_records(const char *name, int seed, int n);
/* Writes a file of n records of CIFAR-100: labels (seed + i) % 20 and (seed + i) % 100. */
void put_records100(const char *name, int seed, int n);
/* Writes the two files of a split of MNIST, with n images.  Image i has bytes 31 i + 0, 1, ... and
 * label i % 10. */
void put_idx(ot_split split, int n, int height, int width);
uint8_t byte_of(int image, int channel, int y, int x);
size_t get_file(const char *name, uint8_t *data, size_t most); /* returns its size */
int files_in_folder(void);
/* From now on writing beyond this size of a file fails, as on a full disk. */
void limit_files(size_t bytes);

ot_dataset *open_set(const char *where, ot_split split);
/* n different images. */
ot_dataset *small_set(int n);
/* An empty set with memory for n images of 32 x 32 x 3 in ten classes. */
ot_dataset *empty_set(int n);
/* The images of such a set. */
ot__image32 *images_of(const ot_dataset *d);
ot__image view_of(ot__image32 *image);
/* The i-th of the six images that pillow.py makes, the hash that it writes for an image, and one of
 * the files that it wrote. */
ot__image32 pillow_image(int i);
uint64_t fnv(const ot__image32 *image);
uint64_t fnv_of(const uint8_t *data, size_t n);
FILE *open_vectors(const char *name);
/* The i-th of the 32 PNG files in import.txt; returns its size. */
size_t png_file(int i, uint8_t *data, size_t most);
bool same_sets(const ot_dataset *a, const ot_dataset *b);
