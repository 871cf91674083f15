/* SPDX-License-Identifier: BSD-3-Clause
 * Saves a landscape in formats of other programs: NumPy's .npy, CSV (RFC 4180),
 * and VTK's legacy format 3.0 (structured points, of which the first axis runs fastest). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/decimal.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/npy.h"
#include "landscape/landscape.h"

/* The content of a file while it is made in memory. */
typedef struct text {
    char *data;
    size_t size;
    FILE *to;
} text;

static ot_status begin(text *t)
{
    *t = (text){ 0 };
    t->to = open_memstream(&t->data, &t->size);
    return t->to ? OT_OK : ot__fail(OT_ENOMEM, "there is no memory for a file");
}

/* Writes the text to a file and frees it. */
static ot_status end(text *t, const char *directory, const char *name)
{
    const bool failed = ferror(t->to) != 0;
    ot_status status = fclose(t->to) != 0 || failed
                           ? ot__fail(OT_ENOMEM, "there is no memory for %s", name)
                           : OT_OK;
    char *path = status == OT_OK ? ot__format("%s/%s", directory, name) : NULL;
    if (status == OT_OK) status = path ? ot__file_write(path, t->data, t->size) : OT_ENOMEM;
    ot__free(path);
    free(t->data);
    return status;
}

/* Writes a number, or "nan" for any that is not finite. */
static void put_number(FILE *to, double x, const char *after)
{
    fprintf(to, "%s%s", OT__REAL(isfinite(x) ? x : NAN), after);
}

/* ---- .npy ---- */

static ot_status save_npy(const char *directory, const char *name, int rank, const int *shape,
                          const double *values)
{
    const size_t dim[] = { (size_t)shape[0], rank == 2 ? (size_t)shape[1] : 1 };
    char *const path = ot__format("%s/%s", directory, name);
    const ot_status status = path ? ot__npy_write(path, OT__NPY_F64, rank, dim, values) : OT_ENOMEM;
    ot__free(path);
    return status;
}

/* ---- CSV and VTK ---- */

static ot_status save_csv(const ot_landscape *l, const char *directory)
{
    text t;
    OT_TRY(begin(&t));
    fputs(l->n_axes == 2 ? "a,b,loss,accuracy\n" : "a,loss,accuracy\n", t.to);
    for (int k = 0; k < ot__landscape_points(l); k++) {
        put_number(t.to, l->at[0][k / l->points[1]], ",");
        if (l->n_axes == 2) put_number(t.to, l->at[1][k % l->points[1]], ",");
        put_number(t.to, l->loss[k], ",");
        put_number(t.to, l->accuracy[k], "\n");
    }
    return end(&t, directory, "landscape.csv");
}

static double spacing(const ot_landscape *l, int axis)
{
    const int n = l->points[axis];
    const double width = n > 1 ? (l->at[axis][n - 1] - l->at[axis][0]) / (n - 1) : 0.0;
    return width > 0.0 ? width : 1.0; /* readers expect a positive length */
}

static void put_scalars(FILE *to, const ot_landscape *l, const char *name, const double *values)
{
    fprintf(to, "SCALARS %s double 1\nLOOKUP_TABLE default\n", name);
    for (int j = 0; j < l->points[1]; j++)
        for (int i = 0; i < l->points[0]; i++)
            put_number(to, values[i * l->points[1] + j], "\n");
}

static ot_status save_vtk(const ot_landscape *l, const char *directory)
{
    text t;
    OT_TRY(begin(&t));
    fputs("# vtk DataFile Version 3.0\nodetape landscape: loss and accuracy\nASCII\n"
          "DATASET STRUCTURED_POINTS\n",
          t.to);
    fprintf(t.to, "DIMENSIONS %d %d 1\nORIGIN ", l->points[0], l->points[1]);
    put_number(t.to, l->at[0][0], " ");
    put_number(t.to, l->n_axes == 2 ? l->at[1][0] : 0.0, " 0\nSPACING ");
    put_number(t.to, spacing(l, 0), " ");
    put_number(t.to, l->n_axes == 2 ? spacing(l, 1) : 1.0, " 1\n");
    fprintf(t.to, "POINT_DATA %d\n", ot__landscape_points(l));
    put_scalars(t.to, l, "loss", l->loss);
    put_scalars(t.to, l, "accuracy", l->accuracy);
    return end(&t, directory, "landscape.vtk");
}

ot_status ot_landscape_save(const ot_landscape *l, const char *directory)
{
    OT_TRY(ot__check_given("landscape", "the landscape", l));
    OT_TRY(ot__check_given("landscape", "the directory", directory));
    OT_TRY(save_npy(directory, "loss.npy", l->n_axes, l->points, l->loss));
    OT_TRY(save_npy(directory, "accuracy.npy", l->n_axes, l->points, l->accuracy));
    OT_TRY(save_npy(directory, "a.npy", 1, l->points, l->at[0]));
    if (l->n_axes == 2) OT_TRY(save_npy(directory, "b.npy", 1, &l->points[1], l->at[1]));
    OT_TRY(save_csv(l, directory));
    return save_vtk(l, directory);
}
