/* SPDX-License-Identifier: BSD-3-Clause
 * Draws pictures with gnuplot.  gnuplot opens a file whose name begins with '|' or '<' as a pipe to
 * a command, so we pass it no file names.  It reads script and numbers from its standard input and
 * writes the picture to its standard output.  We write the picture's file after we have checked
 * that the picture is complete.  The script that is saved with the picture does contain file names,
 * for the user who runs it; "./" is put before each name that does not begin with '/'.
 *
 * gnuplot is run directly, never through a shell, and without the user's own start-up files, so
 * that the picture is the same everywhere. */
#include "cli/plots/gnuplot.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/system.h"
#include "base/text.h"
#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/frame/shell.h"

extern char **environ;

enum { MOST_BYTES = 1 << 28, LONGEST_ERROR = 400 };

/* A complete picture begins with `head` and ends with `tail`, apart from line ends after it. */
struct cli_plot_kind {
    const char *ending, *terminal;
    const char *head, *tail;
    size_t head_size, tail_size;
};

static const cli_plot_kind kinds[] = {
    { ".svg", "svg size 800,800 font \"sans,16\" background rgb \"white\" noenhanced", "<?xml",
      "</svg>", 5, 6 },
    { ".png", "pngcairo size 1000,1000 font \"sans,16\" noenhanced", "\x89PNG\r\n\x1A\n",
      "\0\0\0\0IEND\xAE\x42\x60\x82", 8, 12 },
};

ot_status cli_plot_open(cli_plot_files *p, const char *image)
{
    const char *const ending = strrchr(image, '.');
    p->kind = NULL;
    for (size_t i = 0; ending && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(ending, kinds[i].ending) == 0) p->kind = &kinds[i];
    if (!p->kind)
        return ot__fail(OT_EINVAL, "'%.200s' must end in .svg or .png, which chooses the format",
                        image);
    const int stem = (int)(ending - image);
    if (strlen(image) + 64 >= sizeof p->image)
        return ot__fail(OT_ECREATE, "'%.200s...': the name is too long", image);
    p->terminal = p->kind->terminal;
    snprintf(p->image, sizeof p->image, "%s", image);
    snprintf(p->dat, sizeof p->dat, "%.*s.dat", stem, image);
    snprintf(p->gp, sizeof p->gp, "%.*s.gp", stem, image);
    return OT_OK;
}

/* ---- text for gnuplot ------------------------------------------------------------------------ */

/* Writes a character of a string in single quotes, in which gnuplot interprets nothing.  A single
 * quote is written as a separate string, "\047", that is joined to the rest.  '' at the beginning
 * of a string would end it, and "'" would make gnuplot miscount the quotes and expand macros after
 * it. */
static void put_character(FILE *to, const char *text, int n)
{
    if (*text == '\'')
        fputs("'.\"\\047\".'", to);
    else
        fwrite(text, 1, (size_t)n, to);
}

void cli_plot_quote(FILE *to, const char *text)
{
    bool printable;
    fputc('\'', to);
    for (int n; *text; text += n) {
        n = ot__read_character(text, &printable);
        if (printable)
            put_character(to, text, n);
        else
            fputc('?', to);
    }
    fputc('\'', to);
}

void cli_plot_comment(FILE *to, const char *text)
{
    bool printable;
    for (int n; *text; text += n) {
        n = ot__read_character(text, &printable);
        if (printable)
            fwrite(text, 1, (size_t)n, to);
        else
            fputc('?', to);
    }
}

/* Writes the name of a file as a string.  Its bytes are kept; a line end is written as a separate
 * string in double quotes. */
static void quote_path(FILE *to, const char *path)
{
    fputs(*path == '/' ? "'" : "'./", to);
    for (; *path; path++)
        if (*path == '\n')
            fputs("'.\"\\n\".'", to);
        else
            put_character(to, path, 1);
    fputc('\'', to);
}

/* ---- files ----------------------------------------------------------------------------------- */

