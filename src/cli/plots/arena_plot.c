/* SPDX-License-Identifier: BSD-3-Clause
 * Draws the arena of a program as rectangles: steps to the right, bytes upwards.  A rectangle is a
 * buffer from the step that writes it to the last one that reads it, at its place in the arena. */
#include "cli/plots/arena_plot.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/frame/message.h"
#include "cli/plots/gnuplot.h"

/* From dark to light, so that they can be distinguished in black and white. */
static const struct {
    const char *role, *title, *colour;
} roles[] = {
    { "value", "values", "#14407c" },
    { "gradient", "gradients", "#e09030" },
    { "state", "left for backward", "#606060" },
    { "sums", "sums per channel", "#c8c8c8" },
};
enum { ROLES = sizeof roles / sizeof roles[0] };
static const double MIB = 1 << 20;

typedef struct figure {
    const char *blocks;
    json_t *plan;
    const json_t *program; /* its only one */
} figure;

static double number(const json_t *row, const char *key)
{
    return json_number_value(json_object_get(row, key));
}

static bool is_role(const json_t *row, int role)
{
    return strcmp(json_string_value(json_object_get(row, "role")), roles[role].role) == 0;
}

static void write_buffer(FILE *to, const json_t *row)
{
    const char *const name = json_string_value(json_object_get(row, "name"));
    const double from = number(row, "first"), offset = number(row, "offset") / MIB;
    fprintf(to, "%.0f %.0f %.8g %.8g # ", from, number(row, "last") + 1, offset,
            offset + number(row, "bytes") / MIB);
    cli_plot_comment(to, name ? name : "");
    fputc('\n', to);
}

static void write_numbers(FILE *to, void *user)
{
    const figure *const f = user;
    size_t i;
    json_t *row;
    fputs("# One block per kind of buffer: the step that writes it, the step after the last that "
          "reads it, its\n# begin and end in the arena in MiB.\n",
          to);
    for (int role = 0; role < ROLES; role++) {
        fprintf(to, "%s# %s\n", role ? "\n\n" : "", roles[role].title);
        fputs("nan nan nan nan\n", to); /* gnuplot needs at least one line */
        json_array_foreach(json_object_get(f->plan, "arena"), i, row)
        {
            if (is_role(row, role)) write_buffer(to, row);
        }
    }
}

static void write_script(FILE *to, void *user)
{
    const figure *const f = user;
    const double forward = number(f->program, "steps_forward");
    const double steps = forward + number(f->program, "steps_backward");
    const double arena = number(f->program, "arena_bytes") / MIB;
    fputs("# The arena over the steps of a program.\nset title ", to);
    cli_plot_quote(to, f->blocks);
    fprintf(to,
            "\nset xlabel 'step'\nset ylabel 'memory, MiB'\nset xrange [0:%.0f]\n"
            "set yrange [0:%.6g]\nset tics out nomirror\nset border 3\n"
            "set key at graph 0.5, 1.0 center bottom horizontal maxrows 1 samplen 2\n"
            "set tmargin 5\nset title offset 0, 1.6\n",
            steps, 1.06 * arena);
    fprintf(to,
            "set arrow from 0, %.6g to %.0f, %.6g nohead lw 1.5 dt 2 front\n"
            "set label '%.3g MiB, batch %.0f' at %.6g, %.6g right offset 0, 0.6 front\n",
            arena, steps, arena, arena, number(f->program, "batch"), steps, arena);
    if (forward < steps)
        fprintf(to,
                "set arrow from %.0f, 0 to %.0f, %.6g nohead lw 1.5 dt 3 front\n"
                "set label 'forward' at %.6g, %.6g right offset -0.6, 0.6 front\n"
                "set label 'backward' at %.6g, %.6g left offset 0.6, 0.6 front\n",
                forward, forward, 1.06 * arena, forward, arena, forward, arena);
    fputs("plot ", to);
    for (int role = 0; role < ROLES; role++)
        fprintf(to,
                "%sdat index %d using (($1+$2)/2):(($3+$4)/2):1:2:3:4 with boxxyerror fs solid "
                "border lc rgb '#ffffff' lw 0.6 fc rgb '%s' notitle, \\\n"
                "     NaN with boxes fs solid lc rgb '%s' title '%s'",
                role ? ", \\\n     " : "", role, roles[role].colour, roles[role].colour,
                roles[role].title);
    fputc('\n', to);
}

/* Reads the plan that the library prints. */
static ot_status read_plan(const ot_execution *e, json_t **plan)
{
    char *text = NULL;
    size_t size = 0;
    FILE *const to = open_memstream(&text, &size);
    if (!to) return cli_no_memory();
    ot_status status = ot_execution_plan(e, OT_LIST_JSON, true, to);
    if (fclose(to) != 0 && status == OT_OK) status = cli_no_memory();
    if (status == OT_OK && ot__json_parse(text, size, plan, NULL) != OT_OK)
        status = cli_no_memory();
    free(text);
    return status;
}

ot_status cli_arena_plot(const ot_net *net, const ot_execution *e, const char *image)
{
    cli_plot_files files;
    char terminal[160];
    figure f = { .blocks = ot_net_options(net)->blocks };
    const cli_plot_source source = { write_numbers, write_script, &f };
    OT_TRY(cli_plot_open(&files, image));
    OT_TRY(read_plan(e, &f.plan));
    const json_t *const programs = json_object_get(f.plan, "programs");
    f.program = json_array_get(programs, 0);
    const bool svg = strncmp(files.terminal, "svg", 3) == 0;
    snprintf(terminal, sizeof terminal, "%s font \"sans,15\" noenhanced%s",
             svg ? "svg size 1000,560" : "pngcairo size 1250,700",
             svg ? " background rgb \"white\"" : "");
    files.terminal = terminal;
    ot_status status =
        json_array_size(programs) == 1
            ? cli_plot_save(&files, &source)
            : ot__fail(OT_EINVAL, "--arena draws one program, and a network with controlled steps "
                                  "is several; leave it out");
    if (status == OT_OK) status = cli_plot_draw(&files, &source);
    json_decref(f.plan);
    return status;
}
