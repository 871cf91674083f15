/* SPDX-License-Identifier: BSD-3-Clause
 * Which images of a batch this process has, and what the processes agree on; see sharing.h. */
#include "train/sharing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/comm.h"
#include "base/json.h"

static ot__chunk_range chunks_here(int batch)
{
    return ot__chunks_of_rank(ot__chunks_of(batch), ot_processes_rank(), ot_processes_count());
}

ot__images_here ot__images_here_of(int batch)
{
    const int each = ot__images_of_chunk(batch);
    const ot__chunk_range mine = chunks_here(batch);
    const int first = mine.first * each, end = (mine.first + mine.n) * each;
    return (ot__images_here){ first, (end < batch ? end : batch) - first };
}

/* A smaller batch may have more chunks, so a process may have more of its images. */
int ot__most_images_here(int batch)
{
    int most = 1;
    for (int n = batch; n > 0 && n > batch - 2 * OT__MOST_CHUNKS * ot__images_of_chunk(batch);
         n--) {
        const int here = ot__images_here_of(n).n;
        if (here > most) most = here;
    }
    return most;
}

void ot__share_batch(ot__share *share, int images)
{
    const ot__chunk_range mine = chunks_here(images);
    share->images = images;
    share->first = mine.first;
    share->chunks = mine.n;
}

/* Refuses to train unless all processes have the same text, of which hashes are compared.  `name`
 * says what the text is. */
static ot_status check_value(const char *name, const char *text)
{
    char hash[40];
    bool same;
    int other = 0;
    const XXH128_hash_t h = XXH3_128bits(text, strlen(text));
    snprintf(hash, sizeof hash, "%016llx%016llx", (unsigned long long)h.high64,
             (unsigned long long)h.low64);
    OT_TRY(ot__comm_same(hash, &same, &other));
    if (same) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "process %d has another %s than process 0; all processes must train the same "
                    "network with the same options, data and build",
                    other, name);
}

static ot_status check_build(void)
{
    const ot_machine_info m = ot_machine();
    char text[400];
    snprintf(text, sizeof text, "%s, kernels %d, BLIS %s %s, %s", ot_version(), (int)m.tier,
             m.blis_version, m.blis_kernels, m.best_kernels);
    return check_value("version, CPU or choice of kernels", text);
}

/* All processes compare the same keys. */
static ot_status check_keys(const json_t *circumstances)
{
    const char *key;
    json_t *value, *const keys = json_array();
    json_object_foreach((json_t *)circumstances, key, value)
        json_array_append_new(keys, json_string(key));
    char *const text = ot__json_dump(keys, JSON_COMPACT);
    const ot_status status = text ? check_value("set of options", text) : OT_ENOMEM;
    free(text);
    json_decref(keys);
    return status;
}

ot_status ot__check_params_alike(ot_params *params)
{
    char text[20];
    XXH64_hash_t hash = 0;
    for (int i = 0; i < ot_params_count(params); i++)
        hash = XXH64(ot_params_value(params, i, OT_F32),
                     ot_params_elements(params, i) * sizeof(float), hash);
    snprintf(text, sizeof text, "%016llx", (unsigned long long)hash);
    return check_value("value of a parameter before the first step", text);
}

ot_status ot__check_alike(const json_t *circumstances)
{
    const char *key;
    json_t *value;
    if (ot_processes_count() < 2) return OT_OK;
    OT_TRY(check_build());
    OT_TRY(check_keys(circumstances));
    json_object_foreach((json_t *)circumstances, key, value)
    {
        char *const text = ot__json_dump(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
        const ot_status status = text ? check_value(key, text) : OT_ENOMEM;
        free(text);
        OT_TRY(status);
    }
    return OT_OK;
}

/* Moves the running statistics to the buffer, or back; returns their bytes. */
static size_t move_statistics(ot_params *params, char *buffer, bool back)
{
    size_t bytes = 0;
    for (int i = 0; i < ot_params_count(params); i++) {
        const size_t n = ot_params_elements(params, i) * sizeof(float);
        if (ot_params_trained(params, i)) continue;
        float *const values = ot_params_edit(params, i, OT_F32);
        if (buffer && !back) memcpy(buffer + bytes, values, n);
        if (buffer && back) memcpy(values, buffer + bytes, n);
        bytes += n;
    }
    return bytes;
}

ot_status ot__copy_statistics(ot_params *params)
{
    const size_t bytes = move_statistics(params, NULL, false);
    if (bytes == 0) return OT_OK;
    char *const buffer = ot__comm_room(bytes);
    if (!buffer) return ot__comm_status();
    move_statistics(params, buffer, false);
    OT_TRY(ot_processes_copy(buffer, bytes));
    move_statistics(params, buffer, true);
    return OT_OK;
}

ot_status ot__agree(ot__wishes *w)
{
    long long any[] = { w->stop, w->save, w->late };
    OT_TRY(ot__comm_most(any, 3));
    *w = (ot__wishes){ any[0] != 0, any[1] != 0, any[2] != 0 };
    return OT_OK;
}
