/* SPDX-License-Identifier: BSD-3-Clause
 * Networks under a limit of memory: all their numbers have the bits that they have without one. */
#include <string.h>

#include "autograd/program.h"
#include "models/cases.h"
#include "models/passes.h"
#include "models/properties/property.h"
#include "models/systems.h"

enum { DTYPES = 2 };

static ot_program *compile(const pass *p, size_t limit)
{
    const ot_compile_opts opts = { .dtype = p->dtype, .params = p->params, .memory_limit = limit };
    ot_program *program = NULL;
    ck_ok(ot_compile(ot_net_tape(p->net), ot_net_loss(p->net), &opts, &program));
    return program;
}

/* Runs forward and backward from the initial values of seed 3. */
static void run(pass *p, ot_program *program)
{
    ot_params_init(p->params, 3);
    ot_program_free(p->program);
    p->program = program;
    pass_fill(p);
    pass_forward(p);
    pass_backward(p);
}

static size_t bytes_of(const pass *p, int i)
{
    return ot_params_elements(p->params, i) * (p->dtype == OT_F64 ? sizeof(double) : sizeof(float));
}

/* The gradients of trained parameters, and the values of running statistics. */
static const void *numbers(const pass *p, int i)
{
    return ot_params_trained(p->params, i) ? ot_params_grad(p->params, i, p->dtype)
                                           : ot_params_value(p->params, i, p->dtype);
}

static void same_numbers(const pass *a, const pass *b, const char *what)
{
    for (int i = 0; i < ot_params_count(a->params); i++)
        ck_assert_msg(memcmp(numbers(a, i), numbers(b, i), bytes_of(a, i)) == 0,
                      "%s: %s differs under a limit", what, ot_params_name(a->params, i));
}

/* Compares runs of a network without a limit, with the least memory, and half way between. */
static void same_at_every_limit(const ot_net_opts *o, const char *what, ot_dtype dtype)
{
    pass whole = pass_new(o, dtype, 3), limited = pass_new(o, dtype, 3);
    run(&whole, compile(&whole, 0));
    run(&limited, compile(&limited, OT_LEAST_MEMORY));
    same_numbers(&whole, &limited, what);
    const size_t most = ot_program_describe(whole.program).peak_bytes;
    const ot_program_info least = ot_program_describe(limited.program);
    ck_assert_uint_le(least.peak_bytes, most);
    ck_assert_uint_eq(least.peak_bytes, least.least_bytes);
    const size_t half = least.peak_bytes + (most - least.peak_bytes) / 2;
    run(&limited, compile(&limited, half));
    same_numbers(&whole, &limited, what);
    ck_assert_uint_le(ot_program_describe(limited.program).peak_bytes, half);
    pass_free(&whole);
    pass_free(&limited);
}

START_TEST(every_scheme_has_the_same_bits_at_every_limit)
{
    const ot_scheme *const s = ot_scheme_at(_i / DTYPES);
    char blocks[64];
    snprintf(blocks, sizeof blocks, "%s x%d", ot_scheme_name(s),
             ot_scheme_evaluations(s) > 4 ? 2 : 6);
    const ot_net_opts o = { .blocks = blocks, .width = 16, .image = 8, .classes = 3, .batch = 4 };
    same_at_every_limit(&o, blocks, _i % DTYPES ? OT_F64 : OT_F32);
}
END_TEST

START_TEST(every_system_has_the_same_bits_at_every_limit)
{
    const ot__checking c = { .system = ot_system_at(_i / DTYPES) };
    ot_net *net = NULL;
    ck_ok(ot__checking_net(&c, NULL, 3, &net));
    same_at_every_limit(ot_net_options(net), c.system->name, _i % DTYPES ? OT_F64 : OT_F32);
    ot_net_free(net);
}
END_TEST

/* ---- what is chosen ---- */

typedef struct net_program {
    ot_net *net;
    ot_program *program;
} net_program;

static net_program planned(const char *blocks, size_t limit)
{
    net_program n = { NULL, NULL };
    const ot_net_opts o = { .blocks = blocks, .width = 16, .batch = 32, .stem_stride = 2 };
    ck_ok(ot_net_new(&o, &n.net));
    ck_ok(ot_compile(ot_net_tape(n.net), ot_net_loss(n.net),
                     &(ot_compile_opts){ .plan_only = true, .memory_limit = limit }, &n.program));
    return n;
}

