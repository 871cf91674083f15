/* SPDX-License-Identifier: BSD-3-Clause
 * Any bytes are the journal of a run that goes on: whole lines from its beginning stay, and stay
 * when it is opened again; what is cut off without being ours is copied first.  Who only reads it
 * gets a history, or the line that does not belong there; what stayed is a history. */
#include "store/journal.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "fuzz/promise.h"

static void count(const char *sentence, void *user)
{
    promise(strstr(sentence, "metrics.jsonl:") != NULL, "a note names its file");
    *(int *)user += strstr(sentence, ".damaged") != NULL;
}

static size_t reopen(const char *path, int epochs, const uint8_t *data, size_t most, int *notes)
{
    ot__journal j;
    char *kept = NULL;
    size_t size = 0;
    promise(ot__journal_reopen(path, epochs, count, notes, &j) == OT_OK,
            "a journal can be reopened");
    ot__journal_close(&j);
    promise(ot__file_read(path, most, &kept, &size) == OT_OK, "it grows no longer");
    promise(size == 0 || memcmp(kept, data, size) == 0, "its beginning stays");
    promise(size == 0 || kept[size - 1] == '\n', "in whole lines");
    promise(j.empty == (size == 0), "and it is known whether there is one");
    ot__free(kept);
    return size;
}

static void read_whole(const char *path, const uint8_t *data, size_t size)
{
    ot_history *h = NULL;
    const ot_status status = ot_history_read(path, &h);
    promise(status == OT_OK || status == OT_EFORMAT, "a journal is read or malformed");
    if (status == OT_EFORMAT) promise_place(path);
    if (status != OT_OK) return;
    promise(h->note || size == 0 || data[size - 1] == '\n', "a part of a line is told");
    promise(h->epochs == 0 || h->start != NULL, "epochs are of a training");
    ot_history_free(h);
}

static void read_kept(const char *path, int epochs)
{
    ot_history *h = NULL;
    promise(ot_history_read(path, &h) == OT_OK, "what was kept can be read");
    promise(!h->note && !h->ended && h->epochs <= epochs, "and is not beyond the checkpoint");
    ot_history_free(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_path("metrics.jsonl");
    for (int epochs = 0; epochs <= 2; epochs += 2) {
        int notes = 0;
        char *copy = NULL;
        size_t copied = 0;
        fuzz_put(path, data, size);
        read_whole(path, data, size);
        const size_t kept = reopen(path, epochs, data, size, &notes);
        read_kept(path, epochs);
        if (notes) {
            promise(ot__file_read(fuzz_path("metrics.jsonl.damaged"), size, &copy, &copied) ==
                            OT_OK &&
                        copied == size && memcmp(copy, data, size) == 0,
                    "a damaged journal is copied first");
            ot__free(copy);
        }
        promise(reopen(path, epochs, data, size, &notes) == kept, "what stays once stays");
    }
    return 0;
}
