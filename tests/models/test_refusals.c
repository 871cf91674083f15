/* SPDX-License-Identifier: BSD-3-Clause
 * Options of a network that contradict each other, names and attributes that do not exist, and
 * schemes of the user's own that return what is no state.  Each is refused with a sentence that
 * names the reason and what works. */
#include <stdio.h>
#include <string.h>

#include "models/cases.h"

static void refuses(const ot_net_opts *o, const char *const sentence[], ot_status status)
{
    ot_net *net = NULL;
    const ot_status found = ot_net_new(o, &net);
    ck_assert_msg(found == status, "%s: %s instead of %s: %s", sentence[0], ot_strerror(found),
                  ot_strerror(status), ot_message());
    ck_assert_ptr_null(net);
    for (int i = 0; i < 2 && sentence[i]; i++)
        ck_assert_msg(strstr(ot_message(), sentence[i]) != NULL, "'%s' does not say '%s'",
                      ot_message(), sentence[i]);
}

/* ---- options ---- */

static const struct {
    ot_net_opts opts;
    const char *sentence[2]; /* the reason, and what works */
} bad[] = {
    /* schemes */
    { { .blocks = "revnet", .width = 5 },
      { "the 5 channels of level 0 cannot be halved", "4 or 6 can" } },
    { { .blocks = "revnet", .levels = "4,7:2" }, { "the 7 channels of level 1", "6 or 8 can" } },
    { { .blocks = "euler + revnet", .levels = "4,7:2" },
      { "the 7 channels of level 1", "6 or 8 can" } },
    { { .blocks = "hamiltonian", .width = 1 },
      { "hamiltonian: the 1 channel of level 0", "2 or 4 can" } },
    { { .blocks = "euler", .step_start = "0" }, { "only a learned step has a start", "--h" } },
    { { .blocks = "euler", .step = OT_STEP_LEARNED, .step_start = "zero" },
      { "the start of steps is 'zero'", "a number from" } },
    { { .blocks = "euler", .step = OT_STEP_LEARNED, .step_start = "0", .h = 0.5 },
      { "start at 0, and --h is 0.5", "leave out one" } },
    { { .blocks = "euler", .step = OT_STEP_LEARNED, .step_start = "0", .step_clamp = true },
      { "clamped ones are 0.125 to 4", "leave out --step-clamp" } },
    { { .blocks = "euler", .levels = "*,4:2" }, { "levels is '*,4:2'", "16,32:2,64:2" } },
    { { .blocks = "hamiltonian", .levels = "4,6:2" },
      { "hamiltonian cannot", "--down connector" } },
    { { .blocks = "poly2", .levels = "4,6:2", .down = "P" },
      { "poly2 cannot change the shape", "--down connector" } },
    { { .blocks = "plain", .levels = "4,6:2", .down = "A" },
      { "plain changes the shape in its own way", "--down connector" } },
    { { .blocks = "revnet", .levels = "4,6:2", .down = "P" },
      { "the way down P has no effect", "leave it out" } },
    { { .blocks = "plain", .h = 0.5 }, { "plain multiplies nothing", "euler" } },
    { { .blocks = "hamiltonian", .width = 4, .step = OT_STEP_CHANNEL },
      { "one step length h for all channels", "--step learned" } },
    { { .blocks = "ab2", .learn_tableau = true }, { "which ab2 does not have", "euler has one" } },
    { { .blocks = "revnet", .width = 4, .learn_tableau = true },
      { "net: a learned tableau needs a Runge-Kutta tableau, which revnet", "midpoint has one" } },
    { { .blocks = "lm", .learn_tableau = true }, { "which lm does not have", "euler has one" } },
    { { .blocks = "revnet", .width = 4, .output = OT_OUTPUT_LAST },
      { "net: the output last needs", "midpoint has one" } },
    { { .blocks = "revnet", .width = 4, .step = OT_STEP_LEARNED_OUTPUT },
      { "which revnet does not have", "midpoint has one" } },
    { { .blocks = "revnet", .width = 4, .step = OT_STEP_CONTROLLED, .weights = OT_WEIGHTS_SHARED },
      { "net: a controlled step needs", "midpoint has one" } },
    { { .blocks = "revnet", .width = 4, .h = 0.5 },
      { "revnet multiplies nothing by a step length h, so it cannot be set", "euler" } },
    { { .blocks = "lm", .step = OT_STEP_LEARNED }, { "so it cannot be learned", "euler" } },
    { { .blocks = "lm", .step = OT_STEP_CHANNEL }, { "so it cannot be learned", "euler" } },
    { { .blocks = "revnet", .width = 4, .block_relu = true },
      { "a ReLU after each block", "leave out --block-relu" } },
    { { .blocks = "revnet(first=bare)", .width = 4, .subnet = "vgg" },
      { "the sub-net vgg cannot leave out the norm", "preact can" } },
    { { .blocks = "revnet", .levels = "4,8:2", .image = 5 },
      { "an image of 5 pixels cannot be divided into squares of 2", "one of 4 can" } },
    /* controlled steps */
    { { .blocks = "rk4", .step = OT_STEP_CONTROLLED, .weights = OT_WEIGHTS_SHARED },
      { "rk4 has no embedded method", "dormand_prince54 have one" } },
    { { .blocks = "rk4", .control.steps = 4 },
      { "4 equal steps of one f need --step controlled", "rk4 x4" } },
    { { .blocks = "rk4", .gradient = OT_GRADIENT_BACKSOLVE },
      { "the continuous adjoint is for controlled steps only", "the gradient discrete" } },
    { { .blocks = "rk4",
        .step = OT_STEP_LEARNED,
        .weights = OT_WEIGHTS_SHARED,
        .gradient = OT_GRADIENT_BACKSOLVE },
      { "the continuous adjoint is for controlled steps only", "the gradient discrete" } },
    { { .blocks = "heun2",
        .step = OT_STEP_CONTROLLED,
        .weights = OT_WEIGHTS_SHARED,
        .control = { .steps = 4, .tolerance = 0.1 } },
      { "net: 4 equal steps have no tolerance", "leave out either" } },
    { { .blocks = "rk4",
        .step = OT_STEP_CONTROLLED,
        .weights = OT_WEIGHTS_SHARED,
        .control.steps = -1 },
      { "the number of equal steps is -1", NULL } },
    { { .blocks = "rk4",
        .step = OT_STEP_CONTROLLED,
        .weights = OT_WEIGHTS_SHARED,
        .control.steps = 2,
        .gradient = OT_GRADIENT_BACKSOLVE,
        .branch = "rezero" },
      { "the branch rezero has numbers per evaluation", "--gradient discrete" } },
    { { .blocks = "rk4",
        .step = OT_STEP_CONTROLLED,
        .weights = OT_WEIGHTS_SHARED,
        .control.steps = 2,
        .gradient = (ot_gradient)7 },
      { "the gradient", NULL } },
    { { .blocks = "rk4", .width = 48, .subnet = "timed" },
      { "timed: 48 channels cannot be normalised in 32 groups", "32 or 64 can" } },
    /* sub-nets and branches that need something */
    { { .blocks = "euler", .subnet = "fixup" },
      { "fixup has no normalisation; --norm none is what it needs" } },
    { { .blocks = "euler", .subnet = "sym", .levels = "4,6:2" },
      { "sym cannot change the shape inside a block", "--down connector" } },
    { { .blocks = "euler", .branch = "highway", .levels = "4,6:2" },
      { "highway cannot change the shape inside a block", "--down connector" } },
    { { .blocks = "plain", .subnet = "repvgg", .levels = "4,6:2", .down = "B" },
      { "plain changes the shape in its own way, so the way down B has no effect" } },
    { { .blocks = "osa", .branch = "highway" }, { "osa has layers of its own", "leave it out" } },
    { { .blocks = "euler", .branch = "highway(bias=-101)" }, { "highway: bias", "-100 to 100" } },
    /* levels */
    { { .blocks = "euler", .levels = "4,4:8", .image = 4 },
      { "level 1 would shrink an image of 4 pixels by 8", "at most 4" } },
    { { .blocks = "euler", .levels = "4,4:2,4:2,4:2", .image = 3, .down = "connector" },
      { "level 2 would shrink an image of 1 pixels by 2", "at most 1" } },
    { { .blocks = "euler", .levels = "4,4:2,4:2,4:2", .image = 3 },
      { "level 3 would shrink an image of 1 pixels by 2", "at most 1" } },
    { { .blocks = "euler + rk4" }, { "describes 2 levels, but there are 1", "--levels" } },
    { { .blocks = "euler + rk4", .levels = "4,4,4" }, { "2 levels, but there are 3", "--levels" } },
    { { .blocks = "euler", .levels = "4,6:2", .width = 4 },
      { "the width is 4, but --levels 4,6:2 has the widths", "leave out one" } },
    { { .blocks = "euler x600", .levels = "1,1" }, { "1200 blocks", "may be 1000" } },
    { { .blocks = "euler", .levels = "" }, { "levels is ''", "16,32:2,64:2" } },
    { { .blocks = "euler", .levels = "4," }, { "levels is '4,'", "16,32:2,64:2" } },
    { { .blocks = "euler", .levels = "4:0" }, { "levels is '4:0'", "strides from 1 to 8" } },
    { { .blocks = "euler", .levels = "4:9" }, { "levels is '4:9'", "strides from 1 to 8" } },
    { { .blocks = "euler", .levels = "5000" }, { "levels is '5000'", "widths from 1 to 4096" } },
    { { .blocks = "euler", .levels = "4;6" }, { "levels is '4;6'", "16,32:2,64:2" } },
    { { .blocks = "euler", .levels = "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1" }, { "up to 16 levels" } },
    /* layers of a scheme's own */
    { { .blocks = "dense x2", .subnet = "preact" },
      { "dense has layers of its own, so the sub-net preact has no effect", "leave it out" } },
    { { .blocks = "osa", .branch = "rezero" },
      { "osa has layers of its own, so the branch rezero has no effect", "leave it out" } },
    { { .blocks = "rknet, dense", .weights = OT_WEIGHTS_SHARED },
      { "rknet has layers of its own, so the kind of weights shared", "leave it out" } },
    { { .blocks = "dense", .levels = "4,*:2", .down = "A" },
      { "dense cannot change the shape", "--down connector" } },
    { { .blocks = "osa(out=6)", .levels = "4,4:2" },
      { "osa(out=6) cannot change the shape", "--down connector" } },
    { { .blocks = "rknet", .levels = "4,6" },
      { "rknet cannot change the shape", "--down connector" } },
    { { .blocks = "dense", .h = 0.5 }, { "dense multiplies nothing by a step", "euler" } },
    { { .blocks = "rknet", .step = OT_STEP_LEARNED }, { "rknet multiplies nothing", "euler" } },
    { { .blocks = "rknet", .learn_tableau = true }, { "which rknet does not have", "midpoint" } },
    { { .blocks = "rknet(stages=1, updates=2)" }, { "there is 1 stage", "updates=0" } },
    { { .blocks = "rknet(stages=9)" }, { "rknet: stages", "8" } },
    { { .blocks = "dense(growth=0)" }, { "dense: growth", "1024" } },
    { { .blocks = "dense(bottelneck=4)" }, { "no attribute 'bottelneck'", "'bottleneck'" } },
    { { .blocks = "dense(growth=1024) x100" }, { "would have 65600 channels", "1 to 65536" } },
    { { .blocks = "dense(growth=1)", .levels = "4,*:2", .down = "dense(theta=0.1)" },
      { "level 1 would have 0 channels", "1 to 65536" } },
    { { .blocks = "dense", .down = "dense(theta=2)" }, { "dense: theta", "to 1" } },
    { { .blocks = "verner89",
        .step = OT_STEP_CONTROLLED,
        .weights = OT_WEIGHTS_SHARED,
        .head = "multiscale" },
      { "the head multiscale reads every level", "--head bn-relu-pool" } },
    /* a change of shape inside a block */
    { { .blocks = "rk4", .levels = "4,6:2", .weights = OT_WEIGHTS_SHARED },
      { "weights that evaluations share cannot change the shape inside a block, where level 1",
        "--down connector or --down maxpool" } },
    { { .blocks = "rk4", .levels = "4,6", .weights = OT_WEIGHTS_THETA, .down = "P" },
      { "weights that depend on time", "the way down P; use one between blocks" } },
    { { .blocks = "revnet", .levels = "4,6:2", .weights = OT_WEIGHTS_SHARED },
      { "the way down of its scheme", "--down connector" } },
    { { .blocks = "verner89",
        .levels = "4,6:2",
        .step = OT_STEP_CONTROLLED,
        .weights = OT_WEIGHTS_SHARED },
      { "controlled steps cannot change the shape", "--down connector" } },
    /* names and attributes */
    { { .blocks = "revnt", .width = 4 }, { "no scheme \"revnt\"", "did you mean \"revnet\"" } },
    { { .blocks = "revnt(first=bare)" }, { "no scheme \"revnt\"", "did you mean \"revnet\"" } },
    { { .blocks = "runge_kutta" }, { "no scheme \"runge_kutta\"" } },
    { { .blocks = "runge_kutta()" }, { "no scheme \"runge_kutta\"" } },
    { { .blocks = "rk4(h=2)" },
      { "rk4 is a tableau, which has no attributes", "leave out '(h=2)'" } },
    { { .blocks = "lm(k=0)" }, { "lm has no attributes, so it has no k" } },
    { { .blocks = "revnet(frist=bare)" }, { "no attribute 'frist'", "did you mean 'first'" } },
    { { .blocks = "revnet(first=no)" }, { "revnet: first", "whole" } },
    { { .blocks = "revnet(first)" }, { "'first' is not an attribute", "name=value" } },
    { { .blocks = "revnet(first=bare" }, { "')' is missing" } },
    { { .blocks = "revnet(first=bare)) x2" }, { "first" } },
    { { .blocks = "euler", .subnet = "preakt" }, { "sub-net 'preakt'", "did you mean 'preact'" } },
    { { .blocks = "euler", .branch = "rezro" }, { "branch 'rezro'", "did you mean 'rezero'" } },
    { { .blocks = "euler", .norm = "bacth" }, { "norm 'bacth'", "did you mean 'batch'" } },
    { { .blocks = "euler", .down = "C" }, { "way down 'C'", "did you mean 'A'" } },
    { { .blocks = "euler", .down = "conector" }, { "'conector'", "did you mean 'connector'" } },
    { { .blocks = "euler", .stem = "conv-bn" }, { "stem 'conv-bn'", "did you mean 'conv" } },
    { { .blocks = "euler", .head = "pol" }, { "head 'pol'", "did you mean 'pool'" } },
    { { .blocks = "euler", .head = "" }, { "head ''", "did you mean" } },
    /* numbers of channels, sizes of images, and sub-nets that are not one f */
    { { .blocks = "euler", .subnet = "bottleneck", .width = 18 },
      { "bottleneck: the 18 channels of f(x) cannot be divided by 4", "16 or 20 can" } },
    { { .blocks = "revnet", .subnet = "bottleneck", .width = 12 },
      { "the 6 channels of f(x) cannot be divided by 4", "4 or 8 can" } },
    { { .blocks = "euler", .subnet = "vit(heads=3)", .width = 64 },
      { "the 64 channels of f(x) cannot be divided by 3", "63 or 66 can" } },
    { { .system = "vit-tiny-cifar", .width = 64 },
      { "vit(heads=3): the 64 channels of f(x)", "63 or 66 can" } },
    { { .blocks = "euler", .norm = "group", .width = 48 },
      { "group: 48 channels cannot be divided into 32 groups", "groups=24) or group(groups=48)" } },
    { { .blocks = "euler", .norm = "group(groups=3)", .levels = "6,8:2" },
      { "8 channels cannot be divided into 3 groups", "groups=2) or group(groups=4)" } },
    { { .blocks = "euler", .norm = "group", .head = "norm-pool", .width = 16 },
      { "the same for all images after the norm group of 16 channels", "or fewer groups" } },
    { { .blocks = "euler", .subnet = "attention", .image = 65 },
      { "attention between the pixels of a 65 x 65 image costs 2.3e+09 multiply-adds",
        "make it 2 times smaller with --stem-stride" } },
    { { .blocks = "euler x2", .subnet = "vit", .image = 224, .stem = "patch(size=2)" },
      { "2 (112 x 112)^2 x 64 channels; it may have 64 x 64 pixels", "2 times smaller" } },
    { { .blocks = "euler", .subnet = "attention", .levels = "4,6:2" },
      { "attention cannot change the shape inside a block", "--down connector" } },
    { { .blocks = "rk4", .subnet = "vit", .weights = OT_WEIGHTS_SHARED },
      { "vit: what f is depends on the number of the evaluation", "preact" } },
    { { .blocks = "poly2", .subnet = "vit" },
      { "evaluations cannot share weights, as they do in block 0 of poly2", "preact" } },
    { { .blocks = "euler", .stem = "patch", .stem_stride = 2 },
      { "the stem patch has a stride of its own, 4", "leave out --stem-stride 2" } },
    { { .blocks = "euler", .stem = "patch", .image = 30 },
      { "the stem patch cannot divide an image of 30 x 30 pixels into squares of 4 x 4",
        "28 or 32 pixels" } },
    { { .blocks = "euler", .norm = "batch(eps=2)" }, { "batch: eps", "to 1" } },
    { { .blocks = "euler", .norm = "batch(eps=0)" }, { "batch: eps", "to 1" } },
    { { .blocks = "euler", .norm = "batch(momentum=nan)" }, { "batch: momentum", "to 1" } },
    { { .blocks = "euler", .norm = "batch(epsilon=1)" }, { "no attribute 'epsilon'", "'eps'" } },
    { { .blocks = "euler", .norm = "batch(eps=1,)" }, { "'' is not an attribute", "name=value" } },
    { { .blocks = "euler", .norm = "batch(eps=1)x" }, { "')' is missing" } },
};

