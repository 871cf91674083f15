/* SPDX-License-Identifier: BSD-3-Clause
 * Chooses the file of weights that a command reads.  A run has up to three: those after the last
 * epoch, those of the most accurate epoch, and a moving average.  Their accuracies differ.  So the
 * file is the same for every command, and the command says which one it reads. */
#include "cli/runs/weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/frame/message.h"
#include "cli/frame/options.h"
#include "cli/frame/print.h"

enum { KINDS = CLI_WEIGHTS_AVERAGE + 1 };

static const char *const words[] = { "final", "best", "average", NULL };
static const ot_run_file files_of[KINDS] = { OT_RUN_FINAL, OT_RUN_BEST, OT_RUN_AVERAGE };

const ot_option cli_weights_options[] = {
    { .name = "weights-of",
      .kind = OT_OPTION_CHOICE,
      .argument = "WHICH",
      .choices = words,
      .help = "of a run: final, best (by validation), or average" },
    { 0 },
};

const char *cli_weights_missing(cli_weights_rule rule)
{
    return rule.of == CLI_WEIGHTS_FINAL ? "neither final.safetensors nor a checkpoint is there yet"
                                        : "the file that --weights-of chooses is not there";
}

ot_status cli_weights_spare(const char *read, const char *out, const char *done)
{
    struct stat from, to;
    if (stat(read, &from) != 0 || stat(out, &to) != 0 || from.st_dev != to.st_dev ||
        from.st_ino != to.st_ino)
        return OT_OK;
    return ot__fail(OT_EINVAL, "--out is the file that is %s; name another", done);
}

bool cli_is_directory(const char *path)
{
    struct stat there;
    return stat(path, &there) == 0 && S_ISDIR(there.st_mode);
}

static const char *last_part(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Adds an item to a list in text; a text that does not fit is cut. */
static void add_item(char *text, size_t size, const char *name, const char *word)
{
    const size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s%s%s%s", used > 0 ? ", " : "", name,
             word ? " (--weights-of " : "", word ? word : "", word ? ")" : "");
}

/* Reports that a run does not have a file, with the files of weights that it has. */
static ot_status lacks(const char *directory, const ot_run_files *files, int of)
{
    char others[512] = "";
    for (int i = 0; i < KINDS; i++)
        if (files->path[files_of[i]])
            add_item(others, sizeof others, ot_run_file_name(files_of[i]), words[i]);
    if (files->checkpoints > 0)
        add_item(others, sizeof others, last_part(files->checkpoint[0]), NULL);
    return ot__fail(OT_ENOENT, "'%.500s' has no %s; %s%s", directory,
                    ot_run_file_name(files_of[of]), *others ? "it has " : "it has no weights",
                    others);
}

ot_status cli_weights_choose(const char *directory, const ot_run_files *files,
                             cli_weights_rule rule, char **path)
{
    const char *chosen = files->path[files_of[rule.of]];
    *path = NULL;
    if (!chosen && rule.of == CLI_WEIGHTS_FINAL) chosen = ot_run_weights(files);
    if (!chosen) return lacks(directory, files, rule.of);
    *path = strdup(chosen);
    return *path ? OT_OK : cli_no_memory();
}

void cli_weights_say(const char *operand, cli_weights_rule rule, const char *path)
{
    const char *const wanted = ot_run_file_name(files_of[rule.of]);
    if (strcmp(operand, path) == 0) return; /* a file */
    if (strcmp(last_part(path), wanted) == 0)
        cli_print(stderr, "weights   %s\n", cli_shown(path));
    else
        cli_print(stderr, "odetape: note: '%s' has no %s yet; '%s' was read\n", cli_shown(operand),
                  wanted, cli_shown(path));
}

ot_status cli_weights_find(const char *operand, cli_weights_rule rule, char **path)
{
    *path = NULL;
    if (cli_is_directory(operand)) {
        ot_run_files *files;
        OT_TRY(ot_run_list(operand, &files));
        const ot_status status = cli_weights_choose(operand, files, rule, path);
        ot_run_files_free(files);
        return status;
    }
    if (rule.of != CLI_WEIGHTS_FINAL)
        return ot__fail(OT_EINVAL,
                        "--weights-of %s chooses a file of a run, and '%.500s' is not the "
                        "directory of a run",
                        words[rule.of], operand);
    *path = strdup(operand);
    return *path ? OT_OK : cli_no_memory();
}
