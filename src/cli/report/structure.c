/* SPDX-License-Identifier: BSD-3-Clause
 * Reads the structure of a network from the listing of its tape, where each record has its op, its
 * operands and the scope in which it was recorded:
 *     blocks.3.stages.1...  evaluation 1 of block 3
 *     blocks.3              the block's own sums and ops, a node each
 *     blocks.3.down...      a part of the block, one node
 *     levels.1..., stem...  other parts, one node each
 * Parameters, and what is computed from them alone, are left out.  A sum that a stage begins with
 * is a node of its own, since it is the state at which f is evaluated.  A sum that only another sum
 * reads is added to that one. */
#include "cli/report/structure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"

enum { KEY = 96 };

/* A node while the tape is read. */
typedef struct draft {
    cli_node node;
    char key[KEY]; /* the scope whose records it stands for; "": one record */
    int block;     /* -1: none */
    int last;      /* id of its last record */
    bool gone;     /* added to another sum */
    int place;     /* its index in the structure */
} draft;

typedef struct reading {
    int n_ids, n, n_edges;
    int *node_of; /* by id of a record: its node, or -1 */
    draft *node;
    cli_edge *edge;
} reading;

/* ---- scopes ---------------------------------------------------------------------------------- */

/* Returns the length of the first n components of a scope, or of all. */
static size_t components(const char *scope, int n)
{
    size_t length = 0;
    for (; n > 0 && scope[length]; n--) {
        if (length > 0) length++; /* the dot */
        length += strcspn(scope + length, ".");
    }
    return length;
}

/* Returns the number that follows the prefix, or -1 if the scope does not begin with it. */
static int number_in(const char *scope, const char *prefix)
{
    const size_t n = strlen(prefix);
    int number = 0;
    if (strncmp(scope, prefix, n) != 0) return -1;
    for (const char *c = scope + n; *c >= '0' && *c <= '9' && number < 100000; c++)
        number = 10 * number + (*c - '0');
    return number;
}

/* Fills in what the scope says: key, block, kind, and label unless it is the op. */
static void classify(draft *d, const char *scope, const char *op)
{
    d->block = number_in(scope, "blocks.");
    const char *const inside = d->block < 0 ? "" : scope + components(scope, 2);
    d->node.evaluation = number_in(inside, ".stages.");
    d->node.kind = strcmp(op, "lincomb") == 0 ? CLI_NODE_SUM : CLI_NODE_OP;
    int n = 0;
    if (d->node.evaluation >= 0)
        d->node.kind = CLI_NODE_EVALUATION, n = 4;
    else if (d->block < 0 || *inside)
        d->node.kind = CLI_NODE_PART, n = d->block >= 0                     ? 3
                                          : number_in(scope, "levels.") < 0 ? 1
                                                                            : 2;
    const size_t length = components(scope, n);
    snprintf(d->key, sizeof d->key, "%.*s", (int)length, scope);
    if (d->node.kind == CLI_NODE_PART)
        snprintf(d->node.label, sizeof d->node.label, "%.23s",
                 d->block >= 0                     ? inside + 1
                 : number_in(scope, "levels.") < 0 ? d->key
                                                   : "down");
    else
        snprintf(d->node.label, sizeof d->node.label, "%.23s", op);
    d->node.label[strcspn(d->node.label, ".")] = 0;
}

/* ---- records --------------------------------------------------------------------------------- */

static int integer(const json_t *record, const char *key)
{
    return (int)json_integer_value(json_object_get(record, key));
}

/* Returns the node of operand k, or -1. */
static int operand(const reading *r, const json_t *record, size_t k)
{
    const json_int_t id =
        json_integer_value(json_array_get(json_object_get(record, "operands"), k));
    return id >= 0 && id < r->n_ids ? r->node_of[id] : -1;
}

/* How many different nodes outside of `self` a record reads. */
static int sources(const reading *r, const json_t *record, int self)
{
    const size_t n = json_array_size(json_object_get(record, "operands"));
    int different = 0;
    for (size_t k = 0; k < n; k++) {
        bool is_new = operand(r, record, k) >= 0 && operand(r, record, k) != self;
        for (size_t j = 0; j < k && is_new; j++)
            is_new = operand(r, record, j) != operand(r, record, k);
        different += is_new;
    }
    return different;
}

