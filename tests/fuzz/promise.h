/* SPDX-License-Identifier: BSD-3-Clause
 * What the targets share: a promise that stops the process when it is broken, and files. */
#ifndef OT_TESTS_FUZZ_PROMISE_H
#define OT_TESTS_FUZZ_PROMISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void promise(bool kept, const char *what);

/* The message is "PATH:PLACE: a sentence", or a list of them that begins so. */
void promise_place(const char *path);

/* A directory of this process, in memory if there is such a place; it goes away with the
 * process. */
const char *fuzz_folder(void);
/* A path in it; the text is valid for three more calls. */
const char *fuzz_path(const char *name);
void fuzz_put(const char *path, const uint8_t *data, size_t size);

#endif
