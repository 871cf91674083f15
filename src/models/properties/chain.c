/* SPDX-License-Identifier: BSD-3-Clause
 * A chain of blocks around an input, whose contexts stay.  So an evaluation of f can be recorded
 * again with the same weights, for example in the inverse of a block. */
#include "base/memory.h"
#include "models/properties/property.h"

enum { IMAGES = 3, PIXELS = 6 };

static void begin(ot__chain *r, int n, const ot_scheme *scheme, int channels)
{
    ot_block *const b = &r->block[n];
    ot__block_begin(b, &r->recording, r->tape, scheme);
    b->index = b->position = n;
    b->channels = b->y_channels = channels;
    b->step.size = ot_net_options(r->net)->h;
    ot__weights_begin(&b->weights, OT_WEIGHTS_SHARED, n * OT__MOST_TENSORS);
}

ot_status ot__chain_new(const ot__checking *c, const ot_scheme *scheme, int channels,
                        ot__chain **out)
{
    ot__chain *const r = ot__new(1, sizeof *r);
    if (!r) return OT_ENOMEM;
    ot_status status = ot__checking_net(c, c->check->options, 1, &r->net);
    r->tape = ot_tape_new();
    if (status == OT_OK && !r->tape) status = OT_ENOMEM;
    if (status != OT_OK) {
        ot__chain_free(r);
        return status;
    }
    r->recording = (ot__recording){ .tape = r->tape,
                                    .subnet = r->net->recording.subnet,
                                    .branch = r->net->recording.branch,
                                    .norm = r->net->recording.norm,
                                    .down = r->net->recording.down,
                                    .blocks = OT__CHAIN_BLOCKS };
    r->x = ot_input(r->tape, "x", OT_SHAPE(IMAGES, PIXELS, PIXELS, channels));
    for (int n = 0; n < OT__CHAIN_BLOCKS; n++)
        begin(r, n, scheme, channels);
    *out = r;
    return OT_OK;
}

void ot__chain_free(ot__chain *r)
{
    if (!r) return;
    ot_tape_free(r->tape);
    ot_net_free(r->net);
    ot__free(r);
}

ot_status ot__chain_run(ot__chain *r, ot_var root, int n, const ot_var keep[], ot_program **out)
{
    const ot_shape s = ot_var_shape(r->tape, r->x);
    OT_TRY(ot_compile(
        r->tape, root,
        &(ot_compile_opts){ .dtype = OT_F64, .input_gradients = true, .n_keep = n, .keep = keep },
        out));
    ot__random_numbers(0, (size_t)(s.dim[0] * s.dim[1] * s.dim[2] * s.dim[3]),
                       ot_program_input(*out, r->x));
    const ot_status status = ot_forward(*out, IMAGES);
    if (status != OT_OK) ot_program_free(*out);
    return status;
}
