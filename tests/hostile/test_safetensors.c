/* SPDX-License-Identifier: BSD-3-Clause
 * Weights and checkpoints, with checksums and, so that the reader gets deeper, without. */
#include <string.h>

#include "base/memory.h"
#include "hostile/files.h"
#include "store/safetensors.h"
#include "train/checkpoint.h"
#include "train/fixture.h"
#include "train/session.h"

static long accepted;
static const ot__average none;

/* ---- the reader of any file ---- */

static void look_into(const char *path)
{
    ot_safetensors *f = NULL;
    const ot_status status = ot_safetensors_open(path, &f);
    if (status != OT_OK) {
        expect_refusal(status, path);
        return;
    }
    for (int i = 0; i < ot_safetensors_count(f); i++) {
        const ot_tensor_info t = ot_safetensors_tensor(f, i);
        ot_tensor_difference d;
        const ot_status read = ot_safetensors_compare(f, i, f, i, &d);
        if (read != OT_OK)
            expect_refusal(read, path);
        else
            ck_assert(d.different == 0 && d.elements == t.elements);
    }
    for (int i = 0; ot_safetensors_key(f, i); i++)
        ck_assert_ptr_nonnull(ot_safetensors_value(f, i));
    ot_safetensors_close(f);
}

/* ---- weights ---- */

typedef struct weights {
    few loaded, saved;
    bool checksums;
} weights;

static void expect_the_same_again(weights *w, const bytes *file)
{
    size_t size = 0;
    char *again;
    ck_ok(ot_params_save(w->loaded.params, in_folder("again"), 0, NULL));
    if (w->checksums) { /* nothing of such a file can change unnoticed */
        again = get_file(in_folder("again"), &size);
        ck_assert(size == file->size && memcmp(again, file->data, size) == 0);
        ot__free(again);
    }
    ck_ok(ot_params_load(w->saved.params, in_folder("again")));
    ck_assert(same_values(w->loaded.params, w->saved.params));
}

static void read_weights(const bytes *file, void *user)
{
    weights *w = user;
    const char *path = in_folder("x.safetensors");
    put_file(path, file->data, file->size);
    look_into(path);
    const ot_status status = ot_params_load(w->loaded.params, path);
    if (status != OT_OK) {
        expect_refusal(status, path);
        return;
    }
    accepted++;
    expect_the_same_again(w, file);
}

/* Keys of checksums become those of nobody. */
static void hide_checksums(char *data, size_t size)
{
    for (size_t i = 0; i + 5 < size; i++)
        if (memcmp(data + i, "\"xxh3", 5) == 0) memcpy(data + i, "\"none", 5);
}

static long try_weights(bool checksums)
{
    weights w = { few_new(1), few_new(2), checksums };
    size_t size = 0;
    ck_ok(ot_params_save(w.loaded.params, in_folder("good"), 0, NULL));
    char *good = get_file(in_folder("good"), &size);
    if (!checksums) hide_checksums(good, size);
    const subject s = { .good = (const unsigned char *)good,
                        .size = size,
                        .stride = 1,
                        .random = 1500,
                        .safetensors = true,
                        .read = read_weights,
                        .user = &w };
    const long tried = read_variants(&s);
    ot__free(good);
    few_free(w.loaded);
    few_free(w.saved);
    return tried;
}

START_TEST(malformed_weights_are_refused_with_their_offset)
{
    accepted = 0;
    const long tried = try_weights(true) + try_weights(false);
    report("weights", tried, accepted);
}
END_TEST

/* ---- checkpoints ---- */

typedef struct training {
    small s;
    ot_program *program;
    ot_optimiser *optimiser;
    json_t *circumstances;
    const bytes *only; /* what alone may be accepted; NULL: anything */
} training;

static void read_checkpoint(const bytes *file, void *user)
{
    training *t = user;
    const char *path = in_folder("x.safetensors");
    ot__position p;
    put_file(path, file->data, file->size);
    const ot_status status =
        ot__checkpoint_load(path, &t->s.opts, t->optimiser, &none, t->circumstances, 7, &p);
    if (status == OT_EINVAL) { /* options of another run: exit 78 */
        ck_assert_ptr_nonnull(strstr(ot_message(), path));
        return;
    }
    if (status != OT_OK) {
        expect_refusal(status, path);
        return;
    }
    accepted++;
    ck_assert(!t->only ||
              (file->size == t->only->size && memcmp(file->data, t->only->data, file->size) == 0));
    ck_assert(p.epoch >= 0 && p.epoch <= 2 && p.step >= 0 && p.step <= 7 &&
              p.best_epoch <= p.epoch);
    ck_assert(p.sums.correct >= 0 && p.sums.correct <= p.sums.images);
}

