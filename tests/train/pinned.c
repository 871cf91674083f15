/* SPDX-License-Identifier: BSD-3-Clause
 * Trains each network of a table for 20 steps and prints one line per network,
 *
 *     CPU BLIS KERNELS NETWORK DIGEST
 *
 * where the digest is a checksum of all parameters, running statistics and momentum.  A change that
 * only moves or rewrites code must not change any of them; pinned.sh compares them with pinned.txt.
 * Processes that a launcher has started train together, and must leave the same digests; the first
 * one prints them (processes.sh).  The arguments name the tiers of kernels to train with, and
 * networks if not all are meant.  The first line names the compiler and the C library, which the
 * digests may depend on. */
#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/memory.h"
#include "data/dataset.h"
#include "temporary.h"

/* Two epochs of 10 steps.  Double programs are slow: they see fewer images and no wide network. */
enum { EPOCHS = 2, STEPS = 10, TEST = 16, BATCH = 16, BATCH_IN_DOUBLE = 2, WIDEST_IN_DOUBLE = 8 };

typedef struct pinned {
    const char *name;
    ot_net_opts net;
    ot_train_opts how;
} pinned;

/* clang-format off */
static const pinned table[] = {
    { "euler",          { .blocks = "euler x1", .width = 16 }, { .lr = 0.1 } },
    { "euler-deep",     { .blocks = "euler x6", .width = 6 }, { .lr = 0.1 } },
    { "midpoint",       { .blocks = "midpoint x2", .width = 16 }, { .lr = 0.1 } },
    { "heun2",          { .blocks = "heun2 x1" }, { .lr = 0.1 } },
    { "ralston2",       { .blocks = "ralston2 x1" },
      { .lr = 0.1, .milestones = { 1, { 1 } } } },
    { "kutta3",         { .blocks = "kutta3 x1" }, { .lr = 0.1 } },
    { "ssprk33",        { .blocks = "ssprk33 x1", .width = 5 }, { .lr = 0.1 } },
    { "rk4",            { .blocks = "rk4 x1", .width = 16 }, { .lr = 0.1 } },
    { "rk4-wide",       { .blocks = "rk4 x1", .width = 32 }, { .lr = 0.05 } },
    { "rk4-64",         { .blocks = "euler x1", .width = 64 }, { .lr = 0.05 } },
    { "rk4-stride1",    { .blocks = "rk4 x1", .stem_stride = 1, .width = 16 }, { .lr = 0.1 } },
    { "rk4-38",         { .blocks = "rk4_38 x1" }, { .lr = 0.1 } },
    { "kutta-nystrom5", { .blocks = "kutta_nystrom5 x1" }, { .lr = 0.1 } },
    { "fehlberg45",     { .blocks = "fehlberg45 x1" }, { .lr = 0.1 } },
    { "dormand-prince", { .blocks = "dormand_prince54 x1", .width = 16 }, { .lr = 0.1 } },
    { "huta6",          { .blocks = "huta6 x1", .width = 4 }, { .lr = 0.1 } },
    { "verner89",       { .blocks = "verner89 x1", .width = 4 }, { .lr = 0.1 } },
    { "mixed",          { .blocks = "euler x2, rk4 x1, midpoint x1", .width = 16 }, { .lr = 0.1 } },
    { "vgg",            { .blocks = "midpoint x1", .subnet = "vgg" }, { .lr = 0.1 } },
    { "vgg-rk4-16",     { .blocks = "rk4 x1", .subnet = "vgg", .width = 16 }, { .lr = 0.1 } },
    { "block-relu",     { .blocks = "euler x3", .block_relu = true, .width = 16 }, { .lr = 0.1 } },
    { "plain-head",     { .blocks = "heun3 x1", .head = "pool" }, { .lr = 0.1 } },
    { "last",           { .blocks = "rk4 x1", .output = OT_OUTPUT_LAST, .width = 16 },
      { .lr = 0.1 } },
    { "learned",        { .blocks = "rk4 x2", .step = OT_STEP_LEARNED, .width = 16 },
      { .lr = 0.1 } },
    { "learned-output", { .blocks = "heun2 x2", .step = OT_STEP_LEARNED_OUTPUT }, { .lr = 0.1 } },
    { "channel-clamp",  { .blocks = "rk4 x1", .step = OT_STEP_CHANNEL, .step_clamp = true },
      { .lr = 0.5 } },
    { "learn-tableau",  { .blocks = "rk4 x1", .learn_tableau = true }, { .lr = 0.1 } },
    { "project-2",      { .blocks = "midpoint x2", .learn_tableau = true, .project_order = 2 },
      { .lr = 0.1 } },
    { "shared",         { .blocks = "rk4 x1", .weights = OT_WEIGHTS_SHARED, .width = 16 },
      { .lr = 0.1 } },
    { "shared-vgg",     { .blocks = "heun2 x2", .weights = OT_WEIGHTS_SHARED, .subnet = "vgg",
                          .width = 16 },
      { .lr = 0.1 } },
    { "theta",          { .blocks = "rk4 x1", .weights = OT_WEIGHTS_THETA, .width = 16 },
      { .lr = 0.1 } },
    { "theta-channel",  { .blocks = "kutta3 x1", .weights = OT_WEIGHTS_THETA,
                          .step = OT_STEP_CHANNEL },
      { .lr = 0.1 } },
    { "all-learned",    { .blocks = "bogacki_shampine32 x1", .weights = OT_WEIGHTS_THETA,
                          .step = OT_STEP_LEARNED, .learn_tableau = true },
      { .lr = 0.1 } },
    { "controlled",     { .blocks = "bogacki_shampine32 x1", .weights = OT_WEIGHTS_SHARED,
                          .step = OT_STEP_CONTROLLED, .control.tolerance = 0.1, .width = 4 },
      { .lr = 0.02 } },
    { "controlled-2",   { .blocks = "fehlberg45 x2", .weights = OT_WEIGHTS_SHARED,
                          .step = OT_STEP_CONTROLLED, .control.tolerance = 0.1, .width = 4,
                          .subnet = "vgg" },
      { .lr = 0.02 } },
    { "crop-flip",      { .blocks = "euler x2", .width = 16 },
      { .lr = 0.1, .crop_pad = 4, .flip = true } },
    { "autoaugment",    { .blocks = "euler x2" },
      { .lr = 0.1, .crop_pad = 4, .flip = true, .policy = OT_POLICY_AUTOAUGMENT, .cutout = 16 } },
    { "autoaugment-dv", { .blocks = "euler x1" },
      { .lr = 0.1, .policy = OT_POLICY_AUTOAUGMENT_DV } },
    { "autoaugment-tf", { .blocks = "euler x1" },
      { .lr = 0.1, .policy = OT_POLICY_AUTOAUGMENT_TF, .cutout = 8 } },
    { "plain-sgd",      { .blocks = "euler x2", .width = 9 }, { .lr = 0.1, .momentum = -1 } },
    { "lm",             { .blocks = "lm x3" }, { .lr = 0.1 } },
    { "revnet",         { .blocks = "revnet x2" }, { .lr = 0.1 } },
    { "levels-a",       { .blocks = "euler x1 + rk4 x1", .levels = "4,8:2" }, { .lr = 0.1 } },
    { "levels-b",       { .blocks = "lm x2", .levels = "4,6:2", .down = "B", .subnet = "postact",
                          .stem = "conv-bn-relu", .head = "pool" },
      { .lr = 0.1 } },
    { "levels-revnet",  { .blocks = "revnet x1", .levels = "4,8:2", .branch = "rezero" },
      { .lr = 0.1 } },
    { "connector",      { .blocks = "heun2 x1", .levels = "4,6:2", .down = "connector",
                          .weights = OT_WEIGHTS_SHARED },
      { .lr = 0.1 } },
    { "maxpool",        { .blocks = "euler x1", .levels = "4,8:2", .down = "maxpool", .h = 0.5 },
      { .lr = 0.1 } },
    { "group-norm",     { .blocks = "rk4 x1", .norm = "group" }, { .lr = 0.1 } },
    { "layer-norm",     { .blocks = "leapfrog x2", .norm = "layer" }, { .lr = 0.1 } },
    { "tv-norm",        { .blocks = "hamiltonian x2", .norm = "tv", .subnet = "sym" },
      { .lr = 0.1 } },
    { "no-norm",        { .blocks = "poly2 x1", .norm = "none", .branch = "rezero" },
      { .lr = 0.1 } },
    { "layerscale",     { .blocks = "ab2 x3", .branch = "layerscale", .subnet = "bottleneck" },
      { .lr = 0.1 } },
    { "highway",        { .blocks = "euler x2", .branch = "highway" }, { .lr = 0.1 } },
    { "dense",          { .blocks = "dense(growth=4) x3", .levels = "8,*:2", .down = "dense" },
      { .lr = 0.1 } },
    { "osa",            { .blocks = "osa x1" }, { .lr = 0.1 } },
    { "rknet",          { .blocks = "rknet x1", .levels = "8,*:2", .down = "rknet" },
      { .lr = 0.1 } },
    { "way3",           { .blocks = "way3 x1", .subnet = "mlp" }, { .lr = 0.1 } },
    { "repvgg",         { .blocks = "plain x2", .subnet = "repvgg" }, { .lr = 0.1 } },
    { "vit",            { .blocks = "euler x2", .subnet = "vit(heads=2)", .norm = "layer" },
      { .lr = 0.1 } },
    { "backsolve",      { .blocks = "rk4 x1", .subnet = "timed",
                          .weights = OT_WEIGHTS_SHARED, .step = OT_STEP_CONTROLLED,
                          .control.steps = 2, .gradient = OT_GRADIENT_BACKSOLVE },
      { .lr = 0.02 } },
    { "mixup",          { .blocks = "euler x2", .second_labels = true },
      { .lr = 0.1, .mixup = 0.5, .crop_pad = 4, .flip = true } },
    { "smooth",         { .blocks = "euler x2", .label_smoothing = 0.1 },
      { .lr = 0.1, .clip_norm = 1, .average = 0.9 } },
    { "adamw",          { .blocks = "rk4 x1" }, { .lr = 0.01, .optimiser = "adamw" } },
};
/* clang-format on */
enum { NETWORKS = sizeof table / sizeof table[0] };

