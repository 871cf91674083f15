/* SPDX-License-Identifier: BSD-3-Clause
 * odetape fuse: makes the weights of a network whose batch norms are part of its convolutions.  The
 * file is written only if both networks compute the same on random images. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/number.h"
#include "cli/commands/profile.h"
#include "cli/frame/groups.h"
#include "cli/frame/message.h"
#include "cli/frame/print.h"
#include "cli/frame/threads.h"
#include "cli/runs/source.h"
#include "cli/runs/weights.h"

/* Rounding in float32 moves logits by about a tenth of this. */
static const double MOST_DIFFERENCE = 1e-5;
enum { WARM_UP = 2, MEASURED = 7 };

struct settings {
    const char *out;
    int weights_of, batch, threads;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const ot_option options[] = {
    { .name = "out",
      .letter = 'o',
      .kind = OT_OPTION_TEXT,
      .argument = "FILE",
      FIELD(out),
      .help = "file of weights that is written" },
    { .name = "batch",
      .letter = 'b',
      .kind = OT_OPTION_INT,
      .argument = "N",
      .least = 1,
      .most = 65536,
      FIELD(batch),
      .help = "random images on which both networks are compared" },
    { 0 },
};

static const cli_group groups[] = {
    CLI_WEIGHTS_GROUP(weights_of),
    { "Fuse options", options, 0 },
    CLI_THREAD_GROUP(threads),
    { 0 },
};

/* A network, what runs it, and its seconds per batch. */
typedef struct side {
    ot_net *net;
    ot_params *params;
    ot_execution *execution;
    double seconds;
} side;

typedef struct job {
    const struct settings *s;
    char *file;
    side plain, fused;
    double difference; /* of the logits, as a part of the largest */
} job;

static ot_status load(job *j)
{
    OT_TRY(cli_weights_spare(j->file, j->s->out, "fused"));
    OT_TRY(cli_net_open(j->file, j->s->batch, &j->plain.net));
    OT_TRY(ot_params_new(ot_net_tape(j->plain.net), &j->plain.params));
    OT_TRY(cli_params_load(j->plain.params, j->file));
    return ot_net_fuse(j->plain.net, j->plain.params, &j->fused.net, &j->fused.params);
}

/* ---- comparing ---- */

static ot_status prepare(side *s, ot_compile_opts how)
{
    how.params = s->params;
    OT_TRY(ot_execution_new(s->net, &how, &s->execution));
    cli_noise(s->net, s->execution, how.dtype);
    return OT_OK;
}

/* The time of the fastest of several runs, which other processes disturb least.  The two networks
 * take turns. */
static ot_status measure(job *j)
{
    side *const sides[] = { &j->plain, &j->fused };
    for (int i = 0; i < 2 * (WARM_UP + MEASURED); i++) {
        side *const s = sides[i % 2];
        const double start = ot__now();
        OT_TRY(ot_execution_forward(s->execution, j->s->batch));
        const double seconds = ot__now() - start;
        if (i >= 2 * WARM_UP) s->seconds = s->seconds > 0 ? fmin(s->seconds, seconds) : seconds;
    }
    return OT_OK;
}

static ot_status compare(job *j, ot_dtype dtype)
{
    const void *const a = ot_execution_logits(j->plain.execution), *const b = ot_execution_logits(
                                                                       j->fused.execution);
    const size_t n = (size_t)j->s->batch * (size_t)ot_net_options(j->plain.net)->classes;
    double largest = 0, difference = 0;
    bool finite = true;
    for (size_t i = 0; i < n; i++) {
        const double x = ot__number(a, dtype, i), y = ot__number(b, dtype, i);
        finite &= isfinite(x) && isfinite(y);
        largest = fmax(largest, fabs(x));
        difference = fmax(difference, fabs(x - y));
    }
    j->difference = largest > 0 ? difference / largest : difference;
    if (finite && j->difference <= MOST_DIFFERENCE) return OT_OK;
    return ot__fail(OT_ENUMERIC,
                    "'%.500s': the logits of the fused network differ by %s of the largest%s; at "
                    "most %s is expected, so nothing is written",
                    j->file, OT__ROUNDED(j->difference, 3), finite ? "" : " or are not finite",
                    OT__REAL(MOST_DIFFERENCE));
}

static ot_status check(job *j)
{
    const ot_compile_opts how = cli_compile_opts(&(cli_program){ .evaluate = true });
    OT_TRY(prepare(&j->plain, how));
    OT_TRY(prepare(&j->fused, how));
    OT_TRY(measure(j));
    return compare(j, how.dtype);
}

/* ---- saving ---- */

static bool is_row(const ot_option *row, const char *key)
{
    while (row->name && strcmp(row->name, key) != 0)
        row++;
    return row->name != NULL;
}

/* Whether a pair of the file says where its weights come from: how and on what they were trained,
 * or from what file they were imported. */
static bool is_origin(const char *key)
{
    static const char *const keys[] = { "data", "class-names", "train-fingerprint",
                                        "test-fingerprint" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(keys[i], key) == 0) return true;
    return strncmp(key, "imported-", 9) == 0 || is_row(ot_train_rows, key);
}

static ot_status save_with(const job *j, const ot_safetensors *f, const char *checksum,
                           const char *(*pair)[2])
{
    int n = 0;
    const char *key;
    for (int i = 0; (key = ot_safetensors_key(f, i)) != NULL; i++) {
        if (!is_origin(key)) continue;
        pair[n][0] = key;
        pair[n++][1] = ot_safetensors_value(f, i);
    }
    pair[n][0] = "fused-checksum";
    pair[n++][1] = checksum;
    return ot_net_save(j->fused.net, j->fused.params, j->s->out, n, (const char *const(*)[2])pair);
}

static ot_status save(const job *j)
{
    char checksum[33];
    ot_safetensors *f = NULL;
    int n = 1;
    OT_TRY(ot_file_checksum(j->file, checksum));
    OT_TRY(ot_safetensors_open(j->file, &f));
    while (ot_safetensors_key(f, n - 1))
        n++;
    const char *(*const pair)[2] = ot__new((size_t)n, sizeof *pair);
    const ot_status status = pair ? save_with(j, f, checksum, pair) : OT_ENOMEM;
    ot__free(pair);
    ot_safetensors_close(f);
    return status;
}

/* ---- the command ---- */

static int count_norms(const ot_params *ps)
{
    static const char end[] = ".running_var";
    int n = 0;
    for (int i = 0; i < ot_params_count(ps); i++) {
        const char *const name = ot_params_name(ps, i);
        const size_t length = strlen(name);
        n += length >= sizeof end - 1 && strcmp(name + length - (sizeof end - 1), end) == 0;
    }
    return n;
}

static void print_result(const job *j)
{
    const int all = count_norms(j->plain.params), left = count_norms(j->fused.params);
    const double images = j->s->batch;
    cli_print(stdout,
              "norms     %d of %d are part of convolutions\n"
              "logits    differ by at most %s of the largest, on %d random images\n"
              "speed     %.0f images per second instead of %.0f: %.2f times\n"
              "written   %s\n",
              all - left, all, OT__ROUNDED(j->difference, 2), j->s->batch,
              images / j->fused.seconds, images / j->plain.seconds,
              j->plain.seconds / j->fused.seconds, j->s->out);
}

static void free_side(side *s)
{
    ot_execution_free(s->execution);
    ot_params_free(s->params);
    ot_net_free(s->net);
}

static ot_status run(void *settings, char **operands)
{
    job j = { .s = settings };
    const cli_weights_rule rule = { .of = j.s->weights_of };
    ot_status status = cli_use_threads(j.s->threads);
    if (status == OT_OK) status = cli_weights_find(operands[0], rule, &j.file);
    if (status == OT_OK) status = load(&j);
    if (status == OT_OK) status = check(&j);
    if (status == OT_OK) status = save(&j);
    if (status == OT_OK) {
        print_result(&j);
        cli_weights_say(operands[0], rule, j.file);
    }
    free_side(&j.plain);
    free_side(&j.fused);
    free(j.file);
    return status;
}

const cli_command cli_fuse = {
    .name = "fuse",
    .operands = "RUN|FILE",
    .n_operands = 1,
    .summary = "make batch norms part of the convolutions before them",
    .detail =
        "RUN is the directory of a run, FILE a file of weights or a checkpoint.  The new file\n"
        "can be evaluated, but not trained.",
    .groups = groups,
    .required = "out",
    .defaults = &(const struct settings){ .batch = 128 },
    .settings_size = sizeof(struct settings),
    .run = run,
};
