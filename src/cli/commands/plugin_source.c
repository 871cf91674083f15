/* SPDX-License-Identifier: BSD-3-Clause
 * Writes the source of a plugin from a text with @ in place of the name.  The file and the output
 * show the same commands. */
#include "cli/commands/plugin_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/system.h"
#include "cli/frame/message.h"
#include "cli/frame/print.h"

enum { LONGEST = 40 };

static const char BUILD[] = "cc -shared -fPIC @.c $(pkg-config --cflags odetape) -o @.so";

/* A name ends before the count of blocks in "name x2" and "name2x2". */
static ot_status check_name(const cli_plugin_source *s, const char *name)
{
    const size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_");
    const char *const x = strrchr(name, 'x');
    const bool counts = x && x > name && x[1] && x[1 + strspn(x + 1, "0123456789")] == 0;
    if (n == 0 || n > LONGEST || name[n] || *name < 'a' || *name > 'z' || counts)
        return ot__fail(OT_EINVAL,
                        "a %s cannot be called '%.60s'; a name is a lower-case letter and then "
                        "lower-case letters, digits, - and _, up to %d, and does not end like a "
                        "count x2",
                        s->what, name, (int)LONGEST);
    if (s->taken(name))
        return ot__fail(OT_EINVAL, "there is a %s called %s already; choose another name", s->what,
                        name);
    return OT_OK;
}

/* Writes the text with the name in place of each @. */
static void expand(FILE *to, const char *name, const char *text)
{
    for (; *text; text++)
        if (*text == '@')
            fputs(name, to);
        else
            fputc(*text, to);
}

static void write_source(FILE *to, const cli_plugin_source *s, const char *name)
{
    const char *const commands[] = { BUILD, s->train, s->check };
    expand(to, name, s->about);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        fputs(" *     ", to);
        expand(to, name, commands[i]);
        fputc('\n', to);
    }
    fputs(" */\n", to);
    expand(to, name, s->text);
}

/* Makes the source in new memory, to be freed also after a failure. */
static ot_status make_text(const cli_plugin_source *s, const char *name, char **text, size_t *size)
{
    *text = NULL;
    FILE *const to = open_memstream(text, size);
    if (!to) return cli_no_memory();
    write_source(to, s, name);
    const bool good = !ferror(to);
    return fclose(to) == 0 && good ? OT_OK : cli_no_memory();
}

static ot_status write_file(const char *path, const char *text, size_t size)
{
    const int fd = ot__sys_open(path, O_WRONLY | O_CREAT | O_EXCL);
    if (fd < 0 && errno == EEXIST)
        return ot__fail(OT_ECREATE, "%s exists already; remove it or choose another name", path);
    if (fd < 0)
        return ot__fail(ot__status_of_errno(errno, OT_ECREATE), "%s: cannot create: %s", path,
                        strerror(errno));
    const ot_status status = ot__write_all(fd, path, text, size);
    if (ot__sys_close(fd) != 0 && status == OT_OK)
        return ot__fail(OT_EIO, "%s: cannot write: %s", path, strerror(errno));
    return status;
}

static void print_command(const char *name, const char *title, const char *command)
{
    fputs(title, stdout);
    expand(stdout, name, command);
    putchar('\n');
}

ot_status cli_plugin_source_write(const cli_plugin_source *s, const char *name)
{
    char path[LONGEST + 4], *text;
    size_t size;
    OT_TRY(check_name(s, name));
    snprintf(path, sizeof path, "%s.c", name);
    ot_status status = make_text(s, name, &text, &size);
    if (status == OT_OK) status = write_file(path, text, size);
    free(text);
    if (status != OT_OK) return status;
    cli_print(stdout, "file      %s\n", path);
    print_command(name, "build     ", BUILD);
    print_command(name, "train     ", s->train);
    return OT_OK;
}

bool cli_plugin_source_fits(ot_net_opts opts)
{
    ot_net *net = NULL;
    opts.blocks = "euler x1";
    opts.width = opts.batch = 1;
    opts.image = 4;
    const bool fits = ot_net_new(&opts, &net) == OT_OK;
    ot_net_free(net);
    return fits;
}
