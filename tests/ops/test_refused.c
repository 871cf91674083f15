/* SPDX-License-Identifier: BSD-3-Clause
 * More operands of wrong shapes and constants out of range (see test_shapes.c): biases, norms of
 * single images, transposed convolutions, gates, fills, functions and attention. */
#include <math.h>
#include <string.h>

#include "ops/cases.h"

static ot_var input(ot_tape *t, ot_shape shape)
{
    char name[32];
    snprintf(name, sizeof name, "x%d", ot_tape_length(t));
    return ot_input(t, name, shape);
}

static ot_var param(ot_tape *t, ot_shape shape)
{
    char name[32];
    snprintf(name, sizeof name, "w%d", ot_tape_length(t));
    return ot_param(t, name, shape, OT_ZEROS);
}

static ot_var image(ot_tape *t)
{
    return input(t, OT_SHAPE(2, 4, 5, 6));
}

static double twice(double x)
{
    return 2 * x;
}

static void map_of(ot_tape *t, int kinks, double first, double second)
{
    const ot_function f = {
        .value = twice, .slope = twice, .kinks = kinks, .kink = { first, second }
    };
    ot_map(t, image(t), &f);
}

#define REFUSED(name, call)                                                                        \
    static void name(ot_tape *t)                                                                   \
    {                                                                                              \
        (void)(call);                                                                              \
    }
#define TRANSPOSE(w, stride, pad, height, width)                                                   \
    ot_conv2d_transpose(t, image(t), param(t, w), stride, pad, height, width)
REFUSED(bias_channels, ot_bias(t, image(t), param(t, OT_SHAPE(5))))
REFUSED(bias_batch, ot_bias(t, input(t, OT_SHAPE(6, 4, 5, 6)), input(t, OT_SHAPE(6))))
REFUSED(bias_scalar, ot_bias(t, param(t, OT_SCALAR), param(t, OT_SHAPE(1))))
REFUSED(position_image, ot_position(t, image(t), param(t, OT_SHAPE(5, 4, 6))))
REFUSED(position_batch, ot_position(t, param(t, OT_SHAPE(2, 6)), param(t, OT_SHAPE(6))))
REFUSED(fill_value, ot_fill(t, image(t), (ot_coef){ .value = INFINITY }))
REFUSED(fill_factor, ot_fill(t, image(t), (ot_coef){ 1, param(t, OT_SHAPE(2)) }))
REFUSED(fill_batch, ot_fill(t, input(t, OT_SHAPE(2)), (ot_coef){ .value = 1 }))
REFUSED(transpose_stride, TRANSPOSE(OT_SHAPE(6, 3, 3, 3), 0, 1, 4, 5))
REFUSED(transpose_height, TRANSPOSE(OT_SHAPE(6, 3, 3, 3), 1, 1, 0, 5))
REFUSED(transpose_channels, TRANSPOSE(OT_SHAPE(3, 6, 3, 3), 1, 1, 4, 5))
REFUSED(transpose_rank, TRANSPOSE(OT_SHAPE(6, 3), 1, 1, 4, 5))
REFUSED(transpose_size, TRANSPOSE(OT_SHAPE(6, 3, 3, 3), 2, 1, 9, 9))
REFUSED(transpose_batch, ot_conv2d_transpose(t, input(t, OT_SHAPE(6, 4, 5, 6)),
                                             input(t, OT_SHAPE(6, 3, 3, 3)), 1, 1, 4, 5))
REFUSED(group_count,
        ot_group_norm(t, image(t), param(t, OT_SHAPE(6)), param(t, OT_SHAPE(6)), 4, 1e-5))
REFUSED(group_none,
        ot_group_norm(t, image(t), param(t, OT_SHAPE(6)), param(t, OT_SHAPE(6)), 0, 1e-5))
REFUSED(layer_gamma, ot_layer_norm(t, image(t), param(t, OT_SHAPE(5)), param(t, OT_SHAPE(6)), 1e-5))
REFUSED(layer_rank,
        ot_layer_norm(t, input(t, OT_SHAPE(2)), param(t, OT_SHAPE(2)), param(t, OT_SHAPE(2)), 1e-5))
REFUSED(pixel_eps, ot_pixel_norm(t, image(t), param(t, OT_SHAPE(6)), param(t, OT_SHAPE(6)), 0))
REFUSED(gate_shape, ot_gate(t, image(t), input(t, OT_SHAPE(2, 5))))
REFUSED(gate_batch, ot_gate(t, image(t), param(t, OT_SHAPE(2, 6))))
REFUSED(gate_rank, ot_gate(t, input(t, OT_SHAPE(2)), input(t, OT_SHAPE(2))))
REFUSED(map_nothing, ot_map(t, image(t), NULL))
REFUSED(map_slope, ot_map(t, image(t), &(ot_function){ .value = twice }))
REFUSED(map_count, (map_of(t, 9, 0, 1), 0))
REFUSED(map_order, (map_of(t, 2, 1, 1), 0))
REFUSED(map_nan, (map_of(t, 1, NAN, 0), 0))
REFUSED(attention_heads, ot_attention(t, image(t), 0))
REFUSED(attention_channels, ot_attention(t, image(t), 4))
REFUSED(attention_batch, ot_attention(t, param(t, OT_SHAPE(4, 6)), 1))