typedef struct text {
    char *data;
    size_t size;
} text;

/* Fills a text in new memory.  Returns OT_ENOMEM if memory runs out. */
static ot_status write_text(text *t, void (*fill)(FILE *to, void *user), void *user)
{
    *t = (text){ NULL, 0 };
    FILE *const to = open_memstream(&t->data, &t->size);
    if (!to) return cli_no_memory();
    fill(to, user);
    const bool good = !ferror(to);
    return fclose(to) == 0 && good ? OT_OK : cli_no_memory();
}

ot_status cli_plot_write(const char *path, void (*write)(FILE *to, void *user), void *user)
{
    text t;
    ot_status status = write_text(&t, write, user);
    if (status == OT_OK) status = ot__file_write(path, t.data, t.size);
    free(t.data);
    return status;
}

/* The user pointer of the callbacks below. */
typedef struct drawing {
    const cli_plot_files *files;
    const cli_plot_source *source;
} drawing;

/* Writes the script for the user. */
static void write_gp(FILE *to, void *user)
{
    const drawing *const d = user;
    fputs("# Draw it again with: gnuplot ", to);
    if (*d->files->gp != '/') fputs("./", to);
    cli_shell_word(to, d->files->gp);
    fputs("\nif (!exists('image')) image = ", to);
    quote_path(to, d->files->image);
    fputs("\nif (!exists('terminal')) terminal = ", to);
    cli_plot_quote(to, d->files->terminal);
    fputs("\ndat = ", to);
    quote_path(to, d->files->dat);
    fputs("\nset encoding utf8\neval('set terminal '.terminal)\nset output image\n\n", to);
    d->source->script(to, d->source->user);
}

/* Writes the input of our own gnuplot: the same commands, with the numbers in them. */
static void write_input(FILE *to, void *user)
{
    const drawing *const d = user;
    fputs("$numbers << END_OF_NUMBERS\n", to);
    d->source->numbers(to, d->source->user);
    fprintf(to, "END_OF_NUMBERS\ndat = '$numbers'\nset encoding utf8\nset terminal %s\n",
            d->files->terminal);
    d->source->script(to, d->source->user);
}

ot_status cli_plot_save(const cli_plot_files *p, const cli_plot_source *s)
{
    drawing d = { p, s };
    const ot_status status = cli_plot_write(p->dat, s->numbers, s->user);
    return status == OT_OK ? cli_plot_write(p->gp, write_gp, &d) : status;
}

/* ---- the process ----------------------------------------------------------------------------- */

/* gnuplot's standard input, output and error.  They are files in memory, so none can block. */
typedef struct streams {
    int fd[3];
} streams;

static void close_streams(streams *s)
{
    for (int i = 0; i < 3; i++)
        if (s->fd[i] >= 0) close(s->fd[i]);
}

static ot_status open_streams(streams *s, const text *input)
{
    static const char *const names[] = { "gnuplot-in", "gnuplot-out", "gnuplot-err" };
    *s = (streams){ { -1, -1, -1 } };
    for (int i = 0; i < 3; i++) {
        s->fd[i] = memfd_create(names[i], MFD_CLOEXEC);
        if (s->fd[i] < 0)
            return ot__fail(CLI_ESYSTEM, "gnuplot's input cannot be made: %s", strerror(errno));
    }
    const ot_status status =
        ot__write_all(s->fd[STDIN_FILENO], "gnuplot's script", input->data, input->size);
    if (status != OT_OK) return status;
    if (lseek(s->fd[STDIN_FILENO], 0, SEEK_SET) == 0) return OT_OK;
    return ot__fail(CLI_ESYSTEM, "gnuplot's input cannot be made: %s", strerror(errno));
}

/* gnuplot reads "-" one byte at a time, with a system call for each, and a file it can name in
 * blocks. */
