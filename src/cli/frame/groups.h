/* SPDX-License-Identifier: BSD-3-Clause
 * Groups of options that several commands share. */
#ifndef OT_CLI_FRAME_GROUPS_H
#define OT_CLI_FRAME_GROUPS_H

#include "cli/frame/options.h"
#include "odetape.h"

/* The options that say for what a network is compiled. */
typedef struct cli_program {
    bool evaluate;
    int dtype;
    size_t memory_limit;
    bool rebuild;
} cli_program;

ot_compile_opts cli_compile_opts(const cli_program *p);

/* The options of the commands that list or measure a network: tape and plan. */
typedef struct cli_chosen {
    ot_net_opts net;
    cli_program program;
    int threads;
} cli_chosen;

/* Compiles the chosen network, calls `use` with it, and frees it.  plan_only: it is planned and
 * cannot run.  OT_EIO from `use` is not returned: cli_flush_stdout reports it. */
ot_status cli_with_execution(const cli_chosen *chosen, bool plan_only,
                             ot_status (*use)(const ot_net *net, ot_execution *e,
                                              const void *settings),
                             const void *settings);

/* The tables of options.  The type is that of the field or struct that they fill. */
extern const ot_option cli_size_options[];    /* ot_net_opts: image and batch */
extern const ot_option cli_program_options[]; /* cli_program */
extern const ot_option cli_data_options[];    /* const char *: the data set */
extern const ot_option cli_split_options[];   /* int: an ot_split */
extern const ot_option cli_thread_options[];  /* int: the number of threads, 0 if not given */

/* The default width and size of a network.  Its other options are unset, so that a system may set
 * them. */
#define CLI_DEFAULT_NETWORK(channels, pixels, images)                                              \
    {                                                                                              \
        .width = (channels), .image = (pixels), .batch = (images)                                  \
    }
#define CLI_PAPER_NETWORK CLI_DEFAULT_NETWORK(64, 32, 128)

/* Groups for a command's list.  member is the field of the command's `struct settings` that the
 * group fills. */
#define CLI_NETWORK_GROUP(member)                                                                  \
    {                                                                                              \
        "Network options", ot_net_rows, offsetof(struct settings, member)                          \
    }
#define CLI_SIZE_GROUP(member)                                                                     \
    {                                                                                              \
        "Size options", cli_size_options, offsetof(struct settings, member)                        \
    }
#define CLI_PROGRAM_GROUP(member)                                                                  \
    {                                                                                              \
        "Program options", cli_program_options, offsetof(struct settings, member)                  \
    }
#define CLI_DATA_GROUP(member)                                                                     \
    {                                                                                              \
        "Data options", cli_data_options, offsetof(struct settings, member)                        \
    }
#define CLI_SPLIT_GROUP(member)                                                                    \
    {                                                                                              \
        "Split options", cli_split_options, offsetof(struct settings, member)                      \
    }
#define CLI_THREAD_GROUP(member)                                                                   \
    {                                                                                              \
        "Machine options", cli_thread_options, offsetof(struct settings, member)                   \
    }

extern const char *const cli_split_names[];

#endif
