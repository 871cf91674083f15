/* SPDX-License-Identifier: BSD-3-Clause
 * Loads the plugins that --plugin names, and repeats the option in commands that are printed or
 * started.  Paths are repeated as they were loaded: absolute. */
#include "cli/frame/plugins.h"

#include "cli/frame/shell.h"

static const char OPTION[] = "--plugin";

ot_status cli_plugins_load(const ot_text_list *files)
{
    ot_status status = OT_OK;
    for (int i = 0; i < files->n && status == OT_OK; i++)
        status = ot_plugin_load(files->value[i]);
    return status;
}

int cli_plugins_arguments(const char *argument[], int n)
{
    for (int i = 0; i < ot_plugin_count() && i < OT_TEXT_LIST_MOST; i++) {
        argument[n++] = OPTION;
        argument[n++] = ot_plugin_at(i)->path;
    }
    return n;
}

void cli_plugins_write(FILE *to)
{
    const char *argument[CLI_PLUGIN_ARGUMENTS + 1];
    argument[cli_plugins_arguments(argument, 0)] = NULL;
    cli_shell_words(to, argument);
}
