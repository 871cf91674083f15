/* SPDX-License-Identifier: BSD-3-Clause
 * Two tables: the options of trainers and of common tools, and the names of their commands. */
#include "cli/frame/words.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "odetape.h"

/* The option or, if there is none, what to do instead. */
static const struct {
    const char *word, *option, *instead;
} options[] = {
    { "learning-rate", "lr", NULL },
    { "lr-schedule", "schedule", NULL },
    { "lr-scheduler", "schedule", NULL },
    { "scheduler", "schedule", NULL },
    { "lr-decay", "decay", NULL },
    { "gamma", "decay", NULL },
    { "lr-steps", "milestones", NULL },
    { "warmup-epochs", "warmup", NULL },
    { "batch-size", "batch", NULL },
    { "bs", "batch", NULL },
    { "num-epochs", "epochs", NULL },
    { "n-epochs", "epochs", NULL },
    { "max-epochs", "epochs", NULL },
    { "max-time", "max-seconds", NULL },
    { "dataset", "data", NULL },
    { "data-dir", "data", NULL },
    { "data-path", "data", NULL },
    { "dir", "data", NULL },
    { "output", "out", NULL },
    { "out", "output", NULL },
    { "output-dir", "out", NULL },
    { "out-dir", "out", NULL },
    { "save", "out", NULL },
    { "save-dir", "out", NULL },
    { "logdir", "out", NULL },
    { "overwrite", "force", NULL },
    { "seeds", "seed", "a sweep trains several seeds: odetape sweep FILE" },
    { "random-seed", "seed", NULL },
    { "optim", "optimiser", NULL },
    { "optimizer", "optimiser", NULL },
    { "wd", "weight-decay", NULL },
    { "l2", "weight-decay", NULL },
    { "clip", "clip-norm", NULL },
    { "clip-grad", "clip-norm", NULL },
    { "grad-clip", "clip-norm", NULL },
    { "max-grad-norm", "clip-norm", NULL },
    { "ema", "average", NULL },
    { "ema-decay", "average", NULL },
    { "smoothing", "label-smoothing", NULL },
    { "mixup-alpha", "mixup", NULL },
    { "val", "validation", NULL },
    { "val-size", "validation", NULL },
    { "model", "net", NULL },
    { "arch", "net", NULL },
    { "architecture", "net", NULL },
    { "network", "net", NULL },
    { "scheme", "net", NULL },
    { "method", "net", NULL },
    { "preset", "system", NULL },
    { "channels", "width", NULL },
    { "filters", "width", NULL },
    { "norm-layer", "norm", NULL },
    { "activation", "subnet", "the activation is that of the sub-net" },
    { "step-size", "h", NULL },
    { "image-size", "image", NULL },
    { "img-size", "image", NULL },
    { "pretrained", "init", NULL },
    { "weights", "init", NULL },
    { "checkpoint", "resume", NULL },
    { "continue", "resume", NULL },
    { "resume-from", "resume", NULL },
    { "save-freq", "save-every", NULL },
    { "workers", "threads", NULL },
    { "num-workers", "threads", NULL },
    { "num-threads", "threads", NULL },
    { "cpus", "threads", NULL },
    { "jobs", "threads", NULL },
    { "precision", "dtype", NULL },
    { "format", "json", NULL },
    { "csv", "json", NULL },
    { "rtol", "tolerance", NULL },
    { "tol", "tolerance", NULL },
    { "dryrun", "dry-run", "odetape plan prints what a training would need" },
    { "n", "dry-run", "odetape plan prints what a training would need" },
    { "dry-run", NULL, "odetape plan prints what a training would need" },
    { "config", NULL, "odetape sweep FILE reads an experiment file" },
    { "nesterov", NULL, "a training has --optimiser 'sgd(nesterov=on)'" },
    { "adam", NULL, "a training has --optimiser adamw" },
    { "quiet", NULL, "2>/dev/null leaves out progress and notes, which go to standard error" },
    { "q", NULL, "2>/dev/null leaves out progress and notes, which go to standard error" },
    { "silent", NULL, "2>/dev/null leaves out progress and notes, which go to standard error" },
    { "v", NULL, "-V prints the version, and progress is printed without an option" },
    { "verbose", NULL, "progress is printed without an option" },
    { "debug", NULL, "progress is printed without an option" },
    { "device", NULL, "everything is computed by the CPU, as odetape doctor prints" },
    { "gpu", NULL, "everything is computed by the CPU, as odetape doctor prints" },
    { "cuda", NULL, "everything is computed by the CPU, as odetape doctor prints" },
};

static const char *const commands[][2] = {
    { "test", "eval" },
    { "evaluate", "eval" },
    { "validate", "eval" },
    { "predict", "eval" },
    { "fit", "train" },
    { "learn", "train" },
    { "run", "train" },
    { "resume", "train --resume DIR" },
    { "continue", "train --resume DIR" },
    { "grid", "sweep" },
    { "experiment", "sweep" },
    { "list", "scheme list" },
    { "ls", "scheme list" },
    { "schemes", "scheme list" },
    { "tableau", "scheme show" },
    { "tableaux", "scheme list" },
    { "check", "scheme check" },
    { "systems", "system list" },
    { "models", "system list" },
    { "recipes", "recipe list" },
    { "dataset", "data info" },
    { "datasets", "data info" },
    { "show", "inspect" },
    { "info", "inspect" },
    { "cat", "inspect" },
    { "convert", "import" },
    { "visualize", "plot" },
    { "visualise", "plot" },
    { "curves", "plot" },
    { "graph", "tape --dot" },
    { "summary", "plan" },
    { "profile", "train --profile" },
    { "benchmark", "train --profile" },
    { "bench", "train --profile" },
    { "create", "new scheme" },
    { "env", "doctor" },
};

/* "Learning_Rate" becomes "learning-rate". */
static void normalise(const char *word, char *to, size_t size)
{
    size_t n = 0;
    for (; *word && n + 1 < size; word++)
        to[n++] = (char)(*word == '_' ? '-' : tolower((unsigned char)*word));
    to[n] = '\0';
}

static bool is_among(const char *name, int n, const char *const names[])
{
    for (int i = 0; name && i < n; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

const char *cli_word_of_option(const char *word, int n, const char *const names[], char *answer,
                               size_t size)
{
    char plain[64];
    normalise(word, plain, sizeof plain);
    const char *option = is_among(plain, n, names) ? plain : NULL, *instead = NULL;
    for (size_t i = 0; i < sizeof options / sizeof options[0] && !option && !instead; i++) {
        if (strcmp(plain, options[i].word) != 0) continue;
        if (is_among(options[i].option, n, names)) option = options[i].option;
        instead = options[i].instead;
    }
    if (!option && !instead && plain[0] && plain[1]) option = ot_nearest(plain, n, names);
    if (option)
        snprintf(answer, size, "; did you mean --%s?", option);
    else
        snprintf(answer, size, "%s%s", instead ? "; " : "", instead ? instead : "");
    return answer;
}

const char *cli_word_of_command(const char *word)
{
    char plain[64];
    normalise(word, plain, sizeof plain);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(plain, commands[i][0]) == 0) return commands[i][1];
    return NULL;
}
