/* SPDX-License-Identifier: BSD-3-Clause
 * Groups of options that several commands share. */
#ifndef OT_CLI_FRAME_GROUPS_H
#define OT_CLI_FRAME_GROUPS_H

#include "cli/frame/options.h"
#include "odetape.h"

/* Which program of a network. */
typedef struct cli_program {
    bool evaluate;
    int dtype;
} cli_program;

ot_compile_opts cli_compile_opts(const cli_program *p);

/* A network's program, as commands that look into one are asked for it. */
typedef struct cli_chosen {
    ot_net_opts net;
    cli_program program;
    int threads;
} cli_chosen;

/* OT_EINVAL if a network is no single program. */
ot_status cli_need_one_program(const char *command, const ot_net_opts *net);

/* Compile it, planned only or to be run, hand it to `use`, and free it.  OT_EIO from `use` is left
 * to cli_flush_stdout. */
ot_status cli_with_program(const char *command, const cli_chosen *chosen, bool plan_only,
                           ot_status (*use)(const ot_net *net, ot_program *p, const void *settings),
                           const void *settings);

extern const ot_option cli_size_options[];    /* of an ot_net_opts: image and batch */
extern const ot_option cli_program_options[]; /* of a cli_program */
extern const ot_option cli_data_options[];    /* of a const char *: the data set */
extern const ot_option cli_split_options[];   /* of an int: ot_split */
extern const ot_option cli_thread_options[];  /* of an int: 0 means not given */

/* What a network is unless the options say otherwise. */
#define CLI_PREACT(channels, pixels, images)                                                       \
    {                                                                                              \
        .subnet = "preact", .width = (channels), .stem_stride = 1, .image = (pixels),              \
        .batch = (images)                                                                          \
    }
#define CLI_PAPER_NETWORK CLI_PREACT(64, 32, 128)

/* Groups as commands list them: member is of the command's `struct settings`. */
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
