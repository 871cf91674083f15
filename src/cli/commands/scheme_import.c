/* SPDX-License-Identifier: BSD-3-Clause
 * odetape scheme import: reads a tableau in another notation, prints it in ours, and proves its
 * order. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/frame/claims.h"
#include "cli/frame/message.h"
#include "cli/frame/print.h"
#include "cli/runs/weights.h"

enum { FILE_MOST = 1 << 20, NAME_MOST = 31 };

struct settings {
    const char *out, *name;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const ot_option options[] = {
    { .name = "out",
      .letter = 'o',
      .kind = OT_OPTION_TEXT,
      .argument = "FILE",
      FIELD(out),
      .help = "tableau file to write; otherwise the tableau is printed" },
    { .name = "name",
      .kind = OT_OPTION_TEXT,
      .argument = "NAME",
      FIELD(name),
      .help = "name of the scheme; otherwise that of the file" },
    { 0 },
};

static const cli_group groups[] = { { "Import options", options, 0 }, { 0 } };

/* The name of a file without its ending, as the name of a scheme: "My RK-4.py" is my_rk_4. */
static void name_of(const char *path, char name[NAME_MOST + 1])
{
    const char *const file = ot__name_in(path);
    size_t n = 0;
    for (const char *c = file; *c && *c != '.' && n < NAME_MOST; c++)
        if (isalnum((unsigned char)*c))
            name[n++] = (char)tolower((unsigned char)*c);
        else if (n > 0)
            name[n++] = '_';
    while (n > 0 && name[n - 1] == '_')
        n--;
    name[n] = 0;
    const char *const x = strrchr(name, 'x'); /* "rk4x2" would be two blocks of rk4 */
    const bool blocks = x && x[1] && strspn(x + 1, "0123456789") == strlen(x + 1);
    if (!islower((unsigned char)name[0]) || blocks) strcpy(name, "imported");
}

/* Prints the lines of the notes and the proved orders on stderr. */
static ot_status print_notes(const ot_scheme *s, const char *notes)
{
    cli_claims claims;
    cli_order order;
    const ot_status status = cli_claims_of(s, &claims);
    if (status != OT_OK) return status;
    for (const char *line = notes; *line; line += strcspn(line, "\n") + 1)
        cli_print(stderr, "%.*s\n", (int)strcspn(line, "\n"), line);
    for (int row = 0; row < ot_tableau_rows(ot_scheme_tableau(s)); row++)
        cli_print(stderr, "%s: order %s\n", ot_tableau_row_name(ot_scheme_tableau(s), row),
                  cli_claims_order(&claims, s, row, &order));
    return OT_OK;
}

static ot_status deliver(const struct settings *s, const char *file, const ot_scheme *scheme)
{
    const char *const text = ot_scheme_text(scheme);
    if (!s->out) {
        fputs(text, stdout);
        return OT_OK;
    }
    const ot_status status = cli_weights_spare(file, s->out, "imported");
    return status == OT_OK ? ot__file_write(s->out, text, strlen(text)) : status;
}

static ot_status import(const struct settings *s, const char *file, const char *text)
{
    char name[NAME_MOST + 1];
    ot_tableau *t = NULL;
    ot_scheme *scheme = NULL;
    char *notes = NULL;
    name_of(file, name);
    ot_status status = ot_tableau_import(text, file, s->name ? s->name : name, &t, &notes);
    if (status == OT_OK) status = ot_scheme_from_tableau(t, &scheme);
    if (status == OT_OK) status = deliver(s, file, scheme);
    if (status == OT_OK) status = print_notes(scheme, notes);
    ot_scheme_free(scheme);
    ot_tableau_free(t);
    free(notes);
    return status;
}

static ot_status run(void *settings, char **operands)
{
    char *text = NULL;
    size_t size = 0;
    ot_status status = ot__file_read(operands[0], FILE_MOST, &text, &size);
    if (status == OT_OK && strlen(text) != size)
        status = ot__fail(OT_EFORMAT, "%s has a zero byte; a tableau is plain text", operands[0]);
    if (status == OT_OK) status = import(settings, operands[0], text);
    ot__free(text);
    return status;
}

const cli_command cli_scheme_import = {
    .name = "scheme import",
    .operands = "FILE",
    .n_operands = 1,
    .summary = "make a tableau of one in Python, Julia, C, Fortran or LaTeX",
    .detail =
        "FILE has the tableau in another notation, with a few lines around it.  What was taken\n"
        "for what, and the proved order, are printed on stderr.  An unclear text is refused.",
    .groups = groups,
    .settings_size = sizeof(struct settings),
    .run = run,
};
