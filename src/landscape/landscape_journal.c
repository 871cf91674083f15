/* SPDX-License-Identifier: BSD-3-Clause
 * The journal of a landscape.  A continued landscape must equal one that was never interrupted, so
 * the circumstances in the first line are compared with those of this call, and each point must
 * have its place. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/jsonl.h"
#include "base/memory.h"
#include "base/system.h"
#include "landscape/landscape.h"

enum { LONGEST_LINE = 1 << 16 };

static ot_status malformed(const char *path, int line, const char *why)
{
    return ot__fail(OT_EFORMAT,
                    "%s:%d: %s; the journal was changed and cannot be continued: remove it, "
                    "or choose another directory",
                    path, line, why);
}

/* Makes the text of a line and frees the object.  The caller frees the text. */
static ot_status line_of(const char *path, json_t *object, char **line)
{
    char *text = object ? ot__json_dump(object, JSON_COMPACT) : NULL;
    json_decref(object);
    *line = text ? ot__format("%s\n", text) : NULL;
    free(text);
    return *line ? OT_OK : ot__fail(OT_ENOMEM, "there is no memory for a line of %s", path);
}

static ot_status append(const ot__landscape_journal *j, json_t *object)
{
    char *line;
    OT_TRY(line_of(j->path, object, &line));
    ot_status status = ot__write_all(j->fd, j->path, line, strlen(line));
    ot__free(line);
    return status == OT_OK ? ot__sync(j->fd, j->path) : status;
}

static json_t *number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

ot_status ot__landscape_journal_point(const ot__landscape_journal *j, int k, const ot_landscape *l)
{
    return append(j, json_pack("{s:i, s:o, s:o}", "point", k, "loss", number(l->loss[k]),
                               "accuracy", number(l->accuracy[k])));
}

/* ---- reading ---- */

/* Reads a number from 0 to most, or null as NAN. */
static bool read_number(const json_t *line, const char *key, double most, double *x)
{
    const json_t *value = json_object_get(line, key);
    *x = json_is_number(value) ? json_number_value(value) : NAN;
    return json_is_null(value) || (json_is_number(value) && *x >= 0.0 && *x <= most);
}

static ot_status read_point(const char *path, const json_t *line, int k, ot_landscape *l)
{
    const json_t *point = json_object_get(line, "point");
    if (!json_is_integer(point) || json_integer_value(point) != k)
        return malformed(path, k + 2, "the points are not in their order");
    if (k >= ot__landscape_points(l))
        return malformed(path, k + 2, "it has more points than the landscape");
    if (!read_number(line, "loss", HUGE_VAL, &l->loss[k]) ||
        !read_number(line, "accuracy", 1.0, &l->accuracy[k]) ||
        isnan(l->loss[k]) != isnan(l->accuracy[k]) || json_object_size(line) != 3)
        return malformed(path, k + 2, "it is no point with a loss and an accuracy");
    return OT_OK;
}

/* Returns the hash of a plugin among the circumstances, or NULL if it is not there. */
static const char *plugin_hash(const json_t *circumstances, const char *name)
{
    size_t i;
    json_t *p;
    json_array_foreach(json_object_get(circumstances, "plugins"), i, p)
    {
        const char *const other = json_string_value(json_object_get(p, "name"));
        const char *const hash = json_string_value(json_object_get(p, "hash"));
        if (other && strcmp(other, name) == 0) return hash ? hash : "";
    }
    return NULL;
}

/* "hash 0123abcd", or "no such plugin". */
static void write_hash(const char *hash, char text[24])
{
    snprintf(text, 24, hash ? "hash %.8s" : "no such plugin", hash);
}

/* Compares the hashes of the plugins of `some`, which is one of the two circumstances. */
static ot_status check_plugins(const char *path, const json_t *some, const json_t *then,
                               const json_t *now)
{
    size_t i;
    json_t *p;
    json_array_foreach(json_object_get(some, "plugins"), i, p)
    {
        const char *const name = json_string_value(json_object_get(p, "name"));
        const char *const before = name ? plugin_hash(then, name) : NULL;
        const char *const after = name ? plugin_hash(now, name) : NULL;
        char old[24], new[24];
        if (before && after && strcmp(before, after) == 0) continue;
        write_hash(before, old);
        write_hash(after, new);
        return ot__fail(OT_EINVAL,
                        "%s: belongs to a landscape with another plugin %.120s: that had %s, and "
                        "this one has %s; --plugin must name the same file, or choose another "
                        "directory",
                        path, name ? name : "without a name", old, new);
    }
    return OT_OK;
}

/* Compares the circumstances; the message names the first that differs.  The file of a plugin may
 * have moved, so its path is not compared. */
