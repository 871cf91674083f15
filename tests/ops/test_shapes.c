/* SPDX-License-Identifier: BSD-3-Clause
 * Operands of wrong shapes are refused.  The message names the op, the shapes, and what would be
 * right.  The registry returns NULL for positions that it does not have. */
#include <limits.h>
#include <string.h>

#include "autograd/tape.h"
#include "ops/cases.h"
#include "ops/ops.h"
#include "ops/pair.h"

static ot_var input(ot_tape *t, const char *name, ot_shape shape)
{
    return ot_input(t, name, shape);
}

static ot_var param(ot_tape *t, const char *name, ot_shape shape)
{
    return ot_param(t, name, shape, OT_ZEROS);
}

static void conv_of(ot_tape *t, ot_shape x, ot_shape w, int stride, int pad)
{
    ot_conv2d(t, input(t, "x", x), param(t, "w", w), stride, pad);
}

static void conv_channels(ot_tape *t)
{
    conv_of(t, OT_SHAPE(4, 12, 12, 8), OT_SHAPE(6, 7, 3, 2), 1, 1);
}

static void conv_rank(ot_tape *t)
{
    conv_of(t, OT_SHAPE(4, 12), OT_SHAPE(6, 7, 3, 3), 1, 1);
}

static void conv_window(ot_tape *t)
{
    conv_of(t, OT_SHAPE(4, 2, 3, 8), OT_SHAPE(6, 8, 5, 5), 1, 1);
}

static void conv_stride(ot_tape *t)
{
    conv_of(t, OT_SHAPE(4, 2, 3, 8), OT_SHAPE(6, 8, 1, 1), 0, 1);
}

static void conv_pad(ot_tape *t)
{
    conv_of(t, OT_SHAPE(4, 2, 3, 8), OT_SHAPE(6, 8, 1, 1), 1, -1);
}

static void conv_huge_pad(ot_tape *t)
{
    conv_of(t, OT_SHAPE(1, 2, 3, 1), OT_SHAPE(1, 1, 1, 1), 1, 2000000000);
}

static void conv_batched_weights(ot_tape *t)
{
    const ot_shape s = OT_SHAPE(2, 3, 3, 3);
    ot_conv2d(t, input(t, "x", s), input(t, "w", s), 1, 1);
}

static void norm_of(ot_tape *t, ot_shape x, int gamma, bool stats, double momentum, double eps)
{
    const ot_shape c = OT_SHAPE(5);
    const ot_var var = stats ? ot_stat(t, "v", c, OT_ONES) : param(t, "v", c);
    ot_batch_norm(t, input(t, "x", x), param(t, "g", OT_SHAPE(gamma)), param(t, "b", c),
                  ot_stat(t, "m", c, OT_ZEROS), var, momentum, eps);
}

static void norm_channels(ot_tape *t)
{
    norm_of(t, OT_SHAPE(2, 3, 3, 5), 4, true, 0.1, 1e-5);
}

static void norm_rank(ot_tape *t)
{
    norm_of(t, OT_SHAPE(5), 5, true, 0.1, 1e-5);
}

static void norm_stats(ot_tape *t)
{
    norm_of(t, OT_SHAPE(2, 3, 3, 5), 5, false, 0.1, 1e-5);
}

static void norm_momentum(ot_tape *t)
{
    norm_of(t, OT_SHAPE(2, 5), 5, true, 1.5, 1e-5);
}

static void norm_eps(ot_tape *t)
{
    norm_of(t, OT_SHAPE(2, 5), 5, true, 0.1, 0);
}

static void lincomb_shapes(ot_tape *t)
{
    const ot_var x[] = { input(t, "x", OT_SHAPE(2, 3)), input(t, "z", OT_SHAPE(2, 4)) };
    ot_lincomb(t, 2, (const ot_coef[]){ { 1, { 0 } }, { 2, { 0 } } }, x);
}

static void lincomb_factor(ot_tape *t)
{
    const ot_var x = input(t, "x", OT_SHAPE(2, 3)), h = param(t, "h", OT_SHAPE(1));
    ot_lincomb(t, 1, &(ot_coef){ 1, h }, &x);
}

static void lincomb_nothing(ot_tape *t)
{
    ot_lincomb(t, 0, NULL, NULL);
}

