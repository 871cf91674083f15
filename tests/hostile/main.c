/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include "hostile/files.h"

void expect_refusal(ot_status status, const char *path)
{
    const char *message = ot_message(), *at = strstr(message, path);
    ck_assert_msg(status == OT_EFORMAT, "%s: %s", ot_strerror(status), message);
    ck_assert_msg(at && at[strlen(path)] == ':' && at[strlen(path) + 1] >= '0' &&
                      at[strlen(path) + 1] <= '9',
                  "no place in: %s", message);
    for (const unsigned char *c = (const unsigned char *)message; *c; c++)
        ck_assert_msg(*c >= 0x20 && *c != 0x7f, "it could steer a terminal: %s", message);
}

void report(const char *what, long tried, long accepted)
{
    printf("# %s: %ld malformed files, %ld of them accepted\n", what, tried, accepted);
    ck_assert_int_gt(tried, 250);
}

const char *const spoiled_elsewhere[] = { "images", "mnist", NULL };

OT_TEST_MAIN("hostile", cifar_case, images_case, journal_case, mnist_case, png_case,
             safetensors_case, tableau_case)