static void connect(reading *r, int from, int to, double factor)
{
    for (int i = 0; i < r->n_edges; i++)
        if (r->edge[i].from == from && r->edge[i].to == to) {
            if (r->node[to].node.kind == CLI_NODE_SUM) r->edge[i].factor += factor;
            return;
        }
    r->edge[r->n_edges++] = (cli_edge){ from, to, factor };
}

/* Returns the node that stands for all records of this scope so far, or -1. */
static int find_key(const reading *r, const char *key)
{
    int i = *key ? r->n - 1 : -1;
    while (i >= 0 && strcmp(r->node[i].key, key) != 0)
        i--;
    return i;
}

static void set_shape(cli_node *n, const json_t *shape)
{
    const bool image = json_array_size(shape) == 4;
    n->height = image ? (int)json_integer_value(json_array_get(shape, 1)) : 0;
    n->width = image ? (int)json_integer_value(json_array_get(shape, 2)) : 0;
    n->channels = image ? (int)json_integer_value(json_array_get(shape, 3)) : 0;
}

/* Chooses the node of a record: an old one, or r->n for a new one, which `d` describes. */
static int choose_node(const reading *r, const json_t *record, draft *d)
{
    const char *const op = json_string_value(json_object_get(record, "op"));
    const char *const scope = json_string_value(json_object_get(record, "scope"));
    classify(d, scope, op);
    const int known = find_key(r, d->key);
    if (known >= 0) return known;
    /* A stage that begins by joining several tensors joins them outside of f. */
    if (d->node.kind == CLI_NODE_EVALUATION && strcmp(scope, d->key) == 0 &&
        sources(r, record, -1) > 1) {
        d->node.kind = strcmp(op, "lincomb") == 0 ? CLI_NODE_SUM : CLI_NODE_OP;
        d->key[0] = 0;
    }
    return r->n;
}

static void read_record(reading *r, const json_t *record, bool reads_images)
{
    const int id = integer(record, "id");
    const json_t *const multiples = json_object_get(record, "multiples");
    draft d = { .gone = false };
    if (!*json_string_value(json_object_get(record, "scope"))) return; /* the loss */
    if (sources(r, record, -1) == 0 && !reads_images) return;
    const int at = choose_node(r, record, &d);
    if (at == r->n) r->node[r->n++] = d;
    set_shape(&r->node[at].node, json_object_get(record, "shape"));
    r->node[at].last = id;
    r->node_of[id] = at;
    const size_t n = json_array_size(json_object_get(record, "operands"));
    for (size_t k = 0; k < n; k++) {
        const int from = operand(r, record, k);
        const double c = json_real_value(json_array_get(multiples, k));
        const bool sum = r->node[at].node.kind == CLI_NODE_SUM;
        if (from >= 0 && from != at) connect(r, from, at, !sum ? 1 : c != 0 ? c : NAN);
    }
}

/* Whether a record reads the images, which are input `images` without being a node. */
static bool reads(const json_t *record, int images)
{
    const json_t *const operands = json_object_get(record, "operands");
    for (size_t k = 0; k < json_array_size(operands); k++)
        if ((int)json_integer_value(json_array_get(operands, k)) == images) return true;
    return false;
}

/* Counts the records of a program, and their operands. */
static void count(const json_t *program, int *ids, size_t *operands)
{
    size_t i;
    json_t *record;
    json_array_foreach(json_object_get(program, "records"), i, record)
    {
        if (integer(record, "id") >= *ids) *ids = integer(record, "id") + 1;
        *operands += json_array_size(json_object_get(record, "operands"));
    }
}

/* Returns program i of a listing; NULL if there are no more. */
static const json_t *program_at(const json_t *listing, size_t i)
{
    const json_t *const programs = json_object_get(listing, "programs");
    return programs ? json_array_get(programs, i) : i == 0 ? listing : NULL;
}

