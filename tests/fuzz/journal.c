/* SPDX-License-Identifier: BSD-3-Clause
 * Any bytes are the journal of a run that goes on: whole lines from its beginning stay, and stay
 * when it is opened again; what is cut off without being ours is copied first. */
#include "store/journal.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "fuzz/promise.h"

static void count(const char *sentence, void *user)
{
    promise(strstr(sentence, "metrics.jsonl:") != NULL, "a note names its file");
    ++*(int *)user;
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_path("metrics.jsonl");
    for (int epochs = 0; epochs <= 2; epochs += 2) {
        int notes = 0;
        char *copy = NULL;
        size_t copied = 0;
        fuzz_put(path, data, size);
        const size_t kept = reopen(path, epochs, data, size, &notes);
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
