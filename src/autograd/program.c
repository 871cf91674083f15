/* SPDX-License-Identifier: BSD-3-Clause
 * Answers what passes, runs and reports all ask of a program: shapes, bytes, what an op keeps,
 * which kernels a record runs with. */
#include "autograd/compile/passes.h"

#include "base/memory.h"

static uint64_t keeps(const ot__record *r)
{
    return r->op->keeps_of ? r->op->keeps_of(r) : r->op->keeps;
}

bool ot__keeps_operand(const ot_program *p, int id, int k)
{
    if (k == 0 && p->access[id].activation) return true;
    return k < 63 && (keeps(ot__program_record(p, id)) & OT__KEEPS_X(k));
}

bool ot__keeps_result(const ot__record *r)
{
    return keeps(r) & OT__KEEPS_Y;
}

int ot__same_operand(const ot__record *r, int k)
{
    for (int j = 0; j < k; j++)
        if (r->in[j].id == r->in[k].id) return j;
    return -1;
}

ot_shape ot__program_shape(const ot_program *p, int id, int batch)
{
    const ot__record *r = ot__program_record(p, id);
    return ot__with_batch(r->shape, r->batched, batch);
}

size_t ot__program_bytes(const ot_program *p, int id, int batch)
{
    const size_t size =
        ot__program_node(p, id)->leaf == OT__LABELS ? sizeof(int32_t) : ot__dtype_size(p->dtype);
    return ot__elements(ot__program_shape(p, id, batch)) * size;
}

void ot__operand_shapes(const ot_program *p, const ot__record *r, ot_shape x[])
{
    for (int k = 0; k < r->n_in; k++)
        x[k] = ot__program_shape(p, r->in[k].id, p->batch);
}

/* Whether a parameter or statistic is frozen. */
static bool is_frozen(const ot_program *p, int id)
{
    return ot_params_frozen(p->params, ot__params_of_node(p->params, id));
}

bool ot__evaluates(const ot_program *p, const ot__record *r)
{
    if (p->evaluate || !r->op || !r->op->writes) return p->evaluate;
    for (int k = 0; k < r->n_in; k++)
        if (r->op->writes & OT__OPERAND(k) && !is_frozen(p, r->in[k].id)) return false;
    return true;
}

bool ot__all_frozen(const ot_program *p, const ot__record *r)
{
    int params = 0;
    for (int k = 0; k < r->n_in; k++) {
        if (ot__program_node(p, r->in[k].id)->leaf != OT__PARAM) continue;
        if (!is_frozen(p, r->in[k].id)) return false;
        params++;
    }
    return params > 0;
}

const ot__kernels *ot__choose_kernels(const ot_program *p, const ot__record *r)
{
    if (p->dtype == OT_F64) return &r->op->reference;
    ot_shape x[OT__MOST_OPERANDS];
    ot__operand_shapes(p, r, x);
    const ot__kernels *best = p->tier == OT_TIER_BEST && r->op->best ? r->op->best(r, x) : NULL;
    return best ? best : &r->op->portable;
}

void ot_program_free(ot_program *p)
{
    if (!p) return;
    if (p->owns_params) ot_params_free(p->params);
    ot__free(p->mark);
    ot__free(p->access);
    ot__free(p->gradient.of);
    ot__free(p->gradient.coef);
    ot__free(p->gradient.from);
    ot__free(p->gradient.factors);
    ot__free(p->solve.of);
    ot__free(p->solve.from);
    ot__free(p->solve.coef);
    ot__take_down(p);
    ot__rebuilt_free(p->rebuilt);
    ot__free(p->unreached);
    ot__free(p->arena);
    ot__free(p->scratch);
    ot__free(p->arrays);
    ot__free(p->views);
    ot__free(p->spent);
    ot__free(p);
}
