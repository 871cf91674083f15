/* SPDX-License-Identifier: BSD-3-Clause
 * What the readers' tests share. */
#ifndef OT_TESTS_HOSTILE_FILES_H
#define OT_TESTS_HOSTILE_FILES_H

#include "hostile/mutate.h"

/* A refusal is OT_EFORMAT (exit 65), and its message has the file and a place in it. */
void expect_refusal(ot_status status, const char *path);

/* Report a kind of file, for the log. */
void report(const char *what, long tried, long accepted);

/* Names of sources of data sets that test_cifar.c does not spoil; ends with NULL. */
extern const char *const spoiled_elsewhere[];

TCase *cifar_case(void);
TCase *images_case(void);
TCase *journal_case(void);
TCase *mnist_case(void);
TCase *png_case(void);
TCase *safetensors_case(void);
TCase *tableau_case(void);

#endif
