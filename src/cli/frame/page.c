/* SPDX-License-Identifier: BSD-3-Clause
 * The two options of pages are the same for all commands. */
#include "cli/frame/page.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/frame/message.h"

#define VIEW(member) .offset = offsetof(cli_view, member)

const ot_option cli_json_options[] = {
    { .name = "json",
      .kind = OT_OPTION_SWITCH,
      VIEW(json),
      .help = "print one JSON object; the manual page lists its keys" },
    { 0 },
};

const ot_option cli_table_options[] = {
    { .name = "wide",
      .kind = OT_OPTION_SWITCH,
      VIEW(wide),
      .help = "print all columns, in lines longer than 80 characters" },
    { 0 },
};

cli_view cli_chosen_view;

ot_list_format cli_page_format(void)
{
    return cli_chosen_view.json ? OT_LIST_JSON : cli_chosen_view.wide ? OT_LIST_WIDE : OT_LIST_TEXT;
}

void cli_page_open(ot__page *p)
{
    ot__page_open(p, stdout, cli_chosen_view.json, cli_chosen_view.wide);
}

ot_status cli_part_open(cli_part *part)
{
    *part = (cli_part){ .text = NULL };
    part->to = open_memstream(&part->text, &part->size);
    return part->to ? OT_OK : cli_no_memory();
}

ot_status cli_part_close(cli_part *part, ot__page *p, const char *key, ot_status status)
{
    const bool whole = fclose(part->to) == 0;
    if (status == OT_OK && !whole) status = cli_no_memory();
    if (status == OT_OK) ot__page_add(p, key, part->text);
    free(part->text);
    return status;
}
