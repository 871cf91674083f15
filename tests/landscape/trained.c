/* SPDX-License-Identifier: BSD-3-Clause
 * Trains the small network before each test, and finds, copies and fills its parameters. */
#include "landscape/trained.h"

#include <string.h>

small s;

void trained_setup(void)
{
    ot_train_result result;
    make_folder();
    s = small_new();
    ck_ok(ot_train(&s.opts, &result));
}

void trained_teardown(void)
{
    small_free(&s);
    remove_folder();
}

int index_of(const char *name)
{
    const int i = ot_params_find(s.params, name);
    ck_assert_msg(i >= 0, "there is no %s", name);
    return i;
}

ot_direction *random_direction(ot_norm norm, uint64_t seed, int index)
{
    ot_direction *d = NULL;
    ck_ok(ot_direction_random(s.params, norm, seed, index, &d));
    return d;
}

ot_params *copy_of(ot_params *from)
{
    ot_params *to = NULL;
    ck_ok(ot_params_new(ot_net_tape(s.net), &to));
    for (int i = 0; i < ot_params_count(from); i++)
        memcpy(ot_params_edit(to, i, OT_F32), ot_params_value(from, i, OT_F32),
               ot_params_elements(from, i) * sizeof(float));
    return to;
}

void fill(ot_params *ps, const char *name, float value)
{
    const int i = index_of(name);
    float *const w = ot_params_edit(ps, i, OT_F32);
    for (size_t j = 0; j < ot_params_elements(ps, i); j++)
        w[j] = value;
}