/* Allocates for the records of a listing: a node for each, and an edge for each operand, at
 * most. */
static ot_status begin(reading *r, const json_t *listing)
{
    size_t operands = 0;
    const json_t *program;
    for (size_t i = 0; (program = program_at(listing, i)) != NULL; i++)
        count(program, &r->n_ids, &operands);
    r->node_of = ot__new((size_t)r->n_ids + 1, sizeof *r->node_of);
    r->node = ot__new((size_t)r->n_ids + 1, sizeof *r->node);
    r->edge = ot__new(operands + 1, sizeof *r->edge);
    for (int id = 0; r->node_of && id < r->n_ids; id++)
        r->node_of[id] = -1;
    return r->node_of && r->node && r->edge ? OT_OK : OT_ENOMEM;
}

/* Reads the records of a program.  With controlled steps a network is several programs, in order;
 * the input of a later one is the result of the one before it. */
static void read_records(reading *r, const json_t *records)
{
    size_t i;
    json_t *record;
    int images = -1;
    const int before = r->n - 1;
    json_array_foreach(records, i, record)
    {
        const char *const op = json_string_value(json_object_get(record, "op"));
        if (strcmp(op, "input") == 0 && before >= 0)
            r->node_of[integer(record, "id")] = before;
        else if (strcmp(op, "input") == 0)
            images = integer(record, "id");
        else if (json_array_size(json_object_get(record, "operands")) > 0)
            read_record(r, record, reads(record, images));
    }
}

/* ---- sums of sums ---------------------------------------------------------------------------- */

/* Returns the only edge that leaves a node, or -1. */
static int only_reader(const reading *r, int node)
{
    int found = -1;
    for (int i = 0; i < r->n_edges; i++) {
        if (r->edge[i].from != node) continue;
        if (found >= 0) return -1;
        found = i;
    }
    return found;
}

static void remove_edge(reading *r, int i)
{
    r->edge[i] = r->edge[--r->n_edges];
}

static void fold(reading *r, int node, int reader)
{
    const int to = r->edge[reader].to;
    const double factor = r->edge[reader].factor;
    remove_edge(r, reader);
    for (int i = r->n_edges - 1; i >= 0; i--) {
        const cli_edge e = r->edge[i];
        if (e.to != node) continue;
        remove_edge(r, i);
        connect(r, e.from, to, factor * e.factor);
    }
    r->node[node].gone = true;
}

static void fold_sums(reading *r)
{
    for (int i = 0; i < r->n; i++) {
        if (r->node[i].node.kind != CLI_NODE_SUM) continue;
        const int reader = only_reader(r, i);
        if (reader < 0) continue;
        const draft *const to = &r->node[r->edge[reader].to];
        if (to->node.kind == CLI_NODE_SUM && to->block == r->node[i].block) fold(r, i, reader);
    }
}

/* ---- order and segments ---------------------------------------------------------------------- */

static int by_last(const void *x, const void *y)
{
    const draft *const a = *(draft *const *)x, *const b = *(draft *const *)y;
    return (a->last > b->last) - (a->last < b->last);
}

/* Puts a node at the end, in the segment of its block. */
static void place(cli_structure *g, draft *d)
{
    cli_segment *s = g->n_segments > 0 ? &g->segment[g->n_segments - 1] : NULL;
    if (!s || s->block != d->block || s->block < 0) {
        s = &g->segment[g->n_segments++];
        *s = (cli_segment){ .first = g->n_nodes, .block = d->block, .times = 1 };
    }
    s->n++;
    s->evaluations += d->node.kind == CLI_NODE_EVALUATION;
    d->place = g->n_nodes;
    d->node.segment = g->n_segments - 1;
    g->node[g->n_nodes++] = d->node;
}

