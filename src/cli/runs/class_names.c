/* SPDX-License-Identifier: BSD-3-Clause
 * Trainings put the names of the classes into their files, one per line.  Files of earlier versions
 * have none. */
#include "cli/runs/class_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { NUMBER = 16 };

/* Cuts the text into its lines.  False unless there is one per class, and none is empty. */
static bool cut(cli_class_names *c, int classes)
{
    char *at = c->text;
    for (int k = 0; k < classes; k++) {
        char *const end = at + strcspn(at, "\n");
        if (end == at || (*end == '\0') != (k + 1 == classes)) return false;
        c->name[k] = at;
        at = *end ? end + 1 : end;
        *end = '\0';
    }
    return true;
}

static ot_status number(cli_class_names *c, int classes)
{
    c->text = calloc((size_t)classes, NUMBER);
    if (!c->text) return ot__fail(OT_ENOMEM, "out of memory for the names of classes");
    for (int k = 0; k < classes; k++) {
        char *const at = c->text + (size_t)k * NUMBER;
        snprintf(at, NUMBER, "%d", k);
        c->name[k] = at;
    }
    return OT_OK;
}

ot_status cli_class_names_read(const char *file, int classes, const ot_dataset *data,
                               cli_class_names *out)
{
    *out = (cli_class_names){ .name = ot__new((size_t)classes, sizeof *out->name) };
    if (!out->name) return OT_ENOMEM;
    const ot_status status = ot_safetensors_metadata(file, "class-names", &out->text);
    if (status == OT_OK && cut(out, classes)) return OT_OK;
    if (status != OT_OK && status != OT_EFORMAT) return status;
    free(out->text);
    out->text = NULL;
    if (!data || ot_dataset_classes(data) != classes) return number(out, classes);
    for (int k = 0; k < classes; k++)
        out->name[k] = ot_dataset_class_name(data, k);
    return OT_OK;
}

void cli_class_names_free(cli_class_names *c)
{
    ot__free(c->name);
    free(c->text);
    *c = (cli_class_names){ 0 };
}