START_TEST(options_that_contradict_each_other_name_the_reason_and_what_works)
{
    refuses(&bad[_i].opts, bad[_i].sentence, OT_EINVAL);
}
END_TEST

/* ---- schemes of the user's own ---- */

static ot_state none(ot_block *b, ot_state in)
{
    (void)b, (void)in;
    return (ot_state){ .n = 0 };
}

static ot_state nine(ot_block *b, ot_state in)
{
    (void)b;
    in.n = OT_STATE_MOST + 1;
    return in;
}

static ot_state negative(ot_block *b, ot_state in)
{
    (void)b;
    in.n = -1;
    return in;
}

static ot_state null_var(ot_block *b, ot_state in)
{
    (void)b;
    in.n = 2;
    in.v[1] = (ot_var){ 0 };
    return in;
}

static ot_state wild_var(ot_block *b, ot_state in)
{
    (void)b;
    in.v[0] = (ot_var){ 123456 };
    return in;
}

static ot_state negative_var(ot_block *b, ot_state in)
{
    (void)b;
    in.v[0] = (ot_var){ -7 };
    return in;
}

static ot_state scalar(ot_block *b, ot_state in)
{
    in.v[0] = ot_sum(ot_block_tape(b), in.v[0]);
    return in;
}

static ot_state narrow(ot_block *b, ot_state in)
{
    in.v[0] = ot_channels(ot_block_tape(b), in.v[0], 0, 1);
    return in;
}