static ot_status arrange(reading *r, cli_structure *g)
{
    draft **const order = ot__new((size_t)r->n + 1, sizeof *order);
    g->node = ot__new((size_t)r->n + 1, sizeof *g->node);
    g->segment = ot__new((size_t)r->n + 1, sizeof *g->segment);
    g->edge = ot__new((size_t)r->n_edges + 1, sizeof *g->edge);
    const bool good = order && g->node && g->segment && g->edge;
    int n = 0;
    for (int i = 0; i < r->n && good; i++)
        if (!r->node[i].gone) order[n++] = &r->node[i];
    if (good) qsort(order, (size_t)n, sizeof *order, by_last);
    for (int i = 0; i < n; i++)
        place(g, order[i]);
    for (int i = 0; i < r->n_edges && good; i++)
        g->edge[g->n_edges++] = (cli_edge){ r->node[r->edge[i].from].place,
                                            r->node[r->edge[i].to].place, r->edge[i].factor };
    ot__free(order);
    return good ? OT_OK : OT_ENOMEM;
}

/* ---- networks -------------------------------------------------------------------------------- */

static ot_status read_listing(const char *text, size_t size, cli_structure *g)
{
    json_t *listing = NULL;
    const json_t *program;
    reading r = { 0 };
    ot_status status = ot__json_parse(text, size, &listing, NULL);
    if (status == OT_OK) status = begin(&r, listing);
    if (status == OT_OK) {
        for (size_t i = 0; (program = program_at(listing, i)) != NULL; i++)
            read_records(&r, json_object_get(program, "records"));
        fold_sums(&r);
        status = arrange(&r, g);
    }
    if (status == OT_OK) status = cli_structure_merge(g);
    json_decref(listing);
    ot__free(r.node_of);
    ot__free(r.node);
    ot__free(r.edge);
    return status;
}

ot_status cli_structure_of(const ot_net *net, cli_structure *out)
{
    const ot_compile_opts how = { .evaluate = true, .forward_only = true, .plan_only = true };
    ot_execution *e = NULL;
    char *text = NULL;
    size_t size = 0;
    *out = (cli_structure){ 0 };
    FILE *const to = open_memstream(&text, &size);
    if (!to) return OT_ENOMEM;
    ot_status status = ot_execution_new(net, &how, &e);
    if (status == OT_OK) status = ot_execution_list(e, OT_LIST_JSON, to);
    if (fclose(to) != 0 && status == OT_OK) status = OT_ENOMEM;
    if (status == OT_OK) status = read_listing(text, size, out);
    ot_execution_free(e);
    free(text);
    if (status != OT_OK) cli_structure_free(out);
    return status;
}

/* Makes the first node the input, and removes what comes after the blocks. */
static void keep_blocks(cli_structure *g)
{
    while (g->n_segments > 1 && g->segment[g->n_segments - 1].block < 0)
        g->n_nodes -= g->segment[--g->n_segments].n;
    int n = 0;
    for (int i = 0; i < g->n_edges; i++)
        if (g->edge[i].to < g->n_nodes) g->edge[n++] = g->edge[i];
    g->n_edges = n;
    g->node[0].kind = CLI_NODE_SUM;
}

ot_status cli_structure_of_scheme(const ot_scheme *s, cli_structure *out)
{
    enum { BLOCKS = 6 }; /* more than any scheme needs until all blocks are alike */
    char blocks[128];
    const ot_scheme *const schemes[] = { s };
    const ot_net_opts opts = {
        .blocks = blocks, .n_schemes = 1, .schemes = schemes, .width = 16, .image = 8, .batch = 2
    };
    ot_net *net = NULL;
    snprintf(blocks, sizeof blocks, "%.100s x%d", ot_scheme_name(s), BLOCKS);
    *out = (cli_structure){ 0 };
    ot_status status = ot_net_new(&opts, &net);
    if (status == OT_OK) status = cli_structure_of(net, out);
    if (status == OT_OK) keep_blocks(out);
    ot_net_free(net);
    return status;
}

void cli_structure_free(cli_structure *g)
{
    ot__free(g->node);
    ot__free(g->edge);
    ot__free(g->segment);
    *g = (cli_structure){ 0 };
}

ot_status cli_structure_check_name(const char *file)
{
    const char *const ending = strrchr(file, '.');
    if (ending && strcmp(ending, ".svg") == 0) return OT_OK;
    return ot__fail(OT_EINVAL, "'%.200s' must end in .svg, the format of graphs", file);
}
