/* SPDX-License-Identifier: BSD-3-Clause
 * Options as data.  One constant table yields the parsing with its range checks, --help, the list
 * that the tests compare with the manual, and the metadata of saved networks: an option's name is
 * its key there. */
#ifndef OT_CLI_FRAME_OPTIONS_H
#define OT_CLI_FRAME_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/frame/command.h"

enum { CLI_MOST_OPTIONS = 48, CLI_MOST_MILESTONES = 32, CLI_MOST_TEXTS = 32 };

typedef enum cli_kind {
    CLI_SWITCH, /* bool: becomes true */
    CLI_OFF,    /* bool: becomes false */
    CLI_INT,    /* int within least..most */
    CLI_SEED,   /* uint64_t */
    CLI_REAL,   /* double within least..most */
    CLI_TEXT,   /* const char *, not empty */
    CLI_TEXTS,  /* cli_texts: one more each time it is given */
    CLI_CHOICE, /* int or enum: an index into choices */
    CLI_LIST,   /* cli_list: ascending whole numbers within least..most, or "none" */
    CLI_HELP,
    CLI_VERSION,
} cli_kind;

typedef struct cli_list {
    int n; /* -1: not given */
    int value[CLI_MOST_MILESTONES];
} cli_list;

typedef struct cli_texts {
    int n;
    const char *value[CLI_MOST_TEXTS];
} cli_texts;

struct cli_option {
    const char *name; /* without the dashes */
    char letter;      /* 0: none */
    cli_kind kind;
    const char *argument; /* what stands for the value: "N", "DIR"; NULL for a switch */
    double least, most;
    const char *const *choices; /* ends with NULL */
    size_t offset;              /* of the field in its group's structure */
    const char *help;           /* a phrase */
    const char *unsaid; /* a default that files do not tell: they are older than the option */
};

/* --help and --version, which every command has. */
extern const cli_option cli_common_options[];

/* Fill settings from argv[1], argv[2], ...; operands point into argv.  CLI_GO_ON, or the exit code
 * when everything has been said already: a usage error, --help, --version. */
enum { CLI_GO_ON = -1 };
int cli_parse(const cli_command *c, int argc, char **argv, void *settings, char ***operands);

/* Read one value into its field of the group's structure.  false: why holds a sentence. */
bool cli_option_read(const cli_option *o, const char *text, void *group, char *why, size_t size);
/* The value as text that cli_option_read reads again; "" for a text or list that is not given. */
void cli_option_write(const cli_option *o, const void *group, char *text, size_t size);
/* Whether cli_option_read would take the text. */
bool cli_option_accepts(const cli_option *o, const char *text);
bool cli_option_has_argument(const cli_option *o);

#endif
