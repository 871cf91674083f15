/* SPDX-License-Identifier: BSD-3-Clause
 * Decides which values are stored and which are computed on each reading.
 *
 * In float32, the result of a batch norm need not be stored if every op that reads it can apply a
 * map per channel while it reads.  The same holds for a ReLU that is the only reader of a batch
 * norm.  The tensor that is read is then the batch norm's operand, which its backward step needs
 * anyway, together with a few numbers per channel:
 *
 *     u (stored) --> batch norm --> ReLU --> conv computes max(0, a*(u - m) + e) while it reads u
 *
 * Such a ReLU has no steps.  The backward step of the conv delivers the gradient of the ReLU's
 * result, and the backward step of the batch norm applies the derivative of the ReLU first.  A bias
 * is read in the same way; here "norm" stands for any op whose result is a view.  Other activations
 * have steps, but their kernels read views, so that the result of the norm is not stored.
 *
 * Batch norm also needs sums per channel of its operand and of its gradient.  If the step that
 * writes the tensor can leave these sums while it writes, it does.  The gradient that batch norm
 * passes on is then a function per channel of its operand and its gradient, which the backward step
 * of the operand's op may compute while it reads.  In that case the steps of the batch norm read
 * and write no tensor at all. */
#include "autograd/compile/passes.h"
#include "base/memory.h"

/* The readers of a value. */
typedef struct readers {
    int n;
    int last;       /* the last of them in the order of the tape */
    bool sums;      /* one of them, a batch norm, needs the moments of the value */
    bool as_tensor; /* one of them can read stored tensors only */
    int activation; /* one of them that is an activation and could be applied on reading, or 0 */
} readers;

/* Fills in the readers of all values.  A reader has a larger id than what it reads, so whether its
 * own readers need a stored tensor is known when its turn comes. */
static void note_readers(const ot_program *p, readers of[])
{
    for (int id = p->n_nodes - 1; id > 0; id--) {
        const ot__record *r = ot__program_record(p, id);
        if (!p->mark[id].used || !r->op) continue;
        const bool applied = r->op->is_relu && !of[id].as_tensor && !p->mark[id].readable;
        const ot__kernels *kernels = ot__choose_kernels(p, r);
        for (int k = 0; k < r->n_in; k++) {
            readers *x = &of[r->in[k].id];
            if (x->n++ == 0) x->last = id;
            x->sums |= k == 0 && kernels->takes_sums && !ot__evaluates(p, r);
            x->as_tensor |= k > 0 || !(applied || kernels->reads_view);
            if (applied) x->activation = id;
        }
    }
}

static bool is_computed_on_reading(const ot_program *p, const ot__access access[], int id,
                                   const readers *of)
{
    const ot__record *r = ot__program_record(p, id);
    if (!p->mark[id].used || !r->op || !r->op->view || !ot__choose_kernels(p, r)->makes_view)
        return false;
    const int operand = r->in[0].id;
    return !of->as_tensor && !p->mark[id].readable && access[operand].stored == operand &&
           (!of->activation || of->n == 1);
}

static void compute_on_reading(const ot_program *p, ot__access access[], int id, int activation)
{
    const int stored = ot__program_record(p, id)->in[0].id;
    access[id] = (ot__access){ .stored = stored, .norm = id, .activation = activation };
    if (activation) access[activation] = (ot__access){ .stored = stored, .norm = id };
}

/* The kernels of a node's op if they can leave sums; otherwise NULL. */
static const ot__kernels *kernels_that_leave_sums(const ot_program *p, int id)
{
    const ot__record *r = ot__program_record(p, id);
    const ot__kernels *kernels = r->op ? ot__choose_kernels(p, r) : NULL;
    return kernels && kernels->leaves_sums && kernels->leaves_sums(r) ? kernels : NULL;
}

/* Whether batch norm `id`, whose result is computed on reading, has only one reader and that reader
 * can leave the sums of the gradient that it delivers. */
static bool reader_leaves_sums(const ot_program *p, const ot__access access[], int id,
                               const readers of[])
{
    const int result = access[id].activation ? access[id].activation : id;
    if (!p->mark[id].wanted || of[result].n != 1) return false;
    const int reader = of[result].last;
    const ot__kernels *kernels = kernels_that_leave_sums(p, reader);
    return kernels && kernels->reads_view && p->mark[reader].wanted &&
           ot__choose_kernels(p, ot__program_record(p, id))->takes_sums;
}

static void join_sums(const ot_program *p, ot__access access[], int id, const readers of[])
{
    if (of[id].sums && access[id].stored == id && kernels_that_leave_sums(p, id))
        access[id].leaves_sums = true;
    if (access[id].norm != id || !reader_leaves_sums(p, access, id, of)) return;
    access[id].leaves_gradient_sums = true;
    const int operand = access[id].stored;
    const ot__record *r = ot__program_record(p, operand);
    if (of[operand].n == 1 && r->op && !p->mark[operand].readable &&
        ot__program_record(p, id)->op->gradient && ot__choose_kernels(p, r)->reads_gy_view)
        access[operand].gradient_norm = id;
}

ot_status ot__find_access(const ot_program *p, ot__access **out)
{
    ot__access *const access = *out = ot__new((size_t)p->n_nodes, sizeof *access);
    if (!access) return OT_ENOMEM;
    for (int id = 0; id < p->n_nodes; id++)
        access[id].stored = id;
    if (p->dtype != OT_F32) return OT_OK;
    readers *const of = ot__new((size_t)p->n_nodes, sizeof *of);
    if (!of) return OT_ENOMEM;
    note_readers(p, of);
    for (int id = 1; id < p->n_nodes; id++)
        if (is_computed_on_reading(p, access, id, &of[id]))
            compute_on_reading(p, access, id, of[id].activation);
    for (int id = 1; id < p->n_nodes; id++)
        if (p->mark[id].used) join_sums(p, access, id, of);
    ot__free(of);
    return OT_OK;
}