static int fail(const char *what)
{
    fprintf(stderr, "pinned: %s: %s\n", what, ot_message());
    return EXIT_FAILURE;
}

static ot_dataset *builtin(ot_split split)
{
    ot_dataset *d = NULL;
    return ot_dataset_open("builtin", split, &d) == OT_OK ? d : NULL;
}

static int batch_in(ot_tier tier)
{
    return tier == OT_TIER_REFERENCE ? BATCH_IN_DOUBLE : BATCH;
}

/* The checksum of all tensors of a file, in their order. */
static bool digest(const char *path, unsigned long long *sum)
{
    ot_safetensors *f = NULL;
    if (ot_safetensors_open(path, &f) != OT_OK) return false;
    XXH64_hash_t hash = 0;
    bool good = true;
    for (int i = 0; i < ot_safetensors_count(f) && good; i++) {
        const size_t bytes = ot_safetensors_tensor(f, i).bytes;
        void *const values = ot__new(bytes, 1);
        good = values && ot_safetensors_read(f, i, values) == OT_OK;
        if (good) hash = XXH64(values, bytes, hash);
        ot__free(values);
    }
    ot_safetensors_close(f);
    *sum = hash;
    return good;
}

/* Trains with its checkpoints in the directory and digests the last one. */
static ot_status train_in(const char *folder, const pinned *p, const ot_net *net, ot_params *params,
                          ot_dataset *const data[2], ot_tier tier, unsigned long long *sum)
{
    ot_train_opts how = p->how;
    char *path = NULL;
    ot_run *run = NULL;
    OT_TRY(ot_run_open(folder, &run));
    how.net = net;
    how.params = params;
    data[0]->count = STEPS * batch_in(tier);
    data[1]->count = TEST;
    how.train = data[0];
    how.test = data[1];
    how.epochs = EPOCHS;
    how.batch = batch_in(tier);
    how.momentum = p->how.momentum < 0 || p->how.optimiser ? 0 : 0.9;
    how.weight_decay = p->how.momentum < 0 ? 0 : 1e-4;
    how.seed = 7;
    how.tier = tier;
    how.run = run;
    how.processes = true;
    ot_status status = ot_train(&how, NULL);
    if (status == OT_OK && ot_processes_rank() == 0) {
        status = ot_run_checkpoint(run, 0, &path);
        if (status == OT_OK && !digest(path, sum)) status = OT_EFORMAT;
    }
    free(path);
    ot_run_close(run);
    return status;
}