static const struct {
    void (*record)(ot_tape *t);
    ot_status status;
    const char *says[3];
} refused[] = {
    { bias_channels, OT_ESHAPE, { "bias: ", "(2,4,5,6)", "b must be (6)" } },
    { bias_batch, OT_ESHAPE, { "bias: ", "(6) with a batch", "b must be (6)" } },
    { bias_scalar, OT_ESHAPE, { "bias: ", "()", "must have" } },
    { position_image, OT_ESHAPE, { "position: ", "(5,4,6)", "must be (4,5,6)" } },
    { position_batch, OT_ESHAPE, { "position: ", "(2,6) without a batch", "(N,...)" } },
    { fill_value, OT_EINVAL, { "fill: ", "inf", "must be finite" } },
    { fill_factor, OT_ESHAPE, { "fill: ", "(2)", "must be a scalar" } },
    { fill_batch, OT_ESHAPE, { "fill: ", "(2), which is the batch", "must have" } },
    { transpose_stride, OT_EINVAL, { "conv2d_transpose: ", "stride 0", "at least 1" } },
    { transpose_height, OT_EINVAL, { "conv2d_transpose: ", "0x5", "1 to 2^30" } },
    { transpose_channels, OT_ESHAPE, { "conv2d_transpose: ", "(3,6,3,3)", "(6,6,3,3)" } },
    { transpose_rank, OT_ESHAPE, { "conv2d_transpose: ", "(6,3)", "(O,C,kh,kw)" } },
    { transpose_size, OT_ESHAPE, { "conv2d_transpose: ", "5x5 pixels of 9x9", "7x9 would do" } },
    { transpose_batch, OT_ESHAPE, { "conv2d_transpose: ", "with a batch", "must not" } },
    { group_count, OT_EINVAL, { "group_norm: ", "4 groups of 6", "equally large" } },
    { group_none, OT_EINVAL, { "group_norm: ", "0 groups", "equally large" } },
    { layer_gamma, OT_ESHAPE, { "layer_norm: ", "gamma is (5)", "must be (6)" } },
    { layer_rank, OT_ESHAPE, { "layer_norm: ", "(2)", "(N,...,C)" } },
    { pixel_eps, OT_EINVAL, { "pixel_norm: ", "eps is 0", "positive" } },
    { gate_shape, OT_ESHAPE, { "gate: ", "(2,5)", "must be (2,6)" } },
    { gate_batch, OT_ESHAPE, { "gate: ", "(2,6)", "with a batch if x has one" } },
    { gate_rank, OT_ESHAPE, { "gate: ", "(2)", "(N,...,C)" } },
    { map_nothing, OT_EINVAL, { "map: ", "no value", "must have" } },
    { map_slope, OT_EINVAL, { "map: ", "no slope", "must have" } },
    { map_count, OT_EINVAL, { "map: ", "9 kinks", "0 to 8" } },
    { map_order, OT_EINVAL, { "map: ", "kink 1 is at 1", "increase" } },
    { map_nan, OT_EINVAL, { "map: ", "kink 0 is at nan", "finite" } },
    { attention_heads, OT_EINVAL, { "attention: ", "0 heads", "at least one" } },
    { attention_channels, OT_ESHAPE, { "attention: ", "(2,4,5,6)", "multiple of 12" } },
    { attention_batch, OT_ESHAPE, { "attention: ", "(4,6) without a batch", "(N,...,3*C)" } },
};

START_TEST(wrong_operands_and_constants_are_refused_in_a_sentence)
{
    ot_tape *t = ot_tape_new();
    refused[_i].record(t);
    ck_status(ot_tape_status(t), refused[_i].status);
    for (int k = 0; k < 3; k++)
        ck_assert_msg(strstr(ot_tape_message(t), refused[_i].says[k]), "\"%s\" lacks \"%s\"",
                      ot_tape_message(t), refused[_i].says[k]);
    ot_tape_free(t);
}
END_TEST

TCase *refused_case(void)
{
    TCase *c = tcase_create("refused");
    tcase_add_loop_test(c, wrong_operands_and_constants_are_refused_in_a_sentence, 0,
                        sizeof refused / sizeof refused[0]);
    return c;
}
