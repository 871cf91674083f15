/* SPDX-License-Identifier: BSD-3-Clause
 * Bounds on the memory that the planner gives to real networks. */
#include <string.h>

#include "autograd/program.h"
#include "models/cases.h"

static ot_program *compile(ot_net **net, ot_net_opts net_opts, ot_compile_opts opts)
{
    ot_program *p = NULL;
    ck_ok(ot_net_new(&net_opts, net));
    ck_ok(ot_compile(ot_net_tape(*net), ot_net_loss(*net), &opts, &p));
    return p;
}

START_TEST(plans_of_every_scheme_are_sound_and_tight)
{
    ot_net *net = NULL;
    const ot_scheme *const scheme = ot_scheme_at(_i / 2);
    const ot_net_opts opts = { .blocks = ot_scheme_name(scheme), .width = 8 };
    /* The states of a tableau have one size; where sizes differ, the plan has gaps. */
    const double most = ot_scheme_tableau(scheme) ? 1.05 : 1.25;
    ot_program *p = compile(&net, opts, (ot_compile_opts){ .forward_only = _i % 2 });
    for (int i = 0; i < p->n_buffers; i++)
        for (int j = 0; j < i; j++) {
            const ot__buffer *a = &p->buffer[i], *b = &p->buffer[j];
            if (ot__plan_owner(p->buffer, i) == ot__plan_owner(p->buffer, j)) continue;
            if (a->first > b->until || b->first > a->until) continue;
            ck_assert_msg(a->at + a->bytes <= b->at || b->at + b->bytes <= a->at,
                          "buffers %d and %d", i, j);
        }
    ck_assert_uint_le(p->plan.bound, p->plan.arena);
    ck_assert_double_le((double)p->plan.arena, most * (double)p->plan.bound);
    ot_program_free(p);
    ot_net_free(net);
}
END_TEST

/* Resident bytes of this process now. */
static size_t resident(void)
{
    long pages = 0, skipped;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f) return 0;
    if (fscanf(f, "%ld %ld", &skipped, &pages) != 2) pages = 0;
    fclose(f);
    return (size_t)pages * 4096;
}

static const ot_net_opts measured_nets[] = {
    { .blocks = "rk4x2", .width = 32, .batch = 64 },
    { .blocks = "dense(growth=16) x4", .levels = "32,*:2", .down = "dense", .batch = 64 },
    { .blocks = "osa x2", .levels = "32,48:2", .down = "maxpool", .batch = 64 },
    { .blocks = "rknet(stages=3, updates=1)",
      .levels = "32,32:2",
      .down = "rknet",
      .head = "multiscale",
      .batch = 64 },
};

START_TEST(the_predicted_peak_is_the_measured_one)
{
    if (ot_in_valgrind()) OT_SKIP("valgrind is too slow, or has memory of its own");
    ot_net *net = NULL;
    ck_assert(ot_machine().threads >= 1); /* BLIS has been started */
    const size_t before = resident();
    if (before == 0) OT_SKIP("there is no /proc here");
    ot_program *p = compile(&net, measured_nets[_i], (ot_compile_opts){ .dtype = OT_F32 });
    const double predicted = (double)ot_program_describe(p).peak_bytes;
    memset(ot_program_input(p, ot_net_images(net)), 0, 64 * 32 * 32 * 3 * sizeof(float));
    memset(ot_program_input(p, ot_net_labels(net)), 0, 64 * sizeof(int32_t));
    ck_ok(ot_forward(p, 64));
    ck_ok(ot_backward(p, NULL, false));
    const double measured = (double)(ot_peak_rss() - before);
    ck_assert_double_gt(predicted, 20e6);
    ck_assert_msg(measured < 1.1 * predicted + 8e6 && measured > 0.85 * predicted,
                  "predicted %.1f MB, measured %.1f MB", predicted / 1e6, measured / 1e6);
    ot_program_free(p);
    ot_net_free(net);
}
END_TEST

static double arena(const char *blocks, bool evaluate)
{
    ot_net *net = NULL;
    ot_program *p = compile(
        &net, (ot_net_opts){ .blocks = blocks, .width = 16, .batch = 8 },
        (ot_compile_opts){ .dtype = OT_F32, .evaluate = evaluate, .forward_only = evaluate });
    const double bytes = (double)ot_program_describe(p).arena_bytes;
    ot_program_free(p);
    ot_net_free(net);
    return bytes;
}

START_TEST(many_stages_train_in_the_memory_of_as_many_euler_steps)
{
    const double euler = arena("euler x28", false);
    ck_assert_double_le(arena("rk4 x7", false), 1.02 * euler);
    ck_assert_double_le(arena("verner89 x2", false), 1.02 * euler);
}
END_TEST

/* Six states between the evaluations of f, two for an evaluation, and the images. */
START_TEST(a_block_of_fourteen_stages_is_evaluated_with_eight_states)
{
    const double channel = 8.0 * 32 * 32 * sizeof(float);
    ck_assert_double_le(arena("verner89", true), 1.01 * (8 * 16 + 3) * channel);
}
END_TEST

TCase *memory_case(void)
{
    TCase *c = tcase_create("memory");
    tcase_add_loop_test(c, plans_of_every_scheme_are_sound_and_tight, 0, 2 * ot_scheme_count());
    tcase_add_test(c, many_stages_train_in_the_memory_of_as_many_euler_steps);
    tcase_add_test(c, a_block_of_fourteen_stages_is_evaluated_with_eight_states);
    tcase_add_loop_test(c, the_predicted_peak_is_the_measured_one, 0,
                        sizeof measured_nets / sizeof measured_nets[0]);
    return c;
}
