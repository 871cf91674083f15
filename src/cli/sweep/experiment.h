/* SPDX-License-Identifier: BSD-3-Clause
 * An experiment file, odetape-experiment(5): values of the options of one command, each one or a
 * list, in sections that say when they hold.  The keys are the command's option table, so an option
 * that is new there is a key here. */
#ifndef OT_CLI_SWEEP_EXPERIMENT_H
#define OT_CLI_SWEEP_EXPERIMENT_H

#include "cli/frame/options.h"

enum {
    CLI_MOST_SECTIONS = 64,
    CLI_MOST_VALUES = 4096,
    CLI_LONGEST_EXPERIMENT = 1 << 16, /* bytes */
    CLI_NO_SECTION = -1,
};

typedef enum cli_section_kind {
    CLI_ABOUT, /* [experiment]: what it is, for people */
    CLI_BASE,  /* [train]: options of all runs */
    CLI_SCALE, /* [scale NAME]: at this scale, instead of those of [train] */
    CLI_GRID,  /* [grid NAME]: all combinations of its lists, instead of either */
} cli_section_kind;

typedef struct cli_section {
    cli_section_kind kind;
    const char *name; /* "" if it has none */
    int line;
} cli_section;

/* Where an option comes from; group NULL: it is `depth`, which only experiments have. */
typedef struct cli_key {
    const ot_option *option;
    const cli_group *group;
} cli_key;

/* One item of the list behind a key. */
typedef struct cli_value {
    int section, key;
    const char *text;
    const char *plain; /* the same value as cli_option_write spells it */
    int line;
} cli_value;

typedef struct cli_experiment {
    const char *path;
    const cli_command *command;
    int n_keys, n_sections, n_values;
    cli_key key[CLI_MOST_OPTIONS];
    cli_section section[CLI_MOST_SECTIONS];
    cli_value value[CLI_MOST_VALUES]; /* of a key in a section, side by side */
    const char *title, *note;         /* of [experiment], or NULL */
    int n_pool;
    char pool[2 * CLI_LONGEST_EXPERIMENT]; /* what the texts point into */
} cli_experiment;

/* Both: CLI_ECONFIG if the text is not an experiment, or what ot__file_read returns.  path and
 * command stay the caller's; e is filled from nothing. */
ot_status cli_experiment_read(cli_experiment *e, const cli_command *command, const char *path);
ot_status cli_experiment_parse(cli_experiment *e, const cli_command *command, const char *path,
                               const char *text, size_t size);

/* CLI_ECONFIG and a sentence with a place, "FILE:LINE: ...", in a file that is to blame. */
ot_status cli_experiment_refuse(const cli_experiment *e, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The index of a key, -1 where there is none. */
int cli_experiment_key(const cli_experiment *e, const char *name);
/* The i-th value of a key in a section, NULL behind the last. */
const cli_value *cli_experiment_value(const cli_experiment *e, int section, int key, int i);
/* The section of a kind with this name, or the first of the kind if name is NULL; CLI_NO_SECTION.
 */
int cli_experiment_section(const cli_experiment *e, cli_section_kind kind, const char *name);
/* Where the values of a key come from in a grid at a scale: the first of grid, scale and [train]
 * that has some; CLI_NO_SECTION. */
int cli_experiment_source(const cli_experiment *e, int grid, int scale, int key);

#endif
