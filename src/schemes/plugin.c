/* SPDX-License-Identifier: BSD-3-Clause
 * Plugins: shared libraries that add parts to the registries.  A plugin has a table
 * `ot_plugin_entry`, which the macro OT_PLUGIN of odetape.h defines: the interface that it was
 * compiled for, and a function that registers its parts.  A plugin is never unloaded, because
 * registries and networks keep pointers into it.  A file that names a plugin never loads it: a
 * plugin is code, and only the user says which code runs. */
#include "schemes/plugin.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/check.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

enum { LARGEST = 1 << 30 }; /* bytes of a plugin */

typedef struct plugin {
    ot_plugin about; /* first, so that a pointer to it is one to the whole */
    void *handle;    /* of dlopen */
    void *base;      /* the address of the library, by which its tables are recognised */
} plugin;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of the list */
static plugin **loaded;
static int n_loaded;
static size_t capacity;

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local bool loading; /* this thread runs the function of a plugin */

/* ---- the list ---- */

int ot_plugin_count(void)
{
    pthread_mutex_lock(&lock);
    const int n = n_loaded;
    pthread_mutex_unlock(&lock);
    return n;
}

static const plugin *at(int i)
{
    pthread_mutex_lock(&lock);
    const plugin *const p = i >= 0 && i < n_loaded ? loaded[i] : NULL;
    pthread_mutex_unlock(&lock);
    return p;
}

const ot_plugin *ot_plugin_at(int i)
{
    const plugin *const p = at(i);
    return p ? &p->about : NULL;
}

const ot_plugin *ot__plugin_find(const char *name)
{
    const ot_plugin *p;
    for (int i = 0; (p = ot_plugin_at(i)) != NULL; i++)
        if (strcmp(p->name, name) == 0) return p;
    return NULL;
}

/* The address of the shared library that contains an object; NULL if none does. */
static void *library_of(const void *object)
{
    Dl_info info;
    return dladdr(object, &info) ? info.dli_fbase : NULL;
}

bool ot__plugin_has(int i, const ot_about *about)
{
    const plugin *const p = at(i);
    void *const base = library_of(about);
    return p && (!base || base == p->base);
}

static bool is_loaded(const void *handle)
{
    const plugin *p;
    for (int i = 0; (p = at(i)) != NULL; i++)
        if (p->handle == handle) return true;
    return false;
}

static ot_status append(plugin *p)
{
    pthread_mutex_lock(&lock);
    const ot_status status =
        ot__grow((void **)&loaded, &capacity, (size_t)n_loaded + 1, sizeof *loaded);
    if (status == OT_OK) loaded[n_loaded++] = p;
    pthread_mutex_unlock(&lock);
    return status;
}

/* ---- one plugin ---- */

static void forget(plugin *p)
{
    if (!p) return;
    ot__free((void *)p->about.name);
    ot__free((void *)p->about.path);
    ot__free((void *)p->about.hash);
    ot__free(p);
}

/* The file's name without ".so". */
static char *name_of(const char *path)
{
    const char *const file = ot__name_in(path);
    const size_t n = strlen(file);
    const bool ends = n > 3 && strcmp(file + n - 3, ".so") == 0;
    return ot__format("%.*s", (int)(ends ? n - 3 : n), file);
}

static ot_status hash_of(const char *path, char **hash)
{
    char *data;
    size_t size;
    OT_TRY(ot__file_read(path, LARGEST, &data, &size));
    const XXH128_hash_t h = XXH3_128bits(data, size);
    ot__free(data);
    *hash = ot__format("%016llx%016llx", (unsigned long long)h.high64, (unsigned long long)h.low64);
    return *hash ? OT_OK : OT_ENOMEM;
}

/* Name, path and hash, with '?' for what cannot be printed: files and messages show them. */
static ot_status describe(const char *path, plugin **out)
{
    char *hash = NULL;
    OT_TRY(hash_of(path, &hash));
    plugin *const p = *out = ot__new(1, sizeof *p);
    char *const name = name_of(path), *const copy = ot__strdup(path);
    if (name) ot__make_printable(name);
    if (copy) ot__make_printable(copy);
    if (p) {
        p->about = (ot_plugin){ .name = name, .path = copy, .hash = hash };
        if (name && copy) return OT_OK;
        forget(p);
    } else {
        ot__free(name);
        ot__free(copy);
        ot__free(hash);
    }
    *out = NULL;
    return ot__fail(OT_ENOMEM, "%s: out of memory for a plugin", path);
}