static ot_status train(const char *folder, const pinned *p, ot_dataset *const data[2], ot_tier tier,
                       unsigned long long *sum)
{
    ot_net *net = NULL;
    ot_params *params = NULL;
    ot_net_opts o = p->net;
    if (o.width == 0 && !o.levels) o.width = 8;
    if (o.stem_stride == 0) o.stem_stride = 2;
    o.batch = batch_in(tier);
    ot_status status = ot_net_new(&o, &net);
    if (status == OT_OK) status = ot_params_new(ot_net_tape(net), &params);
    if (status == OT_OK) {
        ot_params_init(params, 5);
        status = train_in(folder, p, net, params, data, tier, sum);
    }
    ot_params_free(params);
    ot_net_free(net);
    return status;
}

/* Double programs use the reference kernels, whatever the CPU and BLIS. */
static void print(ot_tier tier, const char *name, unsigned long long sum)
{
    const ot_machine_info m = ot_machine();
    const bool reference = tier == OT_TIER_REFERENCE;
    if (ot_processes_rank() > 0) return;
    printf("%s %s %s %s %016llx\n", reference || tier == OT_TIER_PORTABLE ? "any" : m.best_kernels,
           reference ? "any" : m.blis_kernels, ot_tier_name(tier), name, sum);
}

