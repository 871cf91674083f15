/* SPDX-License-Identifier: BSD-3-Clause
 * Makes a network and images of plain colours for tests that train. */
#include "train/small.h"

#include "base/normalisation.h"
#include "data/dataset.h"

enum { CLASSES = 10 };

/* Images of size*size pixels; those of class k have one colour, with random brightness in each
 * pixel. */
static ot_dataset *colours(int count, int size, uint32_t noise)
{
    ot_dataset *d = NULL;
    const ot_dataset_desc form = {
        .height = size, .width = size, .channels = 3, .classes = CLASSES
    };
    const int bytes = size * size * 3;
    ck_ok(ot__dataset_new(&form, count, &d));
    d->count = count;
    d->normalisation = ot__normalisation_cifar10; /* as for the expected values */
    for (int i = 0; i < count; i++) {
        d->label[i] = i % CLASSES;
        for (int k = 0; k < bytes; k++) {
            const int colour = d->label[i] * (2 * (k % 3) + 1) % CLASSES;
            noise = noise * 1664525u + 1013904223u;
            d->image[(size_t)i * (size_t)bytes + (size_t)k] =
                (uint8_t)(20 * colour + (int)(noise >> 26));
        }
    }
    return d;
}

/* Makes the network, and images of its size. */
static void make_data(small *s, const ot_net_opts *o)
{
    ck_ok(ot_net_new(o, &s->net));
    ck_ok(ot_params_new(ot_net_tape(s->net), &s->params));
    ot_params_init(s->params, 5);
    s->train = colours(SMALL_TRAIN, ot_net_options(s->net)->image, 1);
    s->test = colours(SMALL_TEST, ot_net_options(s->net)->image, 2);
    s->opts.net = s->net;
    s->opts.params = s->params;
    s->opts.train = s->train;
    s->opts.test = s->test;
}

static small make(const char *blocks, bool second_labels)
{
    small s;
    const ot_net_opts net = { .blocks = blocks,
                              .width = 4,
                              .stem_stride = 2,
                              .batch = SMALL_BATCH,
                              .second_labels = second_labels };
    s.opts = (ot_train_opts){
        .epochs = 2,
        .batch = SMALL_BATCH,
        .lr = 0.05,
        .momentum = 0.9,
        .weight_decay = 1e-4,
        .seed = 3,
        .crop_pad = 4,
        .flip = true,
    };
    make_data(&s, &net);
    return s;
}

small small_new(void)
{
    return make("euler x1", false);
}

small small_for(const char *recipe)
{
    ot_train_opts o = { .recipe = recipe };
    ck_ok(ot_recipe_apply(&o));
    return make(o.smoothness > 0 ? "euler x2" : "euler x1", o.mixup > 0);
}

void small_use(small *s, const ot_net_opts *o)
{
    small_free(s);
    make_data(s, o);
}

void small_free(small *s)
{
    ot_params_free(s->params);
    ot_net_free(s->net);
    ot_dataset_free(s->train);
    ot_dataset_free(s->test);
}