/* The reason of a failed dlopen, without the path that it begins with. */
static const char *reason(const char *path)
{
    const char *const text = dlerror();
    const size_t n = strlen(path);
    if (!text) return "the reason is not known";
    return strncmp(text, path, n) == 0 && strncmp(text + n, ": ", 2) == 0 ? text + n + 2 : text;
}

/* A plugin calls the functions of this library, which it must find in the program. */
static ot_status check_program(const char *path)
{
    if (dlsym(RTLD_DEFAULT, "ot_register_scheme")) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "%s: this program cannot load plugins, because it does not export odetape's "
                    "functions; it must be linked with libodetape.so or with -rdynamic",
                    path);
}

static ot_status check_table(const char *path, const ot_plugin_table *table)
{
    if (!table)
        return ot__fail(OT_EFORMAT,
                        "%s is no plugin: it is a shared library without OT_PLUGIN (odetape.h)",
                        path);
    const int number = table->interface_number;
    if (number < OT_INTERFACE_OLDEST || number > OT_INTERFACE)
        return ot__fail(OT_EFORMAT,
                        "%s was compiled for interface %d of odetape, and odetape %s has interface "
                        "%d; compile it again with the odetape.h of this version",
                        path, number, ot_version(), OT_INTERFACE);
    if (!table->enter)
        return ot__fail(OT_EFORMAT, "%s is no plugin: its function is missing", path);
    return OT_OK;
}

/* The name stands for the plugin in files, so two plugins must not share it. */
static ot_status check_name(const plugin *p)
{
    const ot_plugin *const other = ot__plugin_find(p->about.name);
    if (!other) return OT_OK;
    return ot__fail(OT_EINVAL,
                    "%s: there is a plugin called %s already (%s); rename one of the files",
                    p->about.path, other->name, other->path);
}

/* Calls the plugin's function, which registers its parts. */
static ot_status enter(const plugin *p, const ot_plugin_table *table)
{
    loading = true;
    const ot_status status = table->enter();
    loading = false;
    if (status == OT_OK) return OT_OK;
    const char *const why = *ot_message() ? ot_message() : ot_strerror(status);
    return ot__fail(status, "%s: %s", p->about.path, why);
}

/* Opens the file and registers its parts.  A library that is refused before it has registered
 * anything is closed again. */
static ot_status open_library(const char *path, plugin *p, bool *is_new)
{
    OT_TRY(check_program(path));
    p->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!p->handle) return ot__fail(OT_EFORMAT, "%s is no plugin: %s", path, reason(path));
    *is_new = !is_loaded(p->handle);
    if (!*is_new) return OT_OK;
    const ot_plugin_table *const table = dlsym(p->handle, "ot_plugin_entry");
    ot_status status = check_table(path, table);
    if (status == OT_OK) status = check_name(p);
    if (status != OT_OK) {
        dlclose(p->handle);
        return status;
    }
    p->base = library_of(table);
    return enter(p, table);
}

static ot_status load(const char *path)
{
    plugin *p = NULL;
    bool is_new = false;
    OT_TRY(describe(path, &p));
    ot_status status = open_library(path, p, &is_new);
    if (status == OT_OK && is_new) status = append(p);
    if (status != OT_OK || !is_new) forget(p);
    return status;
}

ot_status ot_plugin_load(const char *path)
{
    OT_TRY(ot__check_given("plugin", "the path", path));
    if (loading) return ot__fail(OT_EINVAL, "%s: a plugin cannot load another plugin", path);
    char *const whole = realpath(path, NULL);
    if (!whole)
        return ot__fail(ot__status_of_errno(errno, OT_ENOENT), "%s: the plugin cannot be read: %s",
                        path, strerror(errno));
    pthread_mutex_lock(&one_at_a_time);
    const ot_status status = load(whole);
    pthread_mutex_unlock(&one_at_a_time);
    free(whole);
    return status;
}