static void linear_columns(ot_tape *t)
{
    ot_linear(t, input(t, "x", OT_SHAPE(2, 3)), param(t, "w", OT_SHAPE(5, 4)), (ot_var){ 0 });
}

static void linear_rank(ot_tape *t)
{
    ot_linear(t, input(t, "x", OT_SHAPE(2, 3, 3)), param(t, "w", OT_SHAPE(5, 3)), (ot_var){ 0 });
}

static void linear_bias(ot_tape *t)
{
    ot_linear(t, input(t, "x", OT_SHAPE(2, 3)), param(t, "w", OT_SHAPE(5, 3)),
              param(t, "b", OT_SHAPE(3)));
}

static void pool_rank(ot_tape *t)
{
    ot_global_avg_pool(t, input(t, "x", OT_SHAPE(2, 3, 4)));
}

static void avg_pool_of(ot_tape *t, ot_shape x, int size, int stride)
{
    ot_avg_pool(t, input(t, "x", x), size, stride);
}

static void avg_pool_rank(ot_tape *t)
{
    avg_pool_of(t, OT_SHAPE(2, 3, 4), 2, 2);
}

static void avg_pool_size(ot_tape *t)
{
    avg_pool_of(t, OT_SHAPE(2, 3, 4, 1), 0, 2);
}

static void avg_pool_stride(ot_tape *t)
{
    avg_pool_of(t, OT_SHAPE(2, 3, 4, 1), 2, -1);
}

static void avg_pool_window(ot_tape *t)
{
    avg_pool_of(t, OT_SHAPE(2, 3, 8, 1), 4, 4);
}

static void max_pool_of(ot_tape *t, int size, int stride, int pad, bool ceil)
{
    ot_max_pool(t, input(t, "x", OT_SHAPE(2, 3, 8, 1)), size, stride, pad, ceil);
}

static void max_pool_rank(ot_tape *t)
{
    ot_max_pool(t, input(t, "x", OT_SHAPE(2, 3)), 2, 2, 0, false);
}

static void max_pool_size(ot_tape *t)
{
    max_pool_of(t, 17, 2, 0, false);
}

static void max_pool_stride(ot_tape *t)
{
    max_pool_of(t, 3, 0, 0, false);
}

static void max_pool_pad(ot_tape *t)
{
    max_pool_of(t, 3, 2, 2, false);
}

static void max_pool_window(ot_tape *t)
{
    max_pool_of(t, 6, 2, 1, false);
}

static void max_pool_ceil(ot_tape *t)
{
    max_pool_of(t, 7, 2, 1, true);
}

static void channels_of(ot_tape *t, int from, int to)
{
    ot_channels(t, input(t, "x", OT_SHAPE(2, 3, 8)), from, to);
}

static void channels_empty(ot_tape *t)
{
    channels_of(t, 3, 3);
}

static void channels_after(ot_tape *t)
{
    channels_of(t, 8, 9);
}

static void channels_before(ot_tape *t)
{
    channels_of(t, -2, 0);
}

static void channels_many(ot_tape *t)
{
    channels_of(t, INT_MIN, INT_MAX);
}

static void channels_batch(ot_tape *t)
{
    ot_channels(t, input(t, "x", OT_SHAPE(8)), 0, 2);
}

static void channels_scalar(ot_tape *t)
{
    ot_channels(t, param(t, "x", OT_SCALAR), 0, 2);
}

static void concat_of(ot_tape *t, ot_var x, ot_var z)
{
    ot_concat(t, 2, (const ot_var[]){ x, z });
}

static void concat_pixels(ot_tape *t)
{
    concat_of(t, input(t, "x", OT_SHAPE(2, 3, 4, 5)), input(t, "z", OT_SHAPE(2, 4, 3, 5)));
}

static void concat_rank(ot_tape *t)
{
    concat_of(t, input(t, "x", OT_SHAPE(2, 3)), input(t, "z", OT_SHAPE(2, 1, 3)));
}

static void concat_batch(ot_tape *t)
{
    concat_of(t, input(t, "x", OT_SHAPE(2, 3)), param(t, "w", OT_SHAPE(2, 3)));
}

static void concat_images(ot_tape *t)
{
    concat_of(t, input(t, "x", OT_SHAPE(2)), input(t, "z", OT_SHAPE(2)));
}

