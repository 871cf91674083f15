/* SPDX-License-Identifier: BSD-3-Clause
 * Any text is the state of a training, or refused with a place; one that is taken stands within the
 * run and, saved again, is the same.  The bytes are the state alone: the file around it is made
 * here, and tests/fuzz/safetensors.c is for files. */
#include "train/checkpoint.h"

#include <string.h>

#include "base/memory.h"
#include "data/dataset.h"
#include "fuzz/promise.h"
#include "store/safetensors.h"
#include "train/optimiser.h"

enum { EPOCHS = 3, BATCHES = 7, BATCH = 2, TRAIN = 13, TEST = 8 };

static const ot__average none;

typedef struct run {
    ot_train_opts opts;
    ot_program *program;
    ot_optimiser *optimiser;
    json_t *circumstances; /* none: the state is of this run whatever its options are */
    int n;
    ot__st_item *item;
} run;

static ot_dataset *images(int count)
{
    ot_dataset *d = NULL;
    const ot_dataset_desc form = { .height = 32, .width = 32, .channels = 3, .classes = 10 };
    promise(ot__dataset_new(&form, count, &d) == OT_OK, "a data set is made");
    d->count = count;
    return d;
}

static run *the_run(void)
{
    static run r;
    if (r.optimiser) return &r;
    ot_tape *t = ot_tape_new();
    const ot_var w = ot_param(t, "w", OT_SHAPE(3), OT_ONES), loss = ot_mean(t, ot_mul(t, w, w));
    r.opts = (ot_train_opts){ .train = images(TRAIN),
                              .test = images(TEST),
                              .epochs = EPOCHS,
                              .batch = BATCH,
                              .lr = 0.1,
                              .decay = 0.1,
                              .tier = OT_TIER_PORTABLE };
    promise(ot_params_new(t, &r.opts.params) == OT_OK, "parameters are made");
    promise(ot_compile(t, loss, &(ot_compile_opts){ .params = r.opts.params }, &r.program) == OT_OK,
            "they have gradients");
    ot_tape_free(t);
    promise(ot_optimiser_new(r.opts.params, OT_F32, &(ot_optimiser_opts){ .momentum = 0.9 },
                             &r.optimiser) == OT_OK,
            "an optimiser is made");
    const ot__states v = ot__optimiser_states(r.optimiser);
    promise(ot__st_list(r.opts.params, &v, OT_F32, &r.n, &r.item) == OT_OK, "and listed");
    r.circumstances = json_object();
    return &r;
}

static void check_position(run *r, const ot__position *p)
{
    ot__position again;
    const char *path = fuzz_path("again");
    promise(p->epoch >= 0 && p->epoch <= EPOCHS && p->step >= 0 && p->step <= BATCHES,
            "it stands within the run");
    promise(p->best_epoch <= p->epoch && p->sums.correct <= p->sums.images, "and adds up");
    promise(p->sums.images == (p->step * BATCH < TRAIN ? p->step * BATCH : TRAIN),
            "its images are those of its steps");
    promise(p->best_accuracy >= p->last.test_accuracy && p->best_accuracy <= 1,
            "its best accuracy is one");
    promise(p->sums.loss < 1e50 && p->last.train_loss < 1e50, "its losses can be");
    promise(ot__checkpoint_save(path, &r->opts, r->optimiser, &none, r->circumstances, p) == OT_OK,
            "a position can be saved");
    promise(ot__checkpoint_load(path, &r->opts, r->optimiser, &none, r->circumstances, BATCHES,
                                &again) == OT_OK,
            "and loaded");
    promise(again.epoch == p->epoch && again.step == p->step && again.best_epoch == p->best_epoch &&
                again.best_accuracy == p->best_accuracy && again.sums.loss == p->sums.loss &&
                again.sums.images == p->sums.images && again.last.lr == p->last.lr &&
                again.last.test_loss == p->last.test_loss,
            "and is the same");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run *r = the_run();
    const char *path = fuzz_path("x.safetensors");
    char *state = ot__format("%.*s", (int)size, size ? (const char *)data : "");
    if (!state) return 0;
    const char *const pair[][2] = { { "state", state } };
    if (ot__st_write(-1, path, r->n, r->item, &(ot_normalisation){ 0 }, 1, pair) == OT_OK) {
        /* UTF-8 */
        ot__position p;
        const ot_status status =
            ot__checkpoint_load(path, &r->opts, r->optimiser, &none, r->circumstances, BATCHES, &p);
        promise(status == OT_OK || status == OT_EFORMAT, "a state is good or malformed");
        if (status == OT_OK)
            check_position(r, &p);
        else
            promise_place(path);
    }
    ot__free(state);
    return 0;
}
