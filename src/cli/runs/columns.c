/* SPDX-License-Identifier: BSD-3-Clause
 * The table of columns.  A row holds everything about a column: its key in files, its heading,
 * where a cli_outcome has its value, and how the value is written.  No other file lists the
 * results. */
#include "cli/runs/columns.h"

#include <math.h>
#include <string.h>

#include "base/decimal.h"

/* ---- numbers that follow from others ---- */

static double layers(const cli_outcome *o)
{
    return o->convs + 2;
}

static double steps(const cli_outcome *o)
{
    return (double)o->batches * o->epochs;
}

static double flops(const cli_outcome *o)
{
    return o->flops_forward + o->flops_backward;
}

/* ---- cells ---- */

static const char *hundredths(cli_text *t, double value)
{
    snprintf(t->s, sizeof t->s, "%.2f", value);
    return t->s;
}

static const char *shortest(cli_text *t, double value)
{
    snprintf(t->s, sizeof t->s, "%s", OT__REAL(value));
    return t->s;
}

static const char *whole(cli_text *t, double value)
{
    snprintf(t->s, sizeof t->s, "%.0f", value);
    return t->s;
}

static const char *grouped(cli_text *t, double value)
{
    return cli_grouped(t, (size_t)value);
}

static void write_epochs(const cli_outcome *o, char *text, size_t size)
{
    snprintf(text, size, "%d/%d", o->epochs, o->planned_epochs);
}

static void write_status(const cli_outcome *o, char *text, size_t size)
{
    snprintf(text, size, "%s", cli_state_name(o->state));
}

static void write_version(const cli_outcome *o, char *text, size_t size)
{
    const json_t *const build = json_object_get(o->config, "build");
    const char *const version = json_string_value(json_object_get(build, "version"));
    snprintf(text, size, "%s", version ? version : "");
}

/* ---- the table ---- */

/* clang-format off */
#define AT(member) .offset = offsetof(cli_outcome, member)
#define REAL(member) .number = true, .field = CLI_REAL_FIELD, AT(member)
#define WHOLE(member) .number = true, .field = CLI_WHOLE_FIELD, AT(member)
#define TEXT(member) .field = CLI_TEXT_FIELD, AT(member), .size = sizeof((cli_outcome *)0)->member
#define COMPUTED(function) .number = true, .field = CLI_NO_FIELD, .compute = function
#define KNOWN_ABOVE_ZERO .zero_is_missing = true