static void concat_nothing(ot_tape *t)
{
    ot_concat(t, 0, NULL);
}

static void concat_missing(ot_tape *t)
{
    ot_concat(t, 3, NULL);
}

static void xent_rank(ot_tape *t)
{
    ot_softmax_xent(t, input(t, "x", OT_SHAPE(2, 3, 4)), ot_labels(t, "l", 2));
}

static void xent_labels(ot_tape *t)
{
    ot_softmax_xent(t, input(t, "x", OT_SHAPE(2, 3)), input(t, "l", OT_SHAPE(2)));
}

static void xent_second(ot_tape *t)
{
    ot_softmax_xent_with(t, input(t, "x", OT_SHAPE(2, 3)), ot_labels(t, "l", 2),
                         &(ot_xent_opts){ .second_labels = ot_labels(t, "s", 2) });
}

static void xent_alone(ot_tape *t)
{
    ot_softmax_xent_with(t, input(t, "x", OT_SHAPE(2, 3)), ot_labels(t, "l", 2),
                         &(ot_xent_opts){ .weight = input(t, "w", OT_SHAPE(2)) });
}

static void xent_weights(ot_tape *t)
{
    ot_softmax_xent_with(t, input(t, "x", OT_SHAPE(2, 3)), ot_labels(t, "l", 2),
                         &(ot_xent_opts){ .second_labels = ot_labels(t, "s", 2),
                                          .weight = param(t, "w", OT_SHAPE(2)) });
}

static void xent_numbers(ot_tape *t)
{
    const ot_var w = input(t, "w", OT_SHAPE(2));
    ot_softmax_xent_with(t, input(t, "x", OT_SHAPE(2, 3)), ot_labels(t, "l", 2),
                         &(ot_xent_opts){ .second_labels = w, .weight = w });
}

static void xent_smoothing(ot_tape *t)
{
    ot_softmax_xent_with(t, input(t, "x", OT_SHAPE(2, 3)), ot_labels(t, "l", 2),
                         &(ot_xent_opts){ .smoothing = 1 });
}

static void mul_shapes(ot_tape *t)
{
    ot_mul(t, input(t, "x", OT_SHAPE(2, 3)), input(t, "z", OT_SHAPE(2, 4)));
}

static void mul_batch(ot_tape *t)
{
    ot_mul(t, input(t, "x", OT_SHAPE(2, 3)), param(t, "w", OT_SHAPE(2, 3)));
}

