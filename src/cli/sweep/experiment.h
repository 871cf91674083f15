/* SPDX-License-Identifier: BSD-3-Clause
 * An experiment file, odetape-experiment(5).  It gives options of one command values or lists of
 * values, in sections that say for which runs they hold.  The keys are the options in the command's
 * tables, so a new option is a new key. */
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
    CLI_ABOUT, /* [experiment]: a title and a note for people */
    CLI_BASE,  /* [train]: options of all runs */
    CLI_SCALE, /* [scale NAME]: replaces options of [train] if this scale is chosen */
    CLI_GRID,  /* [grid NAME]: replaces options of both; one run per combination of values */
} cli_section_kind;

typedef struct cli_section {
    cli_section_kind kind;
    const char *name; /* "" if the section has none */
    int line;
} cli_section;

/* A key is an option of the command and the group it belongs to.  The key `depth` exists only in
 * experiments; its group is NULL. */
typedef struct cli_key {
    const ot_option *option;
    const cli_group *group;
} cli_key;

/* One item of a key's list. */
typedef struct cli_value {
    int section, key;  /* indices */
    const char *text;  /* as the file spells it */
    const char *plain; /* as ot__option_write spells the same value */
    int line;
} cli_value;

typedef struct cli_experiment {
    const char *path;
    const cli_command *command;
    int n_keys, n_sections, n_values;
    cli_key key[CLI_MOST_OPTIONS];
    cli_section section[CLI_MOST_SECTIONS];
    cli_value value[CLI_MOST_VALUES]; /* those of one key in one section are adjacent */
    const char *title, *note;         /* of [experiment], or NULL */
    int n_pool;
    char pool[2 * CLI_LONGEST_EXPERIMENT]; /* the bytes of all texts */
} cli_experiment;

/* Read an experiment from a file, or from text that path names in messages.  Return CLI_ECONFIG if
 * the text is not an experiment; cli_experiment_read also the errors of ot__file_read.  e keeps the
 * pointers path and command.  Its old contents are lost. */
ot_status cli_experiment_read(cli_experiment *e, const cli_command *command, const char *path);
ot_status cli_experiment_parse(cli_experiment *e, const cli_command *command, const char *path,
                               const char *text, size_t size);

/* Returns CLI_ECONFIG with a message that begins with the place of the error, "FILE:LINE: ". */
ot_status cli_experiment_refuse(const cli_experiment *e, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Returns the index of a key, or -1 if there is none with this name. */
int cli_experiment_key(const cli_experiment *e, const char *name);
/* Returns the i-th value of a key in a section, or NULL if it has fewer. */
const cli_value *cli_experiment_value(const cli_experiment *e, int section, int key, int i);
/* Returns the section of a kind with this name, or the first of the kind if name is NULL.  Returns
 * CLI_NO_SECTION if there is none. */
int cli_experiment_section(const cli_experiment *e, cli_section_kind kind, const char *name);
/* Returns the section that a grid at a scale takes the values of a key from: the first of grid,
 * scale and [train] that has any, or CLI_NO_SECTION. */
int cli_experiment_source(const cli_experiment *e, int grid, int scale, int key);

#endif
