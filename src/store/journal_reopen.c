/* SPDX-License-Identifier: BSD-3-Clause
 * Cuts the journal of a resumed run back to its checkpoint.  Lines of later epochs are removed,
 * because these epochs are trained again.  The first line that is not allowed (store/history.h) is
 * removed too, with all lines after it. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/jsonl.h"
#include "base/memory.h"
#include "base/system.h"
#include "store/history.h"
#include "store/journal.h"

long long ot__whole(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) && json_integer_value(value) >= 0 ? json_integer_value(value)
                                                                    : -1;
}

/* The lines to keep of the journal of a run that is resumed after `epochs`. */
typedef struct keeping {
    ot__history history;
    int epochs;
} keeping;

/* Whether the resumed training will write this line again, or another line in its place. */
static bool is_rewritten(const keeping *k, const json_t *line)
{
    const char *event = json_string_value(json_object_get(line, "event"));
    if (!event) return false;
    return strcmp(event, "end") == 0 ||
           (strcmp(event, "epoch") == 0 && k->history.read.epochs >= k->epochs) ||
           (strcmp(event, "resume") == 0 && ot__whole(line, "epochs") > k->epochs);
}

static ot_status keep(void *user, json_t *line, int number)
{
    keeping *k = user;
    if (is_rewritten(k, line)) return ot__fail(OT_EFORMAT, "line %d is written again", number);
    return ot__history_add(&k->history, line, number);
}

/* Reads lines until the first one that is not kept.  *epoch becomes the number of epochs before
 * it. */
static ot_status find_kept(const char *path, int epochs, ot__jsonl *found, int *epoch)
{
    keeping k = { .history.path = path, .epochs = epochs };
    *found = (ot__jsonl){ .path = path, .take = keep, .user = &k };
    const ot_status status = ot__jsonl_read(found);
    *epoch = k.history.read.epochs;
    ot__history_clear(&k.history);
    return status == OT_EFORMAT ? OT_OK : status;
}

/* Copies a journal that lacks epochs to PATH.damaged. */
static ot_status copy_damaged(const char *path, const char *data, size_t size, size_t at, int epoch,
                              void (*note)(const char *, void *), void *user)
{
    char *copy = ot__format("%s.damaged", path);
    char *sentence =
        ot__format("%s:%zu: the line after epoch %d is not the next epoch; the journal "
                   "is cut there, and its old content is in %s.damaged",
                   path, at, epoch, path);
    const ot_status status = copy && sentence ? ot__file_write(copy, data, size) : OT_ENOMEM;
    if (status == OT_OK && note) note(sentence, user);
    ot__free(sentence);
    ot__free(copy);
    return status;
}

/* Reports bytes after the last whole line, which are about to be cut off. */
static ot_status note_rest(const ot__jsonl *found, void (*note)(const char *, void *), void *user)
{
    if (found->rest == 0 || !note) return OT_OK;
    char *sentence = ot__jsonl_note(found, "they are cut off");
    if (!sentence) return OT_ENOMEM;
    note(sentence, user);
    ot__free(sentence);
    return OT_OK;
}

static ot_status cut_back(const char *path, int epochs, void (*note)(const char *, void *),
                          void *user, size_t *kept)
{
    ot__jsonl found;
    char *data = NULL;
    size_t size = 0;
    int epoch;
    *kept = 0;
    if (access(path, F_OK) != 0 && errno == ENOENT) return OT_OK;
    OT_TRY(find_kept(path, epochs, &found, &epoch));
    OT_TRY(ot__file_read(path, OT__JSONL_LARGEST, &data, &size));
    *kept = found.whole;
    ot_status status = OT_OK;
    if (epoch < epochs)
        status = copy_damaged(path, data, size, *kept, epoch, note, user);
    else
        status = note_rest(&found, note, user);
    if (status == OT_OK && *kept < size) status = ot__file_write(path, data, *kept);
    ot__free(data);
    return status;
}

ot_status ot__journal_reopen(const char *path, int epochs, void (*note)(const char *, void *),
                             void *user, ot__journal *j)
{
    *j = (ot__journal){ .fd = -1, .path = path };
    if (!path) return OT_OK;
    size_t kept;
    OT_TRY(cut_back(path, epochs, note, user, &kept));
    j->empty = kept == 0;
    j->fd = ot__sys_open(path, O_WRONLY | O_CREAT | O_APPEND);
    if (j->fd < 0)
        return ot__fail(ot__status_of_errno(errno, OT_ECREATE), "%s: cannot open: %s", path,
                        strerror(errno));
    return j->empty ? ot__sync_folder_of(path) : OT_OK; /* the file may be new */
}
