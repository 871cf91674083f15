/* SPDX-License-Identifier: BSD-3-Clause
 * Writes the file that numpy.sh reads: w[i][j] = i + j/10, s = -0.5, running = (0, 0), metadata
 * net = "rk4 x2". */
#include <stdio.h>

#include "odetape.h"

static ot_status save(const ot_tape *t, const char *path)
{
    static const char *const metadata[][2] = { { "net", "rk4 x2" } };
    ot_params *ps = NULL;
    ot_status status = ot_params_new(t, &ps);
    if (status != OT_OK) return status;
    float *w = ot_params_edit(ps, ot_params_find(ps, "w"), OT_F32);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 3; j++)
            w[3 * i + j] = (float)(i + j / 10.0);
    status = ot_params_save(ps, path, 1, metadata);
    ot_params_free(ps);
    return status;
}

int main(int argc, char **argv)
{
    ot_tape *t = ot_tape_new();
    ot_param(t, "w", OT_SHAPE(2, 3), OT_ZEROS);
    ot_param(t, "s", OT_SCALAR, (ot_init){ .kind = OT_INIT_CONSTANT, .value = -0.5 });
    ot_stat(t, "running", OT_SHAPE(2), OT_ZEROS);
    const ot_status status = argc == 2 ? save(t, argv[1]) : OT_EINVAL;
    if (status != OT_OK) fprintf(stderr, "%s\n", ot_message());
    ot_tape_free(t);
    return status == OT_OK ? 0 : 1;
}