static ot_state no_change(ot_block *b, ot_state in)
{
    const ot_var f = ot_block_eval(b, in.v[0], NULL);
    return ot_state_of(1, &f);
}

/* Evaluates one f twice, where the first evaluation changes the shape. */
static ot_state twice(ot_block *b, ot_state in)
{
    const ot_eval_opts same = { .set = 1 };
    const ot_var f = ot_block_eval(b, ot_block_eval(b, in.v[0], &same), &same);
    return ot_state_of(1, &f);
}

static ot_state wrong_set(ot_block *b, ot_state in)
{
    const ot_var f = ot_block_eval(b, in.v[0], &(ot_eval_opts){ .set = 9 });
    return ot_state_of(1, &f);
}

static ot_state wrong_channels(ot_block *b, ot_state in)
{
    const ot_var f = ot_block_eval(b, in.v[0], &(ot_eval_opts){ .channels = -4 });
    return ot_state_of(1, &f);
}

static ot_state fails(ot_block *b, ot_state in)
{
    ot_tape_fail(ot_block_tape(b), OT_EINVAL, "the scheme has its own reason");
    return in;
}

static ot_state too_many(ot_block *b, ot_state in)
{
    ot_var v[OT_STATE_MOST + 1];
    (void)b;
    for (int i = 0; i <= OT_STATE_MOST; i++)
        v[i] = in.v[0];
    return ot_state_of(OT_STATE_MOST + 1, v);
}

