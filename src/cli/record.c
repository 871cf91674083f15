/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/groups.h"
#include "cli/message.h"

void cli_record_add(cli_record *r, const char *key, const char *format, ...)
{
    if (r->n == CLI_MOST_OPTIONS) return;
    va_list args;
    va_start(args, format);
    vsnprintf(r->text[r->n], sizeof r->text[0], format, args);
    va_end(args);
    r->pair[r->n][0] = key;
    r->pair[r->n][1] = r->text[r->n];
    r->n++;
}

void cli_record_options(cli_record *r, const cli_option *options, const void *group)
{
    char value[sizeof r->text[0]];
    for (const cli_option *o = options; o->name; o++) {
        cli_option_write(o, group, value, sizeof value);
        if (cli_option_accepts(o, value)) cli_record_add(r, o->name, "%s", value);
    }
}

static int read_key(cli_record *r, const char *path, const cli_option *o, bool required,
                    void *group)
{
    char *value = NULL, why[512];
    const ot_status status = ot_safetensors_metadata(path, o->name, &value);
    if (status == OT_EFORMAT && !required) return CLI_GO_ON;
    if (status != OT_OK) return cli_fail(cli_exit_code(status), "%s", ot_message());
    cli_record_add(r, o->name, "%s", value);
    free(value);
    if (cli_option_read(o, r->text[r->n - 1], group, why, sizeof why)) return CLI_GO_ON;
    return cli_fail(EX_DATAERR, "%s: %s", path, why);
}

int cli_record_read(cli_record *r, const char *path, const cli_option *options,
                    const char *required, void *group)
{
    for (const cli_option *o = options; o->name; o++) {
        const int code = read_key(r, path, o, strcmp(o->name, required) == 0, group);
        if (code != CLI_GO_ON) return code;
    }
    return CLI_GO_ON;
}

int cli_record_net(cli_record *r, const char *path, int batch, ot_net_opts *opts, ot_net **net)
{
    *opts = (ot_net_opts)CLI_PAPER_NETWORK;
    opts->batch = batch;
    const int code = cli_record_read(r, path, cli_network_options, "net", opts);
    if (code != CLI_GO_ON) return code;
    const ot_status status = ot_net_new(opts, net);
    if (status == OT_OK) return CLI_GO_ON;
    const int reason = cli_exit_code(status); /* a bad network in a file is bad data */
    return cli_fail(reason == EX_USAGE ? EX_DATAERR : reason, "%s: %s", path, ot_message());
}
