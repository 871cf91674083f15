/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/frame/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/frame/claims.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"

void cli_record_add(cli_record *r, const char *key, const char *format, ...)
{
    if (r->n == CLI_MOST_PAIRS) return;
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
        if (o->unsaid && strcmp(value, o->unsaid) == 0) continue;
        if (cli_option_accepts(o, value)) cli_record_add(r, o->name, "%s", value);
    }
}

void cli_record_schemes(cli_record *r, const ot_net *net)
{
    const int most = CLI_MOST_PAIRS - r->n;
    for (int i = 0; i < CLI_MOST_SCHEMES && i < most && ot_net_scheme(net, i); i++, r->n++) {
        snprintf(r->scheme[i], sizeof r->scheme[i], "scheme.%d", i);
        r->pair[r->n][0] = r->scheme[i];
        r->pair[r->n][1] = ot_scheme_text(ot_net_scheme(net, i));
    }
}

/* The schemes in the metadata of a file, for the caller to free; n of them, also on failure.
 * Returns CLI_GO_ON or an exit code. */
static int read_schemes(const char *path, int *n, ot_scheme *scheme[CLI_MOST_SCHEMES])
{
    for (*n = 0; *n < CLI_MOST_SCHEMES; (*n)++) {
        char key[24], *text = NULL, origin[512];
        snprintf(key, sizeof key, "scheme.%d", *n);
        snprintf(origin, sizeof origin, "%.480s: %s", path, key);
        ot_status status = ot_safetensors_metadata(path, key, &text);
        if (status == OT_EFORMAT) break; /* there are no more */
        if (status == OT_OK) status = ot_scheme_parse(text, origin, &scheme[*n]);
        free(text);
        if (status != OT_OK) return cli_fail(cli_exit_code(status), "%s", ot_message());
    }
    return CLI_GO_ON;
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

/* Files hold the names of schemes and the schemes, never paths: weights from elsewhere should not
 * make this program read something else. */
static int build_net(const char *path, const ot_net_opts *opts, ot_net **net)
{
    if (strpbrk(opts->blocks, "/."))
        return cli_fail(EX_DATAERR, "%s: the network '%.80s' names a file", path, opts->blocks);
    ot_status status = ot_net_new(opts, net);
    if (status == OT_OK) status = cli_claims_check(*net);
    if (status == OT_OK) return CLI_GO_ON;
    const int reason = cli_exit_code(status); /* a bad network in a file is bad data */
    return cli_fail(reason == EX_USAGE ? EX_DATAERR : reason, "%s: %s", path, ot_message());
}

/* The header of the file must have the tensors of the network that its metadata describe.  This is
 * known before any memory for tensors is taken, so a small file cannot ask for gigabytes. */
static int check_shapes(const char *path, const ot_net *net)
{
    ot_params *shapes = NULL;
    ot_status status = ot_params_new(ot_net_tape(net), &shapes);
    if (status == OT_OK) status = ot_params_check(shapes, path);
    ot_params_free(shapes);
    return status == OT_OK ? CLI_GO_ON : cli_fail(cli_exit_code(status), "%s", ot_message());
}

int cli_record_net(cli_record *r, const char *path, int batch, ot_net_opts *opts, ot_net **net)
{
    ot_scheme *scheme[CLI_MOST_SCHEMES];
    *opts = (ot_net_opts)CLI_PAPER_NETWORK;
    opts->batch = batch;
    int code = cli_record_read(r, path, cli_network_options, "net", opts);
    if (code != CLI_GO_ON) return code;
    int n;
    code = read_schemes(path, &n, scheme);
    opts->n_schemes = n;
    opts->schemes = (const ot_scheme *const *)scheme;
    if (code == CLI_GO_ON) code = build_net(path, opts, net);
    if (code == CLI_GO_ON) code = check_shapes(path, *net);
    for (int i = 0; i < n; i++)
        ot_scheme_free(scheme[i]);
    opts->n_schemes = 0; /* the network has copies */
    opts->schemes = NULL;
    return code;
}
