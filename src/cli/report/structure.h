/* SPDX-License-Identifier: BSD-3-Clause
 * The structure of a network as a graph: its states, evaluations of f and connections, read from
 * its tape; and a picture of it as SVG.
 *
 * A node is one evaluation of f (all records of its scope), a sum, a named part of the network
 * (stem, way down, head) or a single op between them.  An edge says that a node reads another one.
 * Blocks that repeat the block before them are one block with a count. */
#ifndef OT_CLI_REPORT_STRUCTURE_H
#define OT_CLI_REPORT_STRUCTURE_H

#include <stdbool.h>
#include <stdio.h>

#include "odetape.h"

typedef enum cli_node_kind {
    CLI_NODE_EVALUATION,
    CLI_NODE_SUM,
    CLI_NODE_PART, /* all records of a scope: "stem" */
    CLI_NODE_OP,   /* one record: "concat" */
} cli_node_kind;

typedef struct cli_node {
    cli_node_kind kind;
    char label[24];
    int evaluation;    /* its number in the block, from 0 */
    int segment;       /* the segment that it belongs to */
    int height, width; /* of its result in pixels; 0: it is no image */
    int channels;
} cli_node;

/* Node `to` reads node `from`. */
typedef struct cli_edge {
    int from, to;
    double factor; /* by which a sum multiplies it; 1 for all others; NAN: not a constant */
} cli_edge;

/* Nodes that follow each other: a block, or what lies between blocks. */
typedef struct cli_segment {
    int first, n;    /* its nodes */
    int block;       /* the number of the block in the network; -1: no block */
    int times;       /* 1, or how many blocks in a row have this structure */
    int evaluations; /* of one such block */
} cli_segment;

typedef struct cli_structure {
    int n_nodes, n_edges, n_segments;
    cli_node *node;
    cli_edge *edge;
    cli_segment *segment;
} cli_structure;

/* Reads the tape of a network.  OT_ENOMEM, and the errors of ot_execution_new. */
ot_status cli_structure_of(const ot_net *net, cli_structure *out);
/* Reads that of blocks of one scheme, without what is before and after them, except that the first
 * node is their input x.  Errors of ot_net_new. */
ot_status cli_structure_of_scheme(const ot_scheme *s, cli_structure *out);
void cli_structure_free(cli_structure *g);

/* Replaces blocks that repeat the block before them by a count.  cli_structure_of has done it.
 * OT_ENOMEM. */
ot_status cli_structure_merge(cli_structure *g);

/* A row of a picture: a structure and its heading. */
typedef struct cli_structure_row {
    const char *heading;
    const cli_structure *graph;
} cli_structure_row;

/* Writes the picture of n structures below each other as an <svg> element.  A network gets a row
 * for each image size.  whole: a file of its own, with a style sheet; otherwise part of a page of
 * cli_html_open, which has the style.  OT_ENOMEM. */
ot_status cli_structure_write(FILE *to, int n, const cli_structure_row rows[], bool whole);

/* OT_EINVAL unless the name of a file ends in .svg. */
ot_status cli_structure_check_name(const char *file);

/* The style sheet of these pictures, for light and dark screens. */
extern const char cli_structure_style[];

#endif
