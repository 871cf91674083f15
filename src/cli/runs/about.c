/* SPDX-License-Identifier: BSD-3-Clause
 * Writes and reads experiment.json; see about.h. */
#include "cli/runs/about.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/system.h"
#include "cli/frame/message.h"

enum { LONGEST = 64 * 1024 }; /* bytes of the file: two texts of 2 KiB, with escapes */

static ot_status path_of(const char *directory, char **path)
{
    if (asprintf(path, "%s/experiment.json", directory) >= 0) return OT_OK;
    *path = NULL;
    return cli_no_memory();
}

static void set_text(json_t **object, const char *key, const char *text)
{
    json_t *value = NULL;
    if (!text) return;
    if (ot__json_text(text, &value) == OT_EFORMAT) value = json_string("(not UTF-8)");
    ot__json_set(object, key, value);
}

static ot_status write_texts(const char *path, const char *title, const char *note)
{
    json_t *object = json_object();
    set_text(&object, "title", title);
    set_text(&object, "note", note);
    char *const text = object ? ot__json_dump(object, JSON_COMPACT) : NULL;
    const ot_status status = text ? ot__file_write(path, text, strlen(text)) : cli_no_memory();
    free(text);
    json_decref(object);
    return status;
}

ot_status cli_about_write(const char *directory, const char *title, const char *note)
{
    char *path;
    ot_status status = OT_OK;
    OT_TRY(path_of(directory, &path));
    if (title || note)
        status = write_texts(path, title, note);
    else
        ot__sys_unlink(path);
    free(path);
    return status;
}

static ot_status copy_text(const json_t *object, const char *key, char **text)
{
    const char *const value = json_string_value(json_object_get(object, key));
    *text = value ? strdup(value) : NULL;
    return value && !*text ? cli_no_memory() : OT_OK;
}

static ot_status parse(const char *path, const char *data, size_t size, cli_about *about)
{
    json_t *object = NULL;
    json_error_t why;
    ot_status status = ot__json_parse(data, size, &object, &why);
    if (status == OT_ENOMEM) return cli_no_memory();
    if (status != OT_OK || !json_is_object(object)) {
        json_decref(object);
        return ot__fail(OT_EFORMAT, "%s: it is not the object of JSON that odetape sweep writes",
                        path);
    }
    status = copy_text(object, "title", &about->title);
    if (status == OT_OK) status = copy_text(object, "note", &about->note);
    json_decref(object);
    return status;
}

ot_status cli_about_read(const char *directory, cli_about *about)
{
    char *path, *data = NULL;
    size_t size;
    *about = (cli_about){ NULL, NULL };
    OT_TRY(path_of(directory, &path));
    ot_status status = OT_OK;
    if (access(path, F_OK) == 0) {
        status = ot__file_read(path, LONGEST, &data, &size);
        if (status == OT_OK) status = parse(path, data, size, about);
    }
    ot__free(data);
    free(path);
    return status;
}

void cli_about_free(cli_about *about)
{
    free(about->title);
    free(about->note);
    *about = (cli_about){ NULL, NULL };
}
