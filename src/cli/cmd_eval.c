/* SPDX-License-Identifier: BSD-3-Clause
 * odetape eval: the network is rebuilt from the metadata of its weights. */
#include <stdio.h>
#include <string.h>

#include "cli/groups.h"
#include "cli/message.h"
#include "cli/record.h"
#include "cli/threads.h"

struct settings {
    const char *data;
    int split, batch, threads;
    bool json;
};

#define FIELD(member) .offset = offsetof(struct settings, member)

static const cli_option options[] = {
    { .name = "batch",
      .letter = 'b',
      .kind = CLI_INT,
      .argument = "N",
      .least = 1,
      .most = 65536,
      FIELD(batch),
      .help = "images at a time; only controlled steps depend on it" },
    { .name = "json", .kind = CLI_SWITCH, FIELD(json), .help = "print one JSON object" },
    { 0 },
};

static const cli_group groups[] = {
    CLI_DATA_GROUP(data),
    CLI_SPLIT_GROUP(split),
    { "Evaluation options", options, 0 },
    CLI_THREAD_GROUP(threads),
    { 0 },
};

static ot_status evaluate(const char *path, const struct settings *s, const ot_net *net,
                          ot_eval_result *result)
{
    ot_params *params = NULL;
    ot_dataset *data = NULL;
    ot_status status = ot_params_new(ot_net_tape(net), &params);
    if (status == OT_OK) status = ot_params_load(params, path);
    if (status == OT_OK) status = ot_dataset_open(s->data, (ot_split)s->split, &data);
    if (status == OT_OK) status = ot_evaluate(net, params, data, s->batch, OT_TIER_DEFAULT, result);
    ot_dataset_free(data);
    ot_params_free(params);
    return status;
}

static void print_json(const ot_eval_result *r)
{
    printf("{\"loss\": %.9g, \"accuracy\": %.9g, \"images\": %d, \"images_per_second\": %.1f",
           r->loss, r->accuracy, r->images, r->images_per_second);
    if (r->walk.accepted > 0)
        printf(
            ", \"accepted\": %d, \"rejected\": %d, \"evaluations\": %ld, \"smallest_step\": %.9g, "
            "\"largest_step\": %.9g",
            r->walk.accepted, r->walk.rejected, r->walk.evaluations, r->walk.smallest,
            r->walk.largest);
    puts("}");
}

static void print_result(const ot_eval_result *r, int batch)
{
    printf("accuracy  %.2f%%\nloss      %.4f\nimages    %d, %.0f a second\n", 100 * r->accuracy,
           r->loss, r->images, r->images_per_second);
    if (r->walk.accepted > 0)
        printf("steps     %d accepted, %d rejected, of %.4g to %.4g, with batches of %d\n"
               "          %ld evaluations of f\n",
               r->walk.accepted, r->walk.rejected, r->walk.smallest, r->walk.largest, batch,
               r->walk.evaluations);
}

static int run(const cli_command *self, void *settings, char **operands)
{
    const struct settings *const s = settings;
    static cli_record record;
    ot_net_opts opts;
    ot_net *net = NULL;
    ot_eval_result result;
    int code = cli_use_threads(self, s->threads);
    if (code == CLI_GO_ON) code = cli_record_net(&record, operands[0], s->batch, &opts, &net);
    if (code == CLI_GO_ON) {
        const ot_status status = evaluate(operands[0], s, net, &result);
        code = status == OT_OK ? 0 : cli_fail_status(self, status);
    }
    ot_net_free(net);
    if (code != 0) return code;
    if (s->json)
        print_json(&result);
    else
        print_result(&result, s->batch);
    return 0;
}

const cli_command cli_eval = {
    .name = "eval",
    .operands = "FILE",
    .n_operands = 1,
    .summary = "evaluate a trained network",
    .detail =
        "FILE is what odetape train has written: final.safetensors of a run, its best.safetensors\n"
        "or a checkpoint.",
    .groups = groups,
    .defaults = &(const struct settings){ .data = "builtin", .split = OT_SPLIT_TEST, .batch = 128 },
    .settings_size = sizeof(struct settings),
    .run = run,
};