/* gcc's version; 0 for other compilers and where nothing is optimised. */
static int compiler(void)
{
#if defined(__OPTIMIZE__) && !defined(__clang__)
    return __GNUC__;
#else
    return 0;
#endif
}

static ot_tier tier_of(const char *name)
{
    ot_tier tier = OT_TIER_BEST;
    while (tier > OT_TIER_DEFAULT && strcmp(ot_tier_name(tier), name) != 0)
        tier--;
    return tier;
}

/* Whether the arguments name a network, or none at all. */
static bool is_meant(const char *name, int argc, char **argv)
{
    bool any = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], name) == 0) return true;
        any |= tier_of(argv[i]) == OT_TIER_DEFAULT;
    }
    return !any;
}

static int train_all(const char *folder, ot_dataset *const data[2], ot_tier tier, int argc,
                     char **argv)
{
    for (int i = 0; i < NETWORKS; i++) {
        unsigned long long sum = 0;
        if (!is_meant(table[i].name, argc, argv)) continue;
        if (tier == OT_TIER_REFERENCE && table[i].net.width > WIDEST_IN_DOUBLE) continue;
        if (train(folder, &table[i], data, tier, &sum) != OT_OK) return fail(table[i].name);
        print(tier, table[i].name, sum);
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    char folder[OT_TEMPORARY], command[OT_TEMPORARY + 16];
    ot_temporary_in_memory(folder);
    if (!mkdtemp(folder)) return fail("mkdtemp");
    ot_dataset *const data[2] = { builtin(OT_SPLIT_TRAIN), builtin(OT_SPLIT_TEST) };
    int code = data[0] && data[1] ? EXIT_SUCCESS : fail("builtin");
    if (code == EXIT_SUCCESS && ot_processes_join() != OT_OK) code = fail("processes");
    if (ot_processes_rank() == 0)
        printf("# gcc %d, glibc %s\n", compiler(), gnu_get_libc_version());
    for (int i = 1; i < argc && code == EXIT_SUCCESS; i++)
        if (tier_of(argv[i]) != OT_TIER_DEFAULT)
            code = train_all(folder, data, tier_of(argv[i]), argc, argv);
    ot_dataset_free(data[0]);
    ot_dataset_free(data[1]);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0) code = EXIT_FAILURE;
    fflush(stdout);
    ot_processes_end(code != EXIT_SUCCESS, code);
    return code;
}