static ot_program_info cost_of(const char *blocks, size_t limit)
{
    net_program n = planned(blocks, limit);
    const ot_program_info info = ot_program_describe(n.program);
    ot_program_free(n.program);
    ot_net_free(n.net);
    return info;
}

START_TEST(less_memory_costs_more_and_half_of_it_a_sixth)
{
    const ot_program_info all = cost_of("euler x28", 0);
    const double flops = all.flops_forward + all.flops_backward;
    double before = 0;
    for (int percent = 95; percent >= 35; percent -= 10) {
        const size_t limit = all.peak_bytes / 100 * (size_t)percent;
        const ot_program_info some = cost_of("euler x28", limit);
        ck_assert_uint_le(some.peak_bytes, limit);
        ck_assert_double_ge(some.flops_replayed, before);
        ck_assert_double_eq(some.flops_forward, all.flops_forward);
        if (percent == 55) ck_assert_double_lt(some.flops_replayed, 0.17 * flops);
        before = some.flops_replayed;
    }
    ck_assert_double_lt(before, 0.4 * flops);
}
END_TEST

START_TEST(the_least_is_known_at_every_limit)
{
    const ot_program_info least = cost_of("euler x8", OT_LEAST_MEMORY);
    const ot_program_info all = cost_of("euler x8", 0);
    for (int percent = 90; percent > 50; percent -= 20)
        ck_assert_uint_eq(cost_of("euler x8", all.peak_bytes / 100 * (size_t)percent).least_bytes,
                          least.peak_bytes);
}
END_TEST

START_TEST(a_limit_that_leaves_room_changes_nothing)
{
    const ot_program_info all = cost_of("rk4 x3", 0), same = cost_of("rk4 x3", all.peak_bytes);
    ck_assert_int_eq(same.replays, 0);
    ck_assert_int_eq(same.calls, all.calls);
    ck_assert_uint_eq(same.peak_bytes, all.peak_bytes);
}
END_TEST

START_TEST(a_limit_that_cannot_be_kept_is_refused_with_the_least)
{
    const ot_program_info least = cost_of("euler x8", OT_LEAST_MEMORY);
    char bytes[32];
    net_program n = planned("euler x8", least.least_bytes); /* is possible */
    ot_program_free(n.program);
    n.program = NULL;
    const ot_compile_opts opts = { .plan_only = true, .memory_limit = least.least_bytes - 1 };
    ck_status(ot_compile(ot_net_tape(n.net), ot_net_loss(n.net), &opts, &n.program), OT_ENOMEM);
    ck_assert_ptr_eq(n.program, NULL);
    snprintf(bytes, sizeof bytes, "%zu bytes", least.least_bytes);
    ck_assert_msg(strstr(ot_message(), bytes) != NULL, "%s", ot_message());
    ot_net_free(n.net);
}
END_TEST

static bool overlap(const ot_program *p, int i, int j)
{
    const ot__buffer *a = &p->buffer[i], *b = &p->buffer[j];
    if (ot__plan_owner(p->buffer, i) == ot__plan_owner(p->buffer, j)) return false;
    return a->first <= b->until && b->first <= a->until && a->at < b->at + b->bytes &&
           b->at < a->at + a->bytes;
}

START_TEST(plans_under_a_limit_are_sound)
{
    net_program n = planned(_i ? "rk4 x6" : "euler x20", OT_LEAST_MEMORY);
    for (int i = 0; i < n.program->n_buffers; i++)
        for (int j = 0; j < i; j++)
            ck_assert_msg(!overlap(n.program, i, j), "buffers %d and %d", i, j);
    ot_program_free(n.program);
    ot_net_free(n.net);
}
END_TEST

TCase *memory_limit_case(void)
{
    TCase *c = tcase_create("memory_limit");
    tcase_add_loop_test(c, every_scheme_has_the_same_bits_at_every_limit, 0,
                        DTYPES * ot_scheme_count());
    tcase_add_loop_test(c, every_system_has_the_same_bits_at_every_limit, 0,
                        DTYPES * ot_system_count());
    tcase_add_test(c, less_memory_costs_more_and_half_of_it_a_sixth);
    tcase_add_test(c, the_least_is_known_at_every_limit);
    tcase_add_test(c, a_limit_that_leaves_room_changes_nothing);
    tcase_add_test(c, a_limit_that_cannot_be_kept_is_refused_with_the_least);
    tcase_add_loop_test(c, plans_under_a_limit_are_sound, 0, 2);
    return c;
}