static ot_state no_sum(ot_block *b, ot_state in)
{
    const ot_var y = ot_block_sum(b, in.v[0], 0, NULL, NULL, 1);
    return ot_state_of(1, &y);
}

static ot_state null_enter(ot_block *b, ot_var x)
{
    (void)b, (void)x;
    return (ot_state){ .n = 3 };
}

static ot_var null_leave(ot_block *b, ot_state out)
{
    (void)b, (void)out;
    return (ot_var){ 0 };
}

static ot_var bad_leave(ot_block *b, ot_state out)
{
    return ot_mean(ot_block_tape(b), out.v[0]);
}

static const struct {
    ot_state (*step)(ot_block *b, ot_state in);
    ot_state (*enter)(ot_block *b, ot_var x);
    ot_var (*leave)(ot_block *b, ot_state out);
    const char *levels;
    ot_status status;
    const char *sentence[2];
} wrong[] = {
    { none, .status = OT_EINVAL,
      .sentence = { "mine: step returned a state of 0 vars", "1 to 8" } },
    { nine, .status = OT_EINVAL, .sentence = { "a state of 9 vars", "1 to 8" } },
    { negative, .status = OT_EINVAL, .sentence = { "a state of -1 vars", "1 to 8" } },
    { too_many, .status = OT_EINVAL, .sentence = { "a state of 0 vars", "1 to 8" } },
    { null_var, .status = OT_EINVAL, .sentence = { "a state of 2 vars, of which one is null" } },
    { wild_var, .status = OT_ESHAPE, .sentence = { "mine: block 0", "must be (2,8,8,4)" } },
    { negative_var, .status = OT_ESHAPE, .sentence = { "mine: block 0", "must be (2,8,8,4)" } },
    { scalar, .status = OT_ESHAPE, .sentence = { "mine: block 0", "must be (2,8,8,4)" } },
    { narrow, .status = OT_ESHAPE, .sentence = { "mine: block 0", "must be (2,8,8,4)" } },
    { twice, .levels = "4,6:2", .status = OT_ESHAPE,
      .sentence = { "shared by evaluations of different shapes", "--down connector" } },
    { wrong_set, .status = OT_EINVAL, .sentence = { "no set of weights 9", "0 to 8" } },
    { wrong_channels, .status = OT_EINVAL, .sentence = { "f(x) cannot have -4 channels" } },
    { fails, .status = OT_EINVAL, .sentence = { "the scheme has its own reason" } },
    { no_sum, .status = OT_EINVAL, .sentence = { "a sum of 0 terms", "1 to 128" } },
    { no_change, .enter = null_enter, .status = OT_EINVAL,
      .sentence = { "mine: enter returned a state of 3 vars" } },
    { no_change, .leave = null_leave, .status = OT_EINVAL,
      .sentence = { "mine: leave returned the null var" } },
    { no_change, .leave = bad_leave, .status = OT_ESHAPE, .sentence = { "must be (2,8,8,4)" } },
};