static ot_status check_header(const char *path, const json_t *line, const json_t *now)
{
    const json_t *const then = json_object_get(line, "landscape");
    if (!json_is_object(then)) return malformed(path, 1, "it does not begin with a landscape");
    const char *key;
    json_t *value;
    OT_TRY(check_plugins(path, then, then, now));
    OT_TRY(check_plugins(path, now, then, now));
    json_object_foreach((json_t *)now, key, value) /* reads only */
    {
        const json_t *old = json_object_get(then, key);
        if (strcmp(key, "plugins") == 0 || ot__json_same(old, value)) continue;
        char *a = old ? ot__json_dump(old, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
        char *b = ot__json_dump(value, JSON_COMPACT | JSON_ENCODE_ANY);
        ot__fail(OT_EINVAL,
                 "%s: belongs to a landscape with %s %.120s, and this one has %.120s; they must be "
                 "equal, or choose another directory",
                 path, key, a ? a : "missing", b ? b : "?");
        free(a);
        free(b);
        return OT_EINVAL;
    }
    return OT_OK;
}

/* A journal that is being read. */
typedef struct reading {
    const char *path;
    const json_t *circumstances;
    ot_landscape *l;
} reading;

static ot_status take(void *user, json_t *json, int line)
{
    const reading *r = user;
    if (!json_is_object(json)) return malformed(r->path, line, "it is no JSON object");
    return line == 1 ? check_header(r->path, json, r->circumstances)
                     : read_point(r->path, json, line - 2, r->l);
}

/* Cuts off the bytes after the last whole line, with a note. */
static ot_status cut(const ot__landscape_journal *j, const ot__jsonl *found,
                     const ot_landscape_opts *o)
{
    if (found->rest == 0) return OT_OK;
    char *sentence = ot__jsonl_note(found, "they are cut off");
    if (!sentence) return OT_ENOMEM;
    if (o->on_note) o->on_note(sentence, o->user);
    ot__free(sentence);
    if (ot__sys_ftruncate(j->fd, found->whole) == 0) return OT_OK;
    return ot__fail(OT_EIO, "%s: cannot be cut: %s", j->path, strerror(errno));
}

static ot_status reopen(const ot__landscape_journal *j, json_t *circumstances,
                        const ot_landscape_opts *o, ot_landscape *l, int *lines)
{
    reading r = { j->path, circumstances, l };
    ot__jsonl f = { .path = j->path, .longest = LONGEST_LINE, .take = take, .user = &r };
    OT_TRY(ot__jsonl_read(&f));
    OT_TRY(cut(j, &f, o));
    *lines = f.lines;
    l->loaded = *lines > 0 ? *lines - 1 : 0;
    return OT_OK;
}

/* ---- beginning ---- */

static ot_status busy(const char *path)
{
    return ot__fail(OT_EBUSY,
                    "%s: another process is computing it; wait for it, or choose another directory",
                    path);
}

/* A process that starts over replaces the file.  So a lock counts only if the locked file is still
 * the one of that name. */
static ot_status lock(const ot__landscape_journal *j)
{
    struct stat locked, named;
    if (ot__sys_flock(j->fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK
                   ? busy(j->path)
                   : ot__fail(OT_EIO, "%s: cannot be locked: %s", j->path, strerror(errno));
    if (fstat(j->fd, &locked) == 0 && stat(j->path, &named) == 0 && locked.st_dev == named.st_dev &&
        locked.st_ino == named.st_ino)
        return OT_OK;
    return busy(j->path);
}

/* Replaces the journal by one with the first line only.  The temporary file is locked
 * (base/temporary.h), and a second descriptor keeps this lock after the rename. */
static ot_status put_first_line(ot__landscape_journal *j, const char *line)
{
    ot__replacement r;
    OT_TRY(ot__replace_begin(j->path, &r));
    const int fd = fcntl(r.fd, F_DUPFD_CLOEXEC, 0);
    ot_status status = fd >= 0 ? ot__replace_write(&r, line, strlen(line))
                               : ot__fail(OT_EIO, "%s: %s", j->path, strerror(errno));
    if (status == OT_OK) status = ot__replace_commit(&r);
    ot__replace_abandon(&r);
    if (status != OT_OK) {
        if (fd >= 0) close(fd);
        return status;
    }
    close(j->fd);
    j->fd = fd;
    return OT_OK;
}

static ot_status begin(ot__landscape_journal *j, json_t *circumstances)
{
    char *line;
    OT_TRY(line_of(j->path, json_pack("{s:O}", "landscape", circumstances), &line));
    const ot_status status = put_first_line(j, line);
    ot__free(line);
    return status;
}

ot_status ot__landscape_journal_open(const ot_landscape_opts *o, json_t *circumstances,
                                     ot_landscape *l, ot__landscape_journal *j)
{
    const char *const path = o->journal;
    int lines = 0;
    *j = (ot__landscape_journal){ .fd = ot__sys_open(path, O_RDWR | O_CREAT | O_APPEND), path };
    if (j->fd < 0)
        return ot__fail(ot__status_of_errno(errno, OT_ECREATE), "%s: cannot create: %s", path,
                        strerror(errno));
    OT_TRY(lock(j));
    if (!o->anew) OT_TRY(reopen(j, circumstances, o, l, &lines));
    return lines > 0 ? OT_OK : begin(j, circumstances);
}

void ot__landscape_journal_close(ot__landscape_journal *j)
{
    if (j->fd >= 0) close(j->fd);
    j->fd = -1;
}