static const cli_column columns[CLI_COLUMNS] = {
    /* key, heading, width, width in a table of groups, statistic of a group */
    [CLI_COLUMN_RUN] = { "name", "run", -20, -20, CLI_OF_FIRST,
        TEXT(name) },
    [CLI_COLUMN_GRID] = { "grid", "grid", -10, -10, CLI_OF_FIRST,
        TEXT(grid) },
    [CLI_COLUMN_NET] = { "net", "net", -20, -20, CLI_OF_FIRST,
        TEXT(blocks) },
    [CLI_COLUMN_LAYERS] = { "layers", "layers", 6, 6, CLI_OF_FIRST,
        COMPUTED(layers), .format = whole },
    [CLI_COLUMN_SEED] = { "seed", "seed", 6, 6, CLI_OF_FIRST,
        TEXT(seed) },
    [CLI_COLUMN_STATUS] = { "status", "status", 0, 0, CLI_OF_LIST,
        .field = CLI_NO_FIELD, .write = write_status },
    [CLI_COLUMN_PARAMETERS] = { "parameters", "parameters", 10, 10, CLI_OF_FIRST,
        REAL(params), .format = grouped },
    [CLI_COLUMN_CONVS] = { "convs", "convs", 5, 5, CLI_OF_FIRST,
        WHOLE(convs), .format = whole },
    [CLI_COLUMN_FLOPS_FORWARD] = { "flops_forward", "forward", 11, 11, CLI_OF_FIRST,
        REAL(flops_forward), .format = cli_flops },
    [CLI_COLUMN_FLOPS_BACKWARD] = { "flops_backward", "backward", 11, 11, CLI_OF_FIRST,
        REAL(flops_backward), .format = cli_flops },
    [CLI_COLUMN_EPOCHS] = { "epochs", "epochs", 9, 9, CLI_OF_MOST,
        WHOLE(epochs), .format = whole, .write = write_epochs },
    [CLI_COLUMN_LR] = { "lr", "lr", 8, 8, CLI_OF_FIRST,
        REAL(lr), .format = shortest },
    [CLI_COLUMN_TRAIN_LOSS] = { "train_loss", "train loss", 10, 15, CLI_OF_SPREAD,
        REAL(loss), .format = hundredths },
    [CLI_COLUMN_BEST] = { "best_accuracy", "best test %", 11, 15, CLI_OF_SPREAD,
        REAL(best_accuracy), .format = hundredths, .unit = 100 },
    [CLI_COLUMN_BEST_EPOCH] = { "best_epoch", "best test epoch", 15, 15, CLI_OF_SPREAD,
        WHOLE(best_epoch), .format = whole, KNOWN_ABOVE_ZERO },
    [CLI_COLUMN_FINAL] = { "final_accuracy", "final %", 7, 15, CLI_OF_SPREAD,
        REAL(final_accuracy), .format = hundredths, .unit = 100 },
    [CLI_COLUMN_VALIDATION] = { "validation_accuracy", "validation %", 12, 15, CLI_OF_SPREAD,
        REAL(validation_accuracy), .format = hundredths, .unit = 100, .option = "validation" },
    [CLI_COLUMN_CHOSEN] = { "chosen_accuracy", "chosen %", 8, 15, CLI_OF_SPREAD,
        REAL(chosen_accuracy), .format = hundredths, .unit = 100, .option = "validation" },
    [CLI_COLUMN_CHOSEN_EPOCH] = { "chosen_epoch", "chosen epoch", 12, 14, CLI_OF_SPREAD,
        WHOLE(chosen_epoch), .format = whole, KNOWN_ABOVE_ZERO, .option = "validation" },
    [CLI_COLUMN_AVERAGE] = { "average_accuracy", "average %", 9, 15, CLI_OF_SPREAD,
        REAL(average_accuracy), .format = hundredths, .unit = 100, .option = "average" },
    [CLI_COLUMN_FIRST_REACHED] = { "epochs_to_0.80", "epochs to", 14, 14, CLI_OF_SPREAD,
        WHOLE(reached[0]), .format = whole, KNOWN_ABOVE_ZERO },
    [CLI_COLUMN_SECOND_REACHED] = { "epochs_to_0.85", "epochs to", 14, 14, CLI_OF_SPREAD,
        WHOLE(reached[1]), .format = whole, KNOWN_ABOVE_ZERO },
    [CLI_COLUMN_SECONDS] = { "seconds", "time", 9, 9, CLI_OF_MEAN,
        REAL(seconds), .format = cli_duration },
    [CLI_COLUMN_SPEED] = { "images_per_second", "img/s", 8, 8, CLI_OF_MEAN,
        REAL(images_per_second), .format = cli_rate, KNOWN_ABOVE_ZERO },
    [CLI_COLUMN_MEMORY] = { "peak_bytes", "memory", 10, 10, CLI_OF_MEAN,
        REAL(peak_bytes), .format = cli_bytes, KNOWN_ABOVE_ZERO },
    [CLI_COLUMN_PREDICTED_MEMORY] = { "predicted_bytes", "predicted", 10, 10, CLI_OF_MEAN,
        REAL(predicted_bytes), .format = cli_bytes, KNOWN_ABOVE_ZERO },
    [CLI_COLUMN_STEPS] = { "steps", "steps", 8, 8, CLI_OF_MOST,
        COMPUTED(steps), .format = whole },
    [CLI_COLUMN_ENTRY] = { "entry", "entry", 5, 5, CLI_OF_FIRST,
        WHOLE(entry), .format = whole, KNOWN_ABOVE_ZERO },
    [CLI_COLUMN_FLOPS] = { NULL, "per image", 11, 11, CLI_OF_FIRST,
        COMPUTED(flops), .format = cli_flops },
    [CLI_COLUMN_SEEDS] = { NULL, "seeds", -9, -9, CLI_OF_LIST,
        TEXT(seed) },
    [CLI_COLUMN_BUILD] = { NULL, "build", -8, -5, CLI_OF_LIST,
        .field = CLI_NO_FIELD, .write = write_version },
};
/* clang-format on */