/* Registers a scheme called mine, or lets the one that is registered be this one. */
static void register_mine(ot_scheme_kind kind)
{
    static ot_scheme_kind mine;
    mine = kind;
    mine.about.name = "mine";
    mine.evaluations = 1;
    if (!ot_scheme_find("mine")) ck_ok(ot_register_scheme(&mine));
}

static void register_wrong(int i)
{
    register_mine((ot_scheme_kind){
        .enter = wrong[i].enter, .step = wrong[i].step, .leave = wrong[i].leave });
}

START_TEST(a_scheme_that_returns_no_state_is_a_sentence_on_the_tape)
{
    register_wrong(_i);
    ot_net_opts o = { .blocks = "mine", .image = 8, .batch = 2, .width = 4 };
    if (wrong[_i].levels) {
        o.levels = wrong[_i].levels;
        o.width = 0;
    }
    refuses(&o, wrong[_i].sentence, wrong[_i].status);
    o.blocks = "mine x3"; /* the wrong state is read by the next block */
    ot_net *net = NULL;
    ck_assert_int_ne(ot_net_new(&o, &net), OT_OK);
    ck_assert_ptr_null(net);
}
END_TEST

static ot_var steady(ot_tape *t, ot_var x, int i, void *user)
{
    (void)t, (void)i, (void)user;
    return x;
}

