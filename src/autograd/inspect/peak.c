/* SPDX-License-Identifier: BSD-3-Clause
 * The step at which the arena is fullest, the largest tensors there, and a picture of the arena
 * over the steps. */
#include <math.h>
#include <stdlib.h>

#include "autograd/inspect/report.h"
#include "autograd/inspect/text.h"
#include "base/decimal.h"
#include "base/memory.h"

static bool is_alive(const ot__buffer *b, int step)
{
    return b->inside < 0 && b->first <= step && step <= b->until;
}

/* The step at which most bytes are alive, and their number in *most; -1 when out of memory.
 * change[s] is what begins at step s less what ended before it. */
static int fullest_step(const ot_program *p, size_t *most)
{
    int fullest = 0;
    size_t *change = ot__new((size_t)p->n_steps + 2, sizeof *change), bytes = 0;
    *most = 0;
    if (!change) return -1;
    for (int i = 0; i < p->n_buffers; i++) {
        const ot__buffer *const b = &p->buffer[i];
        if (b->inside >= 0) continue;
        change[b->first] += b->bytes;
        change[b->until + 1] -= b->bytes; /* unsigned numbers wrap around and back */
    }
    for (int s = 0; s < p->n_steps; s++) {
        bytes += change[s];
        if (bytes > *most) *most = bytes, fullest = s;
    }
    ot__free(change);
    return fullest;
}

/* The buffer that uses the memory of buffer `owner` at a step: `owner`, or one that has taken the
 * memory over. */
static int user_of(const ot_program *p, int owner, int step)
{
    for (int i = 0; i < p->n_buffers; i++)
        if (p->buffer[i].first <= step && step <= p->buffer[i].last &&
            ot__plan_owner(p->buffer, i) == owner)
            return i;
    return owner;
}

/* Whether a buffer is `first` or one that a replay began instead of it. */
static bool is_among(const ot_program *p, int buffer, int first)
{
    for (; first >= 0; first = p->buffer[first].again)
        if (first == buffer) return true;
    return false;
}

/* What a buffer holds, and of which node; the node is 0 for the gradient of a duplicate. */
static const char *role_of(const ot_program *p, int buffer, int *id)
{
    for (*id = 1; *id < p->n_nodes; ++*id) {
        const ot__place *at = &p->place[*id];
        if (is_among(p, buffer, at->y)) return "value";
        if (at->gy == buffer) return "gradient";
        if (is_among(p, buffer, at->saved)) return "state";
        if (at->y_sums == buffer || at->gy_sums == buffer) return "sums";
    }
    *id = 0;
    return "gradient";
}

static int larger(const void *x, const void *y)
{
    const ot__buffer *const a = *(ot__buffer *const *)x, *const b = *(ot__buffer *const *)y;
    if (a->bytes != b->bytes) return a->bytes > b->bytes ? -1 : 1;
    return (a > b) - (a < b);
}

typedef struct buffer_row {
    const char *program, *role, *op, *name;
    double bytes, id;
} buffer_row;

#define AT(member) .offset = offsetof(buffer_row, member)

static const ot__column buffer_columns[] = {
    { "program", NULL, OT__CELL_TEXT, AT(program) }, { "bytes", NULL, OT__CELL_COUNT, AT(bytes) },
    { "role", NULL, OT__CELL_TEXT, AT(role) },       { "id", NULL, OT__CELL_COUNT, AT(id) },
    { "op", NULL, OT__CELL_TEXT, AT(op) },           { "name", NULL, OT__CELL_TEXT, AT(name) },
};
static const ot__table buffer_table = OT__TABLE("peak", buffer_columns);

static void print_buffer(const ot_program *p, const char *program, const ot__buffer *b, int step,
                         ot__page *page)
{
    int id;
    const char *role = role_of(p, user_of(p, (int)(b - p->buffer), step), &id);
    const ot__node *node = ot__program_node(p, id);
    const char *const name = node->name ? node->name : node->scope;
    ot__page_row(page, &(buffer_row){ .program = program,
                                      .role = role,
                                      .op = id ? ot__kind_name(node) : NULL,
                                      .name = id ? name : NULL,
                                      .bytes = (double)b->bytes,
                                      .id = id ? id : NAN });
    if (page->json) return;
    fprintf(page->to, "  %9s  %-8s", OT__BYTES(b->bytes), role);
    if (id) fprintf(page->to, " of %%%d %s", id, ot__kind_name(node));
    if (id) fprintf(page->to, "  %s", name);
    fputc('\n', page->to);
}