const cli_column_id cli_group_columns[CLI_GROUP_COLUMNS] = {
    CLI_COLUMN_NET,
    CLI_COLUMN_PARAMETERS,
    CLI_COLUMN_CONVS,
    CLI_COLUMN_FLOPS,
    CLI_COLUMN_STEPS,
    CLI_COLUMN_SEEDS,
    CLI_COLUMN_BEST,
    CLI_COLUMN_FINAL,
    CLI_COLUMN_VALIDATION,
    CLI_COLUMN_CHOSEN,
    CLI_COLUMN_AVERAGE,
    CLI_COLUMN_FIRST_REACHED,
    CLI_COLUMN_SECOND_REACHED,
    CLI_COLUMN_SPEED,
    CLI_COLUMN_MEMORY,
    CLI_COLUMN_SECONDS,
    CLI_COLUMN_BUILD,
    CLI_COLUMN_STATUS,
};

const cli_column *cli_column_of(cli_column_id id)
{
    return &columns[id];
}

double cli_column_value(cli_column_id id, const cli_outcome *o)
{
    const cli_column *const c = &columns[id];
    const void *const field = (const char *)o + c->offset;
    const double value = c->field == CLI_REAL_FIELD    ? *(const double *)field
                         : c->field == CLI_WHOLE_FIELD ? *(const int *)field
                         : c->compute                  ? c->compute(o)
                                                       : NAN;
    const bool missing = (c->field == CLI_WHOLE_FIELD && value < 0) ||
                         (c->zero_is_missing && !(value > 0)) || !isfinite(value);
    return missing ? NAN : c->unit > 0 ? c->unit * value : value;
}

bool cli_column_is_whole(cli_column_id id)
{
    const cli_column *const c = &columns[id];
    return c->field == CLI_WHOLE_FIELD || c->format == whole || c->format == grouped ||
           c->format == cli_bytes;
}

bool cli_column_is_shown(cli_column_id id, int n, const cli_outcome run[])
{
    bool shown = columns[id].option == NULL;
    for (int i = 0; i < n; i++)
        shown = shown || !isnan(cli_column_value(id, &run[i]));
    return shown;
}

const char *cli_column_heading(cli_cell *cell, cli_column_id id, const double *reach)
{
    if (!reach) reach = cli_usual_reach;
    if (id == CLI_COLUMN_FIRST_REACHED || id == CLI_COLUMN_SECOND_REACHED)
        snprintf(cell->s, sizeof cell->s, "%s %s%%", columns[id].heading,
                 OT__ROUNDED(100 * reach[id == CLI_COLUMN_SECOND_REACHED], 4));
    else
        snprintf(cell->s, sizeof cell->s, "%s", columns[id].heading);
    return cell->s;
}

const char *cli_column_format(cli_cell *cell, cli_column_id id, double value)
{
    cli_text text;
    snprintf(cell->s, sizeof cell->s, "%s", isnan(value) ? "-" : columns[id].format(&text, value));
    return cell->s;
}

const char *cli_column_text(cli_cell *cell, cli_column_id id, const cli_outcome *o)
{
    const cli_column *const c = &columns[id];
    if (c->number && !c->write) return cli_column_format(cell, id, cli_column_value(id, o));
    if (c->write)
        c->write(o, cell->s, sizeof cell->s);
    else
        snprintf(cell->s, sizeof cell->s, "%s", (const char *)o + c->offset);
    if (!*cell->s) strcpy(cell->s, "-");
    return cell->s;
}
