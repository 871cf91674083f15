/* SPDX-License-Identifier: BSD-3-Clause
 * Numbers as people read them, and two that the system reports. */
#ifndef OT_CLI_FRAME_TEXT_H
#define OT_CLI_FRAME_TEXT_H

#include <stddef.h>

/* Each fills a buffer of the caller and returns it. */
typedef struct cli_text {
    char s[32];
} cli_text;

const char *cli_bytes(cli_text *t, double bytes);      /* "45.2 MiB" */
const char *cli_flops(cli_text *t, double flops);      /* "12.3 MFLOP" */
const char *cli_grouped(cli_text *t, size_t n);        /* "298,314" */
const char *cli_rate(cli_text *t, double per_second);  /* "5804"; "-" if it is not known */
const char *cli_duration(cli_text *t, double seconds); /* "1:12:40", "2:07", "9 s" */

/* Columns of the terminal behind fd: COLUMNS if it is set, else what the terminal says, else 80. */
int cli_columns(int fd);
/* Bytes of memory that this machine has. */
double cli_memory(void);

#endif