static const struct {
    void (*record)(ot_tape *t);
    ot_status status;
    const char *says[4]; /* parts of the message */
} refused[] = {
    { conv_channels, OT_ESHAPE, { "conv2d: ", "(4,12,12,8)", "(6,7,3,2)", "must be (6,8,3,2)" } },
    { conv_rank, OT_ESHAPE, { "conv2d: ", "(4,12)", "(6,7,3,3)", "must be (N,H,W,C)" } },
    { conv_window, OT_ESHAPE, { "conv2d: ", "(4,2,3,8)", "(6,8,5,5)", "at most 4x5" } },
    { conv_stride, OT_EINVAL, { "conv2d: ", "stride 0", "must be at least 1" } },
    { conv_pad, OT_EINVAL, { "conv2d: ", "pad -1", "pad at least 0" } },
    { conv_huge_pad, OT_ESHAPE, { "conv2d: ", "pad 2000000000" } },
    { conv_batched_weights, OT_ESHAPE, { "conv2d: ", "(2,3,3,3)", "must not have" } },
    { norm_channels, OT_ESHAPE, { "batch_norm: ", "(2,3,3,5)", "gamma is (4)", "must be (5)" } },
    { norm_rank, OT_ESHAPE, { "batch_norm: ", "x is (5)", "at least 2 dimensions" } },
    { norm_stats, OT_EINVAL, { "batch_norm: ", "operand 5", "must be one" } },
    { norm_momentum, OT_EINVAL, { "batch_norm: ", "momentum is 1.5", "must be 0 to 1" } },
    { norm_eps, OT_EINVAL, { "batch_norm: ", "eps 0", "above 0" } },
    { lincomb_shapes, OT_ESHAPE, { "lincomb: ", "(2,3)", "(2,4)", "must be equal" } },
    { lincomb_factor, OT_ESHAPE, { "lincomb: ", "(1)", "must be a scalar" } },
    { lincomb_nothing, OT_EINVAL, { "lincomb: ", "0 terms", "1 to 128" } },
    { linear_columns, OT_ESHAPE, { "linear: ", "(2,3)", "(5,4)", "must be (5,3)" } },
    { linear_rank, OT_ESHAPE, { "linear: ", "(2,3,3)", "must be (N,I)" } },
    { linear_bias, OT_ESHAPE, { "linear: ", "(5,3)", "b is (3)", "must be (5)" } },
    { pool_rank, OT_ESHAPE, { "global_avg_pool: ", "(2,3,4)", "must be (N,H,W,C)" } },
    { avg_pool_rank, OT_ESHAPE, { "avg_pool: ", "(2,3,4)", "must be (N,H,W,C)" } },
    { avg_pool_size, OT_EINVAL, { "avg_pool: ", "size 0", "at least 1" } },
    { avg_pool_stride, OT_EINVAL, { "avg_pool: ", "stride -1", "at least 1" } },
    { avg_pool_window, OT_ESHAPE, { "avg_pool: ", "(2,3,8,1)", "4x4", "at most 3x3" } },
    { max_pool_rank, OT_ESHAPE, { "max_pool: ", "(2,3)", "must be (N,H,W,C)" } },
    { max_pool_size, OT_EINVAL, { "max_pool: ", "size is 17", "1 to 16" } },
    { max_pool_stride, OT_EINVAL, { "max_pool: ", "stride is 0", "at least 1" } },
    { max_pool_pad, OT_EINVAL, { "max_pool: ", "pad is 2", "size 3", "0 to 1" } },
    { max_pool_window, OT_ESHAPE, { "max_pool: ", "(2,3,8,1)", "6x6", "at most 5x5" } },
    { max_pool_ceil, OT_ESHAPE, { "max_pool: ", "(2,3,8,1)", "7x7", "at most 6x6" } },
    { channels_empty, OT_EINVAL, { "channels: ", "from 3 to 3", "must be larger" } },
    { channels_after, OT_EINVAL, { "channels: ", "(2,3,8)", "from 8 to 9", "0 to 7" } },
    { channels_before, OT_EINVAL, { "channels: ", "(2,3,8)", "from -2 to 0", "0 to 7" } },
    { channels_many, OT_EINVAL, { "channels: ", "4294967295", "at most 2^30" } },
    { channels_batch, OT_ESHAPE, { "channels: ", "(8), which is the batch", "must have" } },
    { channels_scalar, OT_ESHAPE, { "channels: ", "()", "must have" } },
    { concat_pixels, OT_ESHAPE, { "concat: ", "(2,3,4,5)", "(2,4,3,5)", "must be equal" } },
    { concat_rank, OT_ESHAPE, { "concat: ", "(2,3)", "(2,1,3)", "must be equal" } },
    { concat_batch, OT_ESHAPE, { "concat: ", "(2,3) with a batch", "is (2,3);" } },
    { concat_images, OT_ESHAPE, { "concat: ", "(2), which is the batch", "must have" } },
    { concat_nothing, OT_EINVAL, { "concat: ", "0 operands", "1 to 128" } },
    { concat_missing, OT_EINVAL, { "concat: ", "NULL", "3 of them" } },
    { xent_rank, OT_ESHAPE, { "softmax_xent: ", "(2,3,4)", "must be (N,K)" } },
    { xent_labels, OT_EINVAL, { "softmax_xent: ", "operand 2", "not an ot_labels leaf" } },
    { xent_second, OT_EINVAL, { "softmax_xent: ", "without the weights", "both are needed" } },
    { xent_alone, OT_EINVAL, { "softmax_xent: ", "without second labels", "both are needed" } },
    { xent_weights, OT_ESHAPE, { "softmax_xent: ", "weights of labels (2)", "must be (2)" } },
    { xent_numbers, OT_EINVAL, { "softmax_xent: ", "operand 3", "not an ot_labels leaf" } },
    { xent_smoothing, OT_EINVAL, { "softmax_xent: ", "smoothing is 1", "below 1" } },
    { mul_shapes, OT_ESHAPE, { "mul: ", "(2,3)", "(2,4)", "must be equal" } },
    { mul_batch, OT_ESHAPE, { "mul: ", "(2,3)", "both must, or neither" } },
};