/* The same schemes around a function of the caller's. */
START_TEST(a_step_of_such_a_scheme_is_one_too)
{
    ot_scheme *s = NULL;
    register_wrong(_i);
    ck_ok(ot_scheme_open("mine", &s));
    ot_tape *const t = ot_tape_new();
    const ot_var x = ot_input(t, "x", OT_SHAPE(2, 8, 8, 4));
    const ot_var y = ot_scheme_step(s, t, x, steady, NULL);
    ck_assert(y.id || ot_tape_status(t) != OT_OK);
    if (!wrong[_i].levels) ck_status(ot_tape_status(t), wrong[_i].status);
    for (int i = 0; !wrong[_i].levels && i < 2 && wrong[_i].sentence[i]; i++)
        ck_assert_ptr_nonnull(strstr(ot_tape_message(t), wrong[_i].sentence[i]));
    ot_tape_free(t);
    ot_scheme_free(s);
}
END_TEST

/* One step length for all channels: the flag OT_SCHEME_STEP alone. */
START_TEST(a_scheme_with_one_step_length_has_none_per_channel)
{
    static const char *const sentence[] = { "mine has one step length h", "--step learned" };
    register_mine((ot_scheme_kind){ .flags = OT_SCHEME_STEP, .step = no_change });
    refuses(&(ot_net_opts){ .blocks = "mine", .step = OT_STEP_CHANNEL }, sentence, OT_EINVAL);
}
END_TEST

