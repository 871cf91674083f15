/* SPDX-License-Identifier: BSD-3-Clause
 * Compares safetensors files by name and then value.  The commands diff and verify share it. */
#include "cli/commands/tensors.h"
#include "cli/frame/print.h"

#include <inttypes.h>
#include <stdio.h>

const char *cli_shape_text(cli_shape *shape, const ot_tensor_info *t)
{
    int used = snprintf(shape->s, sizeof shape->s, "[");
    for (int k = 0; k < t->rank && used < (int)sizeof shape->s; k++)
        used += snprintf(shape->s + used, sizeof shape->s - (size_t)used, "%s%zu", k ? "," : "",
                         t->dim[k]);
    if (used < (int)sizeof shape->s) snprintf(shape->s + used, sizeof shape->s - (size_t)used, "]");
    return shape->s;
}

static void print_header(const int *different)
{
    if (*different == 0)
        cli_print(stdout, "%-44s %12s %12s %12s %14s\n", "tensor", "elements", "different",
                  "most ulps", "most absolute");
}

static void print_difference(const char *name, const ot_tensor_difference *d)
{
    char ulps[24] = "not finite";
    if (d->most_ulps != UINT64_MAX) snprintf(ulps, sizeof ulps, "%" PRIu64, d->most_ulps);
    cli_print(stdout, "%-44s %12zu %12zu %12s %14.6g\n", name, d->elements, d->different, ulps,
              d->most_absolute);
}

static ot_status compare_tensor(const ot_safetensors *f, int i, const ot_safetensors *g,
                                const char *second, int *different)
{
    const ot_tensor_info t = ot_safetensors_tensor(f, i);
    const int j = ot_safetensors_find(g, t.name);
    ot_tensor_difference d;
    if (j < 0) {
        print_header(different);
        cli_print(stdout, "%-44s is not in %s\n", t.name, second);
        ++*different;
        return OT_OK;
    }
    const ot_status status = ot_safetensors_compare(f, i, g, j, &d);
    if (status == OT_ESHAPE) {
        const ot_tensor_info other = ot_safetensors_tensor(g, j);
        cli_shape a, b;
        print_header(different);
        cli_print(stdout, "%-44s is %s %s, and %s %s\n", t.name, t.dtype, cli_shape_text(&a, &t),
                  other.dtype, cli_shape_text(&b, &other));
        ++*different;
        return OT_OK;
    }
    if (status != OT_OK || d.different == 0) return status;
    print_header(different);
    print_difference(t.name, &d);
    ++*different;
    return OT_OK;
}

static ot_status compare(const ot_safetensors *f, const char *first, const ot_safetensors *g,
                         const char *second, int *different)
{
    for (int i = 0; i < ot_safetensors_count(f); i++) {
        const ot_status status = compare_tensor(f, i, g, second, different);
        if (status != OT_OK) return status;
    }
    for (int j = 0; j < ot_safetensors_count(g); j++) {
        const char *const name = ot_safetensors_tensor(g, j).name;
        if (ot_safetensors_find(f, name) >= 0) continue;
        print_header(different);
        cli_print(stdout, "%-44s is not in %s\n", name, first);
        ++*different;
    }
    return OT_OK;
}

ot_status cli_compare_files(const char *a, const char *b, int *different)
{
    ot_safetensors *f = NULL, *g = NULL;
    *different = 0;
    ot_status status = ot_safetensors_open(a, &f);
    if (status == OT_OK) status = ot_safetensors_open(b, &g);
    if (status == OT_OK) status = compare(f, a, g, b, different);
    ot_safetensors_close(g);
    ot_safetensors_close(f);
    return status;
}
