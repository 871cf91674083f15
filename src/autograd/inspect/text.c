/* SPDX-License-Identifier: BSD-3-Clause
 * Spells the words and numbers that listings, reports and profiles print, each in one place. */
#include "autograd/inspect/text.h"

#include <stdio.h>

#include "base/decimal.h"

const char *ot__kind_name(const ot__node *node)
{
    static const char *const leaf_name[] = {
        [OT__INPUT] = "input", [OT__LABELS] = "labels", [OT__PARAM] = "param", [OT__STAT] = "stat"
    };
    return node->record.op ? node->record.op->name : leaf_name[node->leaf];
}

const char *ot__quantity(double x, char text[16])
{
    static const char unit[] = " kMGT";
    int u = 0;
    for (; x >= 999.5 && u < 4; u++)
        x /= 1000;
    snprintf(text, 16, u ? "%.3g %c" : "%.0f ", x, unit[u]);
    return text;
}

void ot__show_quantity(double value, char *text, size_t size)
{
    char number[16];
    snprintf(text, size, "%s", ot__quantity(value, number));
}

void ot__show_bytes(double value, char *text, size_t size)
{
    snprintf(text, size, "%s", OT__BYTES(value));
}

const char *ot__step_name(const ot__step *step)
{
    if (step->terms) return step->backward ? "sum" : "solve";
    return step->backward ? "backward" : "forward";
}

const char *ot__kernels_name(const ot_op *op, const ot__kernels *kernels)
{
    return kernels == &op->reference ? "reference" : kernels == &op->portable ? "portable" : "best";
}

bool ot__same_operands(const ot_program *p, int a, int b)
{
    const ot__record *r = ot__program_record(p, a), *q = ot__program_record(p, b);
    if (r->op != q->op || r->n_in != q->n_in) return false;
    for (int k = 0; k < r->n_in; k++)
        if (!ot__same_shape(ot__program_shape(p, r->in[k].id, 1),
                            ot__program_shape(p, q->in[k].id, 1)))
            return false;
    return true;
}