static ot_var identity(ot_block *b, ot_var x, ot_var f)
{
    (void)b, (void)x;
    return f;
}

/* Parts that ask the context for what records them again. */
static ot_var evaluate_again(ot_block *b, ot_var x)
{
    return ot_block_eval(b, x, NULL);
}

static ot_var branch_again(ot_block *b, ot_var x, ot_var f)
{
    (void)x;
    return ot_block_eval(b, f, NULL);
}

static ot_var map_again(ot_block *b, ot_var x)
{
    return ot_block_shortcut(b, x);
}

START_TEST(a_part_that_would_contain_itself_is_a_sentence_on_the_tape)
{
    static const char *const eval[] = { "only the functions of a scheme can evaluate f", NULL };
    static const char *const shortcut[] = { "only the function step of a scheme", NULL };
    static const ot_subnet_kind subnet = { .about.name = "selfnet", .record = evaluate_again };
    static const ot_branch_kind branch = { .about.name = "selfbranch", .record = branch_again };
    static const ot_down_kind inside = { .about.name = "selfdown", .inside = map_again };
    static const ot_down_kind between = { .about.name = "selfbetween", .between = evaluate_again };
    ck_ok(ot_register_subnet(&subnet));
    ck_ok(ot_register_branch(&branch));
    ck_ok(ot_register_down(&inside));
    ck_ok(ot_register_down(&between));
    ot_net_opts o = { .blocks = "euler", .levels = "4,4:2", .image = 8, .batch = 2 };
    o.subnet = "selfnet";
    refuses(&o, eval, OT_EINVAL);
    o.subnet = NULL;
    o.branch = "selfbranch";
    refuses(&o, eval, OT_EINVAL);
    o.branch = NULL;
    o.down = "selfdown";
    refuses(&o, shortcut, OT_EINVAL);
    o.down = "selfbetween";
    refuses(&o, eval, OT_EINVAL);
}
END_TEST

START_TEST(a_branch_of_one_shape_asks_for_a_way_down_between_blocks)
{
    static const char *const sentence[] = { "gate cannot change the shape", "--down connector" };
    static const ot_branch_kind gate = { .about.name = "gate",
                                         .one_shape = true,
                                         .record = identity };
    ot_net *net = NULL;
    ck_ok(ot_register_branch(&gate));
    ot_net_opts o = { .blocks = "rk4", .levels = "4,6:2", .branch = "gate", .image = 8 };
    refuses(&o, sentence, OT_EINVAL);
    o.down = "connector";
    ck_ok(ot_net_new(&o, &net));
    ot_net_free(net);
}
END_TEST

TCase *refusals_case(void)
{
    TCase *c = tcase_create("refusals");
    const int n_wrong = (int)(sizeof wrong / sizeof wrong[0]);
    tcase_add_loop_test(c, options_that_contradict_each_other_name_the_reason_and_what_works, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_loop_test(c, a_scheme_that_returns_no_state_is_a_sentence_on_the_tape, 0, n_wrong);
    tcase_add_loop_test(c, a_step_of_such_a_scheme_is_one_too, 0, n_wrong);
    tcase_add_test(c, a_scheme_with_one_step_length_has_none_per_channel);
    tcase_add_test(c, a_part_that_would_contain_itself_is_a_sentence_on_the_tape);
    tcase_add_test(c, a_branch_of_one_shape_asks_for_a_way_down_between_blocks);
    return c;
}
