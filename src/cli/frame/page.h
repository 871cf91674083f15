/* SPDX-License-Identifier: BSD-3-Clause
 * Pages of tables on standard output (base/table.h), in the form that --json and --wide choose.  A
 * command that prints through one sets .json, and .wide if one of its columns is for wide texts. */
#ifndef OT_CLI_FRAME_PAGE_H
#define OT_CLI_FRAME_PAGE_H

#include "base/option.h"
#include "base/table.h"
#include "odetape.h"

typedef struct cli_view {
    bool json, wide;
} cli_view;

/* The options, and their values on the command line that cli_parse read last. */
extern const ot_option cli_json_options[], cli_table_options[];
extern cli_view cli_chosen_view;

/* The format in which a function of the library writes such a page. */
ot_list_format cli_page_format(void);

/* Opens a page on standard output.  ot__page_close ends it. */
void cli_page_open(ot__page *p);

/* A part of a page of JSON that a function of the library writes, as an object, to `to`. */
typedef struct cli_part {
    FILE *to;
    char *text;
    size_t size;
} cli_part;

/* Returns OT_ENOMEM if memory runs out. */
ot_status cli_part_open(cli_part *part);
/* Ends the part, and adds it to the page unless status is a failure: as ot__page_add does.  Returns
 * status or OT_ENOMEM. */
ot_status cli_part_close(cli_part *part, ot__page *p, const char *key, ot_status status);

#endif
