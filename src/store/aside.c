/* SPDX-License-Identifier: BSD-3-Clause
 * The name of the inner directory says how far the move has come:
 *
 *     .replacing   files are being moved into it or out of it; after a kill they are moved back
 *     .replaced    all files are in it; after a kill they are removed if the new run has a
 *                  checkpoint, and moved back otherwise
 *
 * One rename leads from one name to the other, so there is no state in between. */
#include "store/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/system.h"

static const char MOVING[] = ".replacing", COMPLETE[] = ".replaced";

static ot_status failed(const ot__directory *d, const char *what)
{
    return ot__fail(OT_EIO, "%s: the run that is there cannot be %s: %s", d->path, what,
                    strerror(errno));
}

/* Opens an inner directory; inner->fd is -1 if it does not exist. */
static ot_status open_inner(const ot__directory *d, const char *name, ot__directory *inner)
{
    *inner = OT__DIRECTORY_NONE;
    inner->path = ot__format("%s/%s", d->path, name);
    if (!inner->path) return OT_ENOMEM;
    inner->fd = ot__sys_openat(d->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (inner->fd >= 0 || errno == ENOENT) return OT_OK;
    const ot_status status = failed(d, "found");
    ot__directory_close(inner);
    return status;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* ---- moving ---- */

/* Which files of a directory to move or remove. */
typedef struct move {
    const ot__directory *d;
    bool (*wanted)(const char *name);
} move;

static ot_status rename_one(const ot__directory *d, const char *name, bool back)
{
    char *const inner = ot__format("%s/%s", MOVING, name);
    if (!inner) return OT_ENOMEM;
    const int result =
        back ? ot__sys_renameat(d->fd, inner, name) : ot__sys_renameat(d->fd, name, inner);
    ot__free(inner);
    return result == 0 ? OT_OK : failed(d, back ? "moved back" : "set aside");
}

static ot_status move_away(const char *name, void *user)
{
    const move *const m = user;
    return m->wanted(name) ? rename_one(m->d, name, false) : OT_OK;
}

static ot_status move_back(const char *name, void *user)
{
    const move *const m = user;
    return is_dots(name) ? OT_OK : rename_one(m->d, name, true);
}

static ot_status change_name(const ot__directory *d, const char *from, const char *to)
{
    if (ot__sys_renameat(d->fd, from, to) != 0) return failed(d, "set aside");
    return ot__sync(d->fd, d->path);
}

static ot_status sync_inner(const ot__directory *d)
{
    ot__directory inner;
    OT_TRY(open_inner(d, MOVING, &inner));
    const ot_status status = inner.fd >= 0 ? ot__sync(inner.fd, inner.path) : OT_OK;
    ot__directory_close(&inner);
    return status;
}

ot_status ot__aside_put(const ot__directory *d, bool (*wanted)(const char *name))
{
    if (ot__sys_mkdirat(d->fd, MOVING) != 0) return failed(d, "set aside");
    OT_TRY(ot__directory_each(d, move_away, &(move){ d, wanted }));
    OT_TRY(sync_inner(d));
    OT_TRY(ot__sync(d->fd, d->path));
    return change_name(d, MOVING, COMPLETE);
}

/* ---- settling ---- */

static ot_status remove_file(const char *name, void *user)
{
    const ot__directory *const d = user;
    if (is_dots(name) || ot__sys_unlinkat(d->fd, name, 0) == 0 || errno == ENOENT) return OT_OK;
    return failed(d, "removed");
}

static ot_status remove_folder(const ot__directory *d, const char *name)
{
    if (ot__sys_unlinkat(d->fd, name, AT_REMOVEDIR) != 0) return failed(d, "removed");
    return ot__sync(d->fd, d->path);
}

/* Removes a file of the new run, since the old one may have no file of that name that replaces
 * it. */
static ot_status remove_new(const char *name, void *user)
{
    const move *const m = user;
    return m->wanted(name) ? remove_file(name, (void *)(uintptr_t)m->d) : OT_OK;
}

/* Decides about an inner directory that holds all files of the old run. */
static ot_status settle_complete(const ot__directory *d, ot__directory *inner, bool replaced,
                                 bool (*wanted)(const char *name))
{
    if (replaced) {
        OT_TRY(ot__directory_each(inner, remove_file, inner));
        return remove_folder(d, COMPLETE);
    }
    OT_TRY(ot__directory_each(d, remove_new, &(move){ d, wanted }));
    return change_name(d, COMPLETE, MOVING);
}

ot_status ot__aside_settle(const ot__directory *d, bool replaced, bool (*wanted)(const char *name))
{
    ot__directory inner;
    OT_TRY(open_inner(d, COMPLETE, &inner));
    ot_status status = inner.fd >= 0 ? settle_complete(d, &inner, replaced, wanted) : OT_OK;
    ot__directory_close(&inner);
    if (status == OT_OK) status = open_inner(d, MOVING, &inner);
    if (status == OT_OK && inner.fd >= 0) {
        status = ot__directory_each(&inner, move_back, &(move){ d, wanted });
        if (status == OT_OK) status = ot__sync(d->fd, d->path);
        if (status == OT_OK) status = remove_folder(d, MOVING);
    }
    ot__directory_close(&inner);
    return status;
}