static void print_peak_head(const ot_program *p, int step, size_t most, int n, FILE *out)
{
    const ot_program_info info = ot_program_describe(p);
    fprintf(out, "\npeak %s: arena %s", OT__BYTES(info.peak_bytes), OT__BYTES(info.arena_bytes));
    fprintf(out, ", parameters %s", OT__BYTES(info.params_bytes));
    fprintf(out, ", scratch %s\n", OT__BYTES(info.scratch_bytes));
    const ot__step *s = &p->step[step];
    fprintf(out, "the arena is fullest at step %d of %d, %s of %%%d %s: %s in %d buffers\n", step,
            p->n_steps, ot__step_name(s), s->id, ot__kind_name(ot__program_node(p, s->id)),
            OT__BYTES(most), n);
}

ot_status ot__peak_print(const ot_program *p, const char *program, ot__page *page)
{
    enum { SHOWN = 10 };
    size_t most;
    const int step = fullest_step(p, &most);
    if (step < 0) return OT_ENOMEM;
    ot__buffer **alive = ot__new((size_t)p->n_buffers, sizeof *alive);
    if (!alive) return OT_ENOMEM;
    int n = 0;
    for (int i = 0; i < p->n_buffers; i++)
        if (is_alive(&p->buffer[i], step)) alive[n++] = &p->buffer[i];
    qsort(alive, (size_t)n, sizeof *alive, larger);
    if (ot__page_is_text(page)) print_peak_head(p, step, most, n, page->to);
    ot__page_table(page, &buffer_table);
    for (int i = 0; i < n && i < SHOWN; i++)
        print_buffer(p, program, alive[i], step, page);
    if (n > SHOWN && ot__page_is_text(page))
        fprintf(page->to, "  and %d that are not larger\n", n - SHOWN);
    ot__free(alive);
    return OT_OK;
}

/* ---- all buffers ---- */

typedef struct arena_row {
    const char *program, *role, *op, *name;
    double first, last, offset, bytes, id;
} arena_row;

#undef AT
#define AT(member) .offset = offsetof(arena_row, member)

static const ot__column arena_columns[] = {
    { "program", NULL, OT__CELL_TEXT, AT(program) }, { "first", NULL, OT__CELL_COUNT, AT(first) },
    { "last", NULL, OT__CELL_COUNT, AT(last) },      { "offset", NULL, OT__CELL_COUNT, AT(offset) },
    { "bytes", NULL, OT__CELL_COUNT, AT(bytes) },    { "role", NULL, OT__CELL_TEXT, AT(role) },
    { "id", NULL, OT__CELL_COUNT, AT(id) },          { "op", NULL, OT__CELL_TEXT, AT(op) },
    { "name", NULL, OT__CELL_TEXT, AT(name) },
};
static const ot__table arena_table = OT__TABLE("arena", arena_columns);

void ot__arena_print(const ot_program *p, const char *program, ot__page *page)
{
    if (!page->json) return;
    ot__page_table(page, &arena_table);
    for (int i = 0; i < p->n_buffers; i++) {
        int id;
        const ot__buffer *const b = &p->buffer[i];
        const char *const role = role_of(p, i, &id);
        const ot__node *const node = ot__program_node(p, id);
        const ot__buffer *const owner = &p->buffer[ot__plan_owner(p->buffer, i)];
        if (b->bytes == 0) continue;
        ot__page_row(page, &(arena_row){ .program = program,
                                         .role = role,
                                         .op = id ? ot__kind_name(node) : NULL,
                                         .name = id ? node->name ? node->name : node->scope : NULL,
                                         .first = b->first,
                                         .last = b->last,
                                         .offset = (double)owner->at,
                                         .bytes = (double)b->bytes,
                                         .id = id ? id : NAN });
    }
}

/* ---- the picture in characters ---- */

static char mark_at(const ot_program *p, size_t byte, int step)
{
    int id;
    for (int i = 0; i < p->n_buffers; i++) {
        const ot__buffer *b = &p->buffer[i];
        if (is_alive(b, step) && b->at <= byte && byte < b->at + b->bytes)
            return role_of(p, user_of(p, i, step), &id)[0];
    }
    return '.';
}

/* Each character shows the middle of the range of bytes and steps that it stands for. */
void ot__arena_draw(const ot_program *p, FILE *out)
{
    enum { ROWS = 12, COLUMNS = 60 };
    const int columns = p->n_steps < COLUMNS ? p->n_steps : COLUMNS;
    fprintf(out, "\nthe arena over the steps (v value, g gradient, s state or sums, . free):\n");
    for (int row = ROWS - 1; row >= 0; row--) {
        const size_t byte = (p->plan.arena * (size_t)(2 * row + 1)) / (2 * (size_t)ROWS);
        fprintf(out, "%9s ", OT__BYTES(byte));
        for (int c = 0; c < columns; c++)
            fputc(mark_at(p, byte, (int)((int64_t)p->n_steps * (2 * c + 1) / (2 * columns))), out);
        fputc('\n', out);
    }
    const int back = (int)((int64_t)p->n_forward * columns / p->n_steps);
    fprintf(out, "%10s%*s\n", "", back + 1, p->n_forward < p->n_steps ? "^ backward" : "");
}