static void make_checkpoint(training *t)
{
    session w;
    session_begin(&w);
    w.stop_after = 4;
    ck_status(ot_train(&w.s.opts, NULL), OT_EINTERRUPTED);
    session_end(&w);
    t->s = small_new();
    t->s.opts.tier = ot_machine().tier; /* as defaults are filled in */
    t->s.opts.decay = 0.1;
    ck_ok(ot_compile(ot_net_tape(t->s.net), ot_net_loss(t->s.net),
                     &(ot_compile_opts){ .params = t->s.params }, &t->program));
    ck_ok(ot_optimiser_new(t->s.params, OT_F32,
                           &(ot_optimiser_opts){ .momentum = 0.9, .weight_decay = 1e-4 },
                           &t->optimiser));
    t->circumstances = ot__circumstances(&t->s.opts);
}

START_TEST(malformed_checkpoints_are_refused_with_their_offset)
{
    training t;
    make_checkpoint(&t);
    size_t size = 0;
    accepted = 0;
    char *good = newest_checkpoint(&size);
    subject s = { .good = (const unsigned char *)good,
                  .size = size,
                  .stride = 7,
                  .random = 1500,
                  .safetensors = true,
                  .read = read_checkpoint,
                  .user = &t };
    t.only = &(bytes){ .data = (unsigned char *)good, .size = size };
    long tried = read_variants(&s);
    hide_checksums(good, size);
    t.only = NULL;
    s.stride = 5;
    tried += read_variants(&s);
    report("checkpoints", tried, accepted);
    ot__free(good);
    json_decref(t.circumstances);
    ot_optimiser_free(t.optimiser);
    ot_program_free(t.program);
    small_free(&t.s);
}
END_TEST

/* ---- weights of other software ---- */

typedef struct foreign {
    ot_net *net;
    ot_params *params;
} foreign;

static void read_foreign(const bytes *file, void *user)
{
    const foreign *const f = user;
    const char *const path = in_folder("x.safetensors");
    put_file(path, file->data, file->size);
    const ot_status status = ot_net_import(f->net, f->params, path, "pytorch-resnet", NULL);
    if (status == OT_OK)
        accepted++;
    else
        expect_refusal(status, path);
}

/* PyTorch's name of a tensor of a network of one block. */
static char *torch_name(const char *ours)
{
    static const char *const names[][2] = { { "stem.conv.", "conv1." },
                                            { "stem.bn.", "bn1." },
                                            { "blocks.0.stages.0.", "layer1.0." },
                                            { "head.fc.", "linear." } };
    size_t i = 0;
    while (strncmp(ours, names[i][0], strlen(names[i][0])) != 0)
        i++;
    return ot__format("%s%s", names[i][1], ours + strlen(names[i][0]));
}

static void save_foreign(const foreign *f, const char *path)
{
    ot__st_item *item = NULL;
    int n = 0;
    ck_ok(ot__st_list(f->params, NULL, OT_F32, &n, &item));
    for (int i = 0; i < n; i++) {
        char *const ours = item[i].name;
        item[i].name = torch_name(ours);
        ot__free(ours);
    }
    ck_ok(ot__st_write(-1, path, n, item, &(ot_normalisation){ .channels = 0 }, 0, NULL));
    ot__st_list_free(n, item);
}

START_TEST(malformed_weights_of_other_software_are_refused_with_their_offset)
{
    foreign f = { NULL, NULL };
    size_t size = 0;
    const ot_net_opts o = { .system = "resnet20-v1",
                            .blocks = "euler x1",
                            .levels = "1",
                            .image = 4,
                            .classes = 2,
                            .batch = 1 };
    ck_ok(ot_net_new(&o, &f.net));
    ck_ok(ot_params_new(ot_net_tape(f.net), &f.params));
    save_foreign(&f, in_folder("good"));
    char *good = get_file(in_folder("good"), &size);
    subject s = { .good = (const unsigned char *)good,
                  .size = size,
                  .stride = 3,
                  .random = 1500,
                  .safetensors = true,
                  .read = read_foreign,
                  .user = &f };
    accepted = 0;
    ck_ok(ot_net_import(f.net, f.params, in_folder("good"), "pytorch-resnet", NULL));
    long tried = read_variants(&s);
    hide_checksums(good, size);
    tried += read_variants(&s);
    report("weights of other software", tried, accepted);
    ot__free(good);
    ot_params_free(f.params);
    ot_net_free(f.net);
}
END_TEST

TCase *safetensors_case(void)
{
    TCase *c = tcase_create("safetensors");
    tcase_set_timeout(c, 600);
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, malformed_weights_are_refused_with_their_offset);
    tcase_add_test(c, malformed_checkpoints_are_refused_with_their_offset);
    tcase_add_test(c, malformed_weights_of_other_software_are_refused_with_their_offset);
    return c;
}