static int spawn(const streams *s, pid_t *pid)
{
    char *const argv[] = { "gnuplot", "-d", "/dev/stdin", NULL };
    posix_spawn_file_actions_t actions;
    int why = posix_spawn_file_actions_init(&actions);
    if (why != 0) return why;
    for (int i = 0; i < 3 && why == 0; i++)
        why = posix_spawn_file_actions_adddup2(&actions, s->fd[i], i);
    if (why == 0) why = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return why;
}

/* Reads gnuplot's error output as one line, cut at `size`. */
static void read_error(int fd, char *line, size_t size)
{
    const ssize_t n = ot__sys_pread(fd, line, size - 1, 0);
    line[n > 0 ? n : 0] = 0;
    size_t used = 0;
    for (char *word = strtok(line, " \t\r\n"); word; word = strtok(NULL, " \t\r\n")) {
        const size_t length = strlen(word);
        if (used > 0) line[used++] = ' ';
        memmove(line + used, word, length);
        used += length;
    }
    line[used] = 0;
}

static ot_status run(const cli_plot_files *p, const streams *s)
{
    pid_t pid;
    int status;
    const int why = spawn(s, &pid);
    if (why == ENOENT)
        return ot__fail(
            CLI_EUNAVAILABLE,
            "gnuplot is not installed (apt install gnuplot-nox); the script '%s' can be "
            "run later",
            p->gp);
    if (why != 0) return ot__fail(CLI_EUNAVAILABLE, "gnuplot cannot be run: %s", strerror(why));
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return ot__fail(CLI_ESYSTEM, "gnuplot cannot be waited for: %s", strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return OT_OK;
    char error[LONGEST_ERROR];
    read_error(s->fd[STDERR_FILENO], error, sizeof error);
    return ot__fail(CLI_EUNAVAILABLE, "gnuplot failed on '%s'%s%s", p->gp, *error ? ": " : "",
                    error);
}

static bool is_whole(const cli_plot_kind *k, const text *t)
{
    size_t n = t->size;
    while (n > 0 && strchr("\r\n", t->data[n - 1]))
        n--;
    return n >= k->head_size + k->tail_size && memcmp(t->data, k->head, k->head_size) == 0 &&
           memcmp(t->data + n - k->tail_size, k->tail, k->tail_size) == 0;
}

/* Reads the picture into new memory, which the caller frees with ot__free. */
static ot_status read_picture(int fd, text *t)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return ot__fail(OT_EIO, "gnuplot's picture: %s", strerror(errno));
    if (st.st_size > MOST_BYTES)
        return ot__fail(OT_EIO, "gnuplot's picture has %jd bytes; at most %d are expected",
                        (intmax_t)st.st_size, MOST_BYTES);
    *t = (text){ ot__new((size_t)st.st_size + 1, 1), (size_t)st.st_size };
    return t->data ? ot__read_all(fd, "gnuplot's picture", t->data, t->size, 0) : OT_ENOMEM;
}

static ot_status keep_picture(const cli_plot_files *p, int fd)
{
    text t = { NULL, 0 };
    ot_status status = read_picture(fd, &t);
    if (status == OT_OK && !is_whole(p->kind, &t))
        status =
            ot__fail(CLI_EUNAVAILABLE,
                     "gnuplot's picture is incomplete: its %zu bytes do not begin and end as a "
                     "%s file does; '%s' is unchanged",
                     t.size, p->kind->ending, p->image);
    else if (status == OT_OK)
        status = ot__file_write(p->image, t.data, t.size);
    ot__free(t.data);
    return status;
}

ot_status cli_plot_draw(const cli_plot_files *p, const cli_plot_source *s)
{
    drawing d = { p, s };
    text input;
    streams channels = { { -1, -1, -1 } };
    ot_status status = write_text(&input, write_input, &d);
    if (status == OT_OK) status = open_streams(&channels, &input);
    if (status == OT_OK) status = run(p, &channels);
    if (status == OT_OK) status = keep_picture(p, channels.fd[STDOUT_FILENO]);
    close_streams(&channels);
    free(input.data);
    return status;
}
