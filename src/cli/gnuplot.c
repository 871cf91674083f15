/* SPDX-License-Identifier: BSD-3-Clause
 * gnuplot is run directly, never through a shell, and without the user's own start-up files, so
 * that the same picture comes out everywhere. */
#include "cli/gnuplot.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/message.h"
#include "cli/options.h"

extern char **environ;

static const struct {
    const char *ending, *terminal;
} kinds[] = {
    { ".svg", "svg size 800,800 font 'sans,16' background rgb 'white'" },
    { ".png", "pngcairo size 1000,1000 font 'sans,16'" },
};

int cli_plot_open(const cli_command *c, cli_plot_files *p, const char *image)
{
    const char *const ending = strrchr(image, '.');
    p->terminal = NULL;
    for (size_t i = 0; ending && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(ending, kinds[i].ending) == 0) p->terminal = kinds[i].terminal;
    if (!p->terminal)
        return cli_usage(c, "'%.200s' must end in .svg or .png: that says what to draw", image);
    const int stem = (int)(ending - image);
    if (strlen(image) + 64 >= sizeof p->image)
        return cli_fail(EX_CANTCREAT, "'%.200s...': the name is too long", image);
    snprintf(p->image, sizeof p->image, "%s", image);
    snprintf(p->dat, sizeof p->dat, "%.*s.dat", stem, image);
    snprintf(p->gp, sizeof p->gp, "%.*s.gp", stem, image);
    return CLI_GO_ON;
}

/* Files of numbers and scripts. */
typedef struct filler {
    void (*write)(FILE *to, void *user);
    void *user;
} filler;

static ot_status fill(FILE *to, void *user)
{
    const filler *const f = user;
    f->write(to, f->user);
    return OT_OK;
}

int cli_plot_write(const char *path, void (*write)(FILE *to, void *user), void *user)
{
    const ot_status status = ot__file_fill(path, fill, &(filler){ write, user });
    return status == OT_OK ? CLI_GO_ON : cli_fail_status(NULL, status);
}

void cli_plot_quote(FILE *to, const char *path)
{
    fputc('\'', to);
    for (; *path; path++) {
        if (*path == '\'') fputc('\'', to);
        fputc(*path, to);
    }
    fputc('\'', to);
}

/* image = '...'; terminal = '...' as an argument of -e, in new memory. */
static char *set_image(const char *path, const char *terminal)
{
    char *text = NULL;
    size_t size = 0;
    FILE *const to = open_memstream(&text, &size);
    if (!to) return NULL;
    fputs("image = ", to);
    cli_plot_quote(to, path);
    fputs("; terminal = ", to);
    cli_plot_quote(to, terminal);
    if (fclose(to) == 0) return text;
    free(text);
    return NULL;
}

static int run(const cli_plot_files *p, char *image)
{
    char *const argv[] = { "gnuplot", "-d", "-e", image, (char *)p->gp, NULL };
    pid_t pid;
    int status;
    const int why = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
    if (why == ENOENT)
        return cli_fail(EX_UNAVAILABLE,
                        "gnuplot is not installed (apt install gnuplot-nox); '%s' is there to be "
                        "run with it",
                        p->gp);
    if (why != 0) return cli_fail(EX_UNAVAILABLE, "gnuplot cannot be run: %s", strerror(why));
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return cli_fail(EX_OSERR, "gnuplot is lost: %s", strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return CLI_GO_ON;
    return cli_fail(EX_UNAVAILABLE, "gnuplot failed on '%s'", p->gp);
}

/* gnuplot writes the temporary file, which the replacement has opened and syncs. */
int cli_plot_run(const cli_plot_files *p)
{
    ot__replacement r;
    ot_status status = ot__replace_begin(p->image, &r);
    if (status != OT_OK) return cli_fail_status(NULL, status);
    char *const image = set_image(r.temporary, p->terminal);
    int code = image ? run(p, image) : cli_no_memory();
    free(image);
    if (code == CLI_GO_ON) status = ot__replace_commit(&r);
    ot__replace_abandon(&r);
    return status == OT_OK ? code : cli_fail_status(NULL, status);
}