START_TEST(wrong_operands_are_refused_in_a_sentence)
{
    ot_tape *t = ot_tape_new();
    refused[_i].record(t);
    ck_status(ot_tape_status(t), refused[_i].status);
    for (int k = 0; k < 4 && refused[_i].says[k]; k++)
        ck_assert_msg(strstr(ot_tape_message(t), refused[_i].says[k]), "\"%s\" lacks \"%s\"",
                      ot_tape_message(t), refused[_i].says[k]);
    ot_tape_free(t);
}
END_TEST

/* ---- operands of the wrong kind, for every op ---- */

START_TEST(an_op_records_nothing_without_a_tape_or_after_an_error)
{
    ot_tape *t = ot_tape_new();
    ot_tape_fail(t, OT_ENUMERIC, "the first error");
    for (int variant = 0; variant < examples_of(_i); variant++) {
        ck_assert_int_eq(ot_op_example(_i, NULL, variant).id, 0);
        ck_assert_int_eq(ot_op_example(_i, t, variant).id, 0);
    }
    ck_status(ot_tape_status(t), OT_ENUMERIC);
    ck_assert_str_eq(ot_tape_message(t), "the first error");
    ot_tape_free(t);
}
END_TEST

typedef enum wrong { NULL_VAR, BEYOND_THE_TAPE, WRONG_TYPE, WRONGS } wrong;

static ot_var wrong_operand(ot_tape *t, const ot_op *op, int k, wrong how)
{
    if (how == NULL_VAR) return (ot_var){ 0 };
    if (how == BEYOND_THE_TAPE) return (ot_var){ ot_tape_length(t) + 1 };
    return op->labels & OT__OPERAND(k) ? input(t, "number", OT_SHAPE(4)) : ot_labels(t, "no", 4);
}

/* Records an example again with another operand k; returns the number of operands. */
static int check_wrong_operand(int op, int variant, int k, wrong how)
{
    ot_tape *t = ot_tape_new();
    ot_var in[OT__MOST_OPERANDS];
    const ot_var y = ot_op_example(op, t, variant);
    const ot__record r = ot__node_of(t, y)->record;
    memcpy(in, r.in, sizeof *in * (size_t)r.n_in);
    in[k] = wrong_operand(t, r.op, k, how);
    const ot_var again = ot__record_op(t, r.op, r.n_in, in, NULL, 0);
    ck_assert_msg(again.id == 0, "%s example %d takes a wrong operand %d", r.op->name, variant, k);
    ck_status(ot_tape_status(t), OT_EINVAL);
    ck_assert_msg(strncmp(ot_tape_message(t), r.op->name, strlen(r.op->name)) == 0,
                  "\"%s\" does not begin with %s", ot_tape_message(t), r.op->name);
    ot_tape_free(t);
    return r.n_in;
}

START_TEST(an_op_refuses_operands_of_the_wrong_kind)
{
    for (int variant = 0; variant < examples_of(_i); variant++)
        for (wrong how = 0; how < WRONGS; how++)
            for (int k = 0, n = 1; k < n; k++)
                n = check_wrong_operand(_i, variant, k, how);
}
END_TEST

START_TEST(the_registry_has_different_names_and_nothing_beyond_its_ends)
{
    const int n = ot_op_count();
    ot_tape *t = ot_tape_new();
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(ot_op_name(i), ot_op_name(j));
    ck_assert_ptr_null(ot_op_name(-1));
    ck_assert_ptr_null(ot_op_name(n));
    ck_assert_int_eq(ot_op_example(n, t, 0).id, 0);
    ck_assert_int_eq(ot_op_example(0, t, -1).id, 0);
    ck_ok(ot_tape_status(t));
    ot_tape_free(t);
}
END_TEST

TCase *shapes_case(void)
{
    TCase *c = tcase_create("shapes");
    tcase_add_loop_test(c, wrong_operands_are_refused_in_a_sentence, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_loop_test(c, an_op_records_nothing_without_a_tape_or_after_an_error, 0,
                        ot_op_count());
    tcase_add_loop_test(c, an_op_refuses_operands_of_the_wrong_kind, 0, ot_op_count());
    tcase_add_test(c, the_registry_has_different_names_and_nothing_beyond_its_ends);
    return c;
}
